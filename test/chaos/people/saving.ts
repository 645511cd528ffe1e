/** Cards come on file while charges are under way: by a link to our set-up page, and from Stripe, where one was saved long ago. */
import { has, openBrowser } from '../../../scripts/prove/demo/browser.ts';
import type { DeedName } from '../faults/names.ts';
import { saveAtStripe } from '../payers.ts';
import { type Deed, hit, newConsent, type Scene, untilDone } from './deed.ts';

const RETURN_URL = 'https://merchant.example.test/back';
const GOOD_CARD = '4242424242424242';
/** This many in a hundred leave the page of the card and never come back. */
const LEAVES = 25;

/** A customer whom the deed's payer becomes; null when the API has no answer for it. */
async function newCustomer(
  { merchant, buyer, deed }: Scene,
  stripe_customer_id?: string,
): Promise<string | null> {
  const email = `new-${buyer.email}`;
  const body = { email, name: 'Robin', reference: `customer-${deed.seed}`, stripe_customer_id };
  const answer = await merchant.post('/v1/customers', body, `customer-${deed.seed}`);
  if (answer === null || answer.status >= 300) return null;
  merchant.know(answer.body.id, email);
  return answer.body.id;
}

/** A card that a customer saves at our page; its setup, or null when the API or the page has no answer. */
export async function setUpByLink(scene: Scene, customer: string): Promise<string | null> {
  const setup = await setUp(scene, customer);
  if (setup === null || (await untilDone(() => follow(scene, setup, false))) === null) return null;
  return (await untilDone(() => isSaved(scene, setup))) === null ? null : setup;
}

async function setUp(scene: Scene, customer: string): Promise<string | null> {
  const { accepted_at: _at, ip_address: _ip, user_agent: _agent, ...terms } = newConsent();
  const { merchant, deed } = scene;
  const body = { customer, return_url: RETURN_URL, consent: { ...terms, collect: true } };
  const answer = await merchant.post('/v1/setups', body, `setup-${deed.seed}`);
  return answer?.status === 202 ? answer.body.id : null;
}

/** Opens the link, agrees, types the card and comes back; or goes to lunch before typing. */
async function follow({ world: { api } }: Scene, setup: string, leaves: boolean): Promise<true | null> {
  const { body } = await api.get(`/v1/setups/${setup}`);
  if (typeof body.url !== 'string') return null;
  const browser = openBrowser();
  const page = await browser.open(body.url);
  const checkout = await browser.press(page, has(page, 'continue') ? 'continue' : 'accept');
  if (!has(checkout, 'checkout-pay')) return null;
  if (!leaves) await browser.press(checkout, 'checkout-pay', { number: GOOD_CARD });
  return true;
}

async function isSaved({ world: { api } }: Scene, setup: string): Promise<true | null> {
  const { body } = await api.get(`/v1/setups/${setup}`);
  return body.status === 'succeeded' ? true : null;
}

export const saving = {
  card_set_up: async (scene) => {
    const { deed, merchant, random } = scene;
    await scene.until(deed.at_ms);
    const customer = await newCustomer(scene);
    const setup = customer === null ? null : await setUp(scene, customer);
    if (customer === null || setup === null) return hit(false);
    const leaves = random.below(100) < LEAVES;
    const came = await untilDone(() => follow(scene, setup, leaves));
    if (came === null || leaves) return hit(true);
    if ((await untilDone(() => isSaved(scene, setup))) === null) return hit(true);
    await Promise.all(deed.orders.map((order) => merchant.place(order, customer)));
    return hit(true);
  },
  method_adopted: async (scene) => {
    const { deed, merchant, world, buyer } = scene;
    const saved = await saveAtStripe(world.stripe, world.simulator, {
      name: `adopted-${deed.seed}`,
      card: buyer.payer.card,
    });
    await scene.until(deed.at_ms);
    const customer = await newCustomer(scene, saved.customer);
    if (customer === null) return hit(false);
    const adopted = await merchant.post(
      '/v1/payment_methods',
      { customer, stripe_payment_method_id: saved.method, consent: newConsent() },
      `adopt-${deed.seed}`,
    );
    if (adopted?.status !== 201) return hit(false);
    await Promise.all(deed.orders.map((order) => merchant.place(order, customer)));
    return hit(true);
  },
} as const satisfies Partial<Record<DeedName, Deed>>;
