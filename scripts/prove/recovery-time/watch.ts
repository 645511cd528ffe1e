/** How long the charges unsettled at a given moment take to settle, seen from outside, in the rows. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Sql } from '../../../src/store/postgres/database.ts';

export type Recovery = {
  /** Charges that were unsettled at that moment. */
  readonly unsettled: number;
  /** Attempts on the wire at that moment. */
  readonly open_attempts: number;
  /** Of the charges, those that waited for a lease to run out or an offer to go stale. */
  readonly waited: number;
  /** Until the last of them was settled. */
  readonly settled_ms: number;
};

export type Watch = {
  /** Lets it happen, and resolves once everything that was unsettled then is settled. */
  recovery(happen: () => Promise<void> | void): Promise<Recovery>;
  /** The charges that have an attempt on the wire now. */
  openAttempts(): Promise<Set<string>>;
  close(): Promise<void>;
};

/** A measured time is at most this much too long. */
const POLL_MS = 50;
/** More than any undisturbed charge needs under this load. */
const WAITED_MS = 8_000;
/** Waiting longer is pointless: the bound has long been broken. */
const PATIENCE_MS = 180_000;
const ENDED = ['succeeded', 'failed', 'canceled'];

type Pending = { readonly began_ms: number; readonly ids: Set<string>; waited: number; last_ms: number };

/** Watches charges until closed; any number of recoveries may be under way. */
export function openWatch(sql: Sql): Watch {
  const watched = new Set<Pending>();
  let isOpen = true;
  const looking = look();

  async function look(): Promise<void> {
    while (isOpen) {
      if (watched.size > 0) await see().catch(() => {});
      await wait(POLL_MS);
    }
  }

  async function see(): Promise<void> {
    const ids = [...new Set([...watched].flatMap((pending) => [...pending.ids]))];
    const rows = await sql<{ id: string }[]>`
      select id from charges where id = any(${ids}) and state = any(${ENDED})`;
    const now_ms = performance.now();
    for (const pending of watched) {
      for (const { id } of rows) {
        if (!pending.ids.delete(id)) continue;
        pending.last_ms = now_ms - pending.began_ms;
        if (pending.last_ms > WAITED_MS) pending.waited += 1;
      }
    }
  }

  async function unsettled(): Promise<{ ids: string[]; open: number }> {
    const rows = await sql<{ id: string; is_open: boolean }[]>`
      select c.id, exists (select 1 from charge_attempts a
                           where a.charge_id = c.id and a.ended_at is null) as is_open
      from charges c where not c.state = any(${ENDED})`;
    return { ids: rows.map((row) => row.id), open: rows.filter((row) => row.is_open).length };
  }

  return {
    openAttempts: async () => {
      const rows = await sql<
        { charge_id: string }[]
      >`select charge_id from charge_attempts where ended_at is null`;
      return new Set(rows.map((row) => row.charge_id));
    },
    recovery: async (happen) => {
      const { ids, open } = await unsettled();
      const pending: Pending = { began_ms: performance.now(), ids: new Set(ids), waited: 0, last_ms: 0 };
      await happen();
      watched.add(pending);
      while (pending.ids.size > 0 && performance.now() - pending.began_ms < PATIENCE_MS) await wait(POLL_MS);
      watched.delete(pending);
      const settled_ms = pending.ids.size > 0 ? PATIENCE_MS : Math.ceil(pending.last_ms);
      return { unsettled: ids.length, open_attempts: open, waited: pending.waited, settled_ms };
    },
    close: async () => {
      isOpen = false;
      await looking;
    },
  };
}
