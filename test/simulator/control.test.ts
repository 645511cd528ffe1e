import { describe, expect, it } from 'vitest';
import { chargeOffSession, returnUrl, savedCard, unconfirmed } from './stage/flows.ts';
import { openSimulator, refusal } from './stage/open-simulator.ts';

const opened = openSimulator();

async function control(path: string, method = 'GET', body?: object, key?: string): Promise<unknown> {
  const answer = await fetch(`${opened.sim.url}/_sim/${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(answer.status).toBe(200);
  return answer.json();
}

describe('the clock', () => {
  it('stands still until it is moved, then moves objects and timers with it', async () => {
    const { stripe } = opened.account();
    const one = await stripe.customers.create();
    await new Promise((soon) => setTimeout(soon, 1_100));
    const two = await stripe.customers.create();
    expect(two.created).toBe(one.created);
    await control('clock', 'POST', { advance: 3_600 });
    expect((await stripe.customers.create()).created).toBe(one.created + 3_600);
  });

  it('is set to a moment', async () => {
    const { stripe } = opened.account();
    const { created } = await stripe.customers.create();
    const target = created + 10 * 86_400;
    const answered = await opened.sim.control.clock({ set: target });
    expect(answered).toMatchObject({ now: target });
    expect((await stripe.customers.create()).created).toBe(target);
  });

  it('runs what is due in order before it answers', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    await chargeOffSession(stripe, saved);
    const session = await stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'eur',
      success_url: returnUrl,
    });
    await opened.advance(2 * 86_400);
    const types = (await stripe.events.list()).data.map((each) => each.type);
    expect(types.indexOf('checkout.session.expired')).toBeLessThan(types.indexOf('charge.updated'));
    const [expired] = (await stripe.events.list({ type: 'checkout.session.expired' })).data;
    expect(expired?.created).toBe(session.expires_at);
  });

  it('runs by itself when it is given a pace', async () => {
    const { stripe } = opened.account();
    const before = (await stripe.customers.create()).created;
    const began_ms = performance.now();
    await opened.sim.control.clock({ scale: 1_000 });
    await new Promise((soon) => setTimeout(soon, 100));
    await opened.sim.control.clock({ scale: 0 });
    const seconds = (performance.now() - began_ms) / 1_000;
    const ran = (await stripe.customers.create()).created - before;
    expect(ran).toBeGreaterThanOrEqual(60);
    expect(ran).toBeLessThanOrEqual(1 + Math.ceil(1_000 * seconds));
  });
});

describe('a script', () => {
  it('is played one attempt at a time, and then the card is itself again', async () => {
    const { stripe, key } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const outcomes = ['insufficient_funds', 'authentication_required', 'lost_card', 'succeed'];
    await control(`payment_methods/${saved.payment_method}/script`, 'POST', { outcomes });
    const { id } = await unconfirmed(stripe, saved);
    const { payment_method } = saved;
    const seen: unknown[] = [];
    for (let n = 0; n < 4; n += 1) {
      const confirm = stripe.paymentIntents.confirm(id, { payment_method, off_session: true });
      seen.push(
        await confirm.then(
          (each) => each.status,
          (error) => error.decline_code,
        ),
      );
    }
    expect(seen).toEqual(['insufficient_funds', 'authentication_required', 'lost_card', 'succeeded']);
    expect((await chargeOffSession(stripe, saved)).status).toBe('succeeded');
    const { payment_intents } = await opened.sim.control.ledger(key);
    expect(payment_intents.find((each) => each.id === id)).toMatchObject({ confirms: 4, successes: 1 });
  });

  it('asks for the bank page when the customer is there', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    await opened.sim.control.script(saved.payment_method, ['authentication_required']);
    const intent = await unconfirmed(stripe, saved, { confirm: true, return_url: returnUrl });
    expect(intent.status).toBe('requires_action');
    await opened.sim.control.authenticate(intent.id, 'succeed');
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
  });

  it.each([
    ['lost_card', 'do_not_try_again'],
    ['stolen_card', 'do_not_try_again'],
    ['insufficient_funds', 'try_again_later'],
    ['processing_error', 'try_again_later'],
    ['expired_card', 'confirm_card_data'],
    ['incorrect_cvc', 'confirm_card_data'],
  ])('of %s advises %s, in the error and on the charge', async (outcome, advice_code) => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    await opened.sim.control.script(saved.payment_method, [outcome]);
    const error = await refusal(chargeOffSession(stripe, saved));
    expect(error).toMatchObject({ statusCode: 402, advice_code });
    const charge = await stripe.charges.retrieve(String(error.charge));
    expect(charge.outcome).toMatchObject({ type: 'issuer_declined', advice_code });
  });
});

describe('the logs', () => {
  it('show each request with its key, its body, its answer and whether it was a replay', async () => {
    const { stripe, key } = opened.account();
    const create = () =>
      stripe.paymentIntents.create(
        { amount: 1000, currency: 'eur', metadata: { a: 'b' } },
        { idempotencyKey: 'logged' },
      );
    await create();
    await create();
    await stripe.customers.list({ limit: 3 });
    const log = (await control('requests', 'GET', undefined, key)) as Record<string, unknown>[];
    expect(log).toMatchObject([
      {
        method: 'POST',
        path: '/v1/payment_intents',
        idempotency_key: 'logged',
        status: 200,
        replayed: false,
      },
      { method: 'POST', path: '/v1/payment_intents', idempotency_key: 'logged', status: 200, replayed: true },
      { method: 'GET', path: '/v1/customers', idempotency_key: null, status: 200, replayed: false },
    ]);
    expect(JSON.stringify(log[0]?.body)).toContain('1000');
    for (const each of log) expect(new Date(String(each.at)).getTime()).toBeGreaterThan(0);
  });

  it('sum up an account as its ledger', async () => {
    const { stripe, key } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const paid = await chargeOffSession(stripe, saved, { metadata: { dc_charge: 'chg_1' } });
    await chargeOffSession(stripe, saved, { currency: 'usd', amount: 700 });
    await unconfirmed(stripe, saved);
    const ledger = await control('ledger', 'GET', undefined, key);
    expect(ledger).toEqual(await opened.sim.control.ledger(key));
    expect(ledger).toMatchObject({
      payment_intents: expect.arrayContaining([
        expect.objectContaining({
          id: paid.id,
          amount: 2000,
          currency: 'eur',
          status: 'succeeded',
          amount_received: 2000,
          successes: 1,
          confirms: 1,
          metadata: { dc_charge: 'chg_1' },
        }),
      ]),
    });
    const { payment_intents, totals } = await opened.sim.control.ledger(key);
    expect(payment_intents.map((each) => each.confirms).sort()).toEqual([0, 1, 1]);
    expect([...totals].sort((a, b) => a.currency.localeCompare(b.currency))).toEqual([
      { currency: 'eur', amount_received: 2000, count: 1 },
      { currency: 'usd', amount_received: 700, count: 1 },
    ]);
  });
});

describe('what banks and networks do', () => {
  it('is brought about by their calls', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const { latest_charge: charge } = await chargeOffSession(stripe, saved);
    const inquiry = { reason: 'general', inquiry: true };
    expect(await control(`charges/${charge}/dispute`, 'POST', inquiry)).toMatchObject({
      reason: 'general',
      status: 'warning_needs_response',
    });
    const [{ id } = { id: '' }] = (await stripe.disputes.list()).data;
    const closed = await control(`disputes/${id}/close`, 'POST', { outcome: 'won' });
    expect(closed).toMatchObject({ status: 'warning_closed' });
    const warned = await control(`charges/${charge}/fraud_warning`, 'POST', { fraud_type: 'misc' });
    expect(warned).toMatchObject({ object: 'radar.early_fraud_warning', charge });
    const renewal = { exp_month: 1, exp_year: 2040 };
    const renewed = await control(`payment_methods/${saved.payment_method}/renew`, 'POST', renewal);
    expect(renewed).toMatchObject({ card: renewal });
  });
});

describe('state and health', () => {
  it('answer with counts and that the invariants hold', async () => {
    await control('health');
    // Waits for the webhooks of earlier tests, which would be counted once in one answer and not in the other.
    await opened.sim.control.deliveries();
    const state = await opened.sim.control.state();
    expect(state).toEqual(await control('state'));
    expect(JSON.stringify(state)).toContain('payment_intents');
  });
});

describe('what control cannot do', () => {
  it.each([
    ['intents/pi_none/authenticate', { outcome: 'succeed' }],
    ['intents/pi_none/settle', { outcome: 'succeed' }],
    ['charges/ch_none/dispute', { reason: 'fraudulent' }],
    ['charges/ch_none/fraud_warning', {}],
    ['disputes/du_none/close', { outcome: 'won' }],
    ['payment_methods/pm_none/renew', { exp_month: 1, exp_year: 2040 }],
    ['mandates/mandate_none', { status: 'inactive' }],
    ['payment_methods/pm_none/script', { outcomes: ['succeed'] }],
    ['events/evt_none/resend', {}],
    ['nothing', {}],
  ])('is told with a 4xx: %s', async (path, body) => {
    const answer = await fetch(`${opened.sim.url}/_sim/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    expect([400, 404]).toContain(answer.status);
  });

  it('includes authenticating an intent that waits for nobody', async () => {
    const { stripe } = opened.account();
    const intent = await unconfirmed(stripe, await savedCard(stripe, opened.sim));
    await expect(opened.sim.control.authenticate(intent.id, 'succeed')).rejects.toThrow();
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_confirmation');
  });
});

describe('reset', () => {
  it('empties one account and leaves the others', async () => {
    const [one, two] = [opened.account(), opened.account()];
    for (const { stripe } of [one, two])
      await stripe.customers.create({}, { idempotencyKey: 'before-reset' });
    await opened.sim.control.reset(one.key);
    expect((await one.stripe.customers.list()).data).toEqual([]);
    expect((await two.stripe.customers.list()).data).toHaveLength(1);
    const again = await one.stripe.customers.create({}, { idempotencyKey: 'before-reset' });
    expect(again.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  });

  it('empties all of them', async () => {
    const { stripe } = opened.account();
    await stripe.customers.create();
    await control('reset', 'POST', {});
    expect((await stripe.customers.list()).data).toEqual([]);
  });
});

describe('the same seed', () => {
  const [one, two] = [openSimulator({ seed: 7 }), openSimulator({ seed: 7 })];

  it('gives the same ids', async () => {
    const ids = await Promise.all(
      [one, two].map(async (each) => (await each.client('sk_test_seeded').customers.create()).id),
    );
    expect(ids[0]).toBe(ids[1]);
  });
});
