import type { SetupSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { unreachable } from '../../platform/errors.ts';
import type { Answer } from '../../stripe/answer.ts';

/**
 * What the answer to a write means for its key (protocol.md 1):
 * - `done`: Stripe did it.
 * - `again`: unknown or not executed; the same key with the same body goes out again later.
 * - `spent`: Stripe will repeat a failure under this key for ever. Look whether the effect is there, and only
 *   then go on with the next number.
 * - `refused`: final, and not done.
 */
export type WriteVerdict<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'again'; readonly code: string; readonly needs_person: boolean }
  | { readonly kind: 'spent' }
  | { readonly kind: 'refused'; readonly code: string; readonly setup_intent: SetupSnapshot | null };

/** Judges a create, cancel, expire, update or detach: calls that take no money. */
export function judgeWrite<T>(answer: Answer<T>): WriteVerdict<T> {
  switch (answer.kind) {
    case 'ok':
      return { kind: 'done', value: answer.value };
    case 'not_executed':
      // A wrong or restricted key cannot heal by itself, but the row need not be parked for it: it goes on
      // once the key is right.
      return {
        kind: 'again',
        code: answer.reason,
        needs_person: answer.reason === 'unauthenticated' || answer.reason === 'forbidden',
      };
    case 'indeterminate': {
      const is_final = answer.replayed || answer.should_retry === false;
      if (answer.reason === 'server_error' && is_final) return { kind: 'spent' };
      return { kind: 'again', code: answer.reason, needs_person: false };
    }
    case 'refused':
      return {
        kind: 'refused',
        code: answer.code ?? answer.reason,
        setup_intent: answer.setup_intent,
      };
    case 'declined':
      return {
        kind: 'refused',
        code: answer.error.code ?? 'declined',
        setup_intent: answer.setup_intent,
      };
    default:
      return unreachable(answer);
  }
}
