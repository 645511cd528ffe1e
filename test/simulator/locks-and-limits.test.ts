import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { savedCard, unconfirmed } from './flows.ts';
import { eventually, openSimulator } from './open-simulator.ts';

describe('object locks', () => {
  const opened = openSimulator({ latencyMs: 150 });

  it('let one of two confirms through and refuse the other as locked: one success', async () => {
    const { stripe, key } = opened.account();
    const intent = await unconfirmed(stripe, await savedCard(stripe, opened.sim));
    const confirms = [1, 2].map((n) =>
      stripe.paymentIntents.confirm(
        intent.id,
        { off_session: true },
        { idempotencyKey: `${intent.id}-${n}` },
      ),
    );
    const ended = await Promise.allSettled(confirms);
    const refused = ended.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(ended.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    expect(refused).toHaveLength(1);
    const [error] = refused as Stripe.errors.StripeError[];
    expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(error).toMatchObject({ statusCode: 429, code: 'lock_timeout', rawType: 'invalid_request_error' });
    expect(error?.headers).toMatchObject({
      'stripe-should-retry': 'true',
      'stripe-rate-limited-reason': 'resource-specific',
    });
    const ledger = await opened.sim.control.ledger(key);
    expect(ledger.payment_intents[0]).toMatchObject({ successes: 1, confirms: 1 });
  });

  it('hold on SetupIntents and Checkout Sessions too', async () => {
    const { stripe } = opened.account();
    const setup = await stripe.setupIntents.create({ payment_method: 'pm_card_visa' });
    const session = await stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'eur',
      success_url: 'https://shop.example',
    });
    const changes = [
      () => stripe.setupIntents.cancel(setup.id),
      () => stripe.checkout.sessions.expire(session.id),
    ];
    for (const change of changes) {
      const ended = await Promise.allSettled([change(), change()]);
      const codes = ended.map((each) => (each.status === 'rejected' ? each.reason.code : 'done'));
      expect(codes.sort()).toEqual(['done', 'lock_timeout']);
    }
  });

  it('do not hold up reads or other objects', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const [one, two] = [await unconfirmed(stripe, saved), await unconfirmed(stripe, saved)];
    const statuses = await Promise.all([
      stripe.paymentIntents.confirm(one.id, { off_session: true }),
      stripe.paymentIntents.confirm(two.id, { off_session: true }),
      stripe.paymentIntents.retrieve(one.id),
    ]);
    expect(statuses.map((each) => each.status).slice(0, 2)).toEqual(['succeeded', 'succeeded']);
  });
});

describe('object locks that are waited for', () => {
  const opened = openSimulator({ latencyMs: 100, lockWaitMs: 3_000 });

  it('let the second confirm meet the state the first one left', async () => {
    const { stripe } = opened.account();
    const intent = await unconfirmed(stripe, await savedCard(stripe, opened.sim));
    const confirm = () => stripe.paymentIntents.confirm(intent.id, { off_session: true });
    const ended = await Promise.allSettled([confirm(), confirm()]);
    const codes = ended.map((each) => (each.status === 'rejected' ? each.reason.code : each.value.status));
    expect(codes.sort()).toEqual(['payment_intent_unexpected_state', 'succeeded']);
  });
});

describe('rate limits', () => {
  const opened = openSimulator({ limits: { account: 20, endpoint: 5 } });

  /** Sends `count` requests at once and tells how each was limited, or `null`. */
  async function burst(count: number, send: (n: number) => Promise<unknown>): Promise<(string | null)[]> {
    const ended = await Promise.allSettled(Array.from({ length: count }, (_, n) => send(n)));
    return ended.map((each) => {
      if (each.status === 'fulfilled') return null;
      const error = each.reason as Stripe.errors.StripeError;
      expect(error).toMatchObject({ statusCode: 429, code: 'rate_limit', rawType: 'invalid_request_error' });
      expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
      return error.headers?.['stripe-rate-limited-reason'] ?? 'no reason given';
    });
  }

  it('hold for one endpoint, whatever the id in its path', async () => {
    const { stripe } = opened.account();
    const reasons = await burst(12, () => stripe.customers.list());
    const limited = reasons.filter((each) => each !== null);
    expect(limited.length).toBeGreaterThanOrEqual(4);
    expect(new Set(limited)).toEqual(new Set(['endpoint-rate']));
    const ids = await Promise.all([stripe.customers.create(), stripe.customers.create()]);
    const reads = await burst(12, (n) => stripe.customers.retrieve(ids[n % 2]?.id ?? ''));
    expect(reads).toContain('endpoint-rate');
  });

  it('hold for the whole account, and for each account by itself', async () => {
    const [one, two] = [opened.account(), opened.account()];
    const calls = [
      () => one.stripe.customers.list(),
      () => one.stripe.charges.list(),
      () => one.stripe.events.list(),
      () => one.stripe.refunds.list(),
      () => one.stripe.disputes.list(),
      () => one.stripe.setupIntents.list(),
      () => one.stripe.paymentIntents.list(),
    ];
    const reasons = await burst(35, (n) => (calls[n % calls.length] ?? calls[0])?.() ?? Promise.resolve());
    expect(reasons.filter((each) => each === 'global-rate').length).toBeGreaterThanOrEqual(5);
    expect(await burst(1, () => two.stripe.customers.list())).toEqual([null]);
  });

  it('come before the idempotency store: what was refused may be sent again under its key', async () => {
    const { stripe } = opened.account();
    const create = (n: number) => stripe.customers.create({ name: `${n}` }, { idempotencyKey: `burst-${n}` });
    const limited = (await burst(12, create)).findIndex((each) => each !== null);
    expect(limited).toBeGreaterThanOrEqual(0);
    const customer = await eventually('a token in the bucket', () => create(limited).catch(() => undefined));
    expect(customer.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  });
});

describe('the limits of a sandbox', () => {
  const opened = openSimulator({ limits: 'sandbox' });

  it('are 25 requests a second', async () => {
    const { stripe } = opened.account();
    const ended = await Promise.allSettled(Array.from({ length: 60 }, () => stripe.customers.list()));
    const served = ended.filter((each) => each.status === 'fulfilled').length;
    expect(served).toBeGreaterThanOrEqual(25);
    expect(served).toBeLessThan(60);
  });
});

describe('one PaymentIntent', () => {
  const opened = openSimulator({ limits: { account: 100_000, endpoint: 100_000 } });

  it('takes 1,000 updates an hour and no more', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
    await opened.advance(1);
    let updates = 0;
    let error: unknown;
    while (error === undefined && updates <= 1_001) {
      const ended = await stripe.paymentIntents.update(id, { amount: 1000 + updates }).catch((cause) => {
        error = cause;
        return undefined;
      });
      if (ended !== undefined) updates += 1;
    }
    expect(updates).toBe(1_000);
    expect(error).toMatchObject({ statusCode: 429, code: 'rate_limit' });
    await opened.advance(3_601);
    expect((await stripe.paymentIntents.update(id, { amount: 5000 })).amount).toBe(5000);
  });
});
