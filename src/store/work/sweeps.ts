/** Where each sweep over Stripe's lists left off, and when it is due again (business time). */
import type { z } from 'zod';
import type { Sql } from '../postgres/database.ts';

export type SweepName = 'events' | 'payment_intents';

export type TakenSweep = {
  /** What `saveSweep` wrote last; null the first time. */
  readonly cursor: string | null;
  /** The business clock, Unix seconds. */
  readonly now_s: number;
  /** When Stripe's events were last read to their end, likewise. */
  readonly events_read_s: number;
};

/**
 * Takes a due sweep, so that no other worker does before `interval_ms` are over: if its worker dies in the middle, the
 * next one goes on. Null when it is not due.
 */
export async function takeSweep(sql: Sql, name: SweepName, interval_ms: number): Promise<TakenSweep | null> {
  const rows = await sql<TakenSweep[]>`
    insert into sweeps (name, due_at)
    values (${name}, dc_now() + ${interval_ms} * interval '1 millisecond')
    on conflict (name) do update set due_at = excluded.due_at where sweeps.due_at <= dc_now()
    returning cursor, floor(extract(epoch from dc_now()))::bigint as now_s,
      floor(extract(epoch from (select events_read_at from instance)))::bigint as events_read_s`;
  return rows[0] ?? null;
}

/** Where the sweep left off; null the first time, at the end, and where another release wrote it in another shape. */
export function readCursor<Cursor>({ cursor }: TakenSweep, shape: z.ZodType<Cursor>): Cursor | null {
  try {
    return shape.parse(JSON.parse(cursor ?? 'null'));
  } catch {
    return null;
  }
}

/** Remembers where a sweep left off; `due_in_ms` brings it forward or puts it off, null leaves its time alone. */
export async function saveSweep(
  sql: Sql,
  name: SweepName,
  cursor: string,
  due_in_ms: number | null,
): Promise<void> {
  await sql`
    update sweeps set cursor = ${cursor},
      due_at = coalesce(dc_now() + ${due_in_ms}::double precision * interval '1 millisecond', due_at)
    where name = ${name}`;
}
