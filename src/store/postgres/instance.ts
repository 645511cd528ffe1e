import type { Loss } from '../../domain/loss.ts';
import { AppError } from '../../platform/errors.ts';
import type { Sql } from './database.ts';

export type InstanceRow = {
  readonly instance_id: string;
  readonly derive_key: Buffer;
  readonly charging_enabled: boolean;
  readonly clock_offset_ms: number;
  /** Whether this database is a live deployment's; null until a process has started on it. */
  readonly livemode: boolean | null;
};

/** The one row that says who this deployment is. */
export async function readInstance(sql: Sql): Promise<InstanceRow> {
  const rows = await sql<InstanceRow[]>`
    select instance_id, derive_key, charging_enabled, clock_offset_ms, livemode from instance`;
  const row = rows[0];
  if (row === undefined) throw new Error('the instance row is missing: run the migrations');
  return row;
}

/** Notes the mode of the first process that starts here; whether it is this one's. */
export async function noteMode(sql: Sql, livemode: boolean): Promise<boolean> {
  const noted = await readInstance(sql);
  if (noted.livemode !== null) return noted.livemode === livemode;
  // Of two that start at once, one is the first.
  await sql`update instance set livemode = ${livemode} where livemode is null`;
  return (await readInstance(sql)).livemode === livemode;
}

/** Of a process that comes with a key of `livemode` to a database of the other. */
export function otherMode(livemode: boolean): AppError {
  const [ours, theirs] = livemode ? ['live', 'test'] : ['test', 'live'];
  return new AppError('mode_differs', {
    message: `STRIPE_SECRET_KEY is a ${ours} key, and this is the database of a ${theirs} deployment: they never share one`,
  });
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
