import type Stripe from 'stripe';
import type { Decline } from '../declines.ts';
import { docUrl, type ErrorBody, StripeHttpError } from '../http/errors.ts';
import type { Options } from '../options.ts';
import type { Wire } from '../wire-type.ts';
import type { PaymentMethodRow } from '../world/world.ts';

type Refusal = Wire<Stripe.PaymentIntent.LastPaymentError>;

/** The decline as an intent stores it: the answer's error without the intent itself. */
export function declineError(
  { declineCodes }: Options,
  decline: Decline,
  method: Wire<Stripe.PaymentMethod>,
  charge: string | null,
): Refusal {
  const { message, code, ...rest } = saidAs(declineCodes, decline);
  return {
    ...rest,
    ...(charge === null ? {} : { charge }),
    ...(code === undefined ? {} : { code: code as NonNullable<Refusal['code']>, doc_url: docUrl(code) }),
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
  { declineCodes }: Options,
  decline: Decline,
  embedded: Pick<ErrorBody, 'charge' | 'payment_intent' | 'payment_method' | 'setup_intent'>,
): StripeHttpError {
  const { code, ...rest } = saidAs(declineCodes, decline);
  const body: ErrorBody = {
    type: 'card_error',
    ...(code === undefined ? {} : { code, doc_url: docUrl(code) }),
    ...rest,
    ...embedded,
  };
  return new StripeHttpError(402, body, true);
}

/** Where the code says all, later years repeat it as the decline code. */
function saidAs(shape: Options['declineCodes'], decline: Decline): Decline {
  const { code, decline_code } = decline;
  if (code === undefined || decline_code !== undefined || shape === 'where_listed') return decline;
  return { ...decline, decline_code: code };
}

/** What a PaymentIntent stores once its customer has failed at the bank, or left it. */
export function authenticationFailure(method: PaymentMethodRow): Stripe.PaymentIntent.LastPaymentError {
  return {
    code: 'payment_intent_authentication_failure',
    doc_url: 'https://stripe.com/docs/error-codes/payment-intent-authentication-failure',
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new ' +
      'PaymentMethod to attempt to fulfill this PaymentIntent again.',
    payment_method: method.value as Stripe.PaymentMethod,
    type: 'invalid_request_error',
  };
}
