/** What happens to a charge that was paid: its merchant gives money back, its customer's bank asks for it, or warns. */
import type { DeedName } from '../faults/names.ts';
import { paidOne } from './dashboard.ts';
import { type Deed, drawTrouble, hit, type Scene, trouble } from './deed.ts';

/** A refund that was accepted. */
export type Refunded = { readonly id: string; readonly charge_id: string; readonly amount_minor: number };

const BACK_MINOR = 900;
const DECIDED = 0.8;
const DECISION_MS = 900;

/** From now on a charge with this method may be refused. */
function noteClosed({ merchant, buyer }: Scene): void {
  const never = { asked_ms: Date.now(), acked_ms: null, lifted_ms: null, in_flight: [] };
  merchant.note({ kind: 'detachment', subject: buyer.payment_method_id, ...never });
}

async function latestCharge({ world: { stripe } }: Scene, intent: string): Promise<string> {
  const { latest_charge } = await stripe.paymentIntents.retrieve(intent);
  return String(latest_charge);
}

export const afterPayment = {
  /** As an impatient program asks: twice at once, under one key. */
  charge_refunded: async (scene) => {
    const { merchant, world } = scene;
    const intent = await paidOne(scene, async () => {});
    if (intent === null) return hit(false);
    const [row] = await world.sql<{ id: string }[]>`
      select id from charges where stripe_payment_intent_id = ${intent}`;
    const charge_id = row?.id ?? '';
    const amount_minor = BACK_MINOR + scene.random.below(100);
    const ask = () =>
      merchant.post(`/v1/charges/${charge_id}/refunds`, { amount: amount_minor }, `refund-of-${charge_id}`);
    const answers = await Promise.all([ask(), ask()]);
    const taken = answers.flatMap((answer) => (answer?.status === 202 ? [String(answer.body.id)] : []));
    for (const id of new Set(taken)) {
      world.refunded.push({ id, charge_id, amount_minor });
      await trouble(world, `dc1:${id}:create`, drawTrouble(scene.random));
    }
    return hit(taken.length > 0);
  },
  dashboard_disputed: async (scene) => {
    const { control } = scene.world.simulator;
    let dispute = '';
    const intent = await paidOne(scene, async (id) => {
      noteClosed(scene);
      dispute = (await control.dispute(await latestCharge(scene, id))).id;
    });
    if (intent === null) return hit(false);
    await scene.until(scene.deed.at_ms + DECISION_MS);
    if (scene.random.chance(DECIDED)) {
      await control.closeDispute(dispute, scene.random.chance(0.5) ? 'won' : 'lost');
    }
    return hit(true);
  },
  dashboard_fraud_warned: async (scene) => {
    const intent = await paidOne(scene, async (id) => {
      noteClosed(scene);
      await scene.world.simulator.control.fraudWarning(await latestCharge(scene, id));
    });
    return hit(intent !== null);
  },
} as const satisfies Partial<Record<DeedName, Deed>>;
