/**
 * What a merchant does in Stripe's dashboard with a payment of ours: refunds it in part, then whole; and what a customer's
 * bank does with another. All of it is on the charge, in its timeline, in the feed, and in the books.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { numberEventsOnce } from '../../../src/billing/events/number-events.ts';
import { reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { comes, intentOf, paid, shown } from './refund-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

test('refunds and a dispute made elsewhere are on the charge, in its timeline, in the feed, and in the books', async () => {
  const { world } = api;
  const charge = await paid(api);
  const payment_intent = await intentOf(world, charge);
  await world.sdk.refunds.create({ payment_intent, amount: 2_000 });
  await comes(api, async () => (await shown(api, charge)).amount_refunded, 2_000);
  await world.sdk.refunds.create({ payment_intent });
  await comes(api, async () => (await shown(api, charge)).amount_refunded, 5_000);
  const disputed = await paid(api, 'pm_card_createDispute', 3_000);
  await comes(api, async () => (await shown(api, disputed)).disputes.length, 1);
  await world.work();

  const timeline = async (id: string) =>
    (await api.get(`/v1/charges/${id}/timeline`)).body.data.map(({ entity, to }) => `${entity} ${to}`);
  expect((await timeline(charge)).filter((line) => line.startsWith('refund'))).toEqual([
    'refund pending',
    'refund succeeded',
    'refund pending',
    'refund succeeded',
  ]);
  expect(await timeline(disputed)).toContain('dispute open');

  while (await numberEventsOnce(world.deps));
  const feed = async (object: string) =>
    (await api.get('/v1/events', { query: { object, limit: '100' } })).body.data as unknown as {
      type: string;
      data: { object: { amount_refunded: number; disputes: unknown[] } };
    }[];
  const refunded = (await feed(charge)).filter(({ type }) => type === 'charge.refunded');
  expect(refunded.map(({ data }) => data.object.amount_refunded)).toEqual([2_000, 5_000]);
  const [told] = (await feed(disputed)).filter(({ type }) => type === 'charge.disputed');
  expect(told?.data.object.disputes).toMatchObject([{ status: 'needs_response', amount: 3_000 }]);

  const { sql, deps } = world;
  const books = await reconcile(
    { sql, stripe: deps.stripe, instance_id: deps.instance.id, recheck_ms: 0 },
    null,
  );
  expect(books.differences).toEqual([]);
  expect(books.sums).toEqual([
    {
      currency: 'eur',
      database: 3_000,
      stripe: 3_000,
      received: { database: 8_000, stripe: 8_000 },
      refunded: { database: 5_000, stripe: 5_000 },
    },
  ]);
});
