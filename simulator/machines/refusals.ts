import type Stripe from 'stripe';
import type { Decline } from '../declines.ts';
import type { Options } from '../options.ts';
import { docUrl, type ErrorBody, StripeHttpError } from '../http/errors.ts';
import type { Wire } from '../wire-type.ts';

type Refusal = Wire<Stripe.PaymentIntent.LastPaymentError>;

/** The decline as an intent stores it: the answer's error without the intent itself. */
export function declineError(
  decline: Decline,
  method: Wire<Stripe.PaymentMethod>,
  charge: string | null,
): Refusal {
  const { message, code, ...rest } = decline;
  return {
    ...rest,
    ...(charge === null ? {} : { charge }),
    code: code as NonNullable<Refusal['code']>,
    doc_url: docUrl(code),
    message,
    payment_method: method as Stripe.PaymentMethod,
    type: 'card_error',
  };
}

/** The failure codes of debits that the SDK lists among the codes of a `last_payment_error` as well. */
const DEBIT_CODES_OF_ERRORS: ReadonlySet<string | null> = new Set([
  'account_closed',
  'bank_account_restricted',
  'charge_exceeds_source_limit',
  'charge_exceeds_transaction_limit',
  'debit_not_authorized',
  'insufficient_funds',
  'no_account',
  'refer_to_customer',
]);

/**
 * What the intent stores of a debit that failed. Recorded of SEPA: only that it failed, without a decline code and without
 * the charge, which alone says why.
 */
export function debitError(
  shape: Options['debitFailureShape'],
  failureCode: string | null,
  message: string,
  method: Wire<Stripe.PaymentMethod>,
): Refusal {
  const isNamed = shape === 'in_code' && DEBIT_CODES_OF_ERRORS.has(failureCode);
  const code = isNamed ? failureCode : 'payment_intent_payment_attempt_failed';
  return {
    code: code as NonNullable<Refusal['code']>,
    message,
    payment_method: method as Stripe.PaymentMethod,
    type: 'invalid_request_error',
  };
}

/** 402: the parameters were right, but the bank declined. Always stored under the idempotency key. */
export function cardRefused(
  decline: Decline,
  method: Wire<Stripe.PaymentMethod>,
  embedded: Pick<ErrorBody, 'charge' | 'payment_intent' | 'setup_intent'>,
): StripeHttpError {
  const { code, message, ...rest } = decline;
  const body: ErrorBody = {
    type: 'card_error',
    code,
    message,
    ...rest,
    doc_url: docUrl(code),
    payment_method: method,
    ...embedded,
  };
  return new StripeHttpError(402, body, true);
}
