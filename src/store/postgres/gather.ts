/**
 * Gathers the calls of concurrent jobs into one statement: round trips decide the throughput of the durable path, so a
 * claim waits up to two milliseconds for others.
 *
 * A flush that loses to a deadlock or a lock is sent again in halves, down to single rows. One whose connection died
 * is sent again whole after a moment, because every gathered statement answers a repetition like the first time.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { failureKind } from './database.ts';

const CONNECTION_RETRIES_MAX = 4;
/** Doubled each time. Without a pause the repetition would get the very connection that has just broken. */
const CONNECTION_PAUSE_MS = 20;

export type GatherOptions = {
  readonly rows_max: number;
  readonly wait_ms: number;
};

type Waiting<I, R> = {
  readonly item: I;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Returns a function that takes one item and returns its result; `flush` gets many and returns as many, in their
 * order. Items that arrive within `wait_ms` share a statement; 0 means: only what is here already.
 */
export function gather<I, R>(
  flush: (items: readonly I[]) => Promise<readonly R[]>,
  options: GatherOptions,
): (item: I) => Promise<R> {
  let waiting: Waiting<I, R>[] = [];
  let timer: NodeJS.Timeout | null = null;

  function drain(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, options.rows_max);
      waiting = waiting.slice(options.rows_max);
      void settleBatch(batch, flush, 0);
    }
  }

  return (item) =>
    new Promise<R>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length >= options.rows_max) drain();
      else timer ??= setTimeout(drain, options.wait_ms);
    });
}

async function settleBatch<I, R>(
  batch: readonly Waiting<I, R>[],
  flush: (items: readonly I[]) => Promise<readonly R[]>,
  retries: number,
): Promise<void> {
  try {
    const results = await flush(batch.map((entry) => entry.item));
    batch.forEach((entry, index) => {
      entry.resolve(results[index] as R);
    });
  } catch (error) {
    const kind = failureKind(error);
    if (kind === 'connection' && retries < CONNECTION_RETRIES_MAX) {
      await wait(CONNECTION_PAUSE_MS * 2 ** retries);
      await settleBatch(batch, flush, retries + 1);
      return;
    }
    if (kind !== 'connection' && batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      await settleBatch(batch.slice(0, middle), flush, retries);
      await settleBatch(batch.slice(middle), flush, retries);
      return;
    }
    if (kind === 'conflict' && retries < CONNECTION_RETRIES_MAX) {
      await settleBatch(batch, flush, retries + 1);
      return;
    }
    for (const entry of batch) entry.reject(error);
  }
}
