/** A person with a card and a bill, by the API alone, and a search through everything that the database holds. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type ApiWorld, CONSENT } from '../api/api-world.ts';

export const DAY_S = 86_400;

/** Texts that stand nowhere else. */
export function personOf() {
  const mark = randomUUID().slice(0, 8);
  return {
    email: `robin.${mark}@example.test`,
    name: `Robin ${mark}`,
    reference: `person-${mark}`,
    locale: 'de-DE',
    time_zone: 'Europe/Berlin',
    metadata: { house: `house-${mark}` },
    ip_address: `2001:db8:${mark.slice(0, 4)}:${mark.slice(4)}::7`,
    user_agent: `Browser of ${mark}`,
    key: `key-${mark}`,
    consent_text: `I, ${mark}, allow it.`,
    bill: `Power of ${mark}`,
    bill_reference: `bill-${mark}`,
    bill_label: `label-${mark}`,
    bill_document: `document-${mark}`,
    setup_label: `setup-${mark}`,
    return_url: `https://shop.example.test/back/${mark}`,
  };
}
export type Person = ReturnType<typeof personOf>;

/** What is of the person themselves, and goes at once; and what is of their payments. */
export const ofThemselves = ({ email, name, reference, metadata, ip_address, user_agent, key }: Person) => [
  email,
  name,
  reference,
  metadata.house,
  ip_address,
  user_agent,
  key,
];
export const ofTheirMoney = (person: Person) => [
  person.consent_text,
  person.bill,
  person.bill_reference,
  person.bill_label,
  person.bill_document,
  person.setup_label,
  person.return_url,
];

const bodyOf = ({ email, name, reference, locale, time_zone, metadata }: Person) => ({
  ...{ email, name, reference, locale, time_zone, metadata },
});

export const register = (api: ApiWorld, person: Person, key: string | null = person.key) =>
  api.post('/v1/customers', bodyOf(person), { key });

export const setupBody = (customer: string, person: Person) => ({
  customer,
  consent: {
    ...CONSENT,
    text: person.consent_text,
    ip_address: person.ip_address,
    user_agent: person.user_agent,
  },
  metadata: { setup: person.setup_label },
  return_url: person.return_url,
});

/** A customer who is bound, with a setup that waits for their card. */
export async function began(api: ApiWorld, person: Person) {
  const { id } = (await register(api, person)).body;
  await api.world.work();
  const setup = await api.post('/v1/setups', setupBody(id, person), { key: `${person.key}-setup` });
  expect(setup.status).toBe(202);
  await api.world.work();
  const { stripe_setup_intent_id: intent } = (await api.get(`/v1/setups/${setup.body.id}`)).body;
  const { stripe_customer_id } = (await api.get(`/v1/customers/${id}`)).body;
  return { id, setup: setup.body.id, intent: String(intent), at_stripe: String(stripe_customer_id) };
}

/** They enter a card. */
export async function entered(api: ApiWorld, intent: string, card = 'pm_card_visa'): Promise<void> {
  await api.world.sdk.setupIntents.confirm(
    intent,
    { payment_method: card, return_url: 'https://shop.example.test/' },
    { idempotencyKey: `test:${randomUUID()}` },
  );
}

/** The same with a card on file. */
export async function saved(api: ApiWorld, person: Person, card = 'pm_card_visa') {
  const customer = await began(api, person);
  await entered(api, customer.intent, card);
  await api.world.advance(60);
  await api.world.work();
  const method = (await api.get(`/v1/setups/${customer.setup}`)).body.payment_method;
  expect(method).toEqual(expect.stringMatching(/^pm_/));
  return { ...customer, method: String(method) };
}

export const billBody = (customer: string, person: Person) => ({
  customer,
  amount: 1_250,
  currency: 'eur',
  description: person.bill,
  reference: person.bill_reference,
  metadata: { label: person.bill_label },
  document: { number: person.bill_document },
});

/** And a bill that is paid. */
export async function paid(api: ApiWorld, person: Person = personOf()) {
  const customer = await saved(api, person);
  const charge = await api.post('/v1/charges', billBody(customer.id, person));
  expect(charge.status).toBe(202);
  await settle(api);
  expect((await api.get(`/v1/charges/${charge.body.id}`)).body.status).toBe('succeeded');
  return { ...customer, person, charge: charge.body.id };
}

/** Works until every webhook is in and applied. */
export async function settle({ world }: ApiWorld): Promise<void> {
  await world.work();
  await expect.poll(async () => (await world.simulator.control.state()).undelivered).toBe(0);
  await world.work();
}

export const erase = (api: ApiWorld, id: string) => api.erase(`/v1/customers/${id}`);

/** Which of these texts stand in the database, and in which tables; every column of every table is read. */
export async function findAnywhere({ world: { sql } }: ApiWorld, texts: readonly string[]) {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;
  expect(tables.length).toBeGreaterThan(20);
  const found: string[] = [];
  for (const { name } of tables)
    for (const text of texts) {
      const rows = await sql.unsafe(
        `select 1 from ${name} t where position(lower($1) in lower(t::text)) > 0 limit 1`,
        [text],
      );
      if (rows.length > 0) found.push(`${name}: ${text}`);
    }
  return found.sort();
}

/** All that the database holds of a customer, to be compared. */
export async function heldOf({ world: { sql } }: ApiWorld, id: string) {
  const tables = ['consents', 'payment_methods', 'charges', 'setups'];
  const held = tables.map(
    (table) => sql`select t.*::text as row from ${sql(table)} t where t.customer_id = ${id} order by t.id`,
  );
  const customers = sql`select c.*::text as row from customers c where c.id = ${id}`;
  return JSON.stringify(await Promise.all([customers, ...held]));
}
