/** A person at Stripe's dashboard, who knows nothing of us: cancels, refunds, changes, deletes what we rely on. */
import type { DeedName } from '../faults/names.ts';
import { keyOf } from '../payers.ts';
import { type Deed, hit, type Scene, untilDone } from './deed.ts';

/** PaymentIntents of the deed's payer that charges in these states are bound to. */
async function boundOf(
  { world: { sql }, buyer }: Scene,
  states: readonly string[] | null,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select stripe_payment_intent_id as id from charges
    where customer_id = ${buyer.id} and stripe_payment_intent_id is not null
      and ${states === null ? sql`state not in ('succeeded', 'failed', 'canceled')` : sql`state = any(${states as string[]})`}
    order by id`;
  return rows.map((row) => row.id);
}

let typed = 0;
/** Every try of a person is a request of its own. */
function fresh(scene: Scene, verb: string) {
  typed += 1;
  return keyOf(`${verb}:${scene.deed.seed}:${typed}`);
}

/** Does it to the first PaymentIntent that lets it be done. */
async function toSome(
  scene: Scene,
  states: readonly string[] | null,
  act: (id: string) => Promise<unknown>,
): Promise<string | null> {
  const placed = Promise.all(scene.deed.orders.map((order) => scene.merchant.place(order)));
  await scene.until(scene.deed.at_ms);
  const done = await untilDone(async () => {
    for (const id of await boundOf(scene, states)) {
      const did = await act(id).then(
        () => true,
        () => false,
      );
      if (did) return id;
    }
    return null;
  });
  await placed;
  return done;
}

/** Does it to one of the payer's charges that was paid; answers its PaymentIntent. */
export const paidOne = (scene: Scene, act: (id: string) => Promise<unknown>): Promise<string | null> =>
  toSome(scene, ['succeeded'], act);

/** Does it to the payer once one of their charges is under way. */
async function toPayer(
  scene: Scene,
  act: () => Promise<unknown>,
  isDeletion = false,
): Promise<string | null> {
  const { merchant, buyer } = scene;
  let did = false;
  return toSome(scene, null, async () => {
    if (did) return;
    // Nobody promises the merchant anything for it; but from now on charges with this method may be refused.
    const never = { asked_ms: Date.now(), acked_ms: null, lifted_ms: null, in_flight: [] };
    merchant.note({ kind: 'detachment', subject: buyer.payment_method_id, ...never });
    if (isDeletion) merchant.note({ kind: 'deletion', subject: buyer.id, ...never });
    await act();
    did = true;
  });
}

const done = (intent: string | null) => hit(intent !== null);

export const dashboard = {
  dashboard_canceled: async (scene) =>
    done(
      await toSome(scene, null, (id) =>
        scene.world.stripe.paymentIntents.cancel(id, {}, fresh(scene, 'cancel')),
      ),
    ),
  dashboard_refunded: async (scene) => {
    const half = scene.random.chance(0.5);
    const refund = (id: string) => {
      const amount = half ? { amount: AMOUNT_BACK_MINOR } : {};
      return scene.world.stripe.refunds.create({ payment_intent: id, ...amount }, fresh(scene, 'refund'));
    };
    return done(await toSome(scene, ['succeeded'], refund));
  },
  dashboard_amount_changed: async (scene) => {
    const amount = CHANGED_MINOR + scene.random.below(100);
    const change = (id: string) =>
      scene.world.stripe.paymentIntents.update(id, { amount }, fresh(scene, 'amount'));
    return done(await toSome(scene, null, change));
  },
  dashboard_customer_deleted: async (scene) =>
    done(await toPayer(scene, () => scene.world.stripe.customers.del(scene.buyer.stripe_customer_id), true)),
  dashboard_method_detached: async (scene) =>
    done(
      await toPayer(scene, () =>
        scene.world.stripe.paymentMethods.detach(scene.buyer.payment_method_id, {}, fresh(scene, 'detach')),
      ),
    ),
} as const satisfies Partial<Record<DeedName, Deed>>;

const AMOUNT_BACK_MINOR = 1_200;
const CHANGED_MINOR = 99_900;
