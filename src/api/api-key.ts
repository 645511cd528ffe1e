/**
 * API keys: `dc_<test|live>_<key id>_<secret>`. The prefix lets secret scanners find one that leaked; the id
 * finds the row; only the secret's SHA-256 is stored (256 random bits need no slow hash).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { randomId } from '../platform/ids.ts';
import { type ApiKeyRow, insertApiKey, readApiKey, type Scope } from '../store/door/api-keys.ts';
import type { Sql } from '../store/postgres/database.ts';
import type { Tables } from '../store/postgres/tables.ts';
import type { OperatorWord } from '../store/work/operator-actions.ts';

const AUTHORIZATION = /^[Bb][Ee][Aa][Rr][Ee][Rr] dc_(test|live)_([a-z2-7]{24})_([A-Za-z0-9_-]{43})$/;
const SECRET_BYTES = 32;
/** We compare with this when there is no such key, so that a guess takes the same time either way. */
const NO_HASH = createHash('sha256').update(randomBytes(SECRET_BYTES)).digest();

export type MintedKey = { readonly id: string; readonly token: string };

export type NewApiKey = {
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  readonly livemode: boolean;
  /** Who makes it, and why; by default a program of ours, which starts a deployment of its own. */
  readonly word?: OperatorWord;
};

const OUR_PROGRAM: OperatorWord = { by: 'duecourse', reason: 'a deployment that a program starts' };

/** Makes a key and stores its hash. Only the answer holds the token. */
export async function createApiKey(tables: Tables, key: NewApiKey): Promise<MintedKey> {
  const id = randomId('key');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const row = { id, name: key.name, scopes: key.scopes, secret_hash: hashOf(secret) };
  await insertApiKey(tables, row, key.word ?? OUR_PROGRAM);
  const token = `dc_${key.livemode ? 'live' : 'test'}_${id.slice('key_'.length)}_${secret}`;
  return { id, token };
}

/** The key that a request shows, unproven: who that is, and the SHA-256 of what only its owner knows. */
export type Bearer = { readonly id: string; readonly mode: string; readonly hash: Buffer };

/** What an Authorization header shows, or null if it is absent or no key of ours could read so. */
export function bearerOf(header: string | undefined): Bearer | null {
  const [, mode, id, secret] = AUTHORIZATION.exec(header ?? '') ?? [];
  if (mode === undefined || id === undefined || secret === undefined) return null;
  return { id: `key_${id}`, mode, hash: hashOf(secret) };
}

/** The key that a bearer has, or null: unknown, wrong, revoked or of the other mode. */
export async function findApiKey(sql: Sql, bearer: Bearer, livemode: boolean): Promise<ApiKeyRow | null> {
  const key = await readApiKey(sql, bearer.id);
  const matches = timingSafeEqual(bearer.hash, key?.secret_hash ?? NO_HASH);
  if (key === null || !matches || key.revoked_at !== null) return null;
  return (bearer.mode === 'live') === livemode ? key : null;
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
