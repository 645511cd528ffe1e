/** What merchants are told: each change once, with the object as it then was, in the API's own words. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberEventsOnce } from '../../../src/billing/events/number-events.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, type Body, bodyOf, createApiWorld } from '../api/api-world.ts';

let api: ApiWorld;
let saved: SavedCustomer;
beforeAll(async () => {
  api = await createApiWorld();
  saved = await api.world.customer('pm_card_visa');
});
afterAll(() => api.close());

type Event = {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly data: { readonly object: Body };
};

async function toldOf(object: string): Promise<Event[]> {
  while (await numberEventsOnce(api.world.deps));
  const { body } = await api.get('/v1/events', { query: { object, limit: '100' } });
  return body.data as unknown as Event[];
}

const typesOf = async (object: string) => (await toldOf(object)).map(({ type }) => type);

test('a charge is told as it was at each change, and in the end as the API shows it', async () => {
  const { body: created } = await api.post('/v1/charges', bodyOf(saved, { metadata: { order: '1' } }));
  await api.world.work();

  const [first, last, ...more] = await toldOf(created.id);
  expect(more).toEqual([]);
  expect(first).toEqual({
    id: expect.stringMatching(/^dce_[a-z2-7]{24}$/),
    object: 'event',
    type: 'charge.created',
    created_at: created.created_at,
    livemode: false,
    version: created.version,
    data: { object: created },
  });
  expect(last?.type).toBe('charge.succeeded');
  expect(last?.data.object).toEqual((await api.get(`/v1/charges/${created.id}`)).body);
  expect(last?.version).toBe(last?.data.object.version);
});

test('a charge that needs its customer is told with its recovery, its mail, and the page that was visited', async () => {
  const asked = await api.world.customer('pm_card_authenticationRequired');
  const { body } = await api.post('/v1/charges', bodyOf(asked));
  await api.world.work(['charge']);

  const told = await toldOf(body.id);
  expect(told.map(({ type }) => type).sort()).toEqual([
    'charge.attempt_failed',
    'charge.created',
    'charge.requires_action',
    'recovery.opened',
  ]);
  const opened = told.find(({ type }) => type === 'recovery.opened');
  expect(opened?.data.object).toMatchObject({
    id: body.id,
    status: 'requires_action',
    recovery: { status: 'open' },
  });

  await api.world.sql`update recoveries set visited_at = dc_now() where charge_id = ${body.id}`;
  await api.world.sql`update recoveries set visited_at = dc_now() where charge_id = ${body.id}`;
  expect((await typesOf(body.id)).filter((type) => type === 'recovery.visited')).toHaveLength(1);
});

test('a page is visited, and an address refuses our mail: each is told once, and stands on the timeline', async () => {
  const asked = await api.world.customer('pm_card_authenticationRequired');
  const { body } = await api.post('/v1/charges', bodyOf(asked));
  await api.world.work(['charge']);
  await api.world.sql`update recoveries set visited_at = dc_now() where charge_id = ${body.id}`;
  await api.world.sql`update recoveries set bounced_at = dc_now() where charge_id = ${body.id}`;

  expect((await typesOf(body.id)).slice(-2)).toEqual(['recovery.visited', 'recovery.undeliverable']);
  const { body: timeline } = await api.get(`/v1/charges/${body.id}/timeline`);
  const told = await toldOf(body.id);
  expect(
    timeline.data
      .map(({ event }) => event)
      .filter((id) => id !== null)
      .sort(),
  ).toEqual(told.map(({ id }) => id).sort());
  expect(timeline.data.at(-1)).toMatchObject({ entity: 'recovery', to: 'undeliverable' });
});

describe('a setup', () => {
  test('is told from its birth to its end, and a card that a recovery asked for is not', async () => {
    const { body } = await api.post('/v1/setups', {
      customer: saved.customer_id,
      return_url: 'https://shop.example.test/back',
      consent: {
        scope: 'off_session',
        frequency: 'recurring',
        amount_basis: 'metered usage',
        text: 'I allow this.',
        version: '1',
        accepted_at: '2026-01-15T10:00:00Z',
        ip_address: '192.0.2.1',
        user_agent: 'A browser',
      },
    });
    await api.post(`/v1/setups/${body.id}/cancel`);
    await api.world.work();
    const told = await toldOf(body.id);
    expect(told.at(0)?.type).toBe('setup.created');
    expect(told.at(-1)?.type).toBe('setup.canceled');
    expect(told.at(-1)?.data.object).toEqual((await api.get(`/v1/setups/${body.id}`)).body);
  });
});

test('a customer changes: told once for each change that can be seen', async () => {
  const { body } = await api.post('/v1/customers', { email: 'robin@example.test', reference: randomUUID() });
  await api.patch(`/v1/customers/${body.id}`, { name: 'Robin' });
  await api.world.work();
  const told = await toldOf(body.id);
  expect(told.map(({ type }) => type).slice(0, 2)).toEqual(['customer.created', 'customer.updated']);
  expect(told[0]?.data.object).toMatchObject({ email: 'robin@example.test', name: null });
  expect(told[1]?.data.object).toMatchObject({ name: 'Robin' });
  expect(told.at(-1)?.data.object).toEqual((await api.get(`/v1/customers/${body.id}`)).body);
});

test('a method changes: told when it comes, when it is closed to charges and when it goes', async () => {
  const other = await api.world.customer('pm_card_visa');
  const { payment_method_id: id } = other;
  await api.world.sql`update payment_methods set state = 'unusable' where id = ${id}`;
  await api.world.sql`update payment_methods set revision = revision + 1 where id = ${id}`;
  await api.post(`/v1/payment_methods/${id}/detach`);
  await api.world.work();
  expect(await typesOf(id)).toEqual([
    'payment_method.attached',
    'payment_method.updated',
    'payment_method.detached',
  ]);
});

test('a consent is revoked: told once', async () => {
  const { consent_id } = await api.world.customer('pm_card_visa');
  await api.post(`/v1/consents/${consent_id}/revoke`);
  await api.post(`/v1/consents/${consent_id}/revoke`);
  const told = await toldOf(consent_id);
  expect(told.map(({ type }) => type)).toEqual(['consent.revoked']);
  expect(told[0]?.data.object).toMatchObject({ id: consent_id, revoked_at: expect.any(String) });
});

test('what was told of a person is forgotten with them', async () => {
  const { body } = await api.post('/v1/customers', {
    email: 'kim@example.test',
    name: 'Kim',
    reference: randomUUID(),
  });
  await api.erase(`/v1/customers/${body.id}`);
  await api.world.work();
  const told = await toldOf(body.id);
  expect(told.map(({ type }) => type)).toContain('customer.erased');
  for (const event of told) {
    expect(event.data.object).toMatchObject({ email: null, name: null, reference: null, metadata: {} });
  }
});
