/** A person asks to be forgotten: what goes at once, what stays for their payments, and on which day that goes, too. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import {
  began,
  billBody,
  DAY_S,
  erase,
  findAnywhere,
  heldOf,
  ofTheirMoney,
  ofThemselves,
  paid,
  personOf,
  register,
  saved,
  settle,
} from './erasure-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

const shown = async (path: string) => (await api.get(path)).body;
const dayAfter = (from: unknown, days: number) =>
  new Date(Date.parse(String(from)) + days * DAY_S * 1_000).toISOString().slice(0, 10);

describe('while a charge is open', () => {
  test('it is refused with its own code, the charges named, and nothing is written', async () => {
    const person = personOf();
    const { id } = await saved(api, person);
    const due_at = '2099-01-01T00:00:00Z';
    const charge = await api.post('/v1/charges', { ...billBody(id, person), due_at });
    const before = await heldOf(api, id);
    expect(await erase(api, id)).toMatchObject({
      status: 409,
      body: { code: 'charges_open', charges: [charge.body.id] },
    });
    expect(await heldOf(api, id)).toBe(before);

    await api.post(`/v1/charges/${charge.body.id}/cancel`);
    await settle(api);
    expect(await erase(api, id)).toMatchObject({ status: 200, body: { erased_at: expect.any(String) } });
  });

  test('twenty of many are named', async () => {
    const person = personOf();
    const { id } = await saved(api, person);
    for (let n = 0; n < 21; n += 1) {
      const bill = {
        ...billBody(id, person),
        due_at: '2099-01-01T00:00:00Z',
        reference: `${person.bill_reference}-${n}`,
      };
      expect((await api.post('/v1/charges', bill)).status).toBe(202);
    }
    const refused = await erase(api, id);
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('some') } });
    expect(refused.body.charges).toHaveLength(20);
  });
});

describe('at once', () => {
  test('nothing of the person themselves is left anywhere, and their payments are still told', async () => {
    const { id, person, charge, method, setup } = await paid(api);
    await api.world.sql`
      update setups set accepted_ip_address = ${person.ip_address}, accepted_user_agent = ${person.user_agent}
      where id = ${setup}`;
    expect(await findAnywhere(api, ofThemselves(person))).not.toEqual([]);
    const { settled_at } = await shown(`/v1/charges/${charge}`);
    const erased = await erase(api, id);
    expect(erased).toMatchObject({
      status: 200,
      body: { erased_at: null, erased_on: dayAfter(settled_at, 540) },
    });
    expect(Object.keys(erased.body)).toEqual(['erased_at', 'erased_on']);
    expect(await findAnywhere(api, ofThemselves(person))).toEqual([]);

    expect(await shown(`/v1/customers/${id}`)).toMatchObject({
      ...{ email: null, name: null, locale: null, time_zone: null, reference: null, metadata: {} },
      ...{ default_payment_method: null, stopped_at: expect.any(String) },
      ...erased.body,
    });
    const bill = { description: person.bill, reference: person.bill_reference, status: 'succeeded' };
    expect(await shown(`/v1/charges/${charge}`)).toMatchObject(bill);
    expect(await shown(`/v1/payment_methods/${method}`)).toMatchObject({ card: { last4: '4242' } });
    expect((await shown(`/v1/setups/${setup}`)).consent).toMatchObject({
      ...{ text: person.consent_text, ip_address: null, user_agent: null },
      ...{ accepted_at: expect.any(String), revoked_at: expect.any(String) },
    });
  });

  test('Stripe is told that nothing is left, and lets go of the card; the customer there is not deleted', async () => {
    const { id, person, at_stripe, method } = await paid(api);
    const { sdk } = api.world;
    expect(await sdk.customers.retrieve(at_stripe)).toMatchObject({
      email: person.email,
      metadata: { reference: person.reference },
    });
    await erase(api, id);
    await settle(api);
    const there = await sdk.customers.retrieve(at_stripe);
    expect(there).toMatchObject({ email: null, name: null, preferred_locales: [] });
    expect(there).toMatchObject({ metadata: { dc_customer: id } });
    expect(there).not.toHaveProperty('deleted', true);
    expect(there).not.toHaveProperty('metadata.reference');
    expect((await sdk.paymentMethods.retrieve(method)).customer).toBeNull();
    expect(await shown(`/v1/payment_methods/${method}`)).toMatchObject({ status: 'detached' });
    expect(await findAnywhere(api, ofThemselves(person))).toEqual([]);
  });

  test('again is once: the same answer, and nothing is written', async () => {
    const { id } = await paid(api);
    const first = await erase(api, id);
    await settle(api);
    const before = await heldOf(api, id);
    expect((await erase(api, id)).body).toEqual(first.body);
    expect(await heldOf(api, id)).toBe(before);
  });

  test('the list finds them by nothing that they were', async () => {
    const { id, person, at_stripe } = await paid(api);
    await erase(api, id);
    const found = async (query: Record<string, string>) =>
      (await api.get('/v1/customers', { query })).body.data.map((each) => each.id);
    expect(await found({ email: person.email })).toEqual([]);
    expect(await found({ reference: person.reference })).toEqual([]);
    expect(await found({ query: person.name })).toEqual([]);
    expect(await found({ stripe_customer_id: at_stripe })).toEqual([id]);
  });

  test('an unknown customer is not found', async () => {
    expect((await erase(api, `cst_${'a'.repeat(24)}`)).status).toBe(404);
    expect((await erase(api, 'nonsense')).status).toBe(404);
  });
});

describe('who never paid', () => {
  test('is erased whole: nothing is left of what they agreed to, nor of their card', async () => {
    const person = personOf();
    const { id, method } = await saved(api, person);
    const erased = await erase(api, id);
    expect(erased.body).toEqual({
      erased_at: expect.any(String),
      erased_on: String(erased.body.erased_at).slice(0, 10),
    });
    await settle(api);
    await api.world.advance(600);
    await settle(api);
    expect(await findAnywhere(api, [...ofThemselves(person), ...ofTheirMoney(person)])).toEqual([]);
    expect((await shown(`/v1/payment_methods/${method}`)).card).toBeNull();
    const [row] = await api.world.sql`select state, due_at from customers where id = ${id}`;
    expect(row).toEqual({ state: 'erased', due_at: null });
  });

  test('loses all of it at once, before any worker has acted', async () => {
    const person = personOf();
    const { id, method } = await saved(api, person);
    expect(await findAnywhere(api, ofTheirMoney(person))).not.toEqual([]);
    await erase(api, id);
    expect(await findAnywhere(api, [...ofThemselves(person), ...ofTheirMoney(person)])).toEqual([]);
    expect((await shown(`/v1/payment_methods/${method}`)).card).toBeNull();
  });

  test('their open setup ends, as by a stop', async () => {
    const person = personOf();
    const { id, setup, intent } = await began(api, person);
    expect((await erase(api, id)).status).toBe(200);
    // The customer's turn comes first.
    await api.world.work(['customer']);
    await settle(api);
    expect((await shown(`/v1/setups/${setup}`)).status).toBe('canceled');
    expect((await api.world.sdk.setupIntents.retrieve(intent)).status).toBe('canceled');
    await api.world.advance(600);
    await settle(api);
    expect(await findAnywhere(api, [...ofThemselves(person), ...ofTheirMoney(person)])).toEqual([]);
  });

  test('and was not at Stripe yet never comes there', async () => {
    const person = personOf();
    const { id } = (await register(api, person)).body;
    expect((await erase(api, id)).body.erased_at).toEqual(expect.any(String));
    await api.world.work();
    const { data } = await api.world.sdk.customers.list({ email: person.email });
    expect(data).toEqual([]);
    const [row] = await api.world.sql`select state, due_at from customers where id = ${id}`;
    expect(row).toEqual({ state: 'erased', due_at: null });
  });
});
