import type { Processor, Queue, QueueOptions, Worker, WorkerOptions } from 'bullmq';
import type { Log } from '../platform/log.ts';

/** What we use of BullMQ's producer, on either backend. */
export type Producer = Pick<
  Queue,
  'add' | 'addBulk' | 'getJobCounts' | 'waitUntilReady' | 'close' | 'name'
> & { on(event: 'error', listener: (error: Error) => void): unknown };

/** What we use of BullMQ's worker. */
export type Consumer = Pick<Worker, 'run' | 'waitUntilReady' | 'close' | 'cancelJob' | 'cancelAllJobs'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'lockRenewalFailed', listener: (jobIds: string[]) => void): unknown;
};

export type ProducerOptions = Omit<QueueOptions, 'connection'>;
export type ConsumerOptions = Omit<WorkerOptions, 'connection'>;

/** One of the two backends: makes producers and consumers on shared connections, and owns those connections. */
export type Belt = {
  readonly backend: 'redis' | 'postgres';
  /** Whether an `add` could succeed now. We ask before each, so that nothing piles up behind a dead connection. */
  isUp(): boolean;
  openProducer(name: string, options: ProducerOptions): Producer;
  openConsumer(name: string, processor: Processor<unknown, void>, options: ConsumerOptions): Consumer;
  /** Resolves when the backend answers. */
  ping(): Promise<void>;
  /** Closes the connections. Close producers and consumers first. */
  close(): Promise<void>;
};

const QUIET_MS = 5_000;

/**
 * Logs the errors of a connection: the first at once, those of the next seconds as a count. An outage makes every
 * connection complain several times a second, and the dispatcher's own warnings show how it continues.
 */
export function warnOfErrors(log: Log, part: string): (err: unknown) => void {
  let quietUntil_ms = 0;
  let unsaid = 0;
  return (err) => {
    const now_ms = performance.now();
    if (now_ms < quietUntil_ms) {
      unsaid += 1;
      return;
    }
    log.warn({ event: 'queue.failed', part, count: unsaid + 1, err });
    quietUntil_ms = now_ms + QUIET_MS;
    unsaid = 0;
  };
}
