/**
 * Why a payment failed. Of a debit Stripe's error may say only that it did: its recorded `last_payment_error` is
 * `payment_intent_payment_attempt_failed` without decline code and without the charge, and the bank's reason is the
 * `failure_code` of the charge (docs.stripe.com/payments/sepa-debit, failure codes).
 */
import type { Attempt } from '../charge/charge.ts';
import { NO_CODES, type PaymentError, type PaymentSnapshot } from '../charge/payment-snapshot.ts';

/** Whether the error leaves it to the charge to say why. */
export function saysOnlyThatItFailed(error: PaymentError | null): boolean {
  return error?.code === 'payment_intent_payment_attempt_failed' && error.decline_code === null;
}

/**
 * The error with what the newest charge says of it, unless that charge is known as another attempt's. `number` is the
 * attempt that failed; null where we know of none.
 */
export function debitFailure(
  { last_error, latest_charge, latest_failure_code }: PaymentSnapshot,
  attempts: readonly Attempt[],
  number: number | null,
): PaymentError {
  const error = last_error ?? NO_CODES;
  const isOthers = attempts.some((a) => a.number !== number && a.stripe_charge_id === latest_charge);
  if (latest_charge === null || isOthers) return { ...error, failure_code: null };
  return { ...error, charge: error.charge ?? latest_charge, failure_code: latest_failure_code ?? null };
}
