/** Answers as Stripe was recorded to give them (docs/stripe-differences.md), where no other file is about them. */
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { RECORDED_IN } from '../../simulator/recorded.ts';
import { savedCard } from './stage/flows.ts';
import { openSimulator, refusal } from './stage/open-simulator.ts';

const now = openSimulator();
const in2023 = openSimulator(RECORDED_IN[2023]);

/** What the SDK makes of a decline code that is absent. */
const NONE = '';

const inBrowser = (payment_method: string): Stripe.PaymentIntentCreateParams => ({
  amount: 2_000,
  currency: 'eur',
  payment_method,
  confirm: true,
  return_url: 'https://shop.example/back',
});

describe('an off-session challenge', () => {
  const challenged = async (opened: typeof now) => {
    const { stripe } = opened.account();
    const { customer, payment_method } = await savedCard(
      stripe,
      opened.sim,
      'pm_card_authenticationRequired',
    );
    const asked = { ...inBrowser(payment_method), customer, off_session: true };
    const { return_url: _, ...params } = asked;
    const error = await refusal(stripe.paymentIntents.create(params));
    const types = (await stripe.events.list({ limit: 100 })).data.map((event) => event.type);
    return { error, types };
  };

  it('leaves no charge', async () => {
    const { error, types } = await challenged(now);
    expect(error).toMatchObject({ code: 'authentication_required', payment_intent: { latest_charge: null } });
    expect(error.charge).toBeUndefined();
    expect(types).not.toContain('charge.failed');
    expect(types).toContain('payment_intent.payment_failed');
  });

  it('left one in 2023', async () => {
    const { error, types } = await challenged(in2023);
    expect(error).toMatchObject({ code: 'card_declined', decline_code: 'authentication_required' });
    expect(error.charge).toBe(error.payment_intent?.latest_charge);
    expect(types).toContain('charge.failed');
  });

  it('that the caller would not have is a card error without any code', async () => {
    const { stripe } = now.account();
    const params = { ...inBrowser('pm_card_authenticationRequired'), error_on_requires_action: true };
    const error = await refusal(stripe.paymentIntents.create(params));
    expect(error).toMatchObject({ statusCode: 402, payment_intent: { status: 'requires_payment_method' } });
    expect([error.code, error.decline_code]).toEqual([undefined, NONE]);
  });
});

describe('a declined card', () => {
  const declined = async (opened: typeof now, token: string) =>
    refusal(opened.account().stripe.paymentIntents.create(inBrowser(token)));

  it.each([
    ['ExpiredCard', 'expired_card', 'exp_month', '03', '54'],
    ['IncorrectCvc', 'incorrect_cvc', 'cvc', '03', 'N7'],
    ['ProcessingError', 'processing_error', undefined, undefined, '06'],
  ])('%s repeats its code, and names the field', async (token, code, param, advice, network) => {
    const error = await declined(now, `pm_card_chargeDeclined${token}`);
    expect(error).toMatchObject({ code, decline_code: code, network_decline_code: network });
    expect([error.param, (error as { network_advice_code?: string }).network_advice_code]).toEqual([
      param,
      advice,
    ]);
    const earlier = await declined(in2023, `pm_card_chargeDeclined${token}`);
    expect([earlier.code, earlier.decline_code]).toEqual([code, NONE]);
  });

  it.each([
    ['InsufficientFunds', '02', '51'],
    ['VelocityLimitExceeded', '02', '61'],
    ['LostCard', '01', '41'],
    ['StolenCard', '01', '43'],
  ])('%s carries its network’s codes', async (token, network_advice_code, network_decline_code) => {
    const error = await declined(now, `pm_card_chargeDeclined${token}`);
    expect(error).toMatchObject({ network_advice_code, network_decline_code });
  });

  it('that cannot be saved is not shown in the refusal', async () => {
    const { stripe } = now.account();
    const { id: customer } = await stripe.customers.create();
    const error = await refusal(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer }));
    expect([error.statusCode, error.payment_method]).toEqual([402, undefined]);
  });
});

