/** Pages of lists: newest first, and the cursor is the id of the last row that was shown. */
import { desc, eq, type SQL, sql } from 'drizzle-orm';
import { alias, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import type { Tables } from './tables.ts';

/** A table whose rows are listed by the time of their creation; the id decides between equal times. */
type Listed = PgTable & { readonly created_at: PgColumn; readonly id: PgColumn };

export type ListPage = {
  /** The id after which the page begins; null for the first. */
  readonly after: string | null;
  readonly limit: number;
};

export function newestFirst(table: Listed): [SQL, SQL] {
  return [desc(table.created_at), desc(table.id)];
}

/** Rows that come after the cursor's own, newest first. Without a cursor, no condition. */
export function after(tables: Tables, table: Listed, cursor: string | null): SQL | undefined {
  if (cursor === null) return undefined;
  const last = alias(table, 'last_shown') as unknown as Listed;
  const place = tables
    .select({ created_at: last.created_at, id: last.id })
    .from(last)
    .where(eq(last.id, cursor));
  return sql`(${table.created_at}, ${table.id}) < ${place}`;
}
