/**
 * Wakes the workers: offers due rows to the queue, which loses and repeats them. It looks at a row when the row comes
 * due or its lease expires, instead of every second; a round would find the same.
 */
import type { Timings } from '../../src/platform/timings.ts';
import type { Kind, Rows } from '../../src/store/work/obligations.ts';
import type { Fault } from './people/faults.ts';
import type { Random } from './people/random.ts';
import type { Scheduler } from './scheduler.ts';
import { EPOCH_MS } from './stage.ts';
import { type ModelledKind, modelledKinds, type Tables } from './statements/tables.ts';

export type Dispatcher = {
  /** Receives every change of a row. */
  changed(kind: ModelledKind, row: Rows[ModelledKind]): void;
  /** Does what `Dependencies.offer` does. */
  offer(kind: Kind, ids: readonly string[]): Promise<void>;
};

export type DispatcherOptions = {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly timings: Timings;
  readonly strikes: (fault: Fault) => boolean;
  readonly tables: () => Tables;
  readonly startJob: (kind: ModelledKind, id: string, delay_ms: number) => void;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How late a row is looked at, at most. */
const LAG_MS: Readonly<Record<ModelledKind, number>> = {
  charge: MINUTE_MS / 3,
  inbox_event: MINUTE_MS / 3,
  recovery: 6 * HOUR_MS,
  // It looks every five seconds at the charge that it woke; fewer looks see the same.
  customer: 20 * MINUTE_MS,
};

/** How long a job lies in the queue. */
const QUEUE_MS = 300;
const DUPLICATE_MS = 90_000;

/** A dispatcher that never sleeps. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { scheduler, random, timings, strikes } = options;
  /** When each row is looked at next. */
  const looks = new Map<string, number>();

  function deliver(kind: ModelledKind, id: string): void {
    if (!strikes('job_lost')) options.startJob(kind, id, random.between(1, QUEUE_MS));
    if (strikes('job_duplicated')) options.startJob(kind, id, random.between(1, DUPLICATE_MS));
  }

  function lookAt(kind: ModelledKind, id: string): void {
    looks.delete(id);
    const row = options.tables().rows[kind].get(id);
    const wait_ms = row === undefined ? null : waitMs(row);
    if (row === undefined || wait_ms === null) return;
    if (wait_ms > 0) {
      plan(kind, id, wait_ms);
      return;
    }
    // No reader looks at these fields, so we do not copy the row.
    row.offer_number += 1;
    row.offered_at = options.tables().now();
    deliver(kind, id);
    plan(kind, id, timings.offerStaleMs);
  }

  /** Milliseconds until this row may be offered; null when it owes nothing. */
  function waitMs({ due_at, lease_until, offered_at }: Rows[ModelledKind]): number | null {
    if (due_at === null) return null;
    const stale = offered_at === null ? 0 : offered_at.getTime() + timings.offerStaleMs;
    const at_ms = Math.max(due_at.getTime(), lease_until?.getTime() ?? 0, stale);
    return Math.max(0, at_ms - EPOCH_MS - scheduler.now_ms());
  }

  function plan(kind: ModelledKind, id: string, wait_ms: number): void {
    const at_ms = scheduler.now_ms() + wait_ms + random.fraction() ** 3 * LAG_MS[kind];
    const planned = looks.get(id);
    if (planned !== undefined && planned <= at_ms) return;
    looks.set(id, at_ms);
    scheduler.at(at_ms, () => {
      if (looks.get(id) === at_ms) lookAt(kind, id);
    });
  }

  return {
    changed: (kind, row) => {
      const wait_ms = waitMs(row);
      if (wait_ms !== null) plan(kind, row.id, wait_ms);
    },
    offer: (kind, ids) => {
      const modelled = modelledKinds.find((each) => each === kind);
      if (modelled !== undefined) for (const id of ids) deliver(modelled, id);
      return Promise.resolve();
    },
  };
}
