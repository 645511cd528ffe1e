/** A second card comes on file, and the merchant makes it the default, and the first again, while charges are under way. */
import { setTimeout as wait } from 'node:timers/promises';
import { between } from '../chance.ts';
import type { DeedName } from '../faults/names.ts';
import { attachAtStripe } from '../payers.ts';
import { type Deed, hit, newConsent, placeTroubled, type Scene, untilDone } from './deed.ts';
import { setUpByLink } from './saving.ts';

/** How long a default stays one. */
const PREFERRED_MS = [0, 500] as const;
const CHANGES_MAX = 3;

/** A second card under a consent of its own, not the default: from Stripe, where it was saved. Null: the API has no answer. */
export async function addCard(scene: Scene): Promise<string | null> {
  const { world, merchant, buyer, deed } = scene;
  const { stripe_customer_id } = buyer;
  const stripe_payment_method_id = await attachAtStripe(world.stripe, world.simulator, {
    name: `second-${deed.seed}`,
    card: 'pm_card_visa',
    customer: stripe_customer_id,
  });
  const body = { customer: buyer.id, stripe_payment_method_id, consent: newConsent() };
  const adopted = await merchant.post('/v1/payment_methods', body, `second-${deed.seed}`);
  return adopted?.status === 201 ? adopted.body.id : null;
}

/** The same by a link to our page. */
async function setUpCard(scene: Scene): Promise<string | null> {
  const setup = await setUpByLink(scene, scene.buyer.id);
  if (setup === null) return null;
  return untilDone(async () => {
    const { body } = await scene.world.api.get(`/v1/setups/${setup}`);
    return typeof body.payment_method === 'string' ? body.payment_method : null;
  });
}

export const preferring = {
  default_changed: async (scene) => {
    const { deed, merchant, buyer, random } = scene;
    const placed = placeTroubled(scene);
    const second = await (random.chance(0.4) ? setUpCard(scene) : addCard(scene));
    await scene.until(deed.at_ms);
    if (second === null) {
      await placed;
      return hit(false);
    }
    let changed = false;
    for (let nth = 0; nth < 1 + random.below(CHANGES_MAX); nth += 1) {
      const card = nth % 2 === 0 ? second : buyer.payment_method_id;
      const { acked_ms } = await merchant.prefer(buyer.id, card, `default-${nth}-${deed.seed}`);
      changed ||= acked_ms !== null;
      await wait(between(random, ...PREFERRED_MS));
    }
    await placed;
    return hit(changed);
  },
} as const satisfies Partial<Record<DeedName, Deed>>;
