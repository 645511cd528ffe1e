/** Setups by the API, against the simulator. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomId } from '../../../src/platform/ids.ts';
import { type ApiWorld, CONSENT, createApiWorld } from './api-world.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld({ timings: { stripeTimeoutMs: 1_000 } });
});
afterAll(() => api.close());

async function newCustomer(more: object = {}): Promise<string> {
  const answer = await api.post('/v1/customers', { email: 'robin@example.test', ...more });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

const bodyOf = (customer: string, more: object = {}) => ({
  customer,
  consent: CONSENT,
  return_url: 'https://merchant.example.test/back',
  ...more,
});

async function newSetup(more: object = {}): Promise<string> {
  const answer = await api.post('/v1/setups', bodyOf(await newCustomer(), more));
  expect(answer.status).toBe(202);
  return answer.body.id;
}

describe('a setup via Elements', () => {
  test('runs from queued to a usable method, and shows its secret to nobody who may only read', async () => {
    const customer = await newCustomer();
    const created = await api.post('/v1/setups', bodyOf(customer, { metadata: { a: '1' } }));
    expect(created.status).toBe(202);
    expect(created.body).toMatchObject({
      id: expect.stringMatching(/^set_[a-z2-7]{24}$/),
      object: 'setup',
      customer,
      usage: 'off_session',
      via: 'elements',
      status: 'queued',
      detail: null,
      stripe_setup_intent_id: null,
      client_secret: null,
      url: null,
      payment_method: null,
      mandate: null,
      last_error: null,
      metadata: { a: '1' },
      consent: {
        ...CONSENT,
        accepted_at: '2026-01-15T10:00:00.000Z',
        id: expect.stringMatching(/^cns_/),
        revoked_at: null,
      },
    });
    expect(api.offered).toContain(`setup ${created.body.id}`);

    const waited = api.get(`/v1/setups/${created.body.id}`, { query: { wait: '20' } });
    await api.world.work();
    const waiting = await waited;
    expect(waiting.body).toMatchObject({ status: 'awaiting_customer', url: null });
    expect(waiting.body.client_secret).toMatch(/^seti_.*_secret_/);
    const read = await api.get(`/v1/setups/${created.body.id}`, { token: api.tokens.read });
    expect(read.body).toMatchObject({ status: 'awaiting_customer', client_secret: null });
    const { body: list } = await api.get('/v1/setups', { query: { customer } });
    expect(list.data.map(({ id, client_secret }) => [id, client_secret])).toEqual([[created.body.id, null]]);

    await api.world.sdk.setupIntents.confirm(String(waiting.body.stripe_setup_intent_id), {
      payment_method: 'pm_card_visa',
      return_url: 'https://merchant.example.test/back',
    });
    await api.world.advance(60);
    await api.world.work();
    const done = await api.get(`/v1/setups/${created.body.id}`, { query: { wait: '20' } });
    expect(done.body).toMatchObject({
      status: 'succeeded',
      client_secret: null,
      payment_method: expect.stringMatching(/^pm_/),
    });
    const { body: methods } = await api.get(`/v1/customers/${customer}/payment_methods`);
    expect(methods.data).toEqual([
      {
        id: done.body.payment_method,
        object: 'payment_method',
        customer,
        type: 'card',
        card: { brand: 'visa', last4: '4242', exp_month: expect.any(Number), exp_year: expect.any(Number) },
        bank: null,
        mandate: null,
        usage: 'off_session',
        consent: expect.objectContaining({ id: (done.body.consent as { id: string }).id }),
        default: true,
        status: 'usable',
        closed: null,
        detail: null,
        warnings: [],
      },
    ]);
  });

  test('answers without a secret while Stripe does not', async () => {
    const id = await newSetup();
    await api.world.work();
    await api.world.simulator.control.faults({
      match: { method: 'GET', route: '/v1/setup_intents/:id' },
      action: 'hang_after',
      times: 1,
    });

    const answer = await api.get(`/v1/setups/${id}`);

    expect(answer).toMatchObject({ status: 200, body: { status: 'awaiting_customer', client_secret: null } });
  });

  test('is replayed under its key, which is needed', async () => {
    const customer = await newCustomer();
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => api.post('/v1/setups', bodyOf(customer), { key })),
    );
    const other = await api.post('/v1/setups', bodyOf(customer, { usage: 'on_session' }), { key });
    const keyless = await api.post('/v1/setups', bodyOf(customer), { key: null });

    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(9);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
    expect(keyless).toMatchObject({ status: 400, body: { code: 'idempotency_key_missing' } });
    const rows = await api.world.sql`select id from consents where customer_id = ${customer}`;
    expect(rows).toHaveLength(1);
  });

  test('is canceled with Stripe’s answer, and not twice', async () => {
    const id = await newSetup();
    await api.world.work();
    const asked = await api.post(`/v1/setups/${id}/cancel`);
    expect(asked).toMatchObject({ status: 202, body: { status: 'processing', detail: 'closing' } });
    await api.world.work();

    expect((await api.get(`/v1/setups/${id}`)).body).toMatchObject({
      status: 'canceled',
      client_secret: null,
    });
    expect(await api.post(`/v1/setups/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'already_canceled' },
    });
    expect((await api.post(`/v1/setups/${randomId('set')}/cancel`)).status).toBe(404);
  });

  test('that succeeded although it was being canceled leaves a method for the merchant to accept', async () => {
    const id = await newSetup();
    await api.world.work();
    const { body } = await api.get(`/v1/setups/${id}`);
    await api.world.sdk.setupIntents.confirm(String(body.stripe_setup_intent_id), {
      payment_method: 'pm_card_visa',
      return_url: 'https://merchant.example.test/back',
    });
    await api.post(`/v1/setups/${id}/cancel`);
    await api.world.work();
    const method = String((await api.get(`/v1/setups/${id}`)).body.payment_method);

    const before = await api.get(`/v1/payment_methods/${method}`);
    expect(before.body).toMatchObject({ status: 'unusable', default: false });
    const accepted = await api.post(`/v1/payment_methods/${method}/accept`);
    expect(accepted).toMatchObject({ status: 200, body: { status: 'usable', default: true, detail: null } });
  });
});

test('a setup via Checkout shows the address of Stripe’s page while it is awaited', async () => {
  const id = await newSetup({ via: 'checkout' });
  await api.world.work();

  const answer = await api.get(`/v1/setups/${id}`);
  expect(answer.body).toMatchObject({ via: 'checkout', status: 'awaiting_customer', client_secret: null });
  expect(answer.body.url).toMatch(/^http/);
  expect((await api.get(`/v1/setups/${id}`, { token: api.tokens.read })).body.url).toBeNull();
});

describe('a setup is refused', () => {
  const consent = (more: object) => ({ consent: { ...CONSENT, ...more } });
  const inFuture = new Date(Date.now() + 3_600_000).toISOString();

  test.each([
    ['without a consent', { consent: undefined }, 'consent'],
    ['without the evidence', consent({ ip_address: undefined }), 'consent.ip_address'],
    ['with a consent of tomorrow', consent({ accepted_at: inFuture }), 'consent.accepted_at'],
    ['with evidence and collect', consent({ collect: true }), 'consent.accepted_at'],
    ['with a scope of nobody', consent({ scope: 'any' }), 'consent.scope'],
    ['with an address that is none', consent({ ip_address: '1.2.3' }), 'consent.ip_address'],
    ['with another field in its consent', consent({ note: 'x' }), 'consent.note'],
    ['to a page that is no page', { return_url: 'javascript:alert(1)' }, 'return_url'],
    ['to a page with a name in it', { return_url: 'https://a:b@example.test/' }, 'return_url'],
    ['to a page of backslashes', { return_url: 'https:\\\\evil.test' }, 'return_url'],
    ['for a type that is not offered', { payment_method_types: ['ideal'] }, 'payment_method_types.0'],
    ['for two types', { payment_method_types: ['sepa_debit', 'card'] }, 'payment_method_types'],
    ['for debits on-session', { payment_method_types: ['sepa_debit'], usage: 'on_session' }, 'usage'],
    [
      'for debits that an on-session consent covers',
      { payment_method_types: ['bacs_debit'], consent: { ...CONSENT, scope: 'on_session' } },
      'consent.scope',
    ],
    ['with too much metadata', { metadata: { a: 'x'.repeat(501) } }, 'metadata'],
  ])('%s', async (_what, more, path) => {
    const before = await api.count('consents');
    const answer = await api.post('/v1/setups', bodyOf(await newCustomer(), more));

    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(answer.body.errors.map((error) => error.path)).toContain(path);
    expect(await api.count('consents')).toBe(before);
  });

  test('for a customer of nobody', async () => {
    const answer = await api.post('/v1/setups', bodyOf(randomId('cst')));

    expect(answer).toMatchObject({ status: 404, body: { errors: [{ path: 'customer' }] } });
  });
});

test('a deployment that names its origins sends customers back to these only', async () => {
  const named = await createApiWorld({
    env: { RETURN_ORIGINS: 'https://Shop.example, https://shop.example:8443/' },
  });
  try {
    const customer = (await named.post('/v1/customers', { email: 'robin@example.test' })).body.id;
    const answers = [
      'https://shop.example/done?a=1',
      'https://SHOP.example:443',
      'https://shop.example:8443/done',
      'https://shop.example:8444/done',
      'https://shop.example.evil.example/',
      'https://evil.example/https://shop.example',
      'https://xn--shp-fna.example/',
      'https://shöp.example/',
      'http://shop.example/',
    ].map((return_url) => named.post('/v1/setups', bodyOf(customer, { return_url })));
    expect((await Promise.all(answers)).map(({ status, body }) => body.errors?.[0]?.path ?? status)).toEqual([
      ...[202, 202, 202],
      ...Array(6).fill('return_url'),
    ]);
  } finally {
    await named.close();
  }
});

test('a consent to be collected leaves its method unusable until it is', async () => {
  const customer = await newCustomer();
  const { accepted_at: _at, ip_address: _ip, user_agent: _ua, ...rest } = CONSENT;
  const created = await api.post('/v1/setups', bodyOf(customer, { consent: { ...rest, collect: true } }));
  expect(created.body.consent).toMatchObject({ collect: true, accepted_at: null, ip_address: null });
  await api.world.work();
  const { body } = await api.get(`/v1/setups/${created.body.id}`);
  await api.world.sdk.setupIntents.confirm(String(body.stripe_setup_intent_id), {
    payment_method: 'pm_card_visa',
    return_url: 'https://merchant.example.test/back',
  });
  await api.world.advance(60);
  await api.world.work();
  const method = String((await api.get(`/v1/setups/${created.body.id}`)).body.payment_method);

  expect((await api.get(`/v1/payment_methods/${method}`)).body.status).toBe('unusable');
  expect(await api.post(`/v1/payment_methods/${method}/accept`)).toMatchObject({
    status: 422,
    body: { code: 'consent_missing' },
  });
  expect((await api.get(`/v1/payment_methods/${method}`)).body.status).toBe('unusable');
});
