import Stripe from 'stripe';
import { afterEach, describe, expect, it } from 'vitest';
import { savedCard, unconfirmed } from '../stage/flows.ts';
import { type Account, eventually, openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const confirmRoute = '/v1/payment_intents/:id/confirm';

afterEach(async () => {
  const answer = await fetch(`${opened.sim.url}/_sim/faults`);
  for (const { id } of (await answer.json()) as { id: string }[]) await opened.sim.control.removeFault(id);
});

type Ready = Account & {
  id: string;
  confirm: (timeout?: number) => Promise<Stripe.Response<Stripe.PaymentIntent>>;
};

/** An account with one PaymentIntent that only wants confirming. */
async function ready(): Promise<Ready> {
  const account = opened.account();
  const saved = await savedCard(account.stripe, opened.sim);
  const { id } = await unconfirmed(account.stripe, saved);
  const options = { idempotencyKey: `confirm-${id}` };
  const confirm = (timeout = 120_000) =>
    account.stripe.paymentIntents.confirm(id, { off_session: true }, { ...options, timeout });
  return { ...account, id, confirm };
}

async function successes({ key }: Account): Promise<number> {
  const { payment_intents } = await opened.sim.control.ledger(key);
  return payment_intents.reduce((sum, each) => sum + each.successes, 0);
}

type Action = Parameters<typeof opened.sim.control.faults>[0]['action'];

function onConfirm(action: Action, times = 1) {
  return opened.sim.control.faults({ match: { method: 'POST', route: confirmRoute }, action, times });
}

describe('the three ambiguous charges', () => {
  it.each([
    ['reset_after', 2],
    ['hang_after', 1],
    ['partial_body', 1],
  ] as const)('%s commits the charge and leaves the caller without an answer', async (action, times) => {
    const account = await ready();
    // The SDK sends a reset request once more by itself, so the answer is lost twice.
    await onConfirm(action, times);
    const error = await refusal(account.confirm(action === 'hang_after' ? 500 : undefined));
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(error.statusCode).toBeUndefined();
    await eventually('the success', async () => ((await successes(account)) === 1 ? true : undefined));
    expect((await account.stripe.paymentIntents.retrieve(account.id)).status).toBe('succeeded');
    const replayed = await account.confirm();
    expect(replayed.status).toBe('succeeded');
    expect(replayed.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await successes(account)).toBe(1);
  });

  it('reset_after once is healed by the SDK under the same key', async () => {
    const account = await ready();
    await onConfirm('reset_after');
    const intent = await account.confirm();
    expect(intent.status).toBe('succeeded');
    expect(intent.lastResponse.headers['idempotent-replayed']).toBe('true');
    const log = await opened.sim.control.requests(account.key);
    const sent = log.filter((each) => each.path.endsWith('/confirm') && each.path.includes(account.id));
    expect(sent.map((each) => [each.status, each.replayed, each.fault])).toEqual([
      [null, false, 'reset_after'],
      [200, true, null],
    ]);
  });
});

describe('a request that never executes', () => {
  it('reset_before drops it: nothing is done', async () => {
    const account = await ready();
    await onConfirm('reset_before', 2);
    expect(await refusal(account.confirm())).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(await successes(account)).toBe(0);
    const intent = await account.confirm();
    expect(intent.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(await successes(account)).toBe(1);
  });

  it.each(['rate_limit', 'lock_timeout'] as const)('%s refuses it with its headers', async (action) => {
    const account = await ready();
    await onConfirm(action);
    const error = await refusal(account.confirm());
    expect(error).toMatchObject({ statusCode: 429, code: action, rawType: 'invalid_request_error' });
    const reason = error.headers?.['stripe-rate-limited-reason'];
    if (action === 'lock_timeout') {
      expect([error.headers?.['stripe-should-retry'], reason]).toEqual(['true', 'resource-specific']);
    } else {
      expect(error.headers?.['stripe-should-retry']).toBeUndefined();
      expect(['global-rate', 'endpoint-rate']).toContain(reason);
    }
    expect(await successes(account)).toBe(0);
    expect((await account.confirm()).status).toBe('succeeded');
  });

  it.each([500, 503])('status %i answers api_error', async (status) => {
    const account = await ready();
    await onConfirm({ type: 'status', status });
    const error = await refusal(account.confirm());
    expect(error).toMatchObject({ statusCode: status, rawType: 'api_error' });
    expect(await successes(account)).toBe(0);
  });

  it('status with should_retry says so in the header', async () => {
    for (const should_retry of [true, false]) {
      const account = await ready();
      await onConfirm({ type: 'status', status: 500, should_retry });
      const error = await refusal(account.confirm());
      expect(error.headers?.['stripe-should-retry']).toBe(String(should_retry));
    }
  });

  it('html_502 answers as a gateway would', async () => {
    const { key } = opened.account();
    await opened.sim.control.faults({ match: { route: '/v1/customers' }, action: 'html_502', times: 1 });
    const answer = await opened.raw('/v1/customers', { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(502);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await answer.text()).toMatch(/<html/i);
  });
});

describe('a 5xx after the effect', () => {
  it('may hide a success: a 500 replays for ever, the PaymentIntent tells the truth', async () => {
    const account = await ready();
    await onConfirm({ type: 'status', status: 500, effect: 'commit' });
    const [first, second] = [await refusal(account.confirm()), await refusal(account.confirm())];
    expect([first.statusCode, second.statusCode]).toEqual([500, 500]);
    expect(second.headers?.['idempotent-replayed']).toBe('true');
    expect((await account.stripe.paymentIntents.retrieve(account.id)).status).toBe('succeeded');
    expect(await successes(account)).toBe(1);
  });

  it('may come true later by itself', async () => {
    const account = await ready();
    await onConfirm({ type: 'status', status: 500, effect: 'later', later_ms: 30_000 });
    expect((await refusal(account.confirm())).statusCode).toBe(500);
    expect((await account.stripe.paymentIntents.retrieve(account.id)).status).toBe('requires_confirmation');
    await opened.advance(31);
    expect((await account.stripe.paymentIntents.retrieve(account.id)).status).toBe('succeeded');
    expect(await successes(account)).toBe(1);
  });
});

describe('a delay', () => {
  it('holds the answer back for its time', async () => {
    const account = await ready();
    await onConfirm({ type: 'delay', ms: 300 });
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
    }, 290);
    expect((await account.confirm()).status).toBe('succeeded');
    clearTimeout(timer);
    expect(isOver).toBe(true);
  });

  it('longer than the timeout ends in a connection error, and the charge is made all the same', async () => {
    const account = await ready();
    await onConfirm({ type: 'delay', ms: 1_600 });
    expect(await refusal(account.confirm(800))).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    await eventually('the success', async () => ((await successes(account)) === 1 ? true : undefined));
  });
});

describe('what a fault matches', () => {
  const create = (stripe: Stripe, amount: number, customer?: string) =>
    stripe.paymentIntents
      .create({ amount, currency: 'eur', ...(customer !== undefined && { customer }) })
      .then(
        (each) => each.object,
        (error: Stripe.errors.StripeError) => error.statusCode,
      );
  const match = (more: object) =>
    opened.sim.control.faults({ match: more, action: { type: 'status', status: 503 }, times: 1 });

  it('by amount, by customer, by method and by the key', async () => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create();
    await match({ amount: 1234 });
    expect([await create(stripe, 1233), await create(stripe, 1234)]).toEqual(['payment_intent', 503]);
    await match({ customer: customer.id });
    expect([await create(stripe, 1000), await create(stripe, 1000, customer.id)]).toEqual([
      'payment_intent',
      503,
    ]);
    await match({ method: 'GET', route: '/v1/payment_intents' });
    expect(await create(stripe, 1000)).toBe('payment_intent');
    expect((await refusal(stripe.paymentIntents.list())).statusCode).toBe(503);
    await match({ key: 'this-one' });
    expect(await create(stripe, 1000)).toBe('payment_intent');
    const keyed = stripe.customers.create({}, { idempotencyKey: 'this-one' });
    expect((await refusal(keyed)).statusCode).toBe(503);
  });

  it('by the nth request', async () => {
    const { stripe } = opened.account();
    await match({ method: 'POST', route: '/v1/payment_intents', nth: 3 });
    const ends: unknown[] = [];
    for (let n = 0; n < 4; n += 1) ends.push(await create(stripe, 1000));
    expect(ends).toEqual(['payment_intent', 'payment_intent', 503, 'payment_intent']);
  });

  it('by chance, the same chance for the same seed', async () => {
    const { stripe } = opened.account();
    const half = {
      match: { route: '/v1/payment_intents', probability: 0.5 },
      action: 'rate_limit',
      times: 1000,
    };
    const { id } = await opened.sim.control.faults(half as Parameters<typeof opened.sim.control.faults>[0]);
    const ends: unknown[] = [];
    for (let n = 0; n < 60; n += 1) ends.push(await create(stripe, 1000));
    const limited = ends.filter((each) => each === 429).length;
    expect(limited).toBeGreaterThan(10);
    expect(limited).toBeLessThan(50);
    await opened.sim.control.removeFault(id);
    expect(await create(stripe, 1000)).toBe('payment_intent');
  });

  it('only so many times, and not after it is removed', async () => {
    const { stripe } = opened.account();
    await opened.sim.control.faults({
      match: { route: '/v1/payment_intents' },
      action: { type: 'status', status: 503 },
      times: 2,
    });
    const ends = [await create(stripe, 500), await create(stripe, 500), await create(stripe, 500)];
    expect(ends).toEqual([503, 503, 'payment_intent']);
    const { id } = await match({ route: '/v1/payment_intents' });
    await opened.sim.control.removeFault(id);
    expect(await create(stripe, 500)).toBe('payment_intent');
  });
});
