/**
 * Ordinary queries, by drizzle's query builder: lists and their filters, rows that are only shown, API keys,
 * operators' lists. ARCHITECTURE.md says where it ends.
 *
 * It has connections of its own, because drizzle changes how its client reads dates and writes JSON: on a shared
 * client the statements written by hand would get texts for dates.
 */
import { sql } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';

export type Tables = PostgresJsDatabase;

type Client = postgres.Sql<Record<string, never>>;

const TEXT_ARRAY = 1009;

/** The query builder on a client prepared for it. */
export function tablesOf(client: object): Tables {
  return drizzle(client as Client);
}

/** Makes a client read and write values the way drizzle expects. */
export function prepareForDrizzle<S extends object>(client: S): S {
  drizzle(client as unknown as Client);
  // drizzle passes lists as the text that Postgres takes; reading them stays ours.
  (client as unknown as Client).options.serializers[TEXT_ARRAY] = (text: unknown) => text;
  return client;
}

/** The id that a query of `readById` asks for. */
export const ID = sql.placeholder('id');

type QueryById<Row> = { execute(values: { readonly id: string }): Promise<Row[]> };

/** Reads one row, or null. Its query is built once for each client, and planned once for each of its connections. */
export function readById<Row>(
  build: (tables: Tables) => QueryById<Row>,
): (tables: Tables, id: string) => Promise<Row | null> {
  const queries = new WeakMap<Tables, QueryById<Row>>();
  return async (tables, id) => {
    const query = queries.get(tables) ?? build(tables);
    queries.set(tables, query);
    const rows = await query.execute({ id });
    return rows[0] ?? null;
  };
}
