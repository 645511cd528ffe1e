/** A second attempt that nobody answered: what the first one left at Stripe is not its outcome. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createWorld, type World } from '../../harness/world.ts';
import { attemptStates, clearWeather } from './protocol-world.ts';

let world: World;
const CONFIRM = '/v1/payment_intents/:id/confirm';
const DAY_S = 86_400;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 400 } });
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

test('a second attempt past its key is lost, not declined once more by the first one’s charge', async () => {
  const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
  await world.work(['charge']);
  await world.simulator.control.webhooks({ paused: true });
  await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_before', times: 2 });
  await world.advance(DAY_S);
  await world.work(['charge']);
  expect(await attemptStates(world, charge)).toEqual(['declined', 'open']);

  await world.advance(DAY_S);
  for (let minute = 0; minute < 4; minute += 1) {
    await world.work(['charge']);
    await world.advance(61);
  }

  expect(await attemptStates(world, charge)).toEqual(['declined', 'lost', 'succeeded']);
  expect(await world.ledger(charge)).toMatchObject([{ successes: 1, confirms: 2 }]);
});

test('of two events under one key the newest tells the outcome: a late copy was carried out anew', async () => {
  const customer = await world.customer('pm_card_visa', ['insufficient_funds', 'succeed']);
  const charge = await world.charge(customer);
  await world.simulator.control.webhooks({ paused: true });
  await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_after', times: 1 });
  await world.work(['charge']);
  expect(await attemptStates(world, charge)).toEqual(['open']);
  const { charge: row, attempts } = await world.read(charge);

  // Stripe has forgotten the key when the network brings what it had kept.
  await world.advance(2 * DAY_S);
  await world.sdk.paymentIntents.confirm(
    row.stripe_payment_intent_id ?? '',
    { payment_method: customer.payment_method_id, off_session: true },
    { idempotencyKey: attempts[0]?.idempotency_key ?? '' },
  );
  await world.work(['charge']);

  expect((await world.read(charge)).charge.state).toBe('succeeded');
  expect(await attemptStates(world, charge)).toEqual(['succeeded']);
  expect(await world.ledger(charge)).toMatchObject([{ successes: 1, confirms: 2 }]);
});
