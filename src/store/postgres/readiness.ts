/** What the database can do for us now. */
import { within } from '../../platform/within.ts';
import type { Sql } from './database.ts';
import { schemaLag } from './migrate.ts';

/** From this difference on, clocks that disagree would judge signatures, delays and logs: no process starts. */
export const CLOCK_DIFFERENCE_MAX_MS = 30_000;
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

/** Asks the database; "unreachable" and "too slow" are answers, not errors. */
export async function readiness(sql: Sql, databaseUrl: string): Promise<Readiness> {
  const unreachable = () => UNREACHABLE;
  return within(PROBE_TIMEOUT_MS, ask(sql, databaseUrl).catch(unreachable), unreachable);
}

async function ask(sql: Sql, databaseUrl: string): Promise<Readiness> {
  // Postgres gives a transaction id only where something can be written.
  const rows = await sql<{ xid: string; read_only: boolean }[]>`
    select pg_current_xact_id()::text as xid,
           current_setting('transaction_read_only')::boolean as read_only`;
  const row = rows[0];
  if (row === undefined) return UNREACHABLE;
  const difference_ms = await clockDifferenceMs(sql);
  const lag = await schemaLag(databaseUrl);
  return {
    postgres: !row.read_only,
    schema: lag.applied >= lag.known,
    clock: difference_ms < CLOCK_DIFFERENCE_MAX_MS,
  };
}

/** How far this process's clock and the database's differ, either way, give or take half a round trip. */
export async function clockDifferenceMs(sql: Sql): Promise<number> {
  const sent_ms = Date.now();
  const rows = await sql<{ now: Date }[]>`select clock_timestamp() as now`;
  const middle_ms = (sent_ms + Date.now()) / 2;
  return Math.abs((rows[0]?.now.getTime() ?? 0) - middle_ms);
}
