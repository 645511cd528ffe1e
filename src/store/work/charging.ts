/** The kill switch: one row, which every statement that opens an attempt reads after it has its locks. */
import { eq } from 'drizzle-orm';
import type { Sql } from '../postgres/database.ts';
import type { Tables } from '../postgres/tables.ts';
import { charge_attempts } from '../schema/charges.ts';
import { instance } from '../schema/operations.ts';

export type Charging = {
  readonly enabled: boolean;
  /** Why it is off; null while it is on. */
  readonly reason: string | null;
  /** Attempts whose outcome is still unknown: they were opened before the switch, and we let them finish. */
  readonly attempts_open: number;
};

/** Whether charging is on, and why not. */
export async function readCharging(tables: Tables): Promise<Charging> {
  const rows = await tables
    .select({
      enabled: instance.charging_enabled,
      reason: instance.charging_reason,
      attempts_open: tables.$count(charge_attempts, eq(charge_attempts.state, 'open')),
    })
    .from(instance);
  return rows[0] ?? { enabled: false, reason: null, attempts_open: 0 };
}

/** Turns charging off, with the reason, or on again. */
export async function setCharging(sql: Sql, enabled: boolean, reason: string | null): Promise<void> {
  await sql`update instance set charging_enabled = ${enabled}, charging_reason = ${reason}`;
}

/**
 * Waits until all our statements that began before now have ended: one that has been waiting for a lock since before
 * the switch was turned may have read its old state. False when some still ran at the end of the time.
 */
export async function statementsEnded(sql: Sql, within_ms: number): Promise<boolean> {
  const rows = await sql<{ began: Date }[]>`select clock_timestamp() as began`;
  const began = rows[0]?.began ?? new Date(0);
  const end_ms = performance.now() + within_ms;
  for (;;) {
    const [older] = await sql<{ count: number }[]>`
      select count(*)::int as count from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state = 'active'
        and application_name like 'duecourse-%' and query_start < ${began}`;
    if (older?.count === 0) return true;
    if (performance.now() > end_ms) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const POLL_MS = 10;
