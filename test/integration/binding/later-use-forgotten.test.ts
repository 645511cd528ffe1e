/** That later use was asked for with a press outlives the row that noted it, because Stripe shows it. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createWorld, type World } from '../../harness/world.ts';
import { breaksOf, clearWeather, confirmsOf } from '../charge/protocol-world.ts';
import { forgotten } from './marked-world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

test('a PaymentIntent that is found with later use written is bound, and its customer asked, not confirmed', async () => {
  const { charge, customer, ids } = await forgotten(world, 'pm_card_visa', ['for_later']);

  await world.work(['charge']);

  const { charge: row, attempts, recovery } = await world.read(charge);
  expect(row).toMatchObject({
    state: 'action_required',
    stripe_payment_intent_id: ids[0],
    due_at: null,
    future_use_at: expect.any(Date),
  });
  expect(attempts).toEqual([]);
  expect(recovery).toMatchObject({ kind: 'replace', payment_method_id: customer.payment_method_id });
  expect(await confirmsOf(world, charge)).toHaveLength(0);
  expect(await breaksOf(world, charge)).toEqual([]);
});

test('a bound one that shows it before a retry is noted, and its customer asked, not confirmed', async () => {
  const customer = await world.customer('pm_card_visa', ['insufficient_funds', 'succeed']);
  const charge = await world.charge(customer);
  await world.work(['charge']);
  const { charge: waiting } = await world.read(charge);
  expect(waiting.state).toBe('retry_wait');
  const id = waiting.stripe_payment_intent_id ?? '';
  await world.sdk.paymentIntents.update(id, { setup_future_usage: 'off_session' });

  await world.advance(86_400);
  await world.work(['charge']);

  const { charge: row, recovery } = await world.read(charge);
  expect(row).toMatchObject({ state: 'action_required', future_use_at: expect.any(Date) });
  expect(recovery).toMatchObject({ kind: 'replace' });
  expect(await confirmsOf(world, charge)).toHaveLength(1);
});
