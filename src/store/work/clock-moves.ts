/** The test clock: moves business time forward, wakes what waits for due times, and shows when it has caught up. */

import type { Sql } from '../postgres/database.ts';
import { obligationTables } from './obligations.ts';

const CHANNEL = 'dc_clock';

/** Moves business time and wakes the workers. Returns the new business time. */
export async function moveClock(sql: Sql, advance_ms: number): Promise<Date> {
  await sql`update instance set clock_offset_ms = clock_offset_ms + ${advance_ms}`;
  // A second statement: within the first, dc_now() would still be the old time.
  const rows = await sql<{ now: Date }[]>`select dc_now() as now, pg_notify(${CHANNEL}, '')`;
  return rows[0]?.now ?? new Date(0);
}

/** Calls `onMove` after each move. Only test mode listens; without it work only goes on a little later. */
export async function listenClockMoves(sql: Sql, onMove: () => void): Promise<() => Promise<void>> {
  const { unlisten } = await sql.listen(CHANNEL, onMove);
  // A lost connection no longer listens anyway.
  return () => unlisten().then(noop, noop);
}

/**
 * Milliseconds until the next moment within the span from which later times are counted: a mail, the end of a
 * recovery, a retry, a second look at an unknown outcome. Null when there is none.
 */
export async function readNextStop(sql: Sql, span_ms: number): Promise<number | null> {
  const rows = await sql<{ in_ms: number | null }[]>`
    select ceil(extract(epoch from min(due_at) - dc_now()) * 1000)::float8 as in_ms
      from (select due_at from recoveries where state = 'open'
            union all
            select due_at from charges where state in ('retry_wait', 'unknown')) as stops
     where due_at > dc_now() and due_at < dc_now() + ${span_ms} * interval '1 millisecond'`;
  return rows[0]?.in_ms ?? null;
}

/** Rows and sweeps that were due by then and are not handled yet; leased ones count until they have moved on. */
export async function countDueBy(sql: Sql, by: Date): Promise<number> {
  const tables = Object.values(obligationTables).map(
    (table) => sql`(select count(*) from ${sql(table)} where due_at <= ${by})`,
  );
  const sum = tables.reduce((before, each) => sql`${before} + ${each}`);
  const rows = await sql<{ due: number }[]>`
    select (${sum} + (select count(*) from sweeps where name in ('events', 'payment_intents')
                      and due_at <= ${by}))::int as due`;
  return rows[0]?.due ?? 0;
}

function noop(): void {}
