/** API keys: the hash of a secret and what its bearer may do. The secret itself is never here. */
import { desc, sql as part } from 'drizzle-orm';
import type { Sql } from '../postgres/database.ts';
import type { Tables } from '../postgres/tables.ts';
import { textArray } from '../postgres/text-array.ts';
import { api_keys } from '../schema/operations.ts';
import type { OperatorVerb, OperatorWord } from '../work/operator-actions.ts';

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

/** A key, and who made it: an operator, or a program of ours that names itself. */
export async function insertApiKey(
  tables: Tables,
  key: Pick<ApiKeyRow, 'id' | 'name' | 'secret_hash' | 'scopes'>,
  word: OperatorWord,
): Promise<void> {
  const { id, name, secret_hash, scopes } = key;
  await tables.execute(part`
    with made as (
      insert into api_keys (id, name, secret_hash, scopes)
      values (${id}, ${name}::text, ${secret_hash}::bytea, ${textArray.serialize(scopes)}::text[]) returning id
    )
    ${actionFor('made', 'key_create', word)}`);
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
export async function revokeApiKey(tables: Tables, id: string, word: OperatorWord): Promise<boolean> {
  const rows = await tables.execute(part`
    with revoked as (
      update api_keys set revoked_at = coalesce(revoked_at, dc_now()) where id = ${id} returning id
    )
    ${actionFor('revoked', 'key_revoke', word)}`);
  return rows.length === 1;
}

/** The word on the key of the CTE before it, in the same statement. */
function actionFor(changed: string, verb: OperatorVerb, { reason, by }: OperatorWord) {
  return part`
    insert into operator_actions (verb, entity, entity_id, reason, "by")
    select ${verb}::text, 'api_key', id, ${reason}::text, ${by}::text from ${part.identifier(changed)}
    returning id`;
}
