import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { savedCard, unconfirmed } from '../stage/flows.ts';
import { eventually, openSimulator, refusal } from '../stage/open-simulator.ts';

describe('object locks', () => {
  const opened = openSimulator({ latencyMs: 1_000 });

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

// Buckets fill in real time: rates are low and bursts long, so that a slow machine cannot outlast them.
describe('the rate limit of an endpoint', () => {
  const opened = openSimulator({ limits: { account: 1_000, endpoint: 3 } });

  it('counts a method and a path template, whatever the id', async () => {
    const { stripe } = opened.account();
    const ids = [await stripe.customers.create(), await stripe.customers.create()].map(({ id }) => id);
    const reasons = await burst(40, (n) => stripe.customers.retrieve(ids[n % 2] ?? ''));
    expect(reasons.filter((each) => each === null).length).toBeGreaterThanOrEqual(3);
    expect(new Set(reasons)).toEqual(new Set([null, 'endpoint-rate']));
    expect((await stripe.customers.list()).data).toHaveLength(2);
  });

  it('comes before the idempotency store: a replay is limited too', async () => {
    const { stripe } = opened.account();
    const create = () => stripe.customers.create({ name: 'x' }, { idempotencyKey: 'over-and-over' });
    const { id } = await create();
    expect(await burst(40, create)).toContain('endpoint-rate');
    const again = await eventually('a token in the bucket', () => create().catch(() => undefined));
    expect([again.id, again.lastResponse.headers['idempotent-replayed']]).toEqual([id, 'true']);
  });

  it('leaves the key free: what was refused executes when it is sent again', async () => {
    const { stripe } = opened.account();
    const create = (n: number) => stripe.customers.create({ name: `${n}` }, { idempotencyKey: `burst-${n}` });
    const refused = (await burst(40, create)).findIndex((each) => each !== null);
    expect(refused).toBeGreaterThanOrEqual(0);
    const customer = await eventually('a token in the bucket', () => create(refused).catch(() => undefined));
    expect(customer.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  });
});

describe('the rate limit of an account', () => {
  const opened = openSimulator({ limits: { account: 4, endpoint: 1_000 } });

  it('counts all its endpoints together, and no other account', async () => {
    const [one, two] = [opened.account(), opened.account()];
    const calls = [
      () => one.stripe.customers.list(),
      () => one.stripe.charges.list(),
      () => one.stripe.refunds.list(),
      () => one.stripe.paymentIntents.list(),
    ] as const;
    const reasons = await burst(60, (n) => (calls[n % calls.length] ?? calls[0])());
    expect(new Set(reasons)).toEqual(new Set([null, 'global-rate']));
    expect(await burst(1, () => two.stripe.customers.list())).toEqual([null]);
  });
});

describe('the limits of a sandbox', () => {
  const opened = openSimulator({ limits: 'sandbox' });

  it('are 25 requests a second', async () => {
    const { stripe } = opened.account();
    const began_ms = performance.now();
    const reasons = await burst(200, () => stripe.customers.list());
    const seconds = (performance.now() - began_ms) / 1_000;
    const served = reasons.filter((each) => each === null).length;
    expect(served).toBeGreaterThanOrEqual(25);
    // A full bucket, and what flowed in meanwhile.
    expect(served).toBeLessThanOrEqual(Math.floor(25 * (1 + seconds)));
  });
});

describe('one PaymentIntent', () => {
  const opened = openSimulator({ limits: { account: 100_000, endpoint: 100_000 }, lockWaitMs: 20_000 });

  it('takes 1,000 updates an hour and no more', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
    const update = (amount: number) => stripe.paymentIntents.update(id, { amount });
    for (let sent = 0; sent < 1_000; sent += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, n) => update(1_000 + sent + n)));
    }
    expect(await refusal(update(5_000))).toMatchObject({ statusCode: 429, code: 'rate_limit' });
    await opened.advance(3_601);
    expect((await update(5_000)).amount).toBe(5_000);
  });
});
