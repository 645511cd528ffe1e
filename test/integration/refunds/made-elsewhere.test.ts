/** Refunds that nobody asked for here: found by webhook, by the list of events, and by walking Stripe's list. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { sweepEventsOnce } from '../../../src/billing/janitor/sweep-events.ts';
import { sweepReturnsOnce } from '../../../src/billing/refund/sweep-returns.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { ask, atStripe, comes, intentOf, paid, shown, told } from './refund-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld({ timings: { stripeTimeoutMs: 1_500 } });
});
afterAll(() => api.close());

async function refundElsewhere(charge: string, amount?: number): Promise<void> {
  const payment_intent = await intentOf(api.world, charge);
  await api.world.sdk.refunds.create({ payment_intent, ...(amount === undefined ? {} : { amount }) });
}

const amounts = async (charge: string) => {
  const { amount_refunded, refunds } = await shown(api, charge);
  return [amount_refunded, refunds.map(({ origin, status }) => `${origin} ${status}`)];
};

/** Nothing that Stripe sent ever arrived. */
const loseWebhooks = () => api.world.simulator.control.webhooks({ paused: true });
const hearAgain = () => api.world.simulator.control.webhooks({ paused: false });

test('a refund in the dashboard is told by webhook, whole or in part, once', async () => {
  const charge = await paid(api);
  await refundElsewhere(charge, 2_000);
  await comes(api, () => amounts(charge), [2_000, ['stripe succeeded']]);
  await refundElsewhere(charge);
  await comes(api, () => amounts(charge), [5_000, ['stripe succeeded', 'stripe succeeded']]);
  await api.world.work();
  expect(await amounts(charge)).toEqual([5_000, ['stripe succeeded', 'stripe succeeded']]);
  const ids = (await shown(api, charge)).refunds.map(({ id }) => id);
  expect(await told(api, ...ids)).toEqual([
    'refund.created',
    'refund.succeeded',
    'refund.created',
    'refund.succeeded',
  ]);
  expect((await told(api, charge)).filter((type) => type === 'charge.refunded')).toHaveLength(2);
  expect((await ask(api, charge)).body.code).toBe('already_refunded');
});

test('with every webhook lost it is found by the list of events', async () => {
  const charge = await paid(api);
  await loseWebhooks();
  await refundElsewhere(charge, 700);
  await api.world.advance(3_700);
  await sweepEventsOnce(api.world.deps);
  await api.world.work();
  expect(await amounts(charge)).toEqual([700, ['stripe succeeded']]);
  await hearAgain();
});

test('with every event lost too it is found by walking the list of refunds', async () => {
  const charge = await paid(api);
  await loseWebhooks();
  await refundElsewhere(charge, 800);
  await api.world.advance(6 * 3_600);
  await sweepReturnsOnce(api.world.deps);
  expect(await amounts(charge)).toEqual([800, ['stripe succeeded']]);
  await api.world.advance(6 * 3_600);
  await sweepReturnsOnce(api.world.deps);
  expect(await amounts(charge)).toEqual([800, ['stripe succeeded']]);
  await hearAgain();
});

test('a refund of ours is never written down a second time, whoever tells of it', async () => {
  const charge = await paid(api);
  await ask(api, charge, { amount: 900 });
  await api.world.work();
  await api.world.advance(6 * 3_600);
  await sweepReturnsOnce(api.world.deps);
  await sweepEventsOnce(api.world.deps);
  await api.world.work();
  expect(await amounts(charge)).toEqual([900, ['api succeeded']]);
  expect(await atStripe(api, charge)).toHaveLength(1);
});

test('a refund proves the payment: a charge that had not heard of it hears it first, and its recovery ends', async () => {
  const { world } = api;
  const charge = await world.charge(await world.customer('pm_card_visa'), 5_000);
  await loseWebhooks();
  const match = { route: '/v1/payment_intents/:id/confirm', method: 'POST' } as const;
  await world.simulator.control.faults({ match, action: 'hang_after', times: 1 });
  await world.work(['charge']);
  await world.sql`update charges set due_at = null where id = ${charge}`;
  expect((await shown(api, charge)).status).toBe('processing');
  await refundElsewhere(charge);
  await world.advance(6 * 3_600);
  await sweepReturnsOnce(world.deps);
  expect(await shown(api, charge)).toMatchObject({ status: 'succeeded', amount_refunded: 5_000 });
  expect(
    await world.sql`select 1 from recoveries where charge_id = ${charge} and state = 'open'`,
  ).toHaveLength(0);
  await hearAgain();
});

test('an old word does not undo a newer one', async () => {
  const charge = await paid(api, 'pm_card_refundFail');
  await refundElsewhere(charge);
  await comes(api, () => amounts(charge), [5_000, ['stripe succeeded']]);
  await api.world.advance(3_700);
  await comes(api, () => amounts(charge), [0, ['stripe failed']]);
  await api.world.sql`update inbox_events set state = 'received', due_at = dc_now() where state = 'ignored'`;
  expect(await amounts(charge)).toEqual([0, ['stripe failed']]);
});

test('both sides agree in net amounts afterwards', async () => {
  await api.world.work();
  const { sql, deps } = api.world;
  const found = await reconcile(
    { sql, stripe: deps.stripe, instance_id: deps.instance.id, recheck_ms: 0 },
    null,
  );
  expect(found.differences).toEqual([]);
});
