/** Where each sweep, over Stripe's lists or our own rows, left off, and when it is due again (business time). */
import type { z } from 'zod';
import type { Sql } from '../postgres/database.ts';

export type SweepName =
  | 'events'
  | 'payment_intents'
  | 'old_events'
  | 'old_histories'
  | 'old_deliveries'
  | 'grown_tables';

export type TakenSweep = {
  /** What `saveSweep` wrote last; null the first time. */
  readonly cursor: string | null;
  /** The business clock, Unix seconds. */
  readonly now_s: number;
  /** When Stripe's events were last read to their end, likewise. */
  readonly events_read_s: number;
};

/** How soon a sweep comes again while something waits for its news, and at the latest. */
export type SweepPace = { readonly shortest_ms: number; readonly longest_ms: number };

/**
 * Takes a due sweep, so that no other worker does before the shortest pause is over: if its worker dies in the middle, the
 * next one goes on. Null when it is not due. While nothing waits for its news, each pause is as long as it has been quiet,
 * up to the longest (docs/protocol.md, 13.6).
 */
export async function takeSweep(
  sql: Sql,
  name: SweepName,
  { shortest_ms, longest_ms }: SweepPace,
): Promise<TakenSweep | null> {
  const shortest = sql`${shortest_ms}::double precision * interval '1 millisecond'`;
  const longest = sql`${longest_ms}::double precision * interval '1 millisecond'`;
  const rows = await sql<TakenSweep[]>`
    insert into sweeps as s (name, due_at)
    values (${name}, dc_now() + ${shortest})
    on conflict (name) do update set taken_at = dc_now(),
      active_at = case when ${AWAITED[name](sql)} then dc_now() else s.active_at end,
      due_at = dc_now() + case when ${AWAITED[name](sql)} then ${shortest}
                               else least(greatest(dc_now() - s.active_at, ${shortest}), ${longest}) end
    where s.due_at <= dc_now() or (s.taken_at <= dc_now() - ${shortest} and ${AWAITED[name](sql)})
    returning cursor, floor(extract(epoch from dc_now()))::bigint as now_s,
      floor(extract(epoch from (select events_read_at from instance)))::bigint as events_read_s`;
  return rows[0] ?? null;
}

/** What waits for the news of a sweep. Whatever waits longer reads its own object at Stripe, at the latest every hour. */
const AWAITED: Record<SweepName, (sql: Sql) => ReturnType<Sql>> = {
  events: (sql) => sql`(
    exists (select from charge_attempts where ended_at is null and sent_at > dc_now() - interval '1 hour')
    or exists (select from charges where due_at <= dc_now())
    or exists (select from setups where due_at is not null and created_at > dc_now() - interval '1 hour'))`,
  payment_intents: (sql) => sql`(
    exists (select from charges where due_at <= dc_now() + interval '1 hour'
            and stripe_payment_intent_id is null and create_opened_at is not null)
    or exists (select from charges where state = 'unknown')
    or exists (select from sweeps where name like 'orphan:%')
    or exists (select from instance where lost_at > dc_now() - interval '35 days'))`,
  old_events: (sql) => sql`false`,
  old_histories: (sql) => sql`false`,
  old_deliveries: (sql) => sql`false`,
  grown_tables: (sql) => sql`true`,
};

/** Where the sweep left off; null the first time, at the end, and where another release wrote it in another shape. */
export function readCursor<Cursor>({ cursor }: TakenSweep, shape: z.ZodType<Cursor>): Cursor | null {
  try {
    return shape.parse(JSON.parse(cursor ?? 'null'));
  } catch {
    return null;
  }
}

/**
 * Remembers where a sweep left off. `is_active`: it has found news, or is not at its end. `due_in_ms` brings it forward or
 * puts it off, null leaves its time alone.
 */
export async function saveSweep(
  sql: Sql,
  name: SweepName,
  found: { readonly cursor: string; readonly due_in_ms: number | null; readonly is_active: boolean },
): Promise<void> {
  const { cursor, due_in_ms, is_active } = found;
  await sql`
    update sweeps set cursor = ${cursor},
      active_at = case when ${is_active} then dc_now() else active_at end,
      due_at = coalesce(dc_now() + ${due_in_ms}::double precision * interval '1 millisecond', due_at)
    where name = ${name}`;
}
