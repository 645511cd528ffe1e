/** A merchant's program: customers, saved cards and charges, by the names of docs/openapi.json. */
import { z } from 'zod';
import {
  type Charge,
  type Customer,
  chargeShape,
  customerShape,
  type Method,
  methodShape,
  type Setup,
  setupShape,
} from './outside-shapes.ts';
import { eventually, fresh, read, type World } from './outside-world.ts';

export const consent = {
  scope: 'off_session',
  frequency: 'recurring',
  amount_basis: 'what the meter shows',
  text: 'You may charge my card each month.',
  version: '2026-01',
  accepted_at: '2026-01-05T10:00:00Z',
  ip_address: '203.0.113.7',
  user_agent: 'Browser/1.0',
};

export async function newCustomer(world: World, fields: object = {}): Promise<Customer> {
  const answer = await world.call('POST', '/v1/customers', { email: `${fresh('c')}@example.com`, ...fields });
  return read(customerShape, answer);
}

export async function readSetup(world: World, id: string, wait = 0): Promise<Setup> {
  return read(setupShape, await world.call('GET', `/v1/setups/${id}?wait=${wait}`));
}

export async function newSetup(world: World, customer: string, fields: object = {}): Promise<Setup> {
  const body = { customer, consent, return_url: 'https://shop.example/done', ...fields };
  return read(setupShape, await world.call('POST', '/v1/setups', body));
}

/** Plays the customer's page with Stripe.js on it: the card goes to Stripe by the publishable key alone. */
export async function confirmSetup(world: World, id: string, card: string): Promise<void> {
  const waiting = await readSetup(world, id, 20);
  const intent = z.string().parse(waiting.stripe_setup_intent_id);
  const answer = await world.stripe(
    'POST',
    `/v1/setup_intents/${intent}/confirm`,
    {
      client_secret: z.string().parse(waiting.client_secret),
      payment_method: card,
      return_url: 'https://shop.example/done',
    },
    world.ready.stripe_publishable_key,
  );
  if (JSON.parse(answer.text).status === 'requires_action') {
    await world.sim('POST', `/intents/${intent}/authenticate`, { outcome: 'succeed' });
  }
}

/** The set-up once it is in that status. */
export function setupWhen(world: World, id: string, status: Setup['status']): Promise<Setup> {
  return eventually(
    () => readSetup(world, id),
    (setup) => setup.status === status,
  );
}

/** A customer with a usable card. */
export async function savedCard(
  world: World,
  card = 'pm_card_visa',
  options: { readonly setup?: object; readonly outcomes?: readonly unknown[] } = {},
): Promise<{ readonly customer: string; readonly method: string; readonly setup: Setup }> {
  const customer = (await newCustomer(world)).id;
  const { id } = await newSetup(world, customer, options.setup);
  await confirmSetup(world, id, card);
  const setup = await setupWhen(world, id, 'succeeded');
  const method = z.string().parse(setup.payment_method);
  if (options.outcomes) {
    await world.sim('POST', `/payment_methods/${method}/script`, { outcomes: options.outcomes });
  }
  return { customer, method, setup };
}

export async function readMethods(world: World, customer: string): Promise<Method[]> {
  const answer = await world.call('GET', `/v1/customers/${customer}/payment_methods`);
  return read(z.object({ data: z.array(methodShape) }), answer).data;
}

export async function newCharge(world: World, customer: string, fields: object = {}): Promise<Charge> {
  const body = { customer, amount: 1_999, currency: 'eur', description: 'January', ...fields };
  return read(chargeShape, await world.call('POST', '/v1/charges', body));
}

export async function readCharge(world: World, id: string, wait = 0): Promise<Charge> {
  return read(chargeShape, await world.call('GET', `/v1/charges/${id}?wait=${wait}`));
}

/** The charge once it is in that status (and detail). */
export function chargeWhen(
  world: World,
  id: string,
  status: Charge['status'],
  detail?: Charge['detail'],
): Promise<Charge> {
  return eventually(
    () => readCharge(world, id),
    (charge) => charge.status === status && (detail === undefined || charge.detail === detail),
  );
}
