/** The tables of the current schema, from all its files: drizzle-kit reads the same. */
import { readdirSync } from 'node:fs';

const ROOMS = new URL('../../../src/store/schema/', import.meta.url);

/** Exported name -> table, of all files of src/store/schema. */
export async function schemaTables(): Promise<Record<string, unknown>> {
  const rooms = await Promise.all(
    readdirSync(ROOMS).map((name) => import(new URL(name, ROOMS).href) as Promise<Record<string, unknown>>),
  );
  return Object.assign({}, ...rooms);
}
