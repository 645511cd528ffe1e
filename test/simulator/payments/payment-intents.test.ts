import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import {
  acceptedOnline,
  chargeOffSession,
  eventTypes,
  returnUrl,
  savedCard,
  unconfirmed,
} from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const plain = { amount: 2000, currency: 'eur' };
const card = { allowed_payment_method_types: ['card' as const] };

describe('a new PaymentIntent', () => {
  it('without a method waits for one', async () => {
    const { stripe } = opened.account();
    const intent = await stripe.paymentIntents.create(plain);
    expect(intent).toMatchObject({
      object: 'payment_intent',
      status: 'requires_payment_method',
      amount: 2000,
      amount_received: 0,
      amount_capturable: 0,
      currency: 'eur',
      capture_method: 'automatic_async',
      confirmation_method: 'automatic',
      latest_charge: null,
      last_payment_error: null,
      next_action: null,
      payment_method: null,
      livemode: false,
    });
    expect(intent.id).toMatch(/^pi_/);
    expect(intent.client_secret).toMatch(new RegExp(`^${intent.id}_secret_`));
    expect(await eventTypes(stripe, intent.id)).toEqual(['payment_intent.created']);
  });

  it('with a method waits for its confirmation', async () => {
    const { stripe } = opened.account();
    const intent = await unconfirmed(stripe, await savedCard(stripe, opened.sim));
    expect(intent).toMatchObject({
      status: 'requires_confirmation',
      ...card,
      payment_method_types: ['card'],
    });
  });

  it.each([
    ['off_session', { off_session: true }],
    ['return_url', { return_url: returnUrl }],
    ['error_on_requires_action', { error_on_requires_action: true }],
    ['mandate_data', { mandate_data: acceptedOnline }],
    ['mandate', { mandate: 'mandate_x' }],
  ])('refuses %s unless it is confirmed in the same call', async (param, params) => {
    const error = await refusal(opened.account().stripe.paymentIntents.create({ ...plain, ...params }));
    expect(error.statusCode).toBe(400);
    expect(error.param).toBe(param);
  });

  it('wants the customer of an attached method and refuses that of another', async () => {
    const { stripe } = opened.account();
    const { payment_method, customer } = await savedCard(stripe, opened.sim);
    const other = await stripe.customers.create();
    const confirmed = { ...plain, ...card, payment_method, confirm: true, off_session: true };
    const without = await refusal(stripe.paymentIntents.create(confirmed));
    expect(without.statusCode).toBe(400);
    const foreign = await refusal(stripe.paymentIntents.create({ ...confirmed, customer: other.id }));
    expect(foreign.statusCode).toBe(400);
    expect((await stripe.paymentIntents.create({ ...confirmed, customer })).status).toBe('succeeded');
  });

  it('refuses a detached method, and one that was used once without being attached', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    await stripe.paymentMethods.detach(saved.payment_method);
    const confirmed = { ...plain, ...card, confirm: true };
    const detached = stripe.paymentIntents.create({ ...confirmed, payment_method: saved.payment_method });
    expect((await refusal(detached)).statusCode).toBe(400);
    const once = await stripe.paymentIntents.create({ ...confirmed, payment_method: 'pm_card_visa' });
    const again = stripe.paymentIntents.create({ ...confirmed, payment_method: String(once.payment_method) });
    expect((await refusal(again)).statusCode).toBe(400);
  });
});

describe('confirming a PaymentIntent', () => {
  it('succeeds, receives the amount, and answers with its charge', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const { id } = await unconfirmed(stripe, saved);
    const intent = await stripe.paymentIntents.confirm(id, { off_session: true, expand: ['latest_charge'] });
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount_received: 2000,
      payment_method: saved.payment_method,
      latest_charge: {
        status: 'succeeded',
        paid: true,
        captured: true,
        amount: 2000,
        amount_captured: 2000,
        customer: saved.customer,
        payment_intent: id,
        outcome: { type: 'authorized', network_status: 'approved_by_network' },
      },
    });
    const types = ['charge.succeeded', 'payment_intent.created', 'payment_intent.succeeded'];
    expect(await eventTypes(stripe, id)).toEqual(types);
  });

  it('fills in the balance transaction a tick later and says so', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const intent = await chargeOffSession(stripe, saved, { expand: ['latest_charge'] });
    const answered = intent.latest_charge as Stripe.Charge;
    expect(answered.balance_transaction).toBeNull();
    await opened.advance(10);
    expect((await stripe.charges.retrieve(answered.id)).balance_transaction).toMatch(/^txn_/);
    const [succeeded] = (await stripe.events.list({ type: 'charge.succeeded' })).data;
    expect(succeeded?.data.object).toMatchObject({ id: answered.id, balance_transaction: null });
    const [event] = (await stripe.events.list({ type: 'charge.updated' })).data;
    expect(event?.data.previous_attributes).toEqual({ balance_transaction: null });
  });

  it('succeeds once: every further confirm is refused and the ledger shows one success', async () => {
    const { stripe, key } = opened.account();
    const paid = await chargeOffSession(stripe, await savedCard(stripe, opened.sim));
    for (const params of [{}, { off_session: true }, { payment_method: 'pm_card_visa' }]) {
      const error = await refusal(stripe.paymentIntents.confirm(paid.id, params));
      expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    }
    const { payment_intents, totals } = await opened.sim.control.ledger(key);
    expect(payment_intents).toMatchObject([{ id: paid.id, successes: 1, amount_received: 2000 }]);
    expect(totals).toEqual([{ currency: 'eur', amount_received: 2000, count: 1 }]);
  });

  it('is refused without a return_url while methods that redirect are on, but not off-session', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const { id } = await stripe.paymentIntents.create({ ...plain, ...saved });
    const error = await refusal(stripe.paymentIntents.confirm(id));
    expect(error).toMatchObject({ statusCode: 400, param: 'return_url' });
    expect((await stripe.paymentIntents.confirm(id, { off_session: true })).status).toBe('succeeded');
  });

  it('without a method is refused', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.paymentIntents.create({ ...plain, ...card });
    expect((await refusal(stripe.paymentIntents.confirm(id))).statusCode).toBe(400);
  });

  it('with setup_future_usage attaches the method for later', async () => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create();
    const intent = await stripe.paymentIntents.create({
      ...plain,
      ...card,
      customer: customer.id,
      payment_method: 'pm_card_visa',
      setup_future_usage: 'off_session',
      confirm: true,
    });
    expect(intent).toMatchObject({ status: 'succeeded', setup_future_usage: 'off_session' });
    const { data } = await stripe.customers.listPaymentMethods(customer.id);
    expect(data.map((each) => each.id)).toEqual([intent.payment_method]);
  });

  it('refuses off_session and stored_credential_usage together with setup_future_usage', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const setup_future_usage = 'off_session';
    const together = await refusal(chargeOffSession(stripe, saved, { setup_future_usage }));
    expect(together.statusCode).toBe(400);
    const { id } = await unconfirmed(stripe, saved, { setup_future_usage });
    expect((await refusal(stripe.paymentIntents.confirm(id, { off_session: true }))).statusCode).toBe(400);
    const usage = { payment_method_options: { card: { stored_credential_usage: 'recurring' } } } as const;
    expect((await refusal(stripe.paymentIntents.confirm(id, usage))).statusCode).toBe(400);
  });
});
