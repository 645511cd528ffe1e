/** What takes old rows, one bounded statement at a time, and what has Postgres look at a table anew. */
import type { Sql } from '../postgres/database.ts';

export type Forgotten = {
  /** The move after which to go on; the same as before where another statement holds what was found. */
  readonly next: number;
  /** Old moves that were looked at; none: the walk is at its end. */
  readonly looked: number;
  /** Events, or charges and setups, whose rows went. */
  readonly gone: number;
};

/** Takes the events among the next `rows` old moves that were settled `days` days ago, and their moves. */
export async function forgetEvents(
  sql: Sql,
  after: number,
  { rows, days }: { readonly rows: number; readonly days: number },
): Promise<Forgotten> {
  const found = await sql<
    Forgotten[]
  >`select next, looked, gone from forget_events(${after}, ${rows}, ${days})`;
  return found[0] ?? { next: after, looked: 0, gone: 0 };
}

/** Takes the histories of charges and setups among them that ended `months` ago, by the type of what paid. */
export async function forgetHistories(
  sql: Sql,
  after: number,
  { rows, months }: { readonly rows: number; readonly months: Readonly<Record<string, number>> },
): Promise<Forgotten> {
  const found = await sql<Forgotten[]>`
    select next, looked, gone from forget_histories(${after}, ${rows}, ${sql.json(months)})`;
  return found[0] ?? { next: after, looked: 0, gone: 0 };
}

/** Takes deliveries that were owed `days` days ago and are not under way; `next` only counts them. */
export async function forgetDeliveries(
  sql: Sql,
  after: number,
  { rows, days }: { readonly rows: number; readonly days: number },
): Promise<Forgotten> {
  const [found] = await sql<{ gone: number }[]>`select forget_deliveries(${rows}, ${days}) as gone`;
  const gone = found?.gone ?? 0;
  return { next: after + gone, looked: gone, gone };
}

/** Analyzes the table that grew most, of those with `rows` rows that grew tenfold; names it, or null. */
export async function analyzeGrown(sql: Sql, rows: number): Promise<string | null> {
  const [found] = await sql<{ name: string | null }[]>`select analyze_grown(${rows}) as name`;
  return found?.name ?? null;
}
