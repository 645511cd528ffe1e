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

const TOKEN = /^dc_(test|live)_([a-z2-7]{24})_([A-Za-z0-9_-]{43})$/;
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

/** The key that a bearer token belongs to, or null: malformed, unknown, wrong, revoked or of the other mode. */
export async function findApiKey(sql: Sql, token: string, livemode: boolean): Promise<ApiKeyRow | null> {
  const [, mode, id, secret] = TOKEN.exec(token) ?? [];
  if (mode === undefined || id === undefined || secret === undefined) return null;
  const key = await readApiKey(sql, `key_${id}`);
  const matches = timingSafeEqual(hashOf(secret), key?.secret_hash ?? NO_HASH);
  if (key === null || !matches || key.revoked_at !== null) return null;
  return (mode === 'live') === livemode ? key : null;
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
