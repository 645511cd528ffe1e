/** The test clock: business time moved forward, who waits for due times woken, and when they have caught up. */

import type { Sql } from '../postgres/database.ts';
import { obligationTables } from './obligations.ts';

const CHANNEL = 'dc_clock';

/** Moves business time and wakes the workers. Answers the new business time. */
export async function moveClock(sql: Sql, advance_ms: number): Promise<Date> {
  await sql`update instance set clock_offset_ms = clock_offset_ms + ${advance_ms}`;
  // Another statement: within the first, dc_now() would still be the old time.
  const rows = await sql<{ now: Date }[]>`select dc_now() as now, pg_notify(${CHANNEL}, '')`;
  return rows[0]?.now ?? new Date(0);
}

/** Calls `onMove` after each move. Only test mode listens; nothing depends on it but how soon it goes on. */
export async function listenClockMoves(sql: Sql, onMove: () => void): Promise<() => Promise<void>> {
  const { unlisten } = await sql.listen(CHANNEL, onMove);
  // Whose connection is gone already listens no more.
  return () => unlisten().then(noop, noop);
}

/**
 * How long until the next moment within the span that what follows is counted from: a mail, the end of a
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

/** Rows and sweeps that were due by then and have not been dealt with: leased ones count until they moved on. */
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
