import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { returnUrl, type Saved } from './stage/flows.ts';
import { expected, type Model, type Step } from './stage/model.ts';
import { type Account, eventually, openSimulator } from './stage/open-simulator.ts';

const seed = Number(process.env.SIMULATOR_MODEL_SEED ?? Math.floor(Math.random() * 2 ** 31));
const steps = Number(process.env.SIMULATOR_MODEL_STEPS ?? 150);
const opened = openSimulator({ seed });
const tokens = [
  'pm_card_visa',
  'pm_card_authenticationRequired',
  'pm_card_authenticationRequiredOnSetup',
  'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
  'pm_card_chargeCustomerFail',
];

/** mulberry32: the same choices for the same seed. */
function choices(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const chance = choices(seed);
const pick = <T>(from: readonly [T, ...T[]]): T => from[Math.floor(chance() * from.length)] ?? from[0];

function anyStep(): Step {
  const dice = chance();
  if (dice < 0.5) {
    const token = pick(tokens as [string, ...string[]]);
    return { kind: 'confirm', token, customer: pick(['present', 'away']) };
  }
  if (dice < 0.72) return { kind: 'bank', outcome: pick(['succeed', 'succeed', 'fail']) };
  if (dice < 0.78) return { kind: 'cancel' };
  if (dice < 0.9) return { kind: 'capture' };
  return { kind: 'update', amount: 50 + Math.floor(chance() * 10_000) };
}

type Live = { id: string; model: Model };
type Shop = Account & { methods: Map<string, Saved>; customer: string };

/** One customer on whom every card is saved, so that any of them can pay any PaymentIntent. */
async function openShop(): Promise<Shop> {
  const account = opened.account();
  const { id: customer } = await account.stripe.customers.create();
  const methods = new Map<string, Saved>();
  for (const token of tokens) {
    const params = { customer, payment_method: token, confirm: true, return_url: returnUrl };
    const intent = await account.stripe.setupIntents.create(params);
    if (intent.status === 'requires_action') await opened.sim.control.authenticate(intent.id, 'succeed');
    const { payment_method } = await account.stripe.setupIntents.retrieve(intent.id);
    methods.set(token, { customer, payment_method: String(payment_method) });
  }
  return { ...account, methods, customer };
}

async function newIntent(shop: Shop): Promise<Live> {
  const manual = chance() < 0.25;
  const amount = 50 + Math.floor(chance() * 10_000);
  const { id } = await shop.stripe.paymentIntents.create({
    amount,
    currency: 'eur',
    customer: shop.customer,
    allowed_payment_method_types: ['card'],
    ...(manual && { capture_method: 'manual' }),
  });
  const status = 'requires_payment_method';
  return { id, model: { status, manual, amount, received: 0, atBank: undefined, confirms: 0 } };
}

/** Sends the step; an answer that is lost is asked for again under the same key, as a careful caller does. */
async function take(shop: Shop, { id }: Live, step: Step, idempotencyKey: string): Promise<string> {
  const { stripe } = shop;
  const options = { idempotencyKey };
  const send = (): Promise<unknown> => {
    switch (step.kind) {
      case 'confirm': {
        const payment_method = shop.methods.get(step.token)?.payment_method ?? '';
        const where = step.customer === 'away' ? { off_session: true } : { return_url: returnUrl };
        return stripe.paymentIntents.confirm(id, { payment_method, ...where }, options);
      }
      case 'bank':
        return opened.sim.control.authenticate(id, step.outcome);
      case 'cancel':
        return stripe.paymentIntents.cancel(id, {}, options);
      case 'capture':
        return stripe.paymentIntents.capture(id, {}, options);
      case 'update':
        return stripe.paymentIntents.update(id, { amount: step.amount }, options);
    }
  };
  for (let tries = 0; tries < 5; tries += 1) {
    try {
      await send();
      return 'ok';
    } catch (error) {
      if (error instanceof Stripe.errors.StripeConnectionError) continue;
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      if (error.statusCode === 429 || error.statusCode === 503) continue;
      if (error.code === 'payment_intent_unexpected_state') return 'refused';
      if (error.statusCode === 402) return 'declined';
      throw error;
    }
  }
  throw new Error('five answers were lost in a row');
}

async function maybeFault(): Promise<void> {
  if (chance() > 0.15) return;
  const action = pick(['reset_before', 'reset_after', 'partial_body', 'rate_limit', 'lock_timeout'] as const);
  await opened.sim.control.faults({ match: { method: 'POST' }, action, times: 1 });
}

async function expectModel(shop: Shop, { id, model }: Live): Promise<void> {
  const intent = await shop.stripe.paymentIntents.retrieve(id);
  const charges = (await shop.stripe.charges.list({ payment_intent: id, limit: 100 })).data;
  const paid = charges.filter((each) => each.status === 'succeeded' && !each.refunded);
  expect(paid.length).toBeLessThanOrEqual(1);
  expect(intent).toMatchObject({
    status: model.status,
    amount: model.amount,
    amount_received: model.received,
    amount_capturable: model.status === 'requires_capture' ? model.amount : 0,
  });
  expect(intent.next_action === null).toBe(model.status !== 'requires_action');
  if (model.status === 'requires_payment_method') expect(intent.payment_method).toBeNull();
  const { payment_intents } = await opened.sim.control.ledger(shop.key);
  const entry = payment_intents.find((each) => each.id === id);
  expect(entry?.confirms).toBe(model.confirms);
  // A charge that holds the money has succeeded, though nothing is captured yet.
  const charged = model.status === 'succeeded' || model.status === 'requires_capture';
  expect(entry?.successes).toBe(charged ? 1 : 0);
}

describe('the PaymentIntent machine', () => {
  it(`does what its table says under any sequence of steps (SIMULATOR_MODEL_SEED=${seed})`, async () => {
    console.info(`SIMULATOR_MODEL_SEED=${seed} SIMULATOR_MODEL_STEPS=${steps}`);
    const shop = await openShop();
    const intents: [Live, ...Live[]] = [await newIntent(shop)];
    const taken: string[] = [];
    for (let n = 0; n < steps; n += 1) {
      if (chance() < 0.12) intents.unshift(await newIntent(shop));
      // Mostly the newest ones: old ones have ended.
      const live = intents[Math.floor(chance() ** 2 * intents.length)] ?? intents[0];
      const step = anyStep();
      const told = expected(live.model, step);
      if (told === undefined) continue;
      if (step.kind !== 'bank') await maybeFault();
      taken.push(`${live.id} ${live.model.status} ${JSON.stringify(step)}`);
      expect(await take(shop, live, step, `model-${n}`), taken.slice(-3).join('\n')).toBe(told.told);
      live.model = told.next;
      await expectModel(shop, live);
      if (chance() < 0.1) await opened.advance(Math.floor(chance() * 100_000));
    }
    expect(taken.length).toBeGreaterThan(steps / 3);
    await expectEnd(shop, intents);
  });
});

async function expectEnd(shop: Shop, intents: Live[]): Promise<void> {
  await opened.advance(10 * 86_400);
  const { totals } = await opened.sim.control.ledger(shop.key);
  const received = intents.reduce((sum, { model }) => sum + model.received, 0);
  expect(totals.reduce((sum, each) => sum + each.amount_received, 0)).toBe(received);
  const emitted: string[] = [];
  await shop.stripe.events.list({ limit: 100 }).autoPagingEach((event) => {
    emitted.push(event.id);
  });
  await eventually('every event delivered', () => {
    const delivered = new Set(opened.inbox.deliveries.map((each) => each.event.id));
    return emitted.every((id) => delivered.has(id)) || undefined;
  });
  expect(emitted.length).toBeGreaterThan(intents.length);
}
