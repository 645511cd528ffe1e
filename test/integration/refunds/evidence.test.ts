/** What a merchant has to show for a payment, as JSON and as a page to print. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { termsOf } from '../../../src/domain/charge/charge-terms.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { atTheBank } from '../charge/protocol-world.ts';
import { ask, paid } from './refund-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

test('names consent, attempts, refunds and every move of the timeline', async () => {
  const charge = await paid(api);
  await ask(api, charge, { amount: 100 });
  await api.world.work();
  const { status, body } = await api.get(`/v1/charges/${charge}/evidence`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    object: 'charge_evidence',
    charge: { id: charge, refunds: [{ amount: 100 }], attempts: [{ status: 'succeeded' }] },
    customer: { object: 'customer' },
    payment_method: { object: 'payment_method' },
    consents: [{ text: expect.any(String), accepted_at: expect.any(String) }],
    mails: [],
    presses: [],
  });
  const timeline = (await api.get(`/v1/charges/${charge}/timeline`)).body.data;
  expect(body.timeline).toEqual(timeline);
  expect((await api.get('/v1/charges/chg_aaaaaaaaaaaaaaaaaaaaaaaa/evidence')).status).toBe(404);
});

test('names what the customer was mailed and pressed', async () => {
  const { charge } = await atTheBank(api.world);
  const { body } = await api.get(`/v1/charges/${charge}/evidence`);
  expect(body.presses).toMatchObject([{ kind: 'payment' }]);
  const asked = await api.world.charge(await api.world.customer('pm_card_authenticationRequired'));
  await api.world.work(['charge', 'recovery']);
  const { mails } = (await api.get(`/v1/charges/${asked}/evidence`)).body;
  expect(mails).toMatchObject([{ step: expect.any(String), status: 'queued', sent_at: null }]);
});

test('names the receipt, on the timeline too', async () => {
  const { sql } = api.world;
  const charge = await api.world.charge(await api.world.customer('pm_card_visa'));
  await sql`update charges set terms = ${sql.json({ ...termsOf(null, productionTimings), receipt: true })} where id = ${charge}`;
  await api.world.work(['charge']);
  const { mails, timeline } = (await api.get(`/v1/charges/${charge}/evidence`)).body;
  expect(mails).toMatchObject([{ recovery: null, step: 'receipt', status: 'queued', sent_at: null }]);
  const moves = timeline as unknown as readonly { entity: string; to: string }[];
  expect(moves.filter(({ entity }) => entity === 'message')).toMatchObject([{ to: 'queued' }]);
  const [clock] = await sql<{ now: Date }[]>`select dc_now() as now`;
  await sql`update messages set state = 'sending' where charge_id = ${charge}`;
  await sql`update messages set state = 'sent', sent_at = dc_now() where charge_id = ${charge}`;
  const since = String(clock?.now.toISOString());
  const { data } = (await api.get('/v1/charges', { query: { changed_after: since } })).body;
  expect((data as unknown as readonly { id: string }[]).map(({ id }) => id)).toEqual([charge]);
});

test('is a page for whoever asks for one, in which nothing runs and nothing is what it claims to be', async () => {
  const charge = await paid(api);
  await api.world.sql`
    update charges set description = ${'<script>alert(1)</script>" onload="x'}, revision = revision + 1 where id = ${charge}`;
  const page = await api.get(`/v1/charges/${charge}/evidence`, {
    headers: { accept: 'text/html,*/*;q=0.8' },
  });
  expect(page.status).toBe(200);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
  expect(page.headers['cache-control']).toBe('no-store');
  expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x');
  expect(page.text).not.toMatch(/<script|<a |<form|<img/);
  expect(page.text).toContain(charge);
});

test('of an erased customer keeps nothing that a merchant wrote on a refund, nor does what was told of it', async () => {
  const charge = await paid(api);
  const { customer_id } = (await api.world.read(charge)).charge;
  await ask(api, charge, { amount: 100, metadata: { note: 'said-of-robin' } });
  await api.world.work();
  const found = () => api.world.sql`
    select 1 from refunds where metadata::text like '%said-of-robin%'
    union all select 1 from events where facts::text like '%said-of-robin%'`;
  expect((await found()).length).toBeGreaterThan(0);
  expect((await api.erase(`/v1/customers/${customer_id}`)).status).toBe(200);
  await api.world.advance(541 * 86_400);
  await api.world.work();
  expect(await found()).toHaveLength(0);
  expect((await api.get('/v1/refunds', { query: { charge } })).body.data).toMatchObject([{ metadata: {} }]);
});
