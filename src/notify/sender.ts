/**
 * Sends notifications: signed, to checked addresses, on connections of their own, with bounds for each endpoint and for all,
 * so that one that is slow takes nothing from the others. Redirects are not followed, and no proxy of the environment is asked.
 */
import type { Dispatcher, Pool } from 'undici';
// @ts-expect-error Not the index: loaded, it replaces the dispatcher of Node's own `fetch`, which in Node 20 then fails.
import UndiciPool from 'undici/lib/dispatcher/pool.js';
import type { Notification, NotifyAnswer, NotifyPorts } from '../billing/notify-ports.ts';
import type { Timings } from '../platform/timings.ts';
import { within } from '../platform/within.ts';
import {
  type AddressRules,
  bareHost,
  hostAndPort,
  mayConnect,
  PRIVATE,
  urlRefusal,
} from './address-rules.ts';
import { exchange } from './exchange.ts';
import { guardedConnector, type Resolve, sharedResolver } from './guarded-connector.ts';
import { newSecret, reseal, type SecretKeys, signatures, unseal } from './secrets.ts';

export type SenderSettings = {
  readonly rules: AddressRules;
  readonly keys: SecretKeys;
  readonly timings: Pick<Timings, 'notifyTimeoutMs' | 'notifyEndpointMax' | 'notifyProcessMax'>;
  /** The system's by default. */
  readonly resolve?: Resolve;
};

export type Sender = Omit<NotifyPorts, 'renderEvent'> & { close(): void };

/** To a host that does not answer at all; some networks take a second for the first packet. */
const CONNECT_MS = 5_000;
const IDLE_MS = 30_000;
/** Addresses change: the pools of those that were used the longest ago are closed. */
const POOLS_MAX = 64;
const NAME_MS = 3_000;

/** A sender for one process. `close` drops its connections. */
export function createSender(settings: SenderSettings): Sender {
  const { rules, keys, timings } = settings;
  const resolve = settings.resolve ?? sharedResolver();
  const pools = new Map<string, Pool>();
  const underWay = new Map<string, number>();
  let all = 0;

  function enter(endpoint_id: string): boolean {
    const own = underWay.get(endpoint_id) ?? 0;
    if (own >= timings.notifyEndpointMax || all >= timings.notifyProcessMax) return false;
    underWay.set(endpoint_id, own + 1);
    all += 1;
    return true;
  }

  function leave(endpoint_id: string): void {
    const own = (underWay.get(endpoint_id) ?? 1) - 1;
    if (own === 0) underWay.delete(endpoint_id);
    else underWay.set(endpoint_id, own);
    all -= 1;
  }

  /** Each endpoint has its own, also beside others at the same host. */
  function poolOf(endpoint_id: string, url: URL): Pool {
    const name = `${endpoint_id} ${url.origin}`;
    const pool: Pool = pools.get(name) ?? openPool(settings, resolve, url);
    pools.delete(name);
    pools.set(name, pool);
    const [oldest] = pools.keys();
    if (pools.size > POOLS_MAX && oldest !== undefined) {
      void pools.get(oldest)?.close();
      pools.delete(oldest);
    }
    return pool;
  }

  async function send(notification: Notification, signal: AbortSignal): Promise<NotifyAnswer> {
    const { endpoint_id, webhook_id, body } = notification;
    if (!enter(endpoint_id)) return { kind: 'busy' };
    try {
      const timestamp_s = Math.floor(Date.now() / 1_000);
      const secrets = signingSecrets(keys, notification, timestamp_s);
      if (secrets.length === 0) return { kind: 'failed', code: 'secret_unreadable', duration_ms: 0 };
      if (urlRefusal(rules, notification.url) !== null)
        return { kind: 'failed', code: 'address_refused', duration_ms: 0 };
      const url = new URL(notification.url);
      const request: Dispatcher.DispatchOptions = {
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Duecourse/1',
          'webhook-id': webhook_id,
          'webhook-timestamp': String(timestamp_s),
          'webhook-signature': signatures(secrets, { webhook_id, timestamp_s, body }),
        },
        body,
      };
      return await exchange(poolOf(endpoint_id, url), request, {
        timeout_ms: timings.notifyTimeoutMs,
        signal,
      });
    } finally {
      leave(endpoint_id);
    }
  }

  return {
    refusalOf: (url) => refusalOf(rules, resolve, url),
    send,
    newSecret: (endpoint_id) => newSecret(keys, endpoint_id),
    resealed: (endpoint_id, secret) => reseal(keys, endpoint_id, secret),
    close: () => {
      for (const pool of pools.values()) void pool.destroy();
      pools.clear();
    },
  };
}

function openPool({ rules, timings }: SenderSettings, resolve: Resolve, url: URL): Pool {
  return new UndiciPool(url.origin, {
    connections: timings.notifyEndpointMax,
    pipelining: 1,
    // The exchange's own deadline is the only one.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_MS,
    connect: guardedConnector(rules, hostAndPort(url), { resolve, timeout_ms: CONNECT_MS }),
  });
}

/** Those that sign now, newest first; none if the newest cannot be opened. */
function signingSecrets(keys: SecretKeys, { endpoint_id, secrets }: Notification, now_s: number): Buffer[] {
  const live = secrets.filter(({ until }) => until === null || Date.parse(until) > now_s * 1_000);
  const opened = live.map((secret) => unseal(keys, endpoint_id, secret));
  return opened[0] === null ? [] : opened.filter((secret) => secret !== null);
}

/** A name that leads nowhere yet is taken: each connection is judged again. */
async function refusalOf(rules: AddressRules, resolve: Resolve, text: string): Promise<string | null> {
  const refusal = urlRefusal(rules, text);
  if (refusal !== null) return refusal;
  const url = new URL(text);
  const found = await within(
    NAME_MS,
    resolve(bareHost(url)).catch(() => []),
    () => [],
  );
  return found.every(({ address }) => mayConnect(rules, hostAndPort(url), address)) ? null : PRIVATE;
}
