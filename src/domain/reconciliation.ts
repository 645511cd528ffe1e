/**
 * Where our books and Stripe's can differ, one charge at a time. Pure; `billing/reconcile.ts` brings the pairs.
 */
import type { ChargeState } from './machines.ts';
import type { PaymentSnapshot } from './payment-snapshot.ts';

/** A charge as the books have it. */
export type BookedCharge = {
  readonly id: string;
  readonly state: ChargeState;
  readonly amount_minor: number;
  readonly amount_received_minor: number | null;
  readonly currency: string;
  readonly stripe_payment_intent_id: string | null;
  readonly settled_at: Date | null;
};

const DIFFERENCE_KINDS = [
  'success_without_charge',
  'success_of_unbound_payment_intent',
  'succeeded_at_stripe_only',
  'succeeded_here_only',
  'closed_without_proof',
  'amount_differs',
  'charged_twice',
] as const;

export type Difference = {
  readonly kind: (typeof DIFFERENCE_KINDS)[number];
  readonly charge: string | null;
  readonly payment_intent: string | null;
  readonly database: string | null;
  readonly stripe: string | null;
};

/** Compares one PaymentIntent with the charge that its mark or binding names. */
export function compareIntent(intent: PaymentSnapshot, charge: BookedCharge | null): Difference | null {
  const paid = intent.status === 'succeeded';
  const said = (kind: Difference['kind']): Difference => ({
    kind,
    charge: charge?.id ?? intent.metadata.dc_charge ?? null,
    payment_intent: intent.id,
    database:
      charge === null ? null : `${charge.state} ${charge.amount_received_minor ?? 0} ${charge.currency}`,
    stripe: `${intent.status} ${intent.amount_received_minor ?? 0} ${intent.currency ?? ''}`,
  });
  if (charge === null) return paid ? said('success_without_charge') : null;
  if (charge.stripe_payment_intent_id !== intent.id)
    return paid ? said('success_of_unbound_payment_intent') : null;
  if (paid && charge.state !== 'succeeded') return said('succeeded_at_stripe_only');
  if (!paid && charge.state === 'succeeded') return said('succeeded_here_only');
  const closed = charge.state === 'failed' || charge.state === 'canceled';
  if (closed && intent.status !== 'canceled') return said('closed_without_proof');
  const equal =
    intent.amount_minor === charge.amount_minor &&
    intent.currency === charge.currency &&
    (!paid || intent.amount_received_minor === charge.amount_received_minor);
  return equal ? null : said('amount_differs');
}

/** A charge that the books call succeeded and whose PaymentIntent Stripe did not list. */
export function missingAtStripe(charge: BookedCharge): Difference {
  return {
    kind: 'succeeded_here_only',
    charge: charge.id,
    payment_intent: charge.stripe_payment_intent_id,
    database: `succeeded ${charge.amount_received_minor ?? 0} ${charge.currency}`,
    stripe: null,
  };
}
