/**
 * One write to Stripe under a key of its row: a create, cancel, expire, update or detach. None of them takes money;
 * a confirm does, and is an attempt instead (`src/billing/charge/confirm-attempt.ts`).
 *
 *   number n is in the row ─▶ send `dc1:<row>:<verb>:<n>` ─▶ judge ─┬ done ─▶ go on with the answer
 *             │                        ▲                             ├ not known ─▶ the same again, later
 *             └ not to be trusted ─────┼─▶ look ◀── stored for good ─┘
 *                                      │    ├ the effect is there ─▶ go on with what was found
 *                                      └────┴ it is missing ─▶ n is spent, n + 1 is written
 *
 * Stripe keeps the first answer under a key for at least 24 hours (https://docs.stripe.com/api/idempotent_requests).
 * So we send a key again as long as its answer is unknown, and leave it only once that answer is stored and a look
 * shows that the effect is missing: no number ever stands for two bodies, and no effect happens twice.
 *
 * Two things make a row's own memory worthless, and then nothing is sent before a look: the key is older than Stripe
 * keeps it, or rows were lost. After a loss the number stays: if the lost row had sent it within the day, Stripe still
 * answers with what it made.
 */
import { buildKey, creates, type KeyParts, type KeyVerb } from '../../domain/keys.ts';
import type { LookFirst } from '../../domain/loss.ts';
import { unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import type { Kind, Rows } from '../../store/work/obligations.ts';
import type { Answer } from '../../stripe/answer.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeWrite, KEY_REFUSED_PAUSE_MS } from './judge-answer.ts';
import { type Outcome, wait } from './outcome.ts';

/** What Stripe shows of the effect. */
export type Look<T> =
  | { readonly found: 'there'; readonly value: T }
  | { readonly found: 'missing' }
  | { readonly found: 'unanswered'; readonly reason: string };

export type Sending<T> = {
  readonly key: KeyParts;
  /** Names the failpoints before and after the call. */
  readonly step?: string;
  /** Only look: nothing is sent under a number that proves nothing. */
  readonly look_first?: LookFirst | null;
  readonly send: (key: string) => Promise<Answer<T>>;
  /**
   * By default we do not look: a later round of the same loop will see. `is_key_taken`: Stripe knows the key with another
   * body, so something was asked for under it.
   */
  readonly look?: (key: string, is_key_taken: boolean) => Promise<Look<T>>;
};

/**
 * - `done`: the effect is there, by this sending or an earlier one.
 * - `again`: we do not know; the same goes out again.
 * - `spent`: the answer is stored for good, or was not asked for, and the effect is missing: take the next number. `code`: why Stripe refuses
 *   it.
 */
export type Sent<T> =
  | { readonly sent: 'done'; readonly value: T; readonly key: string }
  | { readonly sent: 'again'; readonly code: string; readonly is_key_refused: boolean }
  | { readonly sent: 'spent'; readonly key: string; readonly code: string | null };

/** Sends what was written ahead, or finds the effect of an earlier sending. */
export async function sendKeyed<T>(deps: Pick<Dependencies, 'log'>, sending: Sending<T>): Promise<Sent<T>> {
  const key = buildKey(sending.key);
  if (sending.look_first != null) return lookAt(sending, key, null);
  if (sending.step !== undefined) await failpoint(`${sending.step}.before`);
  const answer = await sending.send(key);
  if (sending.step !== undefined) await failpoint(`${sending.step}.after_effect`);
  const verdict = judgeWrite(answer);
  switch (verdict.kind) {
    case 'done':
      return { sent: 'done', value: verdict.value, key };
    case 'again':
      if (verdict.is_key_refused) deps.log.error({ event: 'stripe.key_refused', code: verdict.code });
      return { sent: 'again', code: verdict.code, is_key_refused: verdict.is_key_refused };
    case 'spent':
      return lookAt(sending, key, null);
    case 'refused':
      // A refused create made nothing, unless its key is known with another body: a lost row's, or an earlier release's.
      // The object of a refused end may have ended by another's hand.
      if (creates(sending.key.verb) && verdict.code !== KEY_TAKEN)
        return { sent: 'spent', key, code: verdict.code };
      return lookAt(sending, key, verdict.code);
    default:
      return unreachable(verdict);
  }
}

/** What Stripe answers to a key that it knows with another body. */
export const KEY_TAKEN = 'idempotency_mismatch';

async function lookAt<T>(sending: Sending<T>, key: string, code: string | null): Promise<Sent<T>> {
  const look: Look<T> = (await sending.look?.(key, code === KEY_TAKEN)) ?? { found: 'missing' };
  switch (look.found) {
    case 'there':
      return { sent: 'done', value: look.value, key };
    case 'unanswered':
      return { sent: 'again', code: look.reason, is_key_refused: false };
    case 'missing':
      return { sent: 'spent', key, code };
    default:
      return unreachable(look);
  }
}

/** A keyed write that a worker owes for a row whose lease it holds. */
export type KeyedWrite<K extends Kind, T> = Omit<Sending<T>, 'key'> & {
  /** The row with this number already written; the outcome rests on its `revision`. */
  readonly row: { readonly id: string; readonly revision: number };
  readonly verb: KeyVerb;
  readonly n: number;
  /** How long to wait before the same is sent again. */
  readonly pause_ms: number;
  /** What the row becomes with the next number: the counter, and anything that changes with it. */
  readonly spent: Partial<Rows[K]>;
  /** What the row remembers of a look before sending that found nothing. */
  readonly looked?: Partial<Rows[K]>;
  /** What the row shows of a sending whose effect is not known; Stripe may have refused our API key. */
  readonly unsure?: (is_key_refused: boolean) => Partial<Rows[K]>;
  /** Stripe will never do it: by default the next number is tried. */
  readonly refused?: (code: string, key: string) => Outcome<K> | Promise<Outcome<K>>;
};

/** - `left`: the effect is not there (yet); `outcome` is what becomes of the row. */
export type Written<K extends Kind, T> =
  | { readonly written: 'done'; readonly value: T; readonly key: string }
  | { readonly written: 'left'; readonly outcome: Outcome<K> };

/** Sends what the row owes under its number; if the effect is not there, returns what becomes of the row. */
export async function writeKeyed<K extends Kind, T>(
  deps: Pick<Dependencies, 'log'>,
  write: KeyedWrite<K, T>,
): Promise<Written<K, T>> {
  const { row, verb, n, pause_ms, spent, looked, refused } = write;
  const sent = await sendKeyed(deps, { ...write, key: { row: row.id, verb, n } });
  switch (sent.sent) {
    case 'done':
      return { written: 'done', value: sent.value, key: sent.key };
    case 'again': {
      const due_in_ms = sent.is_key_refused ? Math.max(pause_ms, KEY_REFUSED_PAUSE_MS) : pause_ms;
      const shown = write.unsure?.(sent.is_key_refused) ?? {};
      return { written: 'left', outcome: wait<Partial<Rows[K]>>(row, due_in_ms, sent.code, shown) };
    }
    case 'spent': {
      if (sent.code !== null && refused !== undefined)
        return { written: 'left', outcome: await refused(sent.code, sent.key) };
      // Written before anything is sent under it. After a mere look there is no reason to pause.
      if (write.look_first == null) return { written: 'left', outcome: wait(row, pause_ms, sent.key, spent) };
      const next = write.look_first === 'rows_lost' ? looked : { ...spent, ...looked };
      return { written: 'left', outcome: wait<Partial<Rows[K]>>(row, 0, sent.key, next) };
    }
    default:
      return unreachable(sent);
  }
}
