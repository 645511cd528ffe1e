/** Customers by the API. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomId } from '../../../src/platform/ids.ts';
import { insertCustomer } from '../../../src/store/customer/customer-intake.ts';
import { type ApiWorld, createApiWorld } from './api-world.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

describe('a customer', () => {
  test('is created with all that is known, and owed to Stripe', async () => {
    const reference = randomUUID();
    const time_zone = 'Europe/Berlin';
    const body = { reference, email: 'robin@example.test', name: 'Robin', locale: 'de-DE', time_zone };
    const answer = await api.post('/v1/customers', body, { key: null });

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^cst_[a-z2-7]{24}$/),
      object: 'customer',
      ...body,
      metadata: {},
      stripe_customer_id: null,
      stripe_customer_deleted: false,
      default_payment_method: null,
      stopped_at: null,
      erased_at: null,
      erased_on: null,
      created_at: expect.any(String),
    });
    expect(api.offered).toContain(`customer ${answer.body.id}`);
    await api.world.work(['customer']);
    expect((await api.get(`/v1/customers/${answer.body.id}`)).body.stripe_customer_id).toMatch(/^cus_/);
  });

  test('of a reference that exists is that one, also when asked for twenty times at once', async () => {
    const body = { reference: randomUUID(), email: 'robin@example.test' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post('/v1/customers', body)));

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
  });

  test('that exists at Stripe is taken as it is, by one of ours', async () => {
    const { id } = await api.world.sdk.customers.create({}, { idempotencyKey: `test:${randomUUID()}` });
    const answer = await api.post('/v1/customers', { email: 'robin@example.test', stripe_customer_id: id });
    const second = await api.post('/v1/customers', { email: 'other@example.test', stripe_customer_id: id });

    expect(answer).toMatchObject({ status: 201, body: { stripe_customer_id: id } });
    expect(api.offered).not.toContain(`customer ${answer.body.id}`);
    expect(second).toMatchObject({ status: 409, body: { code: 'conflict', existing: answer.body.id } });
  });

  test('is replayed under a key, which is optional', async () => {
    const key = randomUUID();
    const body = { email: 'robin@example.test' };
    const first = await api.post('/v1/customers', body, { key });
    const again = await api.post('/v1/customers', body, { key });
    const other = await api.post('/v1/customers', { email: 'other@example.test' }, { key });

    expect(again).toMatchObject({ status: 201, body: { id: first.body.id } });
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  });

  test.each(['Berlin', 'Europe/Atlantis', '+02:00', 'CEST0', ''])(
    'lives in no time zone %j',
    async (time_zone) => {
      const answer = await api.post('/v1/customers', { email: 'robin@example.test', time_zone });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(answer.body.errors).toEqual([
        { path: 'time_zone', message: 'must be a time zone by its IANA name, like Europe/Berlin' },
      ]);
    },
  );

  test('in a time zone that only this Node knows is refused: the database counts by it', async () => {
    const wanted = { reference: null, email: 'robin@example.test', name: null, locale: null, metadata: null };
    const stripe_customer_id = null;
    const id = randomId('cst');
    const customer = { ...wanted, id, stripe_customer_id, time_zone: 'Europe/Atlantis' };
    const taken = await insertCustomer(api.world.sql, customer, null, 'key_test');
    expect(taken).toMatchObject({ outcome: 'refused', refusal: 'time_zone_unknown' });
    expect(await api.world.sql`select 1 from customers where id = ${id}`).toEqual([]);
  });

  test('may live in every time zone that this Node knows: the database knows it too', async () => {
    const names = Intl.supportedValuesOf('timeZone');
    const known = await api.world
      .sql`select name from unnest(${names}::text[]) name where is_time_zone(name)`;
    expect(names.filter((name) => !known.some((row) => row.name === name))).toEqual([]);
  });

  test.each([
    '',
    'robin',
    'robin@',
    'robin@localhost',
    'a@b@example.test',
    '"robin b"@example.test',
    'group:robin@example.test;',
    'robin@[127.0.0.1]',
    'robin\n@example.test',
    'robin@example.test\r\nBcc: x@example.test',
    'robin@exam\tple.test',
    'jörg@example.test',
    'robin@müller.de/x.example.test',
    'robin@mü:ller.example.test',
    'robin@example._test',
    '.robin@example.test',
    'robin@-example.test',
    `${'r'.repeat(65)}@example.test`,
    'Robin <robin@example.test>',
    '"a@evil.test x"@example.test',
  ])('is not mailed at %s', async (email) => {
    const answer = await api.post('/v1/customers', { email });

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ path: 'email' }] },
    });
    if (email !== '') expect(answer.text).not.toContain(JSON.stringify(email).slice(1, -1));
  });
});
