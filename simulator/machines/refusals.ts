import type Stripe from 'stripe';
import type { Decline } from '../declines.ts';
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
