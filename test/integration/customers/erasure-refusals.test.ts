/** What is asked for an erased customer: each is refused for what it is, and nothing is written. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claimPayment } from '../../../src/billing/janitor/claim-payment.ts';
import { type ApiWorld, CONSENT, createApiWorld } from '../api/api-world.ts';
import {
  billBody,
  erase,
  findAnywhere,
  heldOf,
  ofThemselves,
  paid,
  personOf,
  register,
  settle,
  setupBody,
} from './erasure-world.ts';

let api: ApiWorld;
let erased: Awaited<ReturnType<typeof paid>>;
let before: string;

beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

beforeEach(async () => {
  erased = await paid(api);
  expect((await erase(api, erased.id)).status).toBe(200);
  await settle(api);
  before = await heldOf(api, erased.id);
});

type Asked = () => Promise<{ readonly status: number; readonly body: unknown }>;
const refusals: Record<string, Asked> = {
  'an address': () => api.patch(`/v1/customers/${erased.id}`, { email: erased.person.email }),
  labels: () => api.patch(`/v1/customers/${erased.id}`, { metadata: { name: erased.person.name } }),
  'to be resumed': () => api.post(`/v1/customers/${erased.id}/resume`),
  'another customer at Stripe': () =>
    api.post(`/v1/customers/${erased.id}/rebind`, { stripe_customer_id: null }),
  'their card as a default': () => api.post(`/v1/payment_methods/${erased.method}/default`),
  'their card accepted': () => api.post(`/v1/payment_methods/${erased.method}/accept`),
  'a charge': () =>
    api.post('/v1/charges', { ...billBody(erased.id, erased.person), reference: randomUUID() }),
  'a setup': () => api.post('/v1/setups', setupBody(erased.id, erased.person)),
  'another card adopted': () =>
    api.post('/v1/payment_methods', {
      customer: erased.id,
      stripe_payment_method_id: 'pm_another',
      consent: { ...CONSENT, ip_address: erased.person.ip_address },
    }),
};

describe('of an erased customer', () => {
  test.each(Object.keys(refusals))('%s is refused, and nothing is written', async (asked) => {
    expect(await refusals[asked]?.()).toMatchObject({ status: 422, body: { code: 'customer_erased' } });
    expect(await heldOf(api, erased.id)).toBe(before);
    expect(await findAnywhere(api, ofThemselves(erased.person))).toEqual([]);
  });

  test('money that turns up at Stripe is not claimed, but refunded', async () => {
    const intent = await api.world.sdk.paymentIntents.create(
      {
        ...{ amount: 900, currency: 'eur', payment_method: 'pm_card_visa', confirm: true },
        ...{ allowed_payment_method_types: ['card'], return_url: 'https://shop.example.test/' },
      },
      { idempotencyKey: `test:${randomUUID()}` },
    );
    const claim = { payment_intent: intent.id, customer: erased.id, reference: null };
    const deps = { ...api.world.deps, instance_id: api.world.deps.instance.id };
    const said = await claimPayment(deps, claim, { reason: 'test', by: 'robin' });
    expect(said).toMatchObject({ outcome: 'refused', because: expect.stringContaining('erased') });
    expect(await heldOf(api, erased.id)).toBe(before);
  });
});

describe('to register them again', () => {
  const refused = { status: 422, body: { code: 'customer_erased' } };

  test('under the same key is refused: what it made was erased', async () => {
    const answer = await register(api, erased.person);
    expect(answer).toMatchObject(refused);
    expect(answer.body.existing).toBe(erased.id);
    expect(answer.headers['idempotent-replayed']).toBeUndefined();
  });

  test('by the key alone is refused, where they had no reference', async () => {
    const body = { email: 'robin.keyed@example.test' };
    const key = randomUUID();
    const { id } = (await api.post('/v1/customers', body, { key })).body;
    await erase(api, id);
    const answer = await api.post('/v1/customers', body, { key });
    expect(answer).toMatchObject(refused);
    expect(answer.body.existing).toBe(id);
  });

  test('under their reference is refused, with another key, and with none', async () => {
    for (const key of [randomUUID(), null]) {
      const answer = await register(api, erased.person, key);
      expect(answer).toMatchObject(refused);
      expect(answer.body.existing).toBe(erased.id);
    }
    expect(await findAnywhere(api, ofThemselves(erased.person))).toEqual([]);
  });

  test('by the reference alone, from which the id was derived, is refused, too', async () => {
    const person = personOf();
    const { id } = (await register(api, person, null)).body;
    await erase(api, id);
    const answer = await register(api, person, null);
    expect(answer).toMatchObject(refused);
    expect(answer.body.existing).toBe(id);
  });

  test('with their customer at Stripe is refused', async () => {
    const body = { email: 'new@example.test', stripe_customer_id: erased.at_stripe };
    expect(await api.post('/v1/customers', body)).toMatchObject(refused);
  });

  test('as somebody new works: another reference, another id', async () => {
    const { reference: _, ...person } = erased.person;
    const answer = await api.post('/v1/customers', { email: person.email, name: person.name });
    expect(answer.status).toBe(201);
    expect(answer.body.id).not.toBe(erased.id);
  });
});

test('a repeated request for a charge that was made before says what became of it', async () => {
  const key = randomUUID();
  const person = personOf();
  const mine = await paid(api, person);
  const body = { ...billBody(mine.id, person), reference: `${person.bill_reference}-2` };
  const first = await api.post('/v1/charges', body, { key });
  await settle(api);
  await erase(api, mine.id);
  const again = await api.post('/v1/charges', body, { key });
  expect(again).toMatchObject({ status: 202, body: { id: first.body.id, status: 'succeeded' } });
});
