/** Money that goes back: made, and found again by the PaymentIntent or by the time it was made. */
import type { RefundReason, RefundSnapshot } from '../../domain/charge/refund-snapshot.ts';
import type { Answer } from '../answer.ts';
import type { CallLimits, StripeClient } from '../client.ts';
import { type List, readList } from '../pages.ts';
import { ofId, pathId } from '../path-id.ts';
import { projectRefund } from './project-refund.ts';

/**
 * What goes back of a PaymentIntent, in minor units. Without an amount it is all that was not refunded yet
 * (https://docs.stripe.com/api/refunds/create); either way the body is the same whenever it is sent again.
 */
export type WantedRefund = {
  readonly key: string;
  readonly payment_intent: string;
  readonly amount_minor?: number;
  readonly reason?: RefundReason | null;
  readonly metadata: Readonly<Record<string, string>>;
};

export function createRefund(
  stripe: StripeClient,
  wanted: WantedRefund,
  limits: CallLimits = {},
): Promise<Answer<RefundSnapshot>> {
  const { key, payment_intent, amount_minor, reason, metadata } = wanted;
  const body = {
    payment_intent,
    ...(amount_minor === undefined ? {} : { amount: amount_minor }),
    ...(reason == null ? {} : { reason }),
    metadata: { ...metadata },
  };
  return stripe.write({ ...limits, key }, (sdk, options) => sdk.refunds.create(body, options), projectRefund);
}

export function retrieveRefund(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<RefundSnapshot>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.refunds.retrieve(pathId(id), {}, options),
    ofId(id, projectRefund),
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

/** The account's refunds from a time on (Unix seconds), newest first. */
export function refundsSince(created_gte_s: number): List<RefundSnapshot> {
  return {
    ask: (sdk, page, options) => sdk.refunds.list({ created: { gte: created_gte_s }, ...page }, options),
    project: projectRefund,
  };
}

/** What has gone back or is on its way, in minor units: a refund that failed or was taken back is none. */
export function refundedOf(refunds: readonly RefundSnapshot[]): number {
  return refunds
    .filter(({ status }) => status !== 'failed' && status !== 'canceled')
    .reduce((sum, { amount_minor }) => sum + amount_minor, 0);
}
