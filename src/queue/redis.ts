/**
 * The belt on Redis (or Valkey): one server, a Cluster, or a master that Sentinels watch.
 *
 * Two connections are shared by all queues of the process, one to put jobs on and one to take them off
 * (`redis-clients.ts`); BullMQ duplicates the consumers' one for each blocking read. On a Cluster every key has the
 * same hash tag, so the whole belt is on one master and its replicas: a Cluster keeps it alive, it does not widen it.
 */
import { Queue, Worker } from 'bullmq';
import { Cluster, type Redis } from 'ioredis';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { type Belt, warnOfErrors, withinTime } from './belt.ts';
import { CONNECT_MS, openConsuming, openProducing, type RedisClient, serversOf } from './redis-clients.ts';

export type RedisBeltOptions = {
  readonly redisUrl: string;
  /** Keys begin with it. In braces, so that on a Cluster all keys share a slot. */
  readonly prefix: string;
  /** How long a producer's command may take, in milliseconds. */
  readonly commandTimeout_ms: number;
  readonly log: Log;
};

/**
 * Connects and checks that no server of it evicts. A Redis that is away is no error: it is waited for, and checked
 * when it comes.
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
      // A key, so that on a Cluster the server is asked that holds our jobs.
      await producing.exists(prefix);
    },
    close: async () => {
      producing.disconnect();
      consuming?.disconnect();
    },
  };
}

/** Resolves when it is connected, and also when that takes too long: ioredis keeps trying. */
async function connect(client: RedisClient): Promise<void> {
  // A Cluster that is down, and Sentinels that are away, neither connect nor fail.
  let failure: unknown = new Error('no answer');
  const connected = client.connect().catch((err: unknown) => {
    failure = err;
  });
  await withinTime(connected, CONNECT_MS);
  if (client.status !== 'ready') throw failure;
}

/** After a reconnect it may be another Redis, a Cluster may grow. A running process keeps running, and says so. */
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
 * @throws AppError `redis_evicts`; what ioredis throws when none of them can be asked
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

function evicts(info: string): boolean {
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const policy = field('maxmemory_policy');
  // Without a limit nothing is evicted today; the policy says what happens on the day that one is set.
  return policy !== 'noeviction' && !(policy === '' && Number(field('maxmemory')) === 0);
}
