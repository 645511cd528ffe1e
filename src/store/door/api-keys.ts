/** API keys: the hash of a secret and what its bearer may do. The secret itself is never here. */
import type { Sql } from '../postgres/database.ts';

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

/** Writes a new key. */
export async function insertApiKey(
  sql: Sql,
  key: Pick<ApiKeyRow, 'id' | 'name' | 'secret_hash' | 'scopes'>,
): Promise<void> {
  await sql`
    insert into api_keys (id, name, secret_hash, scopes)
    values (${key.id}, ${key.name}, ${key.secret_hash}, ${key.scopes as Scope[]}::text[])`;
}

/** The key, revoked or not, or null. Not cached anywhere: a revocation holds from the next request on. */
export async function readApiKey(sql: Sql, id: string): Promise<ApiKeyRow | null> {
  const rows = await sql<ApiKeyRow[]>`
    select id, name, secret_hash, scopes, created_at, revoked_at from api_keys where id = ${id}`;
  return rows[0] ?? null;
}

/** Every key, newest first. */
export async function listApiKeys(sql: Sql): Promise<ApiKeyRow[]> {
  return await sql<ApiKeyRow[]>`
    select id, name, secret_hash, scopes, created_at, revoked_at from api_keys order by created_at desc, id`;
}

/** Ends a key; false when there is none of that id. Revoking twice keeps the first time. */
export async function revokeApiKey(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql`
    update api_keys set revoked_at = coalesce(revoked_at, dc_now()) where id = ${id} returning id`;
  return rows.length === 1;
}
