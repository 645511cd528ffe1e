/** `GET /v1/charges`: by when they were made or changed, by their labels, and by what Stripe calls them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiWorld, bodyOf, createApiWorld } from './api-world.ts';

let api: ApiWorld;
/** Three charges, a minute apart, the oldest first. */
let charges: { id: string; created_at: string }[];

beforeAll(async () => {
  api = await createApiWorld();
  const saved = await api.world.customer('pm_card_visa');
  charges = [];
  for (let made = 0; made < 3; made += 1) {
    const metadata = { campaign: 'may', place: `${made}` };
    const { body } = await api.post('/v1/charges', { ...bodyOf(saved), ...(made > 0 && { metadata }) });
    charges.push({ id: String(body.id), created_at: String(body.created_at) });
    await api.world.advance(60);
  }
  await api.world.work();
});

afterAll(() => api.close());

async function listed(query: Record<string, string>): Promise<number[]> {
  const { status, body } = await api.get(`/v1/charges?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  return (body.data as readonly { id: string }[]).map(({ id }) =>
    charges.findIndex((charge) => charge.id === id),
  );
}

test('lists what was made after a moment, before another, and between both, never at the moment itself', async () => {
  const at = (number: number): string => charges[number]?.created_at ?? '';

  expect(await listed({ created_after: at(0) })).toEqual([2, 1]);
  expect(await listed({ created_before: at(2) })).toEqual([1, 0]);
  expect(await listed({ created_after: at(0), created_before: at(2) })).toEqual([1]);
  expect(await listed({ created_after: at(2) })).toEqual([]);
  expect(await listed({ created_after: at(0).replace('Z', '+00:00') })).toEqual([2, 1]);
});

test('finds the charge of a PaymentIntent, and none for one that is not ours', async () => {
  const { body } = await api.get(`/v1/charges/${charges[1]?.id}`);

  expect(await listed({ stripe_payment_intent_id: String(body.stripe_payment_intent_id) })).toEqual([1]);
  expect(await listed({ stripe_payment_intent_id: 'pi_of_somebody_else' })).toEqual([]);
});

test('finds charges by their labels, each of which is to be there', async () => {
  expect(await listed({ 'metadata[campaign]': 'may' })).toEqual([2, 1]);
  expect(await listed({ 'metadata[campaign]': 'may', 'metadata[place]': '1' })).toEqual([1]);
  expect(await listed({ 'metadata[campaign]': 'june' })).toEqual([]);
  expect(await listed({ 'metadata[campaign]': 'june', 'metadata[place]': '1' })).toEqual([]);
  expect(await listed({ 'metadata[campaign]': 'may', limit: '1' })).toEqual([2]);
});

test.each([
  ['metadata=may', 'metadata'],
  ['metadata[campaign]=may&metadata[campaign]=june', 'metadata.campaign'],
  ['metadata[campaign]=may&metadata=june', 'metadata'],
  ['metadata[]=may', '(unreadable)'],
  ['metadata[a][b]=may', '(unreadable)'],
  ['metadata[__proto__]=may', '(unreadable)'],
  ['customer[id]=cst_1', 'customer'],
  ['labels[campaign]=may', 'labels'],
])('refuses %s, and names %s', async (query, path) => {
  const { status, body } = await api.get(`/v1/charges?${query}`);

  expect([status, body.errors]).toMatchObject([400, [{ path }]]);
});

test('finds what changed after a moment: of itself, of its recovery, and of that one\u2019s mails', async () => {
  const before = async (): Promise<string> => {
    const [row] = await api.world.sql<{ now: Date }[]>`select dc_now() as now`;
    await api.world.advance(60);
    return row?.now.toISOString() ?? '';
  };
  const started = await before();
  expect(await listed({ changed_after: started })).toEqual([]);

  const saved = await api.world.customer('pm_card_authenticationRequired');
  const { body } = await api.post('/v1/charges', bodyOf(saved));
  charges.push({ id: String(body.id), created_at: String(body.created_at) });
  expect(await listed({ changed_after: started })).toEqual([3]);

  const taken = await before();
  await api.world.work();
  expect(await listed({ changed_after: taken })).toEqual([3]);
  const mailed = await before();
  expect(await listed({ changed_after: mailed })).toEqual([]);
  await api.world.advance(2 * 86_400);
  await api.world.work();
  expect(await listed({ changed_after: mailed })).toEqual([3]);
});

test.each(['created_after', 'created_before', 'changed_after'])(
  'names %s when it is no moment',
  async (field) => {
    const { status, body } = await api.get(`/v1/charges?${field}=yesterday`);

    expect([status, body.errors]).toMatchObject([400, [{ path: field }]]);
  },
);
