/** PaymentIntents under the mark of a charge whose own memory of them is gone. */
import type { PaymentSnapshot } from '../../../src/domain/charge/payment-snapshot.ts';
import { retrievePaymentIntent } from '../../../src/stripe/payment-intents.ts';
import type { SavedCustomer, World } from '../../harness/world.ts';

/** - `for_later`: the customer pressed and ticked that the card may be kept; their bank said no. */
export type Made = 'unconfirmed' | 'paid' | 'held' | 'at_the_bank' | 'for_later';
let made = 0;

/** A PaymentIntent under the charge's mark that no row knows of. */
async function make(world: World, charge: string, customer: SavedCustomer, as: Made): Promise<string> {
  made += 1;
  const confirmed = { payment_method: customer.payment_method_id, confirm: true };
  const intent = await world.sdk.paymentIntents.create(
    {
      amount: 1_250,
      currency: 'eur',
      customer: customer.stripe_customer_id,
      allowed_payment_method_types: ['card'],
      metadata: { dc_charge: charge, dc_instance: world.deps.instance.id },
      ...(as === 'unconfirmed' || as === 'for_later' ? {} : confirmed),
      ...(as === 'held' ? { capture_method: 'manual' } : {}),
      ...(as === 'at_the_bank' ? { return_url: 'http://127.0.0.1/r/page' } : {}),
    },
    { idempotencyKey: `forgotten:${made}` },
  );
  if (as === 'for_later') await declineForLater(world, intent.id);
  await world.advance(1);
  return intent.id;
}

async function declineForLater(world: World, id: string): Promise<void> {
  const declined = world.sdk.paymentIntents.confirm(
    id,
    {
      payment_method: 'pm_card_chargeDeclinedInsufficientFunds',
      setup_future_usage: 'off_session',
      return_url: 'http://127.0.0.1/r/page',
    },
    { idempotencyKey: `pressed:${id}` },
  );
  await declined.then(
    () => Promise.reject(new Error('the bank said yes')),
    () => undefined,
  );
}

/** A charge whose create began yesterday, with these PaymentIntents under its mark, oldest first. */
export async function forgotten(world: World, token: string, kinds: readonly Made[]) {
  await world.simulator.control.webhooks({ paused: true });
  const customer = await world.customer(token);
  const charge = await world.charge(customer);
  await world.sql`update charges set create_opened_at = dc_now() - interval '25 hours' where id = ${charge}`;
  const ids: string[] = [];
  for (const kind of kinds) ids.push(await make(world, charge, customer, kind));
  return { charge, customer, ids };
}

/** As Stripe shows a PaymentIntent now. */
export async function shown(world: World, id: string): Promise<PaymentSnapshot> {
  const answer = await retrievePaymentIntent(world.deps.stripe, id);
  if (answer.kind !== 'ok') throw new Error(`Stripe does not show ${id}`);
  return answer.value;
}
