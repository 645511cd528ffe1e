/** Money that goes back: made in full, and found again by the PaymentIntent. */
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { integerOf, objectOf, textOf } from './json.ts';
import { type List, readList } from './pages.ts';

/** A Refund. `status` is Stripe's word: `pending`, `requires_action`, `succeeded`, `failed` or `canceled`. */
export type RefundSnapshot = {
  readonly id: string;
  readonly status: string | null;
  readonly amount_minor: number;
};

/**
 * Gives back what is left of a PaymentIntent: without an amount it is all that was not refunded yet
 * (https://docs.stripe.com/api/refunds/create), so the body is the same whenever it is sent again.
 */
export function createRefund(
  stripe: StripeClient,
  wanted: { readonly key: string; readonly payment_intent: string; readonly instance: string },
  limits: CallLimits = {},
): Promise<Answer<RefundSnapshot>> {
  const { key, payment_intent, instance } = wanted;
  const metadata = { dc_refund: key, dc_instance: instance };
  return stripe.write(
    { ...limits, key },
    (sdk, options) => sdk.refunds.create({ payment_intent, metadata }, options),
    projectRefund,
  );
}

/** Every refund of a PaymentIntent, newest first, whoever made it. */
export function listRefunds(
  stripe: StripeClient,
  payment_intent: string,
  limits: CallLimits = {},
): Promise<Answer<readonly RefundSnapshot[]>> {
  const list: List<RefundSnapshot> = {
    ask: (sdk, page, options) => sdk.refunds.list({ payment_intent, ...page }, options),
    project: projectRefund,
  };
  return readList(stripe, list, limits);
}

function projectRefund(value: unknown): RefundSnapshot | null {
  const refund = objectOf(value);
  const id = textOf(refund?.id);
  const amount_minor = integerOf(refund?.amount);
  if (refund === null || refund.object !== 'refund' || id === null || amount_minor === null) return null;
  return { id, status: textOf(refund.status), amount_minor };
}

/** What has gone back or is on its way, in minor units: a refund that failed or was taken back is none. */
export function refundedOf(refunds: readonly RefundSnapshot[]): number {
  return refunds
    .filter(({ status }) => status !== 'failed' && status !== 'canceled')
    .reduce((sum, { amount_minor }) => sum + amount_minor, 0);
}
