/** A second attempt that nobody answered: what the first one left at Stripe is not its outcome. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { anotherCard } from '../methods/following-world.ts';
import { atTheBank, attemptStates, clearWeather, intentOf } from './protocol-world.ts';

let world: World;
const CONFIRM = '/v1/payment_intents/:id/confirm';
const DAY_S = 86_400;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
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

/** Behind a press that the customer gave up at their bank, one with another card, which never reaches Stripe. */
async function pressedWithAnother(token?: string) {
  const { customer, charge, press } = await atTheBank(world, token);
  await world.advance(1_801);
  await world.work(['charge']);
  const { payment_method_id } = await anotherCard(world, customer);
  await world.simulator.control.webhooks({ paused: true });
  await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_before', times: 2 });
  const pressed = { ...press, payment_method_id };
  expect((await pressConfirm(world.deps, pressed)).outcome).toBe('processing');
  return { charge, pressed };
}

/** Past the use of its key, twice a minute apart. */
async function look(): Promise<void> {
  await world.advance(DAY_S);
  for (let minute = 0; minute < 4; minute += 1) {
    await world.work(['charge']);
    await world.advance(61);
  }
}

test('a press past its key is lost, not at the bank by the challenge that an earlier one left open', async () => {
  const { charge, pressed } = await pressedWithAnother();
  await look();
  expect(await attemptStates(world, charge)).toEqual(['authentication_required', 'abandoned', 'lost']);
  expect(await intentOf(world, charge)).toMatchObject({ status: 'requires_action' });
  await clearWeather(world);
  expect((await pressConfirm(world.deps, pressed)).outcome).toBe('paid');
  expect(await world.ledger(charge)).toMatchObject([{ successes: 1, confirms: 3 }]);
});

test('a press past its key is lost, not declined by the bank’s word on an earlier card', async () => {
  const { charge, pressed } = await pressedWithAnother('pm_card_threeDSecureRequiredChargeDeclined');
  await world.simulator.control.authenticate((await intentOf(world, charge)).id, 'succeed');
  const { last_error, latest_charge } = await intentOf(world, charge);
  expect(last_error?.payment_method).not.toBe(pressed.payment_method_id);
  expect(latest_charge).not.toBeNull();
  await look();

  expect(await attemptStates(world, charge)).toEqual(['authentication_required', 'abandoned', 'lost']);
  await clearWeather(world);
  expect((await pressConfirm(world.deps, pressed)).outcome).toBe('paid');
});

test('of two events under one key the newest tells the outcome: a late copy was carried out anew', async () => {
  const customer = await world.customer('pm_card_visa', ['insufficient_funds', 'succeed']);
  const charge = await world.charge(customer);
  await world.simulator.control.webhooks({ paused: true });
  await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_after', times: 2 });
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
