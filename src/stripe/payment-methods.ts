import type { PaymentMethodSnapshot, ReadMethod } from '../domain/charge/payment-snapshot.ts';
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { pathId } from './path-id.ts';
import { projectPaymentMethod, projectReadMethod } from './project.ts';

/** What Stripe says of it now. `customer` tells whom it belongs to; null once detached. */
export function retrievePaymentMethod(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<ReadMethod>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.paymentMethods.retrieve(pathId(id), {}, options),
    (body) => projectReadMethod(body, stripe.cardMark),
  );
}

export type AttachCheck =
  | { readonly kind: 'attached'; readonly payment_method: ReadMethod }
  | { readonly kind: 'not_attached' }
  | { readonly kind: 'unknown'; readonly answer: Answer<ReadMethod> };

/**
 * Whether a method belongs to this customer at Stripe. One that does not exist, is detached, or is another
 * customer's all read `not_attached`: the difference is not the caller's to know. `unknown`: ask again later.
 */
export async function checkAttached(
  stripe: StripeClient,
  wanted: { readonly payment_method: string; readonly customer: string },
  limits: CallLimits = {},
): Promise<AttachCheck> {
  const answer = await retrievePaymentMethod(stripe, wanted.payment_method, limits);
  if (answer.kind === 'refused') return { kind: 'not_attached' };
  if (answer.kind !== 'ok') return { kind: 'unknown', answer };
  const is_attached = answer.value.customer === wanted.customer;
  return is_attached ? { kind: 'attached', payment_method: answer.value } : { kind: 'not_attached' };
}

/** Takes the method from its customer for good; a debit's mandate ends with it. */
export function detachPaymentMethod(
  stripe: StripeClient,
  wanted: { readonly id: string; readonly key: string },
  limits: CallLimits = {},
): Promise<Answer<PaymentMethodSnapshot>> {
  return stripe.write(
    { ...limits, key: wanted.key },
    (sdk, options) => sdk.paymentMethods.detach(pathId(wanted.id), {}, options),
    projectPaymentMethod,
  );
}

const ALLOW_REDISPLAY = ['always', 'limited', 'unspecified'] as const;
export type AllowRedisplay = (typeof ALLOW_REDISPLAY)[number];

/** Says whether later checkouts may show the method; it never affects off-session charges. */
export function updateAllowRedisplay(
  stripe: StripeClient,
  wanted: { readonly id: string; readonly key: string; readonly allow_redisplay: AllowRedisplay },
  limits: CallLimits = {},
): Promise<Answer<PaymentMethodSnapshot>> {
  return stripe.write(
    { ...limits, key: wanted.key },
    (sdk, options) =>
      sdk.paymentMethods.update(pathId(wanted.id), { allow_redisplay: wanted.allow_redisplay }, options),
    projectPaymentMethod,
  );
}
