import { unreachable } from '../../platform/errors.ts';
import type { Answer, NotExecuted } from '../../stripe/answer.ts';

/**
 * What the answer to a write means for its key (docs/protocol.md, 7.2):
 * - `done`: Stripe did it.
 * - `again`: not executed, or we do not know; the same key with the same body goes out again later.
 * - `spent`: Stripe repeats a failure under this key for ever.
 * - `refused`: Stripe did not do it under this key, and never will.
 */
export type WriteVerdict<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'again'; readonly code: string; readonly is_key_refused: boolean }
  | { readonly kind: 'spent' }
  | { readonly kind: 'refused'; readonly code: string };

/** A person corrects a wrong or restricted API key (docs/protocol.md, 7.3); that takes longer than a second. */
export const KEY_REFUSED_PAUSE_MS = 60_000;

/** Whether Stripe refuses our API key, for everything or for this operation. */
export function isKeyRefused(reason: NotExecuted['reason']): boolean {
  return reason === 'unauthenticated' || reason === 'forbidden';
}

/** Judges a create, cancel, expire, update or detach: calls that take no money. */
export function judgeWrite<T>(answer: Answer<T>): WriteVerdict<T> {
  switch (answer.kind) {
    case 'ok':
      return { kind: 'done', value: answer.value };
    case 'not_executed': {
      // A wrong or restricted API key does not heal by itself, but no row is to blame: each goes on once the key is
      // right.
      return { kind: 'again', code: answer.reason, is_key_refused: isKeyRefused(answer.reason) };
    }
    case 'indeterminate': {
      const is_final = answer.replayed || answer.should_retry === false;
      if (answer.reason === 'server_error' && is_final) return { kind: 'spent' };
      return { kind: 'again', code: answer.reason, is_key_refused: false };
    }
    case 'refused':
      return { kind: 'refused', code: answer.code ?? answer.reason };
    case 'declined':
      return { kind: 'refused', code: answer.error.code ?? 'declined' };
    default:
      return unreachable(answer);
  }
}

/** - `unanswered`: no answer now; nothing is known. `refused`: Stripe knows no such object, or will not show it. */
export type ReadVerdict<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'unanswered'; readonly reason: string }
  | { readonly kind: 'refused'; readonly code: string };

/** Judges the answer to a GET; anything that is not an answer means: ask again later. */
export function judgeRead<T>(answer: Answer<T>): ReadVerdict<T> {
  switch (answer.kind) {
    case 'ok':
      return { kind: 'ok', value: answer.value };
    case 'refused':
      return { kind: 'refused', code: answer.code ?? answer.reason };
    case 'declined':
      return { kind: 'refused', code: answer.error.code ?? 'declined' };
    case 'not_executed':
    case 'indeterminate':
      return { kind: 'unanswered', reason: answer.reason };
    default:
      return unreachable(answer);
  }
}
