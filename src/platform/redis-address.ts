/**
 * `REDIS_URL`: where the queue's Redis (or Valkey) is, in one of three forms, each with `rediss` for TLS.
 *
 *   redis://[user:password@]host[:port][/database]               one server
 *   redis-cluster://[user:password@]host[:port],host[:port],…    a Cluster, by some of its nodes
 *   redis-sentinel://[user:password@]host[:port],…/name          what these Sentinels call `name`
 *
 * User and password are those of the servers. Where the Sentinels want their own: `?sentinel_password=…`, and
 * `&sentinel_username=…`.
 */
export type RedisEndpoint = { readonly host: string; readonly port: number };

/** Undefined if the address names none. */
export type RedisCredentials = { readonly username?: string; readonly password?: string };

export type RedisAddress =
  | { readonly kind: 'server'; readonly url: string }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly RedisEndpoint[];
      readonly credentials: RedisCredentials;
      readonly tls: boolean;
    }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisEndpoint[];
      readonly name: string;
      readonly credentials: RedisCredentials;
      readonly sentinelCredentials: RedisCredentials;
      readonly tls: boolean;
    };

const SERVER_PORT = 6379;
const SENTINEL_PORT = 26_379;
/** The URL class refuses several hosts with ports. */
const SEVERAL =
  /^(?<scheme>rediss?)-(?<kind>cluster|sentinel):\/\/(?:(?<user>[^@/?#]*)@)?(?<hosts>[^@/?#]+)(?:\/(?<name>[^/?#]*))?(?:\?(?<query>[^#]*))?$/;

/** Parses an address; null for any other text. */
export function parseRedisUrl(text: string): RedisAddress | null {
  const { scheme, kind, user = '', hosts = '', name = '', query = '' } = SEVERAL.exec(text)?.groups ?? {};
  if (kind === undefined) {
    const isServer = URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol);
    return isServer ? { kind: 'server', url: text } : null;
  }
  const endpoints = endpointsOf(hosts, kind === 'cluster' ? SERVER_PORT : SENTINEL_PORT);
  const credentials = credentialsOf(user);
  if (endpoints === null || credentials === null) return null;
  const tls = scheme === 'rediss';
  if (kind === 'cluster') {
    return name === '' && query === '' ? { kind, nodes: endpoints, credentials, tls } : null;
  }
  const sentinelCredentials = queryCredentials(query);
  if (name === '' || sentinelCredentials === null) return null;
  return { kind: 'sentinel', sentinels: endpoints, name, credentials, sentinelCredentials, tls };
}

function endpointsOf(hosts: string, port: number): RedisEndpoint[] | null {
  const endpoints = hosts.split(',').flatMap((item) => {
    const url = URL.canParse(`redis://${item}`) ? new URL(`redis://${item}`) : null;
    if (url === null || url.hostname === '') return [];
    return [{ host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port) || port }];
  });
  return endpoints.length === hosts.split(',').length ? endpoints : null;
}

/** `user:password`, `:password` or nothing; both percent-encoded. */
function credentialsOf(text: string): RedisCredentials | null {
  const at = text.includes(':') ? text.indexOf(':') : text.length;
  try {
    return credentials(decodeURIComponent(text.slice(0, at)), decodeURIComponent(text.slice(at + 1)));
  } catch {
    return null;
  }
}

function queryCredentials(query: string): RedisCredentials | null {
  const given = new URLSearchParams(query);
  const known = ['sentinel_username', 'sentinel_password'];
  if ([...given.keys()].some((key) => !known.includes(key))) return null;
  return credentials(given.get('sentinel_username') ?? '', given.get('sentinel_password') ?? '');
}

function credentials(username: string, password: string): RedisCredentials {
  return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
}
