/**
 * Consuming a queue: fetch, check, hand over, finish.
 *
 * Nothing that goes wrong in a handler is BullMQ's business. Its retry, back-off and failure live in the row, and a
 * failed job would keep the error's text in clear: so a job always ends well, and what went wrong is in our log.
 */
import type { Job, Processor } from 'bullmq';
import type { Log } from '../platform/log.ts';
import type { Kind } from '../store/work/obligations.ts';
import { type Belt, type Consumer, type ConsumerOptions, warnOfErrors, withinTime } from './belt.ts';
import { jobIds, queueName } from './contracts.ts';

/** Acts on rows. The signal fires when the job is no longer ours or the process stops: begin nothing more. */
export type Handle = (ids: readonly string[], signal: AbortSignal) => Promise<void>;

export type ConsumeOptions = {
  /** Jobs at a time in this process. */
  readonly concurrency: number;
};

export type Consumption = {
  /** Takes no new job, waits `drain_ms` for those under way, then aborts them and waits for their end. */
  close(drain_ms?: number): Promise<void>;
};

const DRAIN_MS = 10_000;
/** How long finished jobs may take to tell the backend so; one that is away never hears it. */
const FAREWELL_MS = 2_000;
/** How soon a consumer that could not connect, fetch or finish tries again. */
const RETRY_MS = 1_000;

const consumerOptions: ConsumerOptions = {
  autorun: false,
  // Seconds: progress never depends on a notification alone.
  drainDelay: 5,
  runRetryDelay: RETRY_MS,
  lockDuration: 30_000,
  stalledInterval: 30_000,
  // Beyond this BullMQ fails a job without running it. Giving up is decided in Postgres, never here.
  maxStalledCount: 1_000,
  removeOnComplete: { count: 0 },
};

/** Starts consuming; a consumer whose first connection fails is made anew until it holds. */
export function consumeQueue(
  belt: Belt,
  log: Log,
  kind: Kind,
  options: ConsumeOptions,
  handle: Handle,
): Consumption {
  const warn = warnOfErrors(log, `consumer.${kind}`);
  const underWay = new Set<Promise<void>>();
  const processor = processorOf(log, kind, (ids, signal) => {
    const handled = handle(ids, signal).finally(() => underWay.delete(handled));
    underWay.add(handled);
    return handled;
  });
  let closing: Promise<void> | null = null;
  let consumer = start();

  function start(): Consumer {
    const opened = belt.openConsumer(queueName(kind), processor, { ...consumerOptions, ...options });
    opened.on('error', warn);
    opened.on('lockRenewalFailed', (ids) => {
      for (const id of ids) opened.cancelJob(id, 'lock lost');
    });
    opened.waitUntilReady().catch((err: unknown) => {
      warn(err);
      setTimeout(() => void restart(opened), RETRY_MS);
    });
    opened.run().catch(warn);
    return opened;
  }

  async function restart(failed: Consumer): Promise<void> {
    if (closing !== null) return;
    // BullMQ remembers a failed first connection for ever.
    failed.close(true).catch(warn);
    consumer = start();
  }

  async function close(drain_ms: number): Promise<void> {
    const closed = consumer.close().catch(warn);
    const timer = setTimeout(() => consumer.cancelAllJobs('stopping'), drain_ms);
    await Promise.allSettled([...underWay]);
    clearTimeout(timer);
    await withinTime(closed, FAREWELL_MS);
  }

  return {
    close: (drain_ms = DRAIN_MS) => {
      closing ??= close(drain_ms);
      return closing;
    },
  };
}

function processorOf(log: Log, kind: Kind, handle: Handle): Processor<unknown, void> {
  // Three parameters, spelt out: BullMQ counts them to know whether to make a signal.
  return async (job: Job<unknown, void>, _token: string | undefined, signal: AbortSignal | undefined) => {
    const ids = jobIds(job.data);
    if (ids === null) {
      log.warn({ event: 'job.ignored', queue: kind, ...nameOf(job) });
      return;
    }
    try {
      await handle(ids, signal ?? new AbortController().signal);
    } catch (err) {
      log.error({ event: 'job.failed', queue: kind, ...nameOf(job), err });
    }
  };
}

function nameOf(job: Job<unknown, void>): { jobId?: string } {
  return job.id === undefined ? {} : { jobId: job.id.slice(0, 100) };
}
