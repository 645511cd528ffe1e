/** The evidence of an erased customer's payments: how long it is kept, and that it then goes from everywhere. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { bringDispute } from '../../../src/store/charge/disputes.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { DAY_S, erase, findAnywhere, ofTheirMoney, ofThemselves, paid, settle } from './erasure-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

const shown = async (path: string) => (await api.get(path)).body;

async function pass(days: number): Promise<void> {
  await api.world.advance(days * DAY_S);
  await settle(api);
}

const erasedAt = async (id: string) => (await shown(`/v1/customers/${id}`)).erased_at;

test('it stays for as long as a card’s payment can come back, and is gone after; amounts, states and times stay', async () => {
  const { id, person, charge, method, setup } = await paid(api);
  const before = await shown(`/v1/charges/${charge}`);
  await erase(api, id);
  await pass(539);
  expect(await erasedAt(id)).toBeNull();
  const kept = await findAnywhere(api, ofTheirMoney(person));
  for (const text of ofTheirMoney(person)) expect(kept.join()).toContain(text);

  await pass(1);
  expect(await erasedAt(id)).toEqual(expect.any(String));
  expect(await findAnywhere(api, [...ofTheirMoney(person), ...ofThemselves(person)])).toEqual([]);
  const [held] = await api.world.sql`
    select card_brand, card_last4, card_exp_month, card_exp_year, fingerprint_hash, mandate_id
    from payment_methods where id = ${method}`;
  expect(Object.values(held ?? {})).toEqual(Array(6).fill(null));
  const { id: _, ...books } = before;
  expect(await shown(`/v1/charges/${charge}`)).toMatchObject({
    ...{ amount: books.amount, currency: books.currency, status: books.status, settled_at: books.settled_at },
    ...{ stripe_payment_intent_id: books.stripe_payment_intent_id, payment_method: method, customer: id },
    ...{ description: '', reference: null, metadata: {}, document: null },
  });
  expect(await shown(`/v1/setups/${setup}`)).toMatchObject({ metadata: {}, consent: { text: '' } });
  const [row] = await api.world
    .sql`select state, due_at, erased_at::date::text as day from customers where id = ${id}`;
  expect(row).toMatchObject({ state: 'erased', due_at: null });
  expect((await shown(`/v1/customers/${id}`)).erased_on).toBe(row?.day);
});

test.each([
  ['sepa_debit', '13 months'],
  ['au_becs_debit', '7 years'],
])('of a %s it stays for %s', async (type, span) => {
  const { id, charge, method } = await paid(api);
  await api.world.sql`update payment_methods set type = ${type} where id = ${method}`;
  const [expected] = await api.world.sql`
    select ((settled_at at time zone 'UTC' + ${span}::interval)::date)::text as day from charges where id = ${charge}`;
  expect((await erase(api, id)).body.erased_on).toBe(expected?.day);
});

test('of two payments the one that can come back last counts', async () => {
  const { id, person, charge } = await paid(api);
  await pass(100);
  const bill = { customer: id, amount: 500, currency: 'eur', description: person.bill };
  const later = (await api.post('/v1/charges', bill)).body.id;
  await settle(api);
  const day = async (of: string) => Date.parse(String((await shown(`/v1/charges/${of}`)).settled_at));
  const { erased_on } = (await erase(api, id)).body;
  expect(erased_on).toBe(new Date((await day(later)) + 540 * DAY_S * 1_000).toISOString().slice(0, 10));
  expect(await day(later)).toBeGreaterThan(await day(charge));
});

test('the books agree with Stripe’s before that day and after, and break no rule', async () => {
  const { id } = await paid(api);
  const { sql, stripe, instance } = api.world.deps;
  const differences = async () =>
    (await reconcile({ sql, stripe, instance_id: instance.id, recheck_ms: 0 }, null)).differences;
  await erase(api, id);
  await settle(api);
  expect(await differences()).toEqual([]);
  await pass(541);
  expect(await erasedAt(id)).toEqual(expect.any(String));
  expect(await differences()).toEqual([]);
});

test('while money is asked back it is kept, and its day is told anew; after that it goes', async () => {
  const { id, charge, person } = await paid(api);
  const { erased_on } = (await erase(api, id)).body;
  const dispute = {
    ...{ id: 'du_1', reason: 'fraudulent', charge: 'ch_1', payment_intent: null },
    ...{ amount_minor: 1_250, currency: 'eur', livemode: false },
  };
  const by = { cause: 'webhook', cause_reference: null };
  await bringDispute(api.world.sql, charge, { ...dispute, status: 'needs_response' }, false, by);
  await pass(541);
  expect(await erasedAt(id)).toBeNull();
  const told = (await shown(`/v1/customers/${id}`)).erased_on;
  expect(String(told) > String(erased_on)).toBe(true);
  expect(await findAnywhere(api, [person.consent_text])).not.toEqual([]);

  await bringDispute(api.world.sql, charge, { ...dispute, status: 'lost' }, false, by);
  await pass(2);
  expect(await erasedAt(id)).toEqual(expect.any(String));
  expect(await findAnywhere(api, ofTheirMoney(person))).toEqual([]);
});

test('while a person has to look at a charge of theirs nothing of it goes, though none was paid by the books', async () => {
  const { id, charge } = await paid(api);
  await api.world.sql`
    insert into breaks (kind, entity_id, observed) values ('amount_differs', ${charge}, '{}')`;
  await erase(api, id);
  await pass(541);
  expect(await erasedAt(id)).toBeNull();
  await api.world.sql`update breaks set closed_by = 'test' where entity_id = ${charge}`;
  await pass(2);
  expect(await erasedAt(id)).toEqual(expect.any(String));
});

test('what earlier releases kept of an event goes with it', async () => {
  const { id, method, charge, person } = await paid(api);
  const { stripe_payment_intent_id: intent } = await shown(`/v1/charges/${charge}`);
  await api.world.sql`
    insert into inbox_events (id, state, type, object_type, object_id, livemode, stripe_created_at, projection) values
      (${`evt_old_${method}`}, 'applied', 'payment_method.updated', 'payment_method', ${method}, false, dc_now(),
       ${api.world.sql.json({ object: 'payment_method', snapshot: { id: method, card: { last4: '4242' } } })}),
      (${`evt_old_${charge}`}, 'applied', 'payment_intent.succeeded', 'payment_intent', ${String(intent)}, false, dc_now(),
       ${api.world.sql.json({ object: 'payment_intent', snapshot: { metadata: { reference: person.bill_reference } } })})`;
  await erase(api, id);
  await pass(541);
  const rows = await api.world.sql`
    select projection from inbox_events where id in (${`evt_old_${method}`}, ${`evt_old_${charge}`}) order by object_type`;
  expect(rows.map(({ projection }) => projection)).toEqual([
    { object: 'payment_intent', snapshot: { metadata: {} } },
    { object: 'payment_method', snapshot: { id: method, card: null } },
  ]);
});

test('a verdict goes with the card, unless somebody else has it', async () => {
  const [mine, theirs] = [await paid(api), await paid(api)];
  const { sql } = api.world;
  const cardOf = async (method: string) => {
    const [row] = await sql`select card_id, card_data(m) as data from payment_methods m where id = ${method}`;
    return { card_id: String(row?.card_id), data: String(row?.data) };
  };
  const { card_id, data } = await cardOf(mine.method);
  // The same number, saved by another.
  await sql`update payment_methods set fingerprint_hash = ${card_id} where id = ${theirs.method}`;
  await sql`
    insert into card_verdicts (card_id, customer_id, data, reason, asks, charge_id, at) values
      (${card_id}, '', ${data}, 'stolen_card', 'replace', ${mine.charge}, dc_now()),
      (${card_id}, ${mine.id}, '', 'stop_payment_order', 'stop', ${mine.charge}, dc_now())`;
  const left = () =>
    sql`select customer_id from card_verdicts where card_id = ${card_id} order by customer_id`;
  await erase(api, mine.id);
  await pass(541);
  expect(await left()).toEqual([{ customer_id: '' }]);
  await erase(api, theirs.id);
  await pass(1);
  expect(await left()).toEqual([]);
});
