/**
 * Ordinary queries, by drizzle's query builder: lists and their filters, rows that are only shown, API keys,
 * operators' lists. ARCHITECTURE.md says where it ends.
 *
 * It has connections of its own, because drizzle changes how its client reads dates and writes JSON: on a shared
 * client the statements written by hand would get texts for dates.
 */
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

/** A query that is built once for each client, and planned once for each of its connections. */
export function builtOnce<Query>(build: (tables: Tables) => Query): (tables: Tables) => Query {
  const queries = new WeakMap<Tables, Query>();
  return (tables) => {
    const query = queries.get(tables) ?? build(tables);
    queries.set(tables, query);
    return query;
  };
}
