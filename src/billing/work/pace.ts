/**
 * One budget for the Stripe account, shared by every worker (docs/protocol.md, 15.1 and 15.2).
 *
 * Tokens are reserved in blocks of at most a quarter of a second's worth, *before* the statement that opens an
 * attempt, so nothing that is written ahead waits for pace. The lease is held meanwhile: it is renewed, and if it
 * is lost the wait ends with its signal. A block that is lost with its worker costs a quarter of a second. Waiting
 * calls are served by lane: a person first, then recovery, then single charges.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from '../../store/postgres/database.ts';
import { type PaceRates, reservePace } from '../../store/work/pace.ts';
import type { ReadBudget } from '../../stripe/client.ts';

const LANES = ['person', 'recovery', 'single'] as const;
export type Lane = (typeof LANES)[number];

export type Pacer = {
  /**
   * Resolves when one call to the endpoint, which its operation names (`payment_intents.create`), may be made; rejects when
   * the signal aborts first.
   */
  acquire(endpoint: string, lane: Lane, signal: AbortSignal): Promise<void>;
  /** After a 429: grants nothing to the endpoint for the given time. */
  backOff(endpoint: string, ms: number): void;
};

export type PacerOptions = {
  readonly rates: PaceRates;
  readonly blockMs: number;
  /** Hears of every call that was granted, and how long it waited. */
  readonly told?: (endpoint: string, waited_s: number) => void;
};

type Waiter = {
  readonly lane: Lane;
  readonly grant: () => void;
  readonly fail: (error: unknown) => void;
};
type Bucket = {
  /** In the order in which they are served. */
  waiters: Waiter[];
  filling: boolean;
  closedUntil_ms: number;
};

const POLL_MS = 25;

/** The pacer of one process. */
export function createPacer(sql: Sql, options: PacerOptions): Pacer {
  const buckets = new Map<string, Bucket>();
  const blockTokens = Math.max(1, Math.floor((options.rates.per_endpoint * options.blockMs) / 1_000));

  function bucketOf(endpoint: string): Bucket {
    const bucket = buckets.get(endpoint) ?? { waiters: [], filling: false, closedUntil_ms: 0 };
    buckets.set(endpoint, bucket);
    return bucket;
  }

  async function fill(endpoint: string, bucket: Bucket): Promise<void> {
    if (bucket.filling) return;
    bucket.filling = true;
    try {
      while (bucket.waiters.length > 0) {
        const closed_ms = bucket.closedUntil_ms - performance.now();
        if (closed_ms > 0) {
          await pause(closed_ms);
          continue;
        }
        const want = Math.min(blockTokens, bucket.waiters.length);
        const granted = await reservePace(sql, endpoint, options.rates, want);
        for (const waiter of bucket.waiters.splice(0, granted)) waiter.grant();
        if (bucket.waiters.length > 0) await pause(POLL_MS);
      }
    } catch (error) {
      // Reject all of them: those behind the first have no other call to fill the bucket for them.
      for (const waiter of bucket.waiters.splice(0)) waiter.fail(error);
    } finally {
      bucket.filling = false;
    }
  }

  return {
    acquire: (endpoint, lane, signal) =>
      new Promise<void>((resolve, reject) => {
        signal.throwIfAborted();
        const bucket = bucketOf(endpoint);
        const begun_ms = performance.now();
        const waiter: Waiter = {
          lane,
          grant: () => {
            signal.removeEventListener('abort', leave);
            options.told?.(endpoint, (performance.now() - begun_ms) / 1_000);
            resolve();
          },
          fail: (error) => {
            signal.removeEventListener('abort', leave);
            reject(error);
          },
        };
        function leave(): void {
          bucket.waiters = bucket.waiters.filter((other) => other !== waiter);
          reject(signal.reason);
        }
        signal.addEventListener('abort', leave, { once: true });
        bucket.waiters.push(waiter);
        bucket.waiters.sort((one, other) => LANES.indexOf(one.lane) - LANES.indexOf(other.lane));
        void fill(endpoint, bucket);
      }),
    backOff: (endpoint, ms) => {
      const bucket = bucketOf(endpoint);
      bucket.closedUntil_ms = Math.max(bucket.closedUntil_ms, performance.now() + ms);
    },
  };
}

/** As after Stripe's 429 for any endpoint: its rates are counted by the second. */
const EXCEEDED_PAUSE_MS = 1_000;

/** The same budget for the client's reads. */
export function readBudget(pacer: Pacer): ReadBudget {
  return {
    take: (operation, signal) => pacer.acquire(operation, 'single', signal),
    exceeded: (operation) => pacer.backOff(operation, EXCEEDED_PAUSE_MS),
  };
}
