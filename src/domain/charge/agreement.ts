/**
 * What a PaymentIntent must have in common with its charge. Others can write to it at Stripe (another integration, a
 * script, a person at the Dashboard), so the amount there is compared before each confirm and again at the success.
 */
import type { ChargeContext } from './charge.ts';
import type { PaymentSnapshot } from './payment-snapshot.ts';

export type Disagreement = 'amount' | 'amount_received' | 'currency' | 'customer' | 'livemode';

type Known = {
  readonly charge: Pick<ChargeContext['charge'], 'amount_minor' | 'currency' | 'livemode'>;
  readonly stripe_customer_id: string | null;
};

/** The first thing in which the PaymentIntent is not the charge's, or null. A value that Stripe left out differs. */
export function disagreementOf(
  { charge, stripe_customer_id }: Known,
  snapshot: PaymentSnapshot,
): Disagreement | null {
  if (snapshot.amount_minor !== charge.amount_minor) return 'amount';
  if (snapshot.currency !== charge.currency) return 'currency';
  if (snapshot.customer === null || snapshot.customer !== stripe_customer_id) return 'customer';
  return snapshot.livemode === charge.livemode ? null : 'livemode';
}

/** The same of a success, of which the money that was taken counts too. */
export function successDisagreementOf(known: Known, snapshot: PaymentSnapshot): Disagreement | null {
  if (snapshot.amount_received_minor !== known.charge.amount_minor) return 'amount_received';
  return disagreementOf(known, snapshot);
}
