/**
 * The belt on Redis (or Valkey): one server, a Cluster, or a master that Sentinels watch.
 *
 * All queues of the process share two connections (`redis-clients.ts`): one puts jobs on, one takes them off; BullMQ
 * duplicates the second for each blocking read. On a Cluster every key has the
 * same hash tag, so the whole belt is on one master and its replicas: a Cluster makes it more available, not faster.
 */
import { Queue, Worker } from 'bullmq';
import { Cluster, type Redis } from 'ioredis';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { within } from '../platform/within.ts';
import { type Belt, warnOfErrors } from './belt.ts';
import { CONNECT_MS, openConsuming, openProducing, type RedisClient, serversOf } from './redis-clients.ts';
import { evicts } from './redis-info.ts';

export type RedisBeltOptions = {
  readonly redisUrl: string;
  /** Prefix of all keys. The braces put them into one slot of a Cluster. */
  readonly prefix: string;
  /** How long a producer's command may take, in milliseconds. */
  readonly commandTimeout_ms: number;
  readonly log: Log;
};

/**
 * Connects, and checks that none of its servers evicts keys. A Redis that is away is no error: we wait, and check it when
 * it comes.
 *
 * @throws AppError `redis_evicts`
 */
export async function openRedisBelt(options: RedisBeltOptions): Promise<Belt> {
  const { redisUrl, prefix, log } = options;
  const producing = openProducing(redisUrl, {
    connectionName: 'duecourse-producer',
    commandTimeout_ms: options.commandTimeout_ms,
    onError: warnOfErrors(log, 'redis.producer'),
  });
  try {
    await connect(producing);
    await refuseEviction(serversOf(producing));
  } catch (err) {
    if (err instanceof AppError) {
      producing.disconnect();
      throw err;
    }
    log.warn({ event: 'queue.unreachable', queueBackend: 'redis', err });
  }
  checkNewServers(producing, log);

  let consuming: RedisClient | null = null;
  const consumers = (): RedisClient => {
    consuming ??= openConsuming(redisUrl, {
      connectionName: 'duecourse-consumer',
      onError: warnOfErrors(log, 'redis.consumer'),
    });
    return consuming;
  };

  return {
    backend: 'redis',
    isUp: () => producing.status === 'ready',
    openProducer: (name, queue) => new Queue(name, { ...queue, prefix, connection: producing }),
    openConsumer: (name, processor, worker) =>
      new Worker<unknown, void>(name, processor, { ...worker, prefix, connection: consumers() }),
    ping: async () => {
      // Naming a key asks the server of the Cluster that holds our jobs.
      await producing.exists(prefix);
    },
    close: async () => {
      producing.disconnect();
      consuming?.disconnect();
    },
  };
}

/** Resolves when connected, or after a while without a connection: ioredis keeps trying. */
async function connect(client: RedisClient): Promise<void> {
  // A Cluster that is down neither connects nor fails, and neither do Sentinels that are away.
  let failure: unknown = new Error('no answer');
  const connected = client.connect().catch((err: unknown) => {
    failure = err;
  });
  await within(CONNECT_MS, connected);
  if (client.status !== 'ready') throw failure;
}

/** After a reconnect it may be another Redis, and a Cluster may grow. A running process logs it and keeps running. */
function checkNewServers(client: RedisClient, log: Log): void {
  const check = (servers: readonly Redis[]): void => {
    refuseEviction(servers).catch((err: unknown) => {
      if (err instanceof AppError) log.error({ event: 'queue.evicts', err });
    });
  };
  client.on('ready', () => check(serversOf(client)));
  if (client instanceof Cluster) client.on('+node', (node: Redis) => check([node]));
}

/**
 * A Redis that evicts keys loses jobs' data but not their ids, and does so when the load is highest.
 *
 * @throws AppError `redis_evicts`; what ioredis throws if no server can be asked
 */
async function refuseEviction(servers: readonly Redis[]): Promise<void> {
  const asked = await Promise.allSettled(servers.map(async (server) => evicts(await server.info('memory'))));
  if (asked.some((answer) => answer.status === 'fulfilled' && answer.value)) {
    throw new AppError('redis_evicts', {
      message: 'This Redis evicts keys when its memory is full: set maxmemory-policy to noeviction',
    });
  }
  const failed = asked.filter((answer) => answer.status === 'rejected');
  if (failed.length === asked.length) throw failed[0]?.reason;
}
