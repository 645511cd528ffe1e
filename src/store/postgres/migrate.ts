/**
 * Applies the migrations, one process at a time.
 *
 * drizzle's migrator takes no lock, and four at once on an empty database failed in one of three tries; the advisory
 * lock makes the others wait, and then they find nothing to do.
 */
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { invariant } from '../../platform/errors.ts';
import { errorCode } from './database.ts';

const LOCK = 7_041_963;

/** The folder `migrations` nearest above this code, which is a file of `src` or of `dist`. */
function migrationsFolder(): string {
  const here = import.meta.dirname;
  const above = here.split(sep).map((_, levels) => join(here, ...Array(levels).fill('..'), 'migrations'));
  const found = above.find((folder) => existsSync(join(folder, 'meta', '_journal.json')));
  invariant(found !== undefined, 'migrations_beside_code');
  return found;
}

/**
 * Brings the database at `databaseUrl` to the newest schema in `folder`: ours, except in tests of a future migration.
 * Safe to run from many processes at once.
 */
export async function migrate(databaseUrl: string, folder = migrationsFolder()): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await sql`set lock_timeout = '10s'`;
    await sql`select pg_advisory_lock(${LOCK})`;
    await applyMigrations(drizzle(sql), { migrationsFolder: folder });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** No schema of drizzle's, or no table in it: nothing was ever applied. */
const NEVER_MIGRATED = new Set(['3F000', '42P01']);

/**
 * How many migrations the code knows and how many the database has: equal means current. Throws what the database says where
 * it cannot be asked: one that is out of reach, or that we may not read, is not behind.
 */
export async function schemaLag(databaseUrl: string): Promise<{ known: number; applied: number }> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connect_timeout: 5 });
  try {
    const known = readMigrationFiles({ migrationsFolder: migrationsFolder() }).length;
    const rows = await sql`select count(*)::int as applied from drizzle.__drizzle_migrations`.catch(
      (error) => {
        if (!NEVER_MIGRATED.has(errorCode(error) ?? '')) throw error;
        return [{ applied: 0 }];
      },
    );
    return { known, applied: Number(rows[0]?.applied ?? 0) };
  } finally {
    await sql.end({ timeout: 5 });
  }
}