describe('the head and the log of a refusal', () => {
  const post = (key: string, path: string, body: string) =>
    now.raw(path, {
      method: 'POST',
      headers: {
        authorization: 'Bearer sk_test_recorded',
        'content-type': 'application/x-www-form-urlencoded',
        'idempotency-key': key,
      },
      body,
    });
  const DECLINE =
    'amount=2000&currency=eur&payment_method=pm_card_chargeDeclined&confirm=true&return_url=https://x.test';

  it('that was executed says that it is final, first and again, and names its own request', async () => {
    const first = await post('recorded-1', '/v1/payment_intents', DECLINE);
    const again = await post('recorded-1', '/v1/payment_intents', DECLINE);
    const request = first.headers.get('request-id');
    for (const answer of [first, again]) {
      expect(answer.status).toBe(402);
      expect(answer.headers.get('stripe-should-retry')).toBe('false');
      expect(answer.headers.get('original-request')).toBe(request);
      const { error } = (await answer.json()) as { error: { request_log_url: string } };
      expect(error.request_log_url).toContain(`object=${request}`);
    }
    expect(again.headers.get('request-id')).not.toBe(request);
  });

  it('of wrong parameters does not', async () => {
    const answer = await post('recorded-2', '/v1/payment_intents', 'amount=none&currency=eur');
    expect([answer.status, answer.headers.get('stripe-should-retry')]).toEqual([400, null]);
    await answer.body?.cancel();
  });
});

describe('what is refused in other words than we had thought', () => {
  it('an amount of nothing is no integer that is allowed', async () => {
    const error = await refusal(now.account().stripe.paymentIntents.create({ amount: 0, currency: 'eur' }));
    expect(error).toMatchObject({ code: 'parameter_invalid_integer', param: 'amount' });
  });

  it('a customer’s method without its customer misses a parameter', async () => {
    const { stripe } = now.account();
    const { payment_method } = await savedCard(stripe, now.sim, 'pm_card_visa');
    const error = await refusal(stripe.paymentIntents.create(inBrowser(payment_method)));
    expect(error).toMatchObject({ statusCode: 400, code: 'parameter_missing', param: 'source' });
  });

  it('a method that was detached names neither a code nor a parameter, and shows the intent', async () => {
    const { stripe } = now.account();
    const saved = await savedCard(stripe, now.sim, 'pm_card_visa');
    await stripe.paymentMethods.detach(saved.payment_method);
    const { customer, payment_method } = saved;
    const { id } = await stripe.paymentIntents.create({ amount: 2_000, currency: 'eur', customer });
    const error = await refusal(stripe.paymentIntents.confirm(id, { payment_method, off_session: true }));
    expect(error).toMatchObject({ statusCode: 400, payment_intent: { id } });
    expect([error.code, error.param]).toEqual([undefined, undefined]);
  });

  it('a SetupIntent that is over, confirmed without a method, misses its method', async () => {
    const { stripe } = now.account();
    const { id } = await stripe.setupIntents.create();
    await stripe.setupIntents.cancel(id);
    expect((await refusal(stripe.setupIntents.confirm(id))).message).toContain('missing a payment method');
    expect((await refusal(stripe.setupIntents.retrieve('seti_none'))).message).toContain(
      'No such setupintent',
    );
  });

  it('a reading of an object that is busy, which Stripe answers at times', async () => {
    const { stripe } = now.account();
    const { id } = await stripe.paymentIntents.create({ amount: 2_000, currency: 'eur' });
    const match = { method: 'GET', route: '/v1/payment_intents/:id' };
    await now.sim.control.faults({ match, action: { type: 'lock_timeout' }, times: 1 });
    expect(await refusal(stripe.paymentIntents.retrieve(id))).toMatchObject({ code: 'lock_timeout' });
    expect((await stripe.paymentIntents.retrieve(id)).id).toBe(id);
  });

  it('a list with both cursors, and methods of a customer that is not there', async () => {
    const { stripe } = now.account();
    const cursors = { starting_after: 'pi_1', ending_before: 'pi_2' };
    expect((await refusal(stripe.paymentIntents.list(cursors))).statusCode).toBe(400);
    expect(await refusal(stripe.paymentMethods.list({ customer: 'cus_none' }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'customer',
    });
  });
});

describe('what is said of what was done', () => {
  it('methods without a customer are in no list', async () => {
    const { stripe } = now.account();
    await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    expect((await stripe.paymentMethods.list()).data).toEqual([]);
  });

  it('a SetupIntent for use on-session says off-session; in 2023 it said what was asked', async () => {
    const usages = [now, in2023].map(async ({ account }) => {
      const { usage } = await account().stripe.setupIntents.create({ usage: 'on_session' });
      return usage;
    });
    expect(await Promise.all(usages)).toEqual(['off_session', 'on_session']);
  });

  it('a refund that is updated is told under both names', async () => {
    const { stripe } = now.account();
    const { id } = await stripe.paymentIntents.create(inBrowser('pm_card_visa'));
    await stripe.refunds.create({ payment_intent: id });
    const types = (await stripe.events.list({ limit: 100 })).data.map((event) => event.type);
    expect(types).toEqual(expect.arrayContaining(['refund.updated', 'charge.refund.updated']));
  });
});
