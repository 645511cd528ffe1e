/**
 * The belt on Redis (or Valkey).
 *
 * Producers and consumers want opposite connections. A producer serves somebody who waits: it fails at once when
 * Redis is away, because the row is committed and the dispatcher offers it again. A consumer waits for as long as
 * it takes. Both are made here and shared by all queues of the process; BullMQ duplicates the consumers' one for
 * each blocking read.
 */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { type Belt, warnOfErrors } from './belt.ts';

export type RedisBeltOptions = {
  readonly redisUrl: string;
  /** Keys begin with it. In braces, so that on a cluster all keys of a queue share a slot. */
  readonly prefix: string;
  /** How long a producer's command may take, in milliseconds. */
  readonly commandTimeout_ms: number;
  readonly log: Log;
};

const RECONNECT_MS_MAX = 2_000;
const CONNECT_MS = 5_000;

/**
 * Connects and checks that this Redis does not evict. One that is away is no error: it is waited for, and checked
 * when it comes.
 *
 * @throws AppError `redis_evicts`
 */
export async function openRedisBelt(options: RedisBeltOptions): Promise<Belt> {
  const { redisUrl, prefix, log } = options;
  const retryStrategy = (tries: number): number => Math.min(50 * 2 ** Math.min(tries, 10), RECONNECT_MS_MAX);
  const producing = new Redis(redisUrl, {
    connectionName: 'duecourse-producer',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: options.commandTimeout_ms,
    connectTimeout: CONNECT_MS,
    lazyConnect: true,
    retryStrategy,
  });
  producing.on('error', warnOfErrors(log, 'redis.producer'));
  try {
    await producing.connect();
    await refuseEviction(producing);
  } catch (err) {
    if (err instanceof AppError) {
      producing.disconnect();
      throw err;
    }
    log.warn({ event: 'queue.unreachable', queueBackend: 'redis', err });
  }
  // After a reconnect it may be another Redis. A running process keeps running, and says so.
  producing.on('ready', () => {
    refuseEviction(producing).catch((err: unknown) => log.error({ event: 'queue.evicts', err }));
  });

  let consuming: Redis | null = null;
  const consumers = (): Redis => {
    consuming ??= new Redis(redisUrl, {
      connectionName: 'duecourse-consumer',
      maxRetriesPerRequest: null,
      retryStrategy,
    }).on('error', warnOfErrors(log, 'redis.consumer'));
    return consuming;
  };

  return {
    backend: 'redis',
    isUp: () => producing.status === 'ready',
    openProducer: (name, queue) => new Queue(name, { ...queue, prefix, connection: producing }),
    openConsumer: (name, processor, worker) =>
      new Worker<unknown, void>(name, processor, { ...worker, prefix, connection: consumers() }),
    ping: async () => {
      await producing.ping();
    },
    close: async () => {
      producing.disconnect();
      consuming?.disconnect();
    },
  };
}

/**
 * A Redis that evicts keys loses jobs' data but not their ids, and does so when the load is highest.
 *
 * @throws AppError `redis_evicts`; what ioredis throws when it cannot be asked
 */
async function refuseEviction(redis: Redis): Promise<void> {
  const info = await redis.info('memory');
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const policy = field('maxmemory_policy');
  // Without a limit nothing is evicted today; the policy says what happens on the day that one is set.
  if (policy === 'noeviction' || (policy === '' && Number(field('maxmemory')) === 0)) return;
  throw new AppError('redis_evicts', {
    message: 'This Redis evicts keys when its memory is full: set maxmemory-policy to noeviction',
  });
}
