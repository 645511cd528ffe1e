/** API keys: the hash of a secret and what its bearer may do. The secret itself is never here. */
import { desc, eq, sql as part } from 'drizzle-orm';
import type { Sql } from '../postgres/database.ts';
import type { Tables } from '../postgres/tables.ts';
import { api_keys } from '../schema/operations.ts';

export const SCOPES = ['read', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export type ApiKeyRow = {
  readonly id: string;
  readonly name: string | null;
  /** SHA-256 of the secret, 32 bytes. */
  readonly secret_hash: Buffer;
  readonly scopes: readonly Scope[];
  readonly created_at: Date;
  readonly revoked_at: Date | null;
};

export async function insertApiKey(
  tables: Tables,
  key: Pick<ApiKeyRow, 'id' | 'name' | 'secret_hash' | 'scopes'>,
): Promise<void> {
  await tables.insert(api_keys).values({ ...key, scopes: [...key.scopes] });
}

/**
 * The key, revoked or not, or null. Never cached, so a revocation takes effect from the next request on. Every request
 * asks this first, so it is a prepared statement on the same connections as charges, and waits behind no list.
 */
export async function readApiKey(sql: Sql, id: string): Promise<ApiKeyRow | null> {
  const rows = await sql<ApiKeyRow[]>`
    select id, name, secret_hash, scopes, created_at, revoked_at from api_keys where id = ${id}`;
  return rows[0] ?? null;
}

/** Every key, newest first. */
export async function listApiKeys(tables: Tables): Promise<ApiKeyRow[]> {
  const rows = await tables.select().from(api_keys).orderBy(desc(api_keys.created_at), api_keys.id);
  return rows as ApiKeyRow[];
}

/** Ends a key; false when there is no such id. Revoking twice keeps the first time. */
export async function revokeApiKey(tables: Tables, id: string): Promise<boolean> {
  const rows = await tables
    .update(api_keys)
    .set({ revoked_at: part`coalesce(${api_keys.revoked_at}, dc_now())` })
    .where(eq(api_keys.id, id))
    .returning({ id: api_keys.id });
  return rows.length === 1;
}
