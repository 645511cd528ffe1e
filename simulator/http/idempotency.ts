import type { Account, World } from '../world/world.ts';
import { StripeHttpError } from './errors.ts';
import { canonicalForm } from './form.ts';

/** The first request under a key and, once executed, its answer. */
export interface KeyEntry {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly requestId: string;
  readonly atMs: number;
  answer: StoredAnswer | null;
}

export interface StoredAnswer {
  readonly status: number;
  readonly body: string;
}

/** Keys may be pruned after a day; a repeated request then executes again. */
const TTL_MS = 24 * 60 * 60 * 1000;
const MAX_ENTRIES = 100_000;
const MAX_KEY_LENGTH = 255;

/** The live entry of a key, if any. */
export function entryOf(world: World, account: Account, key: string): KeyEntry | undefined {
  const entry = account.keys.get(key);
  if (entry === undefined) return undefined;
  if (entry.answer === null || world.clock.nowMs() - entry.atMs < TTL_MS) return entry;
  account.keys.delete(key);
  return undefined;
}

export function refuseLongKey(key: string): void {
  if (key.length <= MAX_KEY_LENGTH) return;
  const message = `Idempotency keys can have at most ${MAX_KEY_LENGTH} characters.`;
  throw new StripeHttpError(400, { type: 'invalid_request_error', message });
}

/**
 * The stored answer, if this is the same request again; refused while the first is in flight or if it
 * differs.
 */
export function replayOf(
  entry: KeyEntry,
  key: string,
  method: string,
  path: string,
  body: string,
): StoredAnswer {
  if (!sameRequest(entry, method, path, body)) {
    const message =
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
      `Try using a key other than '${key}' if you meant to execute a different request.`;
    throw new StripeHttpError(400, { type: 'idempotency_error', message });
  }
  if (entry.answer !== null) return entry.answer;
  const code = 'idempotency_key_in_use';
  const message = `There is currently another in-progress request using this Idempotent Key: ${key}.`;
  throw new StripeHttpError(409, { type: 'idempotency_error', code, message });
}

/** Marks the key as in flight. */
export function begin(
  world: World,
  account: Account,
  key: string,
  asked: Omit<KeyEntry, 'answer' | 'atMs'>,
): KeyEntry {
  const entry: KeyEntry = { ...asked, atMs: world.clock.nowMs(), answer: null };
  account.keys.set(key, entry);
  if (account.keys.size > MAX_ENTRIES) {
    for (const oldest of account.keys.keys()) {
      account.keys.delete(oldest);
      break;
    }
  }
  return entry;
}

/**
 * The same text is the same request; otherwise the decoded parameters decide, in any order.
 */
function sameRequest(entry: KeyEntry, method: string, path: string, body: string): boolean {
  if (entry.method !== method || entry.path !== path) return false;
  return entry.body === body || canonicalForm(entry.body) === canonicalForm(body);
}
