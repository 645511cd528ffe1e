import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { chargeOffSession, savedCard, unconfirmed } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const create = { method: 'POST', route: '/v1/payment_intents' };
const plain = { amount: 1000, currency: 'eur' };

/** The requests the simulator saw under this key, one entry per time the SDK sent it. */
async function sendings(idempotencyKey: string) {
  const log = await opened.sim.control.requests();
  return log.filter((each) => each.idempotency_key === idempotencyKey);
}

describe('what the SDK does with an answer (specification 3)', () => {
  it('sends an idempotency key of its own with every POST even when retries are off', async () => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create({ name: 'the own key' });
    const keys = (await opened.sim.control.requests())
      .filter((each) => each.method === 'POST' && each.path === '/v1/customers')
      .map((each) => each.idempotency_key);
    expect(keys.at(-1)).toMatch(/^stripe-node-retry-[0-9a-f-]{36}$/);
    expect(customer.lastResponse.headers['idempotency-key']).toBe(keys.at(-1));
  });

  it("sends the caller's idempotency key in place of its own", async () => {
    const { stripe } = opened.account();
    await stripe.paymentIntents.create(plain, { idempotencyKey: 'ours-alone' });
    expect(await sendings('ours-alone')).toHaveLength(1);
  });

  it('turns a 402 of a charge into a card error with intent, method, charge and codes', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_chargeCustomerFail');
    const error = await refusal(chargeOffSession(stripe, saved));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'generic_decline',
      payment_intent: { object: 'payment_intent', status: 'requires_payment_method' },
      payment_method: { object: 'payment_method', id: saved.payment_method },
    });
    expect(error.charge).toMatch(/^ch_/);
    expect(error.payment_intent?.latest_charge).toBe(error.charge);
  });

  it('turns a 402 of a set-up into a card error with the SetupIntent and the advice', async () => {
    const { stripe } = opened.account();
    const error = await refusal(
      stripe.setupIntents.create({
        payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds',
        allowed_payment_method_types: ['card'],
        confirm: true,
      }),
    );
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      advice_code: 'try_again_later',
      setup_intent: { object: 'setup_intent', status: 'requires_payment_method' },
    });
  });

  it('turns the 400 for a key reused with other parameters into an idempotency error', async () => {
    const { stripe } = opened.account();
    await stripe.paymentIntents.create(plain, { idempotencyKey: 'reused' });
    const error = await refusal(
      stripe.paymentIntents.create({ ...plain, amount: 1001 }, { idempotencyKey: 'reused' }),
    );
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(error.statusCode).toBe(400);
  });

  it('sends a 429 of the limiter only once', async () => {
    const { stripe } = opened.account({ maxNetworkRetries: 2 });
    await opened.sim.control.faults({ match: create, action: { type: 'rate_limit' }, times: 1 });
    const error = await refusal(stripe.paymentIntents.create(plain, { idempotencyKey: 'limited' }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(await sendings('limited')).toHaveLength(1);
  });

  it('sends again after a 429 of an object lock, which says stripe-should-retry', async () => {
    const { stripe } = opened.account({ maxNetworkRetries: 1 });
    await opened.sim.control.faults({ match: create, action: { type: 'lock_timeout' }, times: 1 });
    const intent = await stripe.paymentIntents.create(plain, { idempotencyKey: 'locked' });
    expect(intent.status).toBe('requires_payment_method');
    expect((await sendings('locked')).map((each) => each.status)).toEqual([429, 200]);
  });

  it('sends again after a 503 and leaves a 500 that says stripe-should-retry: false alone', async () => {
    const { stripe } = opened.account({ maxNetworkRetries: 1 });
    await opened.sim.control.faults({ match: create, action: { type: 'status', status: 503 }, times: 1 });
    await stripe.paymentIntents.create(plain, { idempotencyKey: 'unavailable' });
    expect(await sendings('unavailable')).toHaveLength(2);
    const action = { type: 'status', status: 500, should_retry: false } as const;
    await opened.sim.control.faults({ match: create, action, times: 1 });
    const error = await refusal(stripe.paymentIntents.create(plain, { idempotencyKey: 'broken' }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeAPIError);
    expect(await sendings('broken')).toHaveLength(1);
  });

  it('sends again after a 502 in HTML and ends in an error without a status code', async () => {
    const { stripe } = opened.account({ maxNetworkRetries: 1 });
    await opened.sim.control.faults({ match: create, action: { type: 'html_502' }, times: 2 });
    const error = await refusal(stripe.paymentIntents.create(plain, { idempotencyKey: 'html' }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeAPIError);
    expect(error.statusCode).toBeUndefined();
    expect(await sendings('html')).toHaveLength(2);
  });

  it('sends once more under the same key when the socket closes before the answer, retries off', async () => {
    const { stripe } = opened.account();
    await opened.sim.control.faults({ match: create, action: { type: 'reset_before' }, times: 1 });
    const intent = await stripe.paymentIntents.create(plain, { idempotencyKey: 'dropped-once' });
    expect(intent.amount).toBe(1000);
    expect(await sendings('dropped-once')).toHaveLength(2);
    await opened.sim.control.faults({ match: create, action: { type: 'reset_before' }, times: 2 });
    const error = await refusal(stripe.paymentIntents.create(plain, { idempotencyKey: 'dropped-twice' }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
  });

  it('never sends again when the body is cut, though the charge is made', async () => {
    const { stripe, key } = opened.account({ maxNetworkRetries: 2 });
    const saved = await savedCard(stripe, opened.sim);
    await opened.sim.control.faults({ match: create, action: { type: 'partial_body' }, times: 1 });
    const error = await refusal(chargeOffSession(stripe, saved, {}, { idempotencyKey: 'cut' }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(await sendings('cut')).toHaveLength(1);
    const ledger = await opened.sim.control.ledger(key);
    expect(ledger.payment_intents.map((each) => each.successes)).toEqual([1]);
  });

  it('ends in a connection error when no answer comes in time', async () => {
    const { stripe } = opened.account({ timeout: 200 });
    await opened.sim.control.faults({ match: create, action: { type: 'hang_after' }, times: 1 });
    const error = await refusal(stripe.paymentIntents.create(plain));
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
  });

  it('writes null as an empty text, which clears the field', async () => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create({ name: 'Jenny', metadata: { a: '1' } });
    const cleared = await stripe.customers.update(customer.id, { name: '', metadata: { a: null } });
    expect([cleared.name, cleared.metadata]).toEqual([null, {}]);
  });

  it('talks to the simulator with the options the simulator hands out', async () => {
    const { key } = opened.account();
    const direct = new Stripe(key, { ...opened.sim.stripeOptions, maxNetworkRetries: 0, telemetry: false });
    const intent = await direct.paymentIntents.create(plain, { timeout: 30_000 });
    expect(intent.lastResponse.headers['stripe-version']).toBe('2026-10-28.endive');
  });
});

describe('two requests under one key at a time', () => {
  it('is sent again after the 409 and ends as an API error, not as an idempotency error', async () => {
    const { stripe } = opened.account({ maxNetworkRetries: 1 });
    const saved = await savedCard(stripe, opened.sim);
    const intent = await unconfirmed(stripe, saved);
    const match = { method: 'POST', route: '/v1/payment_intents/:id/confirm' };
    await opened.sim.control.faults({ match, action: { type: 'delay', ms: 5_000 }, times: 1 });
    const confirm = () =>
      stripe.paymentIntents.confirm(intent.id, { off_session: true }, { idempotencyKey: 'twice-at-once' });
    const first = confirm();
    const error = await refusal(confirm());
    expect(error).toBeInstanceOf(Stripe.errors.StripeAPIError);
    expect(error).not.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(error).toMatchObject({
      statusCode: 409,
      rawType: 'idempotency_error',
      code: 'idempotency_key_in_use',
    });
    expect((await first).status).toBe('succeeded');
    expect((await sendings('twice-at-once')).filter((each) => each.status === 409)).toHaveLength(2);
  });
});
