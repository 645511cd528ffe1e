/** A customer's own data changes by the API: what we keep, and what Stripe is told of it. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { configureFailpoints } from '../../../src/platform/failpoints.ts';
import { type ApiWorld, createApiWorld } from './api-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());
afterEach(() => configureFailpoints(null, { testMode: true }));

const ROBIN = { email: 'robin@example.test', name: 'Robin', locale: 'de-DE' };

async function made(fields: object = {}): Promise<string> {
  const answer = await api.post('/v1/customers', { ...ROBIN, ...fields });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

const work = () => api.world.work(['customer']);

async function atStripe(id: string) {
  const { stripe_customer_id } = (await api.get(`/v1/customers/${id}`)).body;
  return api.world.sdk.customers.retrieve(String(stripe_customer_id));
}

/** The bodies that were sent to Stripe under a verb of this customer, by key. */
async function sent(id: string, verb: string) {
  const requests = await api.world.simulator.control.requests(api.world.secretKey);
  return requests
    .filter(({ idempotency_key }) => idempotency_key?.startsWith(`dc1:${id}:${verb}:`))
    .map(({ idempotency_key, body }) => [idempotency_key, Object.fromEntries(new URLSearchParams(body))]);
}

describe('a customer', () => {
  test('changes in what was sent, and Stripe is told of that alone', async () => {
    const id = await made({ time_zone: 'Europe/Berlin' });
    await work();
    const answer = await api.patch(`/v1/customers/${id}`, { email: 'new@example.test', name: null });
    expect(answer).toMatchObject({
      status: 200,
      body: { id, email: 'new@example.test', name: null, locale: 'de-DE', time_zone: 'Europe/Berlin' },
    });
    expect((await api.get(`/v1/customers/${id}`)).body).toEqual(answer.body);
    await work();
    expect(await atStripe(id)).toMatchObject({ email: 'new@example.test', preferred_locales: ['de-DE'] });
    expect(await sent(id, 'update')).toEqual([
      [`dc1:${id}:update:1`, { email: 'new@example.test', name: '' }],
    ]);
  });

  test('loses a language at Stripe, too', async () => {
    const id = await made();
    await work();
    await api.patch(`/v1/customers/${id}`, { locale: null });
    await work();
    expect(await atStripe(id)).toMatchObject({ preferred_locales: [], name: 'Robin' });
  });

  test('of what Stripe is not told, changes here alone', async () => {
    const id = await made();
    await work();
    await api.patch(`/v1/customers/${id}`, { time_zone: 'Asia/Tokyo', metadata: { house: '7' } });
    await api.patch(`/v1/customers/${id}`, {});
    await work();
    expect(await sent(id, 'update')).toEqual([]);
    const [row] = await api.world.sql`select due_at, telling from customers where id = ${id}`;
    expect(row).toEqual({ due_at: null, telling: null });
  });

  test('changed while its create is unanswered, is sent again as it was, and then as it is', async () => {
    const id = await made();
    configureFailpoints('customer.create.after_effect:throw@1', { testMode: true });
    await work();
    await api.patch(`/v1/customers/${id}`, { email: 'late@example.test' });
    await api.world.advance(60);
    await work();
    const creates = await sent(id, 'create');
    expect(creates).toHaveLength(2);
    expect(creates[1]).toEqual(creates[0]);
    expect(creates[0]).toMatchObject([`dc1:${id}:create:1`, { email: ROBIN.email }]);
    expect(await atStripe(id)).toMatchObject({ email: 'late@example.test', name: 'Robin' });
  });

  test.each([
    ['customer.update.before', 1],
    ['customer.update.after_effect', 2],
  ])('whose update ends at %s is told both changes, one after the other', async (place, times) => {
    const id = await made();
    await work();
    await api.patch(`/v1/customers/${id}`, { email: 'second@example.test' });
    configureFailpoints(`${place}:throw@1`, { testMode: true });
    await work();
    await api.patch(`/v1/customers/${id}`, { email: 'third@example.test' });
    await api.world.advance(60);
    await work();
    const second = [`dc1:${id}:update:1`, { email: 'second@example.test' }];
    const third = [`dc1:${id}:update:2`, { email: 'third@example.test' }];
    expect(await sent(id, 'update')).toEqual([...Array(times).fill(second), third]);
    expect(await atStripe(id)).toMatchObject({ email: 'third@example.test' });
  });

  test('that is gone at Stripe keeps its change here, and the next one is tried, too', async () => {
    const id = await made();
    await work();
    const { stripe_customer_id } = (await api.get(`/v1/customers/${id}`)).body;
    await api.world.sdk.customers.del(String(stripe_customer_id));
    for (const n of [1, 2]) {
      const email = `gone-${n}@example.test`;
      expect((await api.patch(`/v1/customers/${id}`, { email })).body.email).toBe(email);
      await work();
      expect((await sent(id, 'update'))[n - 1]).toEqual([`dc1:${id}:update:${n}`, { email }]);
    }
    const [row] = await api.world.sql`select state, due_at, telling from customers where id = ${id}`;
    expect(row).toEqual({ state: 'bound', due_at: null, telling: null });
  });

  test('that the merchant brought is told what changed, and nothing else', async () => {
    const theirs = await api.world.sdk.customers.create(
      { name: 'Theirs', email: 'theirs@example.test' },
      { idempotencyKey: `test:${randomUUID()}` },
    );
    const id = await made({ stripe_customer_id: theirs.id });
    await api.patch(`/v1/customers/${id}`, { email: 'ours@example.test' });
    await work();
    expect(await atStripe(id)).toMatchObject({ name: 'Theirs', email: 'ours@example.test' });
  });

  test('has labels that merge as at Stripe, up to fifty of them', async () => {
    const id = await made({ metadata: { house: '7', meter: 'a' } });
    const merged = await api.patch(`/v1/customers/${id}`, { metadata: { meter: '', floor: '2' } });
    expect(merged.body.metadata).toEqual({ house: '7', floor: '2' });
    const many = Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`label_${i}`, 'x']));
    const full = await api.patch(`/v1/customers/${id}`, { name: 'Other', metadata: many });
    expect(full).toMatchObject({ status: 400, body: { errors: [{ path: 'metadata' }] } });
    expect((await api.get(`/v1/customers/${id}`)).body).toEqual(merged.body);
  });

  test.each([
    [{ email: null }, 'email'],
    [{ email: 'nobody' }, 'email'],
    [{ time_zone: 'Europe/Atlantis' }, 'time_zone'],
    [{ reference: 'other' }, 'reference'],
    [{ stripe_customer_id: 'cus_other' }, 'stripe_customer_id'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
  ])('refuses %j, names the field and writes nothing', async (change, path) => {
    const id = await made();
    const before = await api.world.sql`select * from customers where id = ${id}`;
    const answer = await api.patch(`/v1/customers/${id}`, { name: 'Other', ...change });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ path }] } });
    expect(await api.world.sql`select * from customers where id = ${id}`).toEqual(before);
  });

  test('whom nobody knows is not found, and who may only read changes nothing', async () => {
    const id = await made();
    expect((await api.patch(`/v1/customers/cst_${'a'.repeat(24)}`, { name: 'A' })).status).toBe(404);
    const denied = await api.patch(`/v1/customers/${id}`, { name: 'A' }, { token: api.tokens.read });
    expect(denied.status).toBe(403);
    expect((await api.get(`/v1/customers/${id}`)).body.name).toBe('Robin');
  });
});

