/**
 * Orphans: PaymentIntents that carry our metadata and that no charge is bound to. They come from a create whose
 * answer was lost or that lost the race to bind. Unconfirmed they take no money, but nobody will ever need them.
 */
import { hasMoney } from './marked-intents.ts';
import type { PaymentIntentStatus } from './payment-snapshot.ts';

export type OrphanDecision =
  | { readonly kind: 'keep' }
  | { readonly kind: 'cancel'; readonly because: 'bound_to_another' | 'charge_closed' }
  /** Its charge is missing: rows were lost. It is left for the charge to find when it is asked for again. */
  | { readonly kind: 'lost' }
  /** Confirmed, and its charge is still bound to none: it may be the charge's own. */
  | { readonly kind: 'bring' }
  /** Money that no charge of ours will take, or an amount that somebody else holds. A person has to look. */
  | { readonly kind: 'alarm' };

/** What is known of the charge that the metadata names. */
export type OrphanCharge = {
  readonly stripe_payment_intent_id: string | null;
  readonly terminal: boolean;
};

/**
 * Whether a PaymentIntent is an orphan that may be cancelled (docs/protocol.md, 2.8): its charge is bound to another or
 * closed, both of which are for ever. A charge that still is unbound may yet bind it, and one that is missing was lost
 * and may be asked for again. A held amount is
 * never cancelled: we hold none, so it is a foreign program's, whatever mark it carries.
 */
export function decideOrphan(
  intent: { readonly id: string; readonly status: PaymentIntentStatus },
  charge: OrphanCharge | null,
): OrphanDecision {
  if (intent.status === 'canceled' || charge?.stripe_payment_intent_id === intent.id) return { kind: 'keep' };
  if (hasMoney(intent) || intent.status === 'requires_capture') {
    const mayBind = charge !== null && charge.stripe_payment_intent_id === null && !charge.terminal;
    return { kind: mayBind ? 'bring' : 'alarm' };
  }
  if (charge === null) return { kind: 'lost' };
  if (charge.stripe_payment_intent_id !== null) return { kind: 'cancel', because: 'bound_to_another' };
  return charge.terminal ? { kind: 'cancel', because: 'charge_closed' } : { kind: 'keep' };
}
