/**
 * Another program on the same account, written by copying ours: it gives its PaymentIntents the metadata of ours, marks
 * included. Its money is its own, and so are its holds.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Stripe } from 'stripe';
import { between } from '../chance.ts';
import type { DeedName } from '../faults/names.ts';
import { keyOf } from '../payers.ts';
import { type Deed, hit, type Scene, untilDone } from './deed.ts';

/** Never what a charge of ours asks for: agreeing in everything, it could not be told from ours. */
const AMOUNT_MINOR = 77_700;
const HOLD_MS = [800, 3_000] as const;
/** This many in a hundred give a hold back, the others take it. */
const RELEASES = 30;

/** What the other program did at Stripe. */
export type Foreign = { readonly id: string; readonly holds: boolean; released: boolean };

async function copied(scene: Scene, holds: boolean): Promise<Foreign | null> {
  const { world, deed, buyer, random, merchant } = scene;
  const placed = Promise.all(deed.orders.map((order) => merchant.place(order)));
  await scene.until(deed.at_ms);
  const marks = await untilDone(async () => {
    const rows = await world.sql<{ id: string }[]>`
      select stripe_payment_intent_id as id from charges
      where customer_id = ${buyer.id} and stripe_payment_intent_id is not null order by created_at limit 1`;
    const [row] = rows;
    return row === undefined ? null : (await world.stripe.paymentIntents.retrieve(row.id)).metadata;
  });
  await placed;
  if (marks === null) return null;
  // With the payer's own card where it simply pays, else with one that nobody here knows.
  const pays = buyer.payer.script.length === 0 && buyer.payer.acts.length === 0;
  const saved = { customer: buyer.stripe_customer_id, payment_method: buyer.payment_method_id };
  // The same bytes under the same key however often it has to ask: what it made first must not go unnoticed.
  const body = {
    amount: AMOUNT_MINOR + random.below(100),
    currency: 'eur',
    metadata: marks,
    confirm: true,
    allowed_payment_method_types: ['card'],
    capture_method: holds ? 'manual' : 'automatic',
    return_url: 'https://other.example.test/back',
    ...(pays && random.chance(0.5) ? { ...saved, off_session: true } : { payment_method: 'pm_card_visa' }),
  } as Stripe.PaymentIntentCreateParams;
  const intent = await untilDone(() =>
    world.stripe.paymentIntents.create(body, keyOf(`foreign:${deed.seed}`)),
  );
  if (intent === null) return null;
  const foreign = { id: intent.id, holds, released: false };
  world.foreign.push(foreign);
  return foreign;
}

export const foreign = {
  foreign_payment: async (scene) => hit((await copied(scene, false)) !== null),
  foreign_hold: async (scene) => {
    const held = await copied(scene, true);
    if (held === null) return hit(false);
    const { stripe } = scene.world;
    await wait(between(scene.random, ...HOLD_MS));
    const key = keyOf(`foreign-end:${scene.deed.seed}`);
    held.released = scene.random.below(100) < RELEASES;
    // Whoever cancelled it under their hands shows in the ledger.
    const ended = held.released
      ? stripe.paymentIntents.cancel(held.id, {}, key)
      : stripe.paymentIntents.capture(held.id, {}, key);
    return hit(
      await ended.then(
        () => true,
        () => true,
      ),
    );
  },
} as const satisfies Partial<Record<DeedName, Deed>>;
