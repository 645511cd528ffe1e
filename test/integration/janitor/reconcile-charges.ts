/** Charges in every condition, and what happens at Stripe behind our back. */
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import type { World } from '../../harness/world.ts';

/** A PaymentIntent that nobody has confirmed. */
export async function unconfirmed(world: World, dc_charge: string, dc_instance: string): Promise<string> {
  const customer = await world.customer('pm_card_visa');
  const intent = await world.sdk.paymentIntents.create(
    {
      amount: 1_250,
      currency: 'eur',
      customer: customer.stripe_customer_id,
      allowed_payment_method_types: ['card'],
      metadata: { dc_charge, dc_instance },
    },
    { idempotencyKey: `unconfirmed:${dc_charge}` },
  );
  return intent.id;
}

/** A success at Stripe that nobody here asked for. */
export async function behindOurBack(world: World, metadata: Record<string, string> = {}): Promise<string> {
  const customer = await world.customer('pm_card_visa');
  const intent = await world.sdk.paymentIntents.create(
    {
      amount: 777,
      currency: 'eur',
      customer: customer.stripe_customer_id,
      payment_method: customer.payment_method_id,
      allowed_payment_method_types: ['card'],
      confirm: true,
      off_session: true,
      metadata,
    },
    { idempotencyKey: `behind:${customer.customer_id}` },
  );
  return intent.id;
}

/** A charge that is paid. */
export async function paid(world: World): Promise<string> {
  const charge = await world.charge(await world.customer('pm_card_visa'));
  await world.work(['charge']);
  return charge;
}

/** A charge that was declined once and waits for its retry tomorrow. */
export async function declined(
  world: World,
  then: 'succeed' | 'insufficient_funds' = 'succeed',
): Promise<string> {
  const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds', then]));
  await world.work(['charge']);
  return charge;
}

/** A charge that nobody has begun with. */
export async function untouched(world: World): Promise<string> {
  const charge = await world.charge(await world.customer('pm_card_visa'));
  await world.sql`update charges set due_at = null where id = ${charge}`;
  return charge;
}

/** A charge that waits for its customer, who has a link. */
export async function asked(world: World): Promise<string> {
  const charge = await world.charge(await world.customer('pm_card_authenticationRequired'));
  await world.work(['charge']);
  return charge;
}

/** A charge that its customer paid at the bank's page. */
export async function broughtBack(world: World): Promise<string> {
  const charge = await asked(world);
  const { charge: row, recovery } = await world.read(charge);
  await pressConfirm(world.deps, {
    charge_id: charge,
    recovery_id: recovery?.id ?? '',
    payment_method_id: row.payment_method_id,
    future_use: false,
    return_url: 'http://127.0.0.1/r/page',
  });
  await world.simulator.control.authenticate(row.stripe_payment_intent_id ?? '', 'succeed');
  await world.sql`update charges set due_at = dc_now() where id = ${charge}`;
  await world.work(['charge']);
  return charge;
}

/** A confirm past us, under whatever key. */
export async function confirmByHand(world: World, charge: string, idempotencyKey: string): Promise<void> {
  const { stripe_payment_intent_id, payment_method_id } = (await world.read(charge)).charge;
  const body = { payment_method: payment_method_id, off_session: true };
  await world.sdk.paymentIntents.confirm(stripe_payment_intent_id ?? '', body, { idempotencyKey });
}
