/**
 * Consuming a queue: fetch, check, hand over, finish.
 *
 * A job always ends well, even if its handler throws. Retry, back-off and failure belong to the row, and a failed job would
 * keep the error's text in clear in the queue; our log says what went wrong.
 */
import type { Job, Processor } from 'bullmq';
import type { Log } from '../platform/log.ts';
import { within } from '../platform/within.ts';
import type { Kind } from '../store/work/obligations.ts';
import { type Belt, type Consumer, type ConsumerOptions, warnOfErrors } from './belt.ts';
import { jobIds } from './contracts.ts';

/** Acts on rows. The signal fires when the job is no longer ours or the process stops; then start nothing new. */
export type Handle = (ids: readonly string[], signal: AbortSignal) => Promise<void>;

export type ConsumeOptions = {
  /** Jobs at a time in this process. */
  readonly concurrency: number;
};

export type Consumption = {
  /** Takes no new job, waits up to `drain_ms` for running jobs, then aborts them and waits until they end. */
  close(drain_ms?: number): Promise<void>;
};

const DRAIN_MS = 10_000;
/** How long reporting finished jobs to the backend may take; a backend that is away never hears of it. */
const FAREWELL_MS = 2_000;
/** How soon a consumer that could not connect, fetch or finish tries again. */
const RETRY_MS = 1_000;

const consumerOptions: ConsumerOptions = {
  autorun: false,
  // Seconds. A consumer polls as well, because a notification may be lost.
  drainDelay: 5,
  runRetryDelay: RETRY_MS,
  lockDuration: 30_000,
  stalledInterval: 30_000,
  // BullMQ fails a job without running it after this many starts. We give up in Postgres, never here.
  maxStalledCount: 1_000,
  removeOnComplete: { count: 0 },
};

/** Starts consuming; if its first connection fails, we make a new consumer until one connects. */
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
    const opened = belt.openConsumer(kind, processor, { ...consumerOptions, ...options });
    opened.on('error', warn);
    opened.on('lockRenewalFailed', (ids) => {
      for (const id of ids) opened.cancelJob(id, 'lock lost');
    });
    // Not before: BullMQ 6.7 remembers a failed first connection for ever, and its loop then asks for a job, hears of that and
    // asks again without one turn of the event loop between, so that this process does nothing else any more.
    const run = () => opened.run().catch(warn);
    opened.waitUntilReady().then(run, (err: unknown) => {
      warn(err);
      setTimeout(() => void restart(opened), RETRY_MS);
    });
    return opened;
  }

  async function restart(failed: Consumer): Promise<void> {
    if (closing !== null) return;
    failed.close(true).catch(warn);
    consumer = start();
  }

  async function close(drain_ms: number): Promise<void> {
    const closed = consumer.close().catch(warn);
    const timer = setTimeout(() => consumer.cancelAllJobs('stopping'), drain_ms);
    await Promise.allSettled([...underWay]);
    clearTimeout(timer);
    await within(FAREWELL_MS, closed);
  }

  return {
    close: (drain_ms = DRAIN_MS) => {
      closing ??= close(drain_ms);
      return closing;
    },
  };
}

function processorOf(log: Log, kind: Kind, handle: Handle): Processor<unknown, void> {
  // BullMQ makes a signal only if the function declares three parameters.
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
