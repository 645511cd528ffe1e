/**
 * Clients of one server, of a Cluster, or of the server that Sentinels name as master.
 *
 * Producers and consumers need opposite connections. A producer fails at once when Redis is away, because a person may be
 * waiting, the row is committed, and the dispatcher offers it again. A consumer waits for as long as it takes.
 */
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { parseRedisUrl, type RedisAddress, type RedisCredentials } from '../platform/redis-address.ts';

export type RedisClient = Redis | Cluster;

type Use = {
  /** The client's name on the server. */
  readonly connectionName: string;
  /** Receives its errors, and those of a cluster's nodes. */
  readonly onError: (err: unknown) => void;
};

const RECONNECT_MS_MAX = 2_000;
/** Longer than a handshake takes, even on a loaded machine. */
export const CONNECT_MS = 5_000;
/** How often a Cluster client asks where the slots are: a node that hangs redirects nobody. */
const SLOTS_REFRESH_MS = 5_000;
const SLOTS_ANSWER_MS = 2_000;
/** A consumer's command waits for an election to end: 60 times half a second. */
const FAILOVER_TRIES = 60;
const FAILOVER_RETRY_MS = 500;

/** Connects on demand, and answers or fails within `commandTimeout_ms`. */
export function openProducing(
  redisUrl: string,
  use: Use & { readonly commandTimeout_ms: number },
): RedisClient {
  return open(redisUrl, use, {
    server: { maxRetriesPerRequest: 1, commandTimeout: use.commandTimeout_ms },
    both: { enableOfflineQueue: false, lazyConnect: true },
    cluster: {},
  });
}

/** Connects at once and waits through every outage. */
export function openConsuming(redisUrl: string, use: Use): RedisClient {
  return open(redisUrl, use, {
    server: { maxRetriesPerRequest: null },
    both: {},
    cluster: {
      maxRedirections: FAILOVER_TRIES,
      retryDelayOnFailover: FAILOVER_RETRY_MS,
      retryDelayOnClusterDown: FAILOVER_RETRY_MS,
    },
  });
}

/** Every primary and replica; a replica may be promoted at any time. */
export function serversOf(client: RedisClient): readonly Redis[] {
  return client instanceof Cluster ? client.nodes('all') : [client];
}

type Options = {
  readonly server: Pick<
    RedisOptions,
    'connectionName' | 'connectTimeout' | 'maxRetriesPerRequest' | 'commandTimeout'
  >;
  readonly both: { readonly enableOfflineQueue?: boolean; readonly lazyConnect?: boolean };
  readonly cluster: ClusterOptions;
};

function open(redisUrl: string, use: Use, options: Options): RedisClient {
  const address = parseRedisUrl(redisUrl) ?? { kind: 'server', url: redisUrl };
  const server = { connectionName: use.connectionName, connectTimeout: CONNECT_MS, ...options.server };
  const client = connectionTo(address, { ...options, server });
  client.on('error', use.onError);
  if (client instanceof Cluster) client.on('node error', use.onError);
  return client;
}

function connectionTo(address: RedisAddress, { server, both, cluster }: Options): RedisClient {
  switch (address.kind) {
    case 'server':
      return new Redis(address.url, { ...server, ...both, retryStrategy });
    case 'sentinel':
      return new Redis({
        ...server,
        ...both,
        ...address.credentials,
        ...(address.tls ? { tls: {}, enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
        sentinels: address.sentinels.map(({ host, port }) => ({ host, port })),
        name: address.name,
        ...sentinelOptions(address.sentinelCredentials),
        retryStrategy,
        sentinelRetryStrategy: retryStrategy,
        // A master that hangs closes no connection, so we follow what the Sentinels say.
        failoverDetector: true,
      });
    case 'cluster':
      return new Cluster(
        address.nodes.map(({ host, port }) => ({ host, port })),
        {
          ...both,
          ...cluster,
          redisOptions: { ...server, ...address.credentials, ...(address.tls ? { tls: {} } : {}) },
          clusterRetryStrategy: retryStrategy,
          slotsRefreshInterval: SLOTS_REFRESH_MS,
          slotsRefreshTimeout: SLOTS_ANSWER_MS,
          // Keep host names: certificates are issued to names, and an address may belong to another host tomorrow.
          dnsLookup: (host, found) => found(null, host),
        },
      );
  }
}

type SentinelOptions = Pick<RedisOptions, 'sentinelUsername' | 'sentinelPassword'>;

function sentinelOptions({ username, password }: RedisCredentials): SentinelOptions {
  return {
    ...(username === undefined ? {} : { sentinelUsername: username }),
    ...(password === undefined ? {} : { sentinelPassword: password }),
  };
}

function retryStrategy(tries: number): number {
  return Math.min(50 * 2 ** Math.min(tries, 10), RECONNECT_MS_MAX);
}
