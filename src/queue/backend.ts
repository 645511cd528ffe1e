/**
 * The belt: Redis where `REDIS_URL` is set, else BullMQ's Postgres backend on the database itself.
 *
 * It carries the ids of due rows to workers that are free. The queue remembers nothing and may be wiped at any moment:
 * the dispatcher offers again what the rows still owe.
 */
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Timings } from '../platform/timings.ts';
import { within } from '../platform/within.ts';
import type { Kind, Offer } from '../store/work/obligations.ts';
import { type Belt, type Producer, warnOfErrors } from './belt.ts';
import { type ConsumeOptions, type Consumption, consumeQueue, type Handle } from './consume.ts';
import { intoJobs, jobId, jobOptions, jobPayload } from './contracts.ts';
import { openPostgresBelt } from './postgres.ts';
import { openRedisBelt } from './redis.ts';

export type QueueOptions = {
  /** null: the queue runs on `databaseUrl`. */
  readonly redisUrl: string | null;
  readonly databaseUrl: string;
  readonly timings: Pick<Timings, 'offerTimeoutMs'>;
  readonly log: Log;
  /** Prefix of all Redis keys; tests that share a Redis each use their own. */
  readonly prefix?: string;
};

export type OfferOptions = {
  /** Ids per job; 1 by default, because a job is as slow as its slowest row. */
  readonly ids_per_job?: number;
  /** Use the fast lane: ahead of ordinary jobs. */
  readonly first?: boolean;
  /** How long the offer may take; `offerTimeoutMs` by default. */
  readonly timeout_ms?: number;
};

export type Waiting = { readonly first: number; readonly later: number };

export type Queue = {
  readonly backend: 'redis' | 'postgres';
  /**
   * Puts jobs for these rows on their queue; fails at once if the queue is away.
   *
   * @throws AppError `queue_unavailable` within the timeout; the jobs may have been added nevertheless
   */
  offer(kind: Kind, offers: readonly Offer[], options?: OfferOptions): Promise<void>;
  /** Starts handling the jobs of a kind. */
  consume(kind: Kind, options: ConsumeOptions, handle: Handle): Consumption;
  /** Counts waiting jobs by lane, without those being handled. Throws `queue_unavailable`. */
  waiting(kind: Kind): Promise<Waiting>;
  /** The same in one number. */
  waitingCount(kind: Kind): Promise<number>;
  /** Whether the backend answers now. */
  ready(): Promise<boolean>;
  /** Closes consumptions that are still open, then producers and connections. */
  close(): Promise<void>;
};

const PREFIX = '{duecourse}';
/** BullMQ writes an event for every move of a job. We read none; a few are kept for debugging. */
const EVENTS_MAX = 100;
/** After this we give up a command. */
const COMMAND_MS = 5_000;
const FAREWELL_MS = 1_000;

/**
 * Opens the belt.
 *
 * @throws AppError `redis_evicts`; on Postgres, any error of connecting or migrating
 */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const { redisUrl, databaseUrl, log } = options;
  const patience_ms = options.timings.offerTimeoutMs;
  const belt =
    redisUrl === null
      ? await openPostgresBelt({ databaseUrl, commandTimeout_ms: COMMAND_MS, log })
      : await openRedisBelt({
          redisUrl,
          prefix: options.prefix ?? PREFIX,
          commandTimeout_ms: COMMAND_MS,
          log,
        });
  const producers = openProducers(belt, log);
  const consumptions: Consumption[] = [];
  const inTime = <T>(timeout_ms: number, work: () => Promise<T>): Promise<T> =>
    answerOf(timeout_ms, belt.isUp() ? work : unavailable);
  const waiting = async (kind: Kind): Promise<Waiting> => {
    const count = () => producers.of(kind).getJobCounts('waiting', 'prioritized');
    const { waiting: first = 0, prioritized: later = 0 } = await inTime(COMMAND_MS, count);
    return { first, later };
  };

  return {
    backend: belt.backend,
    offer: async (kind, offers, { ids_per_job = 1, first = false, timeout_ms = patience_ms } = {}) => {
      if (offers.length === 0) return;
      const jobs = intoJobs(offers, ids_per_job).map((part) => ({
        name: kind,
        data: jobPayload(part),
        opts: jobOptions(jobId(kind, part), first),
      }));
      const [only] = jobs;
      await inTime<unknown>(timeout_ms, () =>
        jobs.length === 1 && only !== undefined
          ? producers.of(kind).add(only.name, only.data, only.opts)
          : producers.of(kind).addBulk(jobs),
      );
    },
    consume: (kind, consume, handle) => {
      const consumption = consumeQueue(belt, log, kind, consume, handle);
      consumptions.push(consumption);
      return consumption;
    },
    waiting,
    waitingCount: async (kind) => {
      const { first, later } = await waiting(kind);
      return first + later;
    },
    ready: () =>
      inTime(patience_ms, () => belt.ping()).then(
        () => true,
        () => false,
      ),
    close: async () => {
      // Close consumers first: a listening consumer keeps its connection open for ever, and this call with it.
      await Promise.all(consumptions.map((consumption) => consumption.close()));
      await producers.close();
      await belt.close();
    },
  };
}

/** One producer per kind, made when first needed, and made anew if its first connection failed. */
function openProducers(belt: Belt, log: Log): { of(kind: Kind): Producer; close(): Promise<void> } {
  const open = new Map<Kind, Producer>();
  const warn = warnOfErrors(log, 'producer');
  return {
    of: (kind) => {
      const known = open.get(kind);
      if (known !== undefined) return known;
      const producer = belt.openProducer(kind, { streams: { events: { maxLen: EVENTS_MAX } } });
      producer.on('error', warn);
      // BullMQ remembers a failed first connection for ever.
      producer.waitUntilReady().catch((err: unknown) => {
        warn(err);
        open.delete(kind);
        producer.close().catch(warn);
      });
      open.set(kind, producer);
      return producer;
    },
    close: async () => {
      const closed = [...open.values()].map((producer) => producer.close().catch(warn));
      await within(FAREWELL_MS, Promise.all(closed));
      open.clear();
    },
  };
}

function unavailable(): never {
  throw new AppError('queue_unavailable');
}

async function answerOf<T>(timeout_ms: number, work: () => Promise<T>): Promise<T> {
  try {
    return await within(timeout_ms, work(), unavailable);
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('queue_unavailable', { cause });
  }
}
