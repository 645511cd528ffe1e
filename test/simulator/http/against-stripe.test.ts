import Stripe from 'stripe';
import { beforeAll, describe, expect, it } from 'vitest';
import { chargeOffSession, type Saved, unconfirmed } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

/**
 * The scenarios that decide over the worker. With `STRIPE_CONTRACT_KEY=sk_test_…` the same file runs
 * against Stripe's own sandbox, which is the only thing that can tell whether simulator and worker share a
 * misunderstanding.
 */
const contractKey = process.env.STRIPE_CONTRACT_KEY;
const opened = openSimulator({ clock: 'real' });

function connect(): Stripe {
  if (contractKey === undefined) return opened.account().stripe;
  if (!contractKey.startsWith('sk_test_')) throw new Error('STRIPE_CONTRACT_KEY must be a test key');
  return new Stripe(contractKey, { maxNetworkRetries: 2, timeout: 20_000, telemetry: false });
}

const where = contractKey === undefined ? 'the simulator' : 'Stripe';

describe(`the scenarios that a worker stands on, at ${where}`, () => {
  let stripe: Stripe;
  beforeAll(() => {
    stripe = connect();
  });

  async function saved(token: string): Promise<Saved> {
    const customer = await stripe.customers.create({ description: 'contract test' });
    const method = await stripe.paymentMethods.attach(token, { customer: customer.id });
    return { customer: customer.id, payment_method: method.id };
  }

  it('a saved card is charged off-session', async () => {
    const intent = await chargeOffSession(stripe, await saved('pm_card_visa'));
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 2000 });
  });

  it('a card that wants authentication answers 402 with its PaymentIntent', async () => {
    const method = await saved('pm_card_authenticationRequired');
    const error = await refusal(chargeOffSession(stripe, method));
    expect(error).toMatchObject({ statusCode: 402, decline_code: 'authentication_required' });
    expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method', payment_method: null });
    expect(error.payment_intent?.last_payment_error?.payment_method?.id).toBe(method.payment_method);
    const back = await stripe.paymentIntents.confirm(error.payment_intent?.id ?? '', {
      payment_method: method.payment_method,
      return_url: 'https://shop.example/return',
    });
    expect(back).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } });
    expect((await stripe.paymentIntents.cancel(back.id)).status).toBe('canceled');
  });

  it('a card that declines later answers 402 with its codes, and again under the same key', async () => {
    const method = await saved('pm_card_chargeCustomerFail');
    const { id } = await unconfirmed(stripe, method);
    const idempotencyKey = `contract-${id}-1`;
    const confirm = () => stripe.paymentIntents.confirm(id, { off_session: true }, { idempotencyKey });
    const [first, second] = [await refusal(confirm()), await refusal(confirm())];
    expect(first).toMatchObject({ statusCode: 402, code: 'card_declined' });
    expect(second.charge).toBe(first.charge);
    expect(second.headers?.['idempotent-replayed']).toBe('true');
  });

  it('a key answers again with the same object, and refuses another body', async () => {
    const idempotencyKey = `contract-${Date.now()}`;
    const create = (amount: number) =>
      stripe.paymentIntents.create({ amount, currency: 'eur' }, { idempotencyKey });
    const [one, two] = [await create(1000), await create(1000)];
    expect(two.id).toBe(one.id);
    expect(await refusal(create(1001))).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
  });

  it('a paid PaymentIntent takes no second confirm and no cancel', async () => {
    const { id } = await chargeOffSession(stripe, await saved('pm_card_visa'));
    for (const call of [stripe.paymentIntents.confirm(id), stripe.paymentIntents.cancel(id)]) {
      const error = await refusal(call);
      expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
      expect(error.payment_intent?.status).toBe('succeeded');
    }
  });

  it('payment_method_types is refused by its own code', async () => {
    const params = { amount: 1000, currency: 'eur', payment_method_types: ['card'] };
    const error = await refusal(stripe.paymentIntents.create(params as Stripe.PaymentIntentCreateParams));
    expect(error).toMatchObject({ statusCode: 400, code: 'payment_method_types_no_longer_supported' });
  });

  it('the method of one customer cannot pay for another', async () => {
    const [mine, theirs] = [await saved('pm_card_visa'), await saved('pm_card_visa')];
    const mixed = { customer: mine.customer, payment_method: theirs.payment_method };
    expect((await refusal(chargeOffSession(stripe, mixed))).statusCode).toBe(400);
  });

  it('what does not exist is a 404 in the path and a 400 in the body', async () => {
    const path = await refusal(stripe.paymentIntents.retrieve('pi_none'));
    expect(path).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    const body = await refusal(
      stripe.paymentIntents.create({ amount: 1000, currency: 'eur', customer: 'cus_none' }),
    );
    expect(body).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' });
  });
});
