/** The sequencer's statement: whoever holds the counter gives what has committed its place in the feed. */
import type { Sql } from '../postgres/database.ts';

/**
 * Numbers up to `rows` events that have none, in the order of writing as far as they have committed, and answers how many.
 * The counter is held until that is committed, so that no reader ever sees a later number before an earlier one. 0 also
 * where another process holds it.
 */
export async function numberEvents(sql: Sql, rows: number): Promise<number> {
  const [numbered] = await sql<{ first: number; last: number }[]>`
    select first::float8, last::float8 from number_events(${rows})`;
  return numbered === undefined ? 0 : numbered.last - numbered.first + 1;
}
