import type { PaymentError, PaymentSnapshot, SetupSnapshot } from '../domain/charge/payment-snapshot.ts';

/** What is known of every answer: Stripe's id of the request, and whether it replays an earlier one. */
export type Trace = { readonly request_id: string | null; readonly replayed: boolean };

/** 2xx: it was done, and `value` is what Stripe says of it. */
export type Ok<T> = Trace & { readonly kind: 'ok'; readonly value: T };

/** 402: tried and refused by the bank, the network or Stripe's risk check. Final under this key. */
export type Declined = Trace & {
  readonly kind: 'declined';
  readonly error: PaymentError;
  readonly payment_intent: PaymentSnapshot | null;
  readonly setup_intent: SetupSnapshot | null;
};

/**
 * 400 or 404: not done, and the same request will never be.
 * - `unexpected_state`: the object is in another state already; read it (or `payment_intent`) and apply that.
 * - `payment_method_unusable`: the request's payment method is gone, another customer's or of a wrong kind.
 * - `mandate_invalid`: the debit's mandate is no longer active.
 * - `resource_missing`: another object than the payment method does not exist.
 * - `idempotency_mismatch`: the key was used with another body, by a row that is lost or by a defect of ours; never
 *   answer with a new key.
 * - `amount_refused`: outside what Stripe charges in this currency, or between two of its steps.
 * - `currency_refused`: not one of the account's, or not one that the method moves.
 * - A conflict about future use has no code of its own at Stripe: it arrives as `invalid_request`.
 * - `invalid_request`: everything else; a person has to look.
 */
export type RefusedReason =
  | 'unexpected_state'
  | 'payment_method_unusable'
  | 'mandate_invalid'
  | 'resource_missing'
  | 'idempotency_mismatch'
  | 'amount_refused'
  | 'currency_refused'
  | 'invalid_request';

export type Refused = Trace & {
  readonly kind: 'refused';
  readonly reason: RefusedReason;
  readonly status: number;
  readonly code: string | null;
  /** The parameter Stripe names, in bracket form. */
  readonly param: string | null;
  readonly payment_intent: PaymentSnapshot | null;
  readonly setup_intent: SetupSnapshot | null;
};

/**
 * 401, 403, 409, 429: this sending was not executed; the same key and body may be sent again. It says nothing
 * of an earlier sending under that key: pass the answer of any re-sending through `afterEarlierSending`.
 */
export type NotExecuted = Trace & {
  readonly kind: 'not_executed';
  readonly reason: 'rate_limited' | 'locked' | 'key_in_use' | 'unauthenticated' | 'forbidden';
  readonly status: number;
};

/**
 * It may have been done. Only the same key with the same bytes, the events or the object itself can tell.
 * - `timeout`: our deadline; `connection`: broken, reset, refused or cut off, before or after Stripe acted;
 * - `server_error`: 5xx or 424, with `replayed` when Stripe will repeat it for ever under this key;
 * - `bad_body`: 2xx or 4xx whose body is not what it should be;
 * - `earlier_sending`: this sending was not executed, an earlier one under the key may have been.
 */
export type Indeterminate = Trace & {
  readonly kind: 'indeterminate';
  readonly reason: 'timeout' | 'connection' | 'server_error' | 'bad_body' | 'earlier_sending';
  readonly status: number | null;
  /** `Stripe-Should-Retry`: false says that re-sending the same key is pointless; null where absent. */
  readonly should_retry: boolean | null;
};

/** The answer to any call. Expected outcomes are values; a call throws only on a defect of ours. */
export type Answer<T> = Ok<T> | Declined | Refused | NotExecuted | Indeterminate;

/**
 * The answer to a re-sending: "not executed" then is true of this sending only, while the first may have been
 * executed (docs/protocol.md, 6.2), so it becomes indeterminate. Every other answer stands.
 */
export function afterEarlierSending<T>(answer: Answer<T>): Answer<T> {
  if (answer.kind !== 'not_executed') return answer;
  return {
    kind: 'indeterminate',
    reason: 'earlier_sending',
    status: answer.status,
    should_retry: null,
    request_id: answer.request_id,
    replayed: answer.replayed,
  };
}
