import { emit } from '../events/emit.ts';
import type { Card } from '../magic.ts';
import { buildCardMethod } from '../objects/payment-method.ts';
import type { Context, PaymentMethodRow } from '../world/world.ts';

/**
 * The network renews a saved card, with or without another number, and Stripe tells of it as
 * `payment_method.automatically_updated` (https://docs.stripe.com/api/events/types).
 * `card`: the test card that it becomes; null leaves the number.
 */
export function updateFromNetwork(
  context: Context,
  row: PaymentMethodRow,
  expiry: { exp_month: number; exp_year: number },
  card: Card | null,
): void {
  const before = row.value;
  const standing = before.card;
  if (standing === undefined) return;
  if (card === null) {
    row.value = { ...before, card: { ...standing, ...expiry } };
  } else {
    // Another number has another fingerprint, also where each method has one of its own.
    const id = `${before.id}:${card.number}:${expiry.exp_year}-${expiry.exp_month}`;
    const { created, billing_details } = before;
    const fields = { id, created, billing_details, metadata: {}, allow_redisplay: 'unspecified' } as const;
    const made = buildCardMethod(fields, card, expiry, context.world.options.fingerprints);
    row.value = { ...before, ...(made.card === undefined ? {} : { card: made.card }) };
    row.behaviour = { kind: 'card', card };
  }
  emit(context, 'payment_method.automatically_updated', row.value, { ...before });
}
