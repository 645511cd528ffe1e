import type { Loss } from '../../domain/loss.ts';
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

export type LossColumns = { readonly lost_at: Date | null; readonly lost_from: Date | null };

/** The newest loss of rows, from the columns of `instance`. */
export function lossOf(row: LossColumns): Loss | null {
  return row.lost_at === null ? null : { noted_at: row.lost_at, from: row.lost_from ?? row.lost_at };
}

/** The business clock, as every decision in the database sees it. */
export async function readNow(sql: Sql): Promise<Date> {
  const rows = await sql<{ now: Date }[]>`select dc_now() as now`;
  return rows[0]?.now ?? new Date(0);
}
