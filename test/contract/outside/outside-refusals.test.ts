/** Every refusal that the API promises, by a program that knows the promises and nothing else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chargeWhen, consent, newCharge, newCustomer, readMethods, savedCard } from './outside-merchant.ts';
import { customerShape, erasedShape, type Problem } from './outside-shapes.ts';
import { ask, fresh, openWorld, read, refused, type World } from './outside-world.ts';

let world: World;
let customer = '';
let method = '';
let setup = '';
let charge = '';

beforeAll(async () => {
  world = await openWorld();
  const saved = await savedCard(world);
  customer = saved.customer;
  method = saved.method;
  setup = saved.setup.id;
  charge = (await newCharge(world, customer, { due_at: '2099-01-01T00:00:00Z' })).id;
});
afterAll(() => world?.close());

const paths = (problem: Problem) => (problem.errors ?? []).map(({ path }) => path).sort();
const chargeBody = (fields: object = {}) => ({
  customer,
  amount: 1_000,
  currency: 'eur',
  description: 'x',
  ...fields,
});
const setupBody = (fields: object = {}) => ({
  customer,
  consent,
  return_url: 'https://shop.example/done',
  ...fields,
});

describe('a shape is refused with the path of every error', () => {
  test.each<[string, string, () => object, string[]]>([
    ['two fields', '/v1/charges', () => chargeBody({ amount: '10', currency: 7 }), ['amount', 'currency']],
    ['fields missing', '/v1/charges', () => ({ amount: 100 }), ['currency', 'customer', 'description']],
    ['an amount with a fraction', '/v1/charges', () => chargeBody({ amount: 10.5 }), ['amount']],
    ['a field nobody knows', '/v1/charges', () => chargeBody({ amonut: 1 }), ['amonut']],
    ['no time', '/v1/charges', () => chargeBody({ due_at: 'tomorrow' }), ['due_at']],
    ['metadata that is no text', '/v1/charges', () => chargeBody({ metadata: { a: 1 } }), ['metadata.a']],
    ['no consent', '/v1/setups', () => setupBody({ consent: undefined }), ['consent']],
    [
      'a consent without evidence',
      '/v1/setups',
      () => setupBody({ consent: { ...consent, ip_address: undefined } }),
      ['consent.ip_address'],
    ],
    [
      'a consent given in the future',
      '/v1/setups',
      () => setupBody({ consent: { ...consent, accepted_at: '2099-01-01T00:00:00Z' } }),
      ['consent.accepted_at'],
    ],
    ['another way of saving', '/v1/setups', () => setupBody({ via: 'fax' }), ['via']],
    ['no address to return to', '/v1/setups', () => setupBody({ return_url: 'shop' }), ['return_url']],
    ['no e-mail address', '/v1/customers', () => ({ email: 'nobody' }), ['email']],
    [
      'no method of Stripe',
      '/v1/payment_methods',
      () => ({ customer, stripe_payment_method_id: 5, consent }),
      ['stripe_payment_method_id'],
    ],
  ])('%s', async (_name, path, body, named) => {
    const problem = refused(await world.call('POST', path, body()), 400, 'invalid_request');
    expect(paths(problem)).toEqual(named);
  });

  test.each(['-1', '21', '1.5', 'x', ''])('wait=%s', async (wait) => {
    const problem = refused(
      await world.call('GET', `/v1/charges/${charge}?wait=${wait}`),
      400,
      'invalid_request',
    );
    expect(paths(problem)).toEqual(['wait']);
    refused(await world.call('GET', `/v1/setups/${setup}?wait=${wait}`), 400, 'invalid_request');
  });

  test('a body that is no JSON', async () => {
    const answer = await ask(new URL('/v1/charges', world.ready.api_url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${world.ready.api_key}`,
        'content-type': 'application/json',
        'idempotency-key': fresh('k'),
      },
      body: '{"amount":',
    });
    refused(answer, 400, 'invalid_request');
  });

  test('the name of somebody unknown, as not found', async () => {
    const answer = await world.call('POST', '/v1/charges', chargeBody({ customer: `cst_${'a'.repeat(24)}` }));
    expect(paths(refused(answer, 404, 'not_found'))).toEqual(['customer']);
  });

  test('a cursor and a limit', async () => {
    for (const query of ['limit=0', 'limit=x', 'cursor=nonsense']) {
      const answer = await world.call('GET', `/v1/charges?${query}`);
      const problem = refused(answer, 400, 'invalid_request');
      expect(paths(problem)).toEqual([query.split('=')[0]]);
    }
  });
});

test('an Idempotency-Key is required where money comes from and on the verbs, and optional elsewhere', async () => {
  const missing = { idempotency_key: null };
  for (const [path, body] of [
    ['/v1/charges', chargeBody()],
    ['/v1/setups', setupBody()],
    ['/v1/payment_methods', { customer, stripe_payment_method_id: 'pm_x', consent }],
    [`/v1/charges/${charge}/cancel`, undefined],
    [`/v1/setups/${setup}/cancel`, undefined],
    [`/v1/payment_methods/${method}/accept`, undefined],
    [`/v1/payment_methods/${method}/default`, undefined],
    [`/v1/payment_methods/${method}/detach`, undefined],
    [`/v1/charges/${charge}/recovery/resend`, undefined],
  ] as const) {
    refused(await world.call('POST', path, body, missing), 400, 'idempotency_key_missing');
  }
  const made = await world.call('POST', '/v1/customers', { email: 'a@example.com' }, missing);
  expect(made.status).toBe(201);
});

test('no key, a wrong key and a key without the scope', async () => {
  for (const key of [null, 'dc_test_nobody', `${world.ready.api_key}x`]) {
    refused(await world.call('GET', '/v1/charges', undefined, { key }), 401, 'unauthenticated');
    refused(await world.call('POST', '/v1/charges', chargeBody(), { key }), 401, 'unauthenticated');
  }
});

test('unknown and malformed ids alike are not found', async () => {
  const unknown = `chg_${'a'.repeat(24)}`;
  const texts = new Set<string>();
  for (const id of [unknown, 'chg_', 'nonsense', 'set_x', '%00', 'a'.repeat(300)]) {
    const answers = await Promise.all([
      world.call('GET', `/v1/charges/${id}`),
      world.call('GET', `/v1/charges/${id}/timeline`),
      world.call('POST', `/v1/charges/${id}/cancel`),
      world.call('POST', `/v1/charges/${id}/recovery/resend`),
      world.call('GET', `/v1/setups/${id}`),
      world.call('POST', `/v1/setups/${id}/cancel`),
      world.call('GET', `/v1/customers/${id}`),
      world.call('GET', `/v1/customers/${id}/payment_methods`),
      world.call('POST', `/v1/payment_methods/${id}/detach`),
      world.call('POST', `/v1/payment_methods/${id}/accept`),
      world.call('POST', `/v1/payment_methods/${id}/default`),
      world.call('POST', `/v1/consents/${id}/revoke`),
    ]);
    for (const answer of answers) {
      refused(answer, 404, 'not_found');
      texts.add(answer.text);
    }
  }
  expect([...texts]).toHaveLength(1);
  refused(await world.call('GET', '/v1/nowhere'), 404, 'not_found');
});

describe('well-formed but refused', () => {
  test.each<[string, () => object]>([
    ['amount_too_small', () => chargeBody({ amount: 1 })],
    ['amount_too_small', () => chargeBody({ amount: -5 })],
    ['amount_too_large', () => chargeBody({ amount: 100_000_000 })],
    ['currency_unknown', () => chargeBody({ currency: 'zzz' })],
  ])('%s', async (code, body) => {
    refused(await world.call('POST', '/v1/charges', body()), 422, code);
  });

  test('no_payment_method', async () => {
    const { id } = await newCustomer(world);
    refused(await world.call('POST', '/v1/charges', chargeBody({ customer: id })), 422, 'no_payment_method');
  });

  test('consent_missing, for an on-session consent and for a revoked one', async () => {
    const here = await savedCard(world, 'pm_card_visa', {
      setup: { consent: { ...consent, scope: 'on_session' }, usage: 'on_session' },
    });
    refused(
      await world.call('POST', '/v1/charges', chargeBody({ customer: here.customer })),
      422,
      'consent_missing',
    );
    const gone = await savedCard(world);
    expect((await world.call('POST', `/v1/consents/${gone.setup.consent.id}/revoke`)).status).toBe(200);
    const body = chargeBody({ customer: gone.customer });
    refused(await world.call('POST', '/v1/charges', body), 422, 'consent_missing');
  });

  test('consent_used', async () => {
    const once = await savedCard(world, 'pm_card_visa', {
      setup: { consent: { ...consent, frequency: 'one_time' } },
    });
    await newCharge(world, once.customer);
    const answer = await world.call('POST', '/v1/charges', chargeBody({ customer: once.customer }));
    refused(answer, 422, 'consent_used');
  });

  test('payment_method_unusable', async () => {
    const other = await savedCard(world);
    const body = chargeBody({ payment_method: other.method });
    refused(await world.call('POST', '/v1/charges', body), 422, 'payment_method_unusable');
    await world.call('POST', `/v1/payment_methods/${other.method}/detach`);
    const own = chargeBody({ customer: other.customer, payment_method: other.method });
    refused(await world.call('POST', '/v1/charges', own), 422, 'payment_method_unusable');
    const [detached] = await readMethods(world, other.customer);
    expect(detached?.status ?? 'detached').toBe('detached');
  });

  test('idempotency_mismatch', async () => {
    const idempotency_key = fresh('k');
    const first = await world.call('POST', '/v1/charges', chargeBody({ due_at: '2099-01-01T00:00:00Z' }), {
      idempotency_key,
    });
    expect(first.status).toBe(202);
    const second = await world.call('POST', '/v1/charges', chargeBody({ amount: 1_001 }), {
      idempotency_key,
    });
    refused(second, 422, 'idempotency_mismatch');
  });
});

test('a replay answers the first status and the object as it is now', async () => {
  const idempotency_key = fresh('k');
  const body = chargeBody({ due_at: '2099-01-01T00:00:00Z' });
  const first = await world.call('POST', '/v1/charges', body, { idempotency_key });
  const { id } = JSON.parse(first.text);
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  expect((await world.call('POST', `/v1/charges/${id}/cancel`)).status).toBe(202);
  await chargeWhen(world, id, 'canceled');
  const again = await world.call('POST', '/v1/charges', body, { idempotency_key });
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
  expect(JSON.parse(again.text)).toMatchObject({ id, status: 'canceled' });
  // Another route has keys of its own.
  const other = await world.call('POST', '/v1/setups', setupBody(), { idempotency_key });
  expect([other.status, other.headers.get('idempotent-replayed')]).toEqual([202, null]);
});

test('a person is forgotten only once nothing of theirs is open, and takes nothing any more', async () => {
  const person = await savedCard(world);
  const path = `/v1/customers/${person.customer}`;
  const paid = await newCharge(world, person.customer);
  await chargeWhen(world, paid.id, 'succeeded');
  const { id } = await newCharge(world, person.customer, { due_at: '2099-01-01T00:00:00Z' });
  expect(refused(await world.call('DELETE', path), 409, 'charges_open').charges).toEqual([id]);
  await world.call('POST', `/v1/charges/${id}/cancel`);
  await chargeWhen(world, id, 'canceled');

  const { erased_at, erased_on } = read(erasedShape, await world.call('DELETE', path));
  expect(erased_at).toBeNull();
  const left = { email: null, name: null, metadata: {}, erased_at, erased_on };
  expect(read(customerShape, await world.call('GET', path))).toMatchObject(left);
  const charge = await world.call('POST', '/v1/charges', chargeBody({ customer: person.customer }));
  refused(charge, 422, 'customer_erased');
  refused(await world.call('PATCH', path, { name: 'Robin' }), 422, 'customer_erased');
});

test('a reference that is taken names the charge that has it', async () => {
  const reference = fresh('invoice');
  const { id } = await newCharge(world, customer, { reference, due_at: '2099-01-01T00:00:00Z' });
  const answer = await world.call('POST', '/v1/charges', chargeBody({ reference }));
  refused(answer, 409, 'reference_taken');
  expect(answer.text).toContain(id);
});