describe('a reference that exists', () => {
  test('with other contents is refused, every field named, and its key is free for the right ones', async () => {
    const reference = randomUUID();
    const key = randomUUID();
    const id = await made({ reference, metadata: { house: '7', floor: '1' } });
    const other = {
      reference,
      email: 'other@example.test',
      name: 'Robin',
      locale: 'fr',
      metadata: { house: '8' },
    };
    const answer = await api.post('/v1/customers', other, { key });
    const fields = answer.body.errors.map(({ path }) => path).sort();
    expect(answer).toMatchObject({ status: 409, body: { code: 'reference_taken', existing: id } });
    expect(fields).toEqual(['email', 'locale', 'metadata']);
    const same = await api.post('/v1/customers', { reference, ...ROBIN, metadata: { house: '7' } }, { key });
    expect(same).toMatchObject({ status: 200, body: { id } });
  });
});

describe('the list', () => {
  test('finds by address in any capitals, by reference, by id at Stripe and by a part, newest first', async () => {
    const mark = randomUUID().slice(0, 8);
    const reference = `${mark}-1`;
    const first = await made({ email: `Ann.${mark}@Example.test`, reference, name: `50% ${mark}` });
    const second = await made({ email: `bob@${mark}.test`, name: 'Bob' });
    await work();
    const { stripe_customer_id } = (await api.get(`/v1/customers/${first}`)).body;
    const found = async (query: Record<string, string>) =>
      (await api.get('/v1/customers', { query })).body.data.map(({ id }) => id);
    expect(await found({ email: `ann.${mark}@example.test` })).toEqual([first]);
    expect(await found({ reference })).toEqual([first]);
    expect(await found({ stripe_customer_id: String(stripe_customer_id) })).toEqual([first]);
    expect(await found({ query: mark.toUpperCase() })).toEqual([second, first]);
    expect(await found({ query: `50% ${mark}` })).toEqual([first]);
    expect(await found({ query: `5_% ${mark}` })).toEqual([]);
    const page = await api.get('/v1/customers', { query: { query: mark, limit: '1' } });
    expect(page.body.next_cursor).toBe(second);
    expect(await found({ query: mark, cursor: second })).toEqual([first]);
  });
});
