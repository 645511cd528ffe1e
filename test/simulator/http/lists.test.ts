import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { chargeOffSession, savedCard } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();

async function customers(stripe: Stripe, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push((await stripe.customers.create({ name: `n${n}` })).id);
  return ids.reverse();
}

describe('lists', () => {
  it('holds ten by default, newest first, also within one second', async () => {
    const { stripe } = opened.account();
    const newestFirst = await customers(stripe, 12);
    const page = await stripe.customers.list();
    expect(page).toMatchObject({ object: 'list', url: '/v1/customers', has_more: true });
    expect(page.data.map((each) => each.id)).toEqual(newestFirst.slice(0, 10));
  });

  it('goes on after an id and before an id', async () => {
    const { stripe } = opened.account();
    const ids = await customers(stripe, 7);
    const after = await stripe.customers.list({ limit: 3, starting_after: ids[1] ?? '' });
    expect([after.data.map((each) => each.id), after.has_more]).toEqual([ids.slice(2, 5), true]);
    const last = await stripe.customers.list({ limit: 3, starting_after: ids[3] ?? '' });
    expect([last.data.map((each) => each.id), last.has_more]).toEqual([ids.slice(4), false]);
    // Backwards means the page that ends just before the id, still newest first.
    const before = await stripe.customers.list({ limit: 3, ending_before: ids[5] ?? '' });
    expect([before.data.map((each) => each.id), before.has_more]).toEqual([ids.slice(2, 5), true]);
  });

  it('is walked to its end by autoPagingEach without a gap or a repeat', async () => {
    const { stripe } = opened.account();
    const ids = await customers(stripe, 23);
    const walked: string[] = [];
    await stripe.customers.list({ limit: 5 }).autoPagingEach((each) => {
      walked.push(each.id);
    });
    expect(walked).toEqual(ids);
  });

  it.each([0, 101, -1])('refuses a limit of %i', async (limit) => {
    const error = await refusal(opened.account().stripe.customers.list({ limit }));
    expect([error.statusCode, error.param]).toEqual([400, 'limit']);
  });

  it('refuses a cursor that names nothing', async () => {
    const error = await refusal(opened.account().stripe.customers.list({ starting_after: 'cus_none' }));
    expect(error).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'starting_after' });
  });

  it('filters by the time of creation', async () => {
    const { stripe } = opened.account();
    const early = await stripe.customers.create({ name: 'early' });
    await opened.advance(100);
    const late = await stripe.customers.create({ name: 'late' });
    const listed = async (created: Stripe.RangeQueryParam | number) =>
      (await stripe.customers.list({ created })).data.map((each) => each.name);
    expect(late.created - early.created).toBe(100);
    expect(await listed({ gt: early.created })).toEqual(['late']);
    expect(await listed({ gte: early.created })).toEqual(['late', 'early']);
    expect(await listed({ lt: late.created })).toEqual(['early']);
    expect(await listed({ lte: late.created, gt: early.created })).toEqual(['late']);
    expect(await listed(early.created)).toEqual(['early']);
  });

  it('filters by what each resource is found by', async () => {
    const { stripe } = opened.account();
    const [one, two] = [await savedCard(stripe, opened.sim), await savedCard(stripe, opened.sim)];
    const first = await chargeOffSession(stripe, one);
    await chargeOffSession(stripe, two);
    const customer = await stripe.customers.create({ email: 'only@example.com' });
    const ids = async (list: PromiseLike<{ data: { id: string }[] }>) =>
      (await list).data.map((each) => each.id);
    expect(await ids(stripe.customers.list({ email: 'only@example.com' }))).toEqual([customer.id]);
    expect(await ids(stripe.paymentIntents.list({ customer: one.customer }))).toEqual([first.id]);
    expect(await ids(stripe.charges.list({ customer: one.customer }))).toEqual([first.latest_charge]);
    expect(await ids(stripe.charges.list({ payment_intent: first.id }))).toEqual([first.latest_charge]);
    expect(await ids(stripe.paymentMethods.list({ customer: one.customer }))).toEqual([one.payment_method]);
    expect(await ids(stripe.paymentMethods.list({ customer: one.customer, type: 'sepa_debit' }))).toEqual([]);
    expect(await ids(stripe.customers.listPaymentMethods(one.customer))).toEqual([one.payment_method]);
    expect((await stripe.setupIntents.list({ customer: one.customer })).data).toHaveLength(1);
    expect((await stripe.setupIntents.list({ payment_method: two.payment_method })).data).toHaveLength(1);
    expect((await stripe.events.list({ type: 'payment_intent.succeeded' })).data).toHaveLength(2);
    const types = ['charge.succeeded', 'payment_intent.created'];
    expect((await stripe.events.list({ types })).data).toHaveLength(4);
  });
});

