import type { Sql } from './database.ts';

export type InstanceRow = {
  readonly instance_id: string;
  readonly derive_key: Buffer;
  readonly charging_enabled: boolean;
  readonly clock_offset_ms: number;
};

/** The one row that says who this deployment is. */
export async function readInstance(sql: Sql): Promise<InstanceRow> {
  const rows = await sql<InstanceRow[]>`
    select instance_id, derive_key, charging_enabled, clock_offset_ms from instance`;
  const row = rows[0];
  if (row === undefined) throw new Error('the instance row is missing: run the migrations');
  return row;
}

/** The kill switch: claims read it in the statement that opens an attempt. */
export async function setCharging(sql: Sql, enabled: boolean, reason: string): Promise<void> {
  await sql`update instance set charging_enabled = ${enabled}, charging_reason = ${reason}`;
}

/** Moves business time forward; only the test clock calls it. Answers the new offset. */
export async function advanceClock(sql: Sql, advance_ms: number): Promise<number> {
  const rows = await sql<{ clock_offset_ms: number }[]>`
    update instance set clock_offset_ms = clock_offset_ms + ${advance_ms} returning clock_offset_ms`;
  return rows[0]?.clock_offset_ms ?? 0;
}

/** The business clock, as every decision in the database sees it. */
export async function readNow(sql: Sql): Promise<Date> {
  const rows = await sql<{ now: Date }[]>`select dc_now() as now`;
  return rows[0]?.now ?? new Date(0);
}
