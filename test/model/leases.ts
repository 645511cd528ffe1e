/** `createLeases` (`src/billing/work/lease.ts`) on virtual time: claims, renewals while a process waits, local deadlines. */
import type { Claimed, Lease, Leases } from '../../src/billing/work/lease.ts';
import type { Timings } from '../../src/platform/timings.ts';
import type { Kind, Rows } from '../../src/store/work/obligations.ts';
import type { Fault } from './people/faults.ts';
import type { Process, Scheduler } from './scheduler.ts';
import { claimRow, giveBack, isHeld, renewLease } from './statements/obligation-statements.ts';
import type { ModelledKind, Tables } from './statements/tables.ts';
import type { Statement } from './stripe/sending.ts';

export type ModelLeases = Leases & {
  /** Renews what a process holds while it waits; calls `lost` if the lease of `signal` expires all the same. */
  keep(process: Process, waiting: Waiting): void;
  /** Does what `Pacer.acquire` does when no pace is left: waits, renews, and fails once the lease is over. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Whether a process has reason to believe that it holds a charge's lease. */
  isHeldBy(process: Process): boolean;
  /** The machine slept, and its monotonic clock with it: the leases that a process holds look as fresh as before. */
  sleep(process: Process, ms: number): void;
};

export type Waiting = {
  readonly isWaiting: () => boolean;
  readonly signal: AbortSignal | undefined;
  readonly lost: () => void;
};

export type LeasesOptions = {
  readonly scheduler: Scheduler;
  readonly tables: Tables;
  readonly statement: Statement;
  readonly timings: Timings;
  readonly strikes: (fault: Fault) => boolean;
};

type Held = {
  readonly process: Process;
  readonly kind: ModelledKind;
  readonly id: string;
  readonly lease_number: number;
  deadline_ms: number;
};

/** Leases of every process of the world. */
export function createModelLeases(options: LeasesOptions): ModelLeases {
  const { scheduler, tables, statement, timings } = options;
  const held = new Map<string, Held>();
  let tokens = 0;

  async function claim<K extends Kind>(kind: K, id: string, due_only: boolean): Promise<Claimed<K> | null> {
    tokens += 1;
    const token = `token-${tokens}`;
    const sent_ms = scheduler.now_ms();
    const process = scheduler.current();
    const request = { id, token };
    const claiming = { lease_ms: timings.leaseMs, due_only };
    const row = await statement(
      `claim ${kind}`,
      () => claimRow(tables, kind as ModelledKind, request, claiming),
      { gathered: due_only },
    );
    if (row === null) return null;
    const entry: Held = {
      process,
      kind: kind as ModelledKind,
      id,
      lease_number: row.lease_number,
      deadline_ms: sent_ms + timings.leaseMs,
    };
    held.set(token, entry);
    return { row: row as unknown as Rows[K], lease: leaseOf(kind, token, entry) };
  }

  function leaseOf(kind: Kind, token: string, entry: Held): Lease {
    const isOver = () => scheduler.now_ms() >= entry.deadline_ms;
    const signal = {
      get aborted() {
        return isOver();
      },
      get reason() {
        return ABORTED;
      },
      throwIfAborted: () => {
        if (isOver()) throw ABORTED;
      },
    };
    return {
      kind,
      id: entry.id,
      lease_number: entry.lease_number,
      token,
      signal: signal as unknown as AbortSignal,
      remaining_ms: () => Math.max(0, entry.deadline_ms - scheduler.now_ms()),
    };
  }

  function keep(process: Process, { isWaiting, signal, lost }: Waiting): void {
    const tick = () => {
      if (!isWaiting() || !process.alive) return;
      if (signal?.aborted) return lost();
      const now_ms = scheduler.now_ms();
      for (const entry of held.values()) {
        if (entry.process !== process || now_ms >= entry.deadline_ms) continue;
        if (options.strikes('renewal_lost')) continue;
        if (!renewLease(tables, entry.kind, entry, timings.leaseMs)) continue;
        entry.deadline_ms = now_ms + timings.leaseMs;
      }
      scheduler.at(now_ms + timings.leaseRenewIntervalMs, tick);
    };
    scheduler.at(scheduler.now_ms() + timings.leaseRenewIntervalMs, tick);
  }

  return {
    claimDue: (kind, id) => claim(kind, id, true),
    claimNow: (kind, id) => claim(kind, id, false),
    release: async (lease) => {
      const entry = held.get(lease.token);
      if (entry === undefined) return;
      held.delete(lease.token);
      // The settling statement gave it back: the real release would find nothing, whenever it came.
      if (!isHeld(tables, entry.kind, entry)) return;
      await statement('release', () => giveBack(tables, entry.kind, entry), { gathered: true });
    },
    keep,
    wait: (ms, signal) =>
      scheduler.block<void>((process, wake) => {
        let isWaiting = true;
        const end = () => {
          if (!isWaiting) return;
          isWaiting = false;
          if (signal.aborted) wake.reject(ABORTED);
          else wake.resolve();
        };
        keep(process, { isWaiting: () => isWaiting, signal, lost: end });
        scheduler.at(scheduler.now_ms() + ms, end);
      }),
    isHeldBy: (process) => {
      for (const entry of held.values())
        if (entry.process === process && entry.kind === 'charge')
          if (scheduler.now_ms() < entry.deadline_ms) return true;
      return false;
    },
    sleep: (process, ms) => {
      for (const entry of held.values()) {
        if (entry.process !== process) continue;
        entry.deadline_ms += ms;
      }
    },
    renewOnce: async () => {},
    abortAll: () => {},
    close: () => {},
  };
}

const ABORTED = new DOMException('the lease is over', 'AbortError');
