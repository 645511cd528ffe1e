/** What the database can do for us at this moment. */
import type { Sql } from './database.ts';
import { schemaLag } from './migrate.ts';

/** Beyond this, leases and signatures are judged by clocks that disagree. */
const CLOCK_DIFFERENCE_MAX_MS = 30_000;
const PROBE_TIMEOUT_MS = 3_000;

export type Readiness = {
  /** It takes writes: a replica, or a primary that was set read-only, does not count. */
  readonly postgres: boolean;
  /** Its schema is the one this code knows, or one ahead of it. */
  readonly schema: boolean;
  /** Its clock and ours agree. */
  readonly clock: boolean;
};

const UNREACHABLE: Readiness = { postgres: false, schema: false, clock: false };

/** Asks the database; unreachable and too slow are answers, not errors. */
export async function readiness(sql: Sql, databaseUrl: string): Promise<Readiness> {
  const late = new Promise<Readiness>((resolve) => {
    setTimeout(() => resolve(UNREACHABLE), PROBE_TIMEOUT_MS).unref();
  });
  return Promise.race([late, ask(sql, databaseUrl).catch(() => UNREACHABLE)]);
}

async function ask(sql: Sql, databaseUrl: string): Promise<Readiness> {
  const sent_ms = Date.now();
  // A transaction id is given only where something can be written.
  const rows = await sql<{ now: Date; xid: string; read_only: boolean }[]>`
    select clock_timestamp() as now, pg_current_xact_id()::text as xid,
           current_setting('transaction_read_only')::boolean as read_only`;
  const answered_ms = Date.now();
  const row = rows[0];
  if (row === undefined) return UNREACHABLE;
  const middle_ms = (sent_ms + answered_ms) / 2;
  const lag = await schemaLag(databaseUrl);
  return {
    postgres: !row.read_only,
    schema: lag.applied >= lag.known,
    clock: Math.abs(row.now.getTime() - middle_ms) < CLOCK_DIFFERENCE_MAX_MS,
  };
}