describe('expand', () => {
  it('puts the object in place of its id, to four levels', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const { id } = await chargeOffSession(stripe, saved);
    await opened.advance(10);
    const intent = await stripe.paymentIntents.retrieve(id, {
      expand: [
        'customer',
        'payment_method',
        'latest_charge',
        'latest_charge.balance_transaction',
        'latest_charge.payment_intent.payment_method.customer',
      ],
    });
    expect(intent).toMatchObject({
      customer: { object: 'customer', id: saved.customer },
      payment_method: { object: 'payment_method', id: saved.payment_method },
      latest_charge: {
        object: 'charge',
        balance_transaction: { object: 'balance_transaction' },
        payment_intent: { object: 'payment_intent', payment_method: { customer: { id: saved.customer } } },
      },
    });
  });

  it('expands what a create and a confirm answer', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const intent = await chargeOffSession(stripe, saved, { expand: ['latest_charge'] });
    expect(intent.latest_charge).toMatchObject({ object: 'charge', paid: true, amount: 2000 });
    const again = await stripe.paymentIntents.create({ amount: 500, currency: 'eur', ...saved });
    const confirmed = await stripe.paymentIntents.confirm(again.id, {
      off_session: true,
      expand: ['latest_charge'],
    });
    expect(confirmed.latest_charge).toMatchObject({ object: 'charge', amount: 500 });
  });

  it('expands the members of a list behind data.', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    await chargeOffSession(stripe, saved);
    const page = await stripe.paymentIntents.list({
      expand: ['data.latest_charge.refunds', 'data.customer'],
    });
    expect(page.data[0]).toMatchObject({
      customer: { id: saved.customer },
      latest_charge: { object: 'charge', refunds: { object: 'list', data: [] } },
    });
    const intents = await stripe.setupIntents.list({
      expand: ['data.latest_attempt', 'data.payment_method'],
    });
    expect(intents.data[0]).toMatchObject({
      latest_attempt: { object: 'setup_attempt', status: 'succeeded' },
      payment_method: { object: 'payment_method' },
    });
  });

  it.each(['colour', 'latest_charge.colour', 'status', 'data.customer', 'customer.a.b.c.d'])(
    'refuses the path %s',
    async (path) => {
      const { stripe } = opened.account();
      const { id } = await stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
      const error = await refusal(stripe.paymentIntents.retrieve(id, { expand: [path] }));
      expect(error.statusCode).toBe(400);
    },
  );
});

describe('metadata', () => {
  it('merges, deletes a key by an empty text, and is cleared by an empty text', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.customers.create({ metadata: { a: '1', b: '2' } });
    const merged = await stripe.customers.update(id, { metadata: { b: '3', c: '4' } });
    expect(merged.metadata).toEqual({ a: '1', b: '3', c: '4' });
    expect((await stripe.customers.update(id, { metadata: { a: '' } })).metadata).toEqual({ b: '3', c: '4' });
    expect((await stripe.customers.update(id, { name: 'x' })).metadata).toEqual({ b: '3', c: '4' });
    expect((await stripe.customers.update(id, { metadata: '' })).metadata).toEqual({});
  });

  it.each([
    ['51 keys', Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'v']))],
    ['a key of 41 characters', { ['k'.repeat(41)]: 'v' }],
    ['a value of 501 characters', { k: 'v'.repeat(501) }],
  ])('refuses %s', async (_name, metadata) => {
    const error = await refusal(opened.account().stripe.customers.create({ metadata }));
    expect(error.statusCode).toBe(400);
    expect(error.param).toMatch(/^metadata/);
  });

  it('takes 50 keys, 40 and 500 characters, and counts the keys that are there already', async () => {
    const { stripe } = opened.account();
    const metadata = Object.fromEntries(Array.from({ length: 49 }, (_, n) => [`k${n}`, 'v']));
    const { id } = await stripe.customers.create({
      metadata: { ...metadata, ['x'.repeat(40)]: 'v'.repeat(500) },
    });
    expect((await refusal(stripe.customers.update(id, { metadata: { one: 'more' } }))).statusCode).toBe(400);
    const swapped = await stripe.customers.update(id, { metadata: { one: 'more', k0: '' } });
    expect(Object.keys(swapped.metadata)).toHaveLength(50);
  });
});
