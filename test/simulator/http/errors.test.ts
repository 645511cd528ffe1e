import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { chargeOffSession, savedCard } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const plain = { amount: 1000, currency: 'eur' };

describe('an id that names nothing', () => {
  const none = {
    customer: (stripe: Stripe) => stripe.customers.retrieve('cus_none'),
    payment_intent: (stripe: Stripe) => stripe.paymentIntents.retrieve('pi_none'),
    setup_intent: (stripe: Stripe) => stripe.setupIntents.retrieve('seti_none'),
    payment_method: (stripe: Stripe) => stripe.paymentMethods.retrieve('pm_none'),
    charge: (stripe: Stripe) => stripe.charges.retrieve('ch_none'),
    refund: (stripe: Stripe) => stripe.refunds.retrieve('re_none'),
    dispute: (stripe: Stripe) => stripe.disputes.retrieve('dp_none'),
    event: (stripe: Stripe) => stripe.events.retrieve('evt_none'),
    mandate: (stripe: Stripe) => stripe.mandates.retrieve('mandate_none'),
    balance_transaction: (stripe: Stripe) => stripe.balanceTransactions.retrieve('txn_none'),
    webhook_endpoint: (stripe: Stripe) => stripe.webhookEndpoints.retrieve('we_none'),
    'checkout.session': (stripe: Stripe) => stripe.checkout.sessions.retrieve('cs_test_none'),
  };

  it.each(Object.entries(none))('is a 404 in the path of a %s', async (_object, retrieve) => {
    const error = await refusal(retrieve(opened.account().stripe));
    expect(error).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      rawType: 'invalid_request_error',
    });
    expect(error.param).toBeTypeOf('string');
    expect(error.message).toMatch(/^No such .+: '\w+_none'$/);
  });

  it('calls the parameter of an intent in the path "intent"', async () => {
    const { stripe } = opened.account();
    const error = await refusal(stripe.paymentIntents.confirm('pi_x'));
    expect(error).toMatchObject({
      statusCode: 404,
      param: 'intent',
      message: "No such payment_intent: 'pi_x'",
    });
  });

  it('is a 400 in the body, with the field as its parameter', async () => {
    const { stripe } = opened.account();
    const customer = await refusal(stripe.paymentIntents.create({ ...plain, customer: 'cus_none' }));
    expect(customer).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' });
    const method = await refusal(stripe.setupIntents.create({ payment_method: 'pm_none' }));
    expect(method).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'payment_method' });
    const refund = await refusal(stripe.refunds.create({ payment_intent: 'pi_none' }));
    expect(refund).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'payment_intent' });
  });
});

describe('an object in the wrong state', () => {
  it('is a 400 that carries the PaymentIntent', async () => {
    const { stripe } = opened.account();
    const paid = await chargeOffSession(stripe, await savedCard(stripe, opened.sim));
    for (const call of [
      stripe.paymentIntents.confirm(paid.id),
      stripe.paymentIntents.cancel(paid.id),
      stripe.paymentIntents.capture(paid.id),
    ]) {
      const error = await refusal(call);
      expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
      expect(error.payment_intent).toMatchObject({ id: paid.id, status: 'succeeded' });
    }
  });

  it('is a 400 that carries the SetupIntent', async () => {
    const { stripe } = opened.account();
    const intent = await stripe.setupIntents.create({ allowed_payment_method_types: ['card'] });
    await stripe.setupIntents.cancel(intent.id);
    const error = await refusal(stripe.setupIntents.confirm(intent.id, { payment_method: 'pm_card_visa' }));
    expect(error).toMatchObject({ statusCode: 400, code: 'setup_intent_unexpected_state' });
    expect(error.setup_intent).toMatchObject({ id: intent.id, status: 'canceled' });
  });
});

describe('amounts', () => {
  it.each([
    [49, 'amount_too_small'],
    [0, 'parameter_invalid_integer'],
    [100_000_000, 'amount_too_large'],
  ])('refuses %i as %s', async (amount, code) => {
    const error = await refusal(opened.account().stripe.paymentIntents.create({ ...plain, amount }));
    expect(error).toMatchObject({ statusCode: 400, code, param: 'amount' });
  });

  it('takes the smallest and the largest', async () => {
    const { stripe } = opened.account();
    for (const amount of [50, 99_999_999]) {
      expect((await stripe.paymentIntents.create({ ...plain, amount })).amount).toBe(amount);
    }
  });

  it('takes twelve digits of rupiah, and no more', async () => {
    const { stripe } = opened.account();
    const rupiah = { ...plain, currency: 'idr' };
    const { amount } = await stripe.paymentIntents.create({ ...rupiah, amount: 999_999_999_999 });
    expect(amount).toBe(999_999_999_999);
    const error = await refusal(stripe.paymentIntents.create({ ...rupiah, amount: 1_000_000_000_000 }));
    expect(error).toMatchObject({ statusCode: 400, code: 'amount_too_large', param: 'amount' });
  });

  it.each([
    ['kwd', 5_124],
    ['ugx', 50_050],
  ])('refuses %s between two steps, also in an update', async (currency, amount) => {
    const { stripe } = opened.account();
    const error = await refusal(stripe.paymentIntents.create({ ...plain, currency, amount }));
    expect(error).toMatchObject({ statusCode: 400, param: 'amount' });
    const intent = await stripe.paymentIntents.create({ ...plain, currency, amount: 50_000 });
    const update = await refusal(stripe.paymentIntents.update(intent.id, { amount }));
    expect(update).toMatchObject({ statusCode: 400, param: 'amount' });
  });

  it('refuses a currency of ISO that Stripe does not take, naming those that it takes', async () => {
    const error = await refusal(opened.account().stripe.paymentIntents.create({ ...plain, currency: 'kpw' }));
    expect(error).toMatchObject({ statusCode: 400, code: undefined, param: 'currency' });
    expect(error.message).toContain('Invalid currency: kpw');
    expect(error.message).toContain('usd, aed, afn');
  });

  it('refuses a negative amount and a currency that is none', async () => {
    const { stripe } = opened.account();
    const negative = await refusal(stripe.paymentIntents.create({ ...plain, amount: -1000 }));
    expect([negative.statusCode, negative.param]).toEqual([400, 'amount']);
    const currency = await refusal(stripe.paymentIntents.create({ amount: 1000, currency: 'money' }));
    expect([currency.statusCode, currency.param]).toEqual([400, 'currency']);
  });
});

describe('a decline', () => {
  it('is a 402 whose body carries the codes, the charge and the whole objects', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_chargeCustomerFail');
    const error = await refusal(chargeOffSession(stripe, saved));
    expect(error.raw).toMatchObject({
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
      charge: expect.stringMatching(/^ch_/),
      doc_url: 'https://stripe.com/docs/error-codes/card-declined',
      message: expect.any(String),
      payment_method: { id: saved.payment_method, object: 'payment_method', customer: saved.customer },
      payment_intent: { object: 'payment_intent', amount: 2000, customer: saved.customer },
    });
  });

  it('leaves a charge behind that says why', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_chargeCustomerFail');
    const error = await refusal(chargeOffSession(stripe, saved));
    const charge = await stripe.charges.retrieve(String(error.charge));
    expect(charge).toMatchObject({
      status: 'failed',
      paid: false,
      captured: false,
      amount: 2000,
      failure_code: 'card_declined',
      customer: saved.customer,
      payment_method: saved.payment_method,
      outcome: { type: 'issuer_declined', network_status: 'declined_by_network', reason: 'generic_decline' },
    });
  });
});
