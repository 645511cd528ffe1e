/**
 * Opens connections to checked addresses only. The check stands where the connection is opened, because a name may lead
 * elsewhere a moment after it was looked at: every answer of the name is judged, one that may not be reached refuses them all,
 * and what is connected is one of the answers that were judged, never the name again.
 */
import { type LookupAddress, promises } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { buildConnector } from 'undici';
// @ts-expect-error Not the index: loaded, it replaces the dispatcher of Node's own `fetch`, which in Node 20 then fails.
import undiciConnector from 'undici/lib/core/connect.js';
import { type AddressRules, mayConnect } from './address-rules.ts';

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

type Connector = buildConnector.connector;
const buildUndiciConnector = undiciConnector as (options: buildConnector.BuildOptions) => Connector;

export const ADDRESS_REFUSED = 'ADDRESS_REFUSED';

/** Connections to one `host:port`, as the endpoint's address says it. */
export function guardedConnector(
  rules: AddressRules,
  host: string,
  options: { readonly resolve: Resolve; readonly timeout_ms: number },
): Connector {
  const may = (address: string) => mayConnect(rules, host, address);
  const lookup: LookupFunction = (name, asked, done) => {
    options.resolve(name).then(
      (found) => {
        if (found.length === 0 || !found.every(({ address }) => may(address))) return done(refused(), '', 0);
        const [first] = found;
        if (asked.all === true) done(null, [...found]);
        else done(null, first?.address ?? '', first?.family ?? 0);
      },
      (error: NodeJS.ErrnoException) => done(error, '', 0),
    );
  };
  const connect = buildUndiciConnector({
    timeout: options.timeout_ms,
    lookup,
  } as buildConnector.BuildOptions);
  return (wanted, done) => {
    // Node looks nothing up for what is an address already.
    if (isIP(wanted.hostname) !== 0 && !may(wanted.hostname)) return done(refused(), null);
    connect(wanted, (...[error, socket]: Parameters<typeof done>) => {
      if (error !== null) return done(error, null);
      if (may((socket as Socket).remoteAddress ?? '')) return done(null, socket);
      socket.destroy();
      done(refused(), null);
    });
  };
}

/** The system's resolver, hosts file included; who asks for the same name at the same time shares an answer. */
export function sharedResolver(): Resolve {
  const asking = new Map<string, Promise<readonly LookupAddress[]>>();
  return (name) => {
    const asked = asking.get(name);
    if (asked !== undefined) return asked;
    const answer = promises.lookup(name, { all: true, verbatim: true }).finally(() => asking.delete(name));
    asking.set(name, answer);
    return answer;
  };
}

function refused(): NodeJS.ErrnoException {
  return Object.assign(new Error('the address is not public'), { code: ADDRESS_REFUSED });
}
