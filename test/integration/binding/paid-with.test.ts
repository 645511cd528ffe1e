/** With which card a charge was paid: Stripe's word, also when it is not the card of the attempt that is open. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { atTheBank, attemptStates, clearWeather, intentOf, tell } from '../charge/protocol-world.ts';

const CONFIRM = '/v1/payment_intents/:id/confirm';
let world: World;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

/** Another card of the same customer. */
async function anotherCard(charge: string): Promise<string> {
  const [row] = await world.sql`
    select u.id, u.stripe_customer_id, c.consent_id from charges c join customers u on u.id = c.customer_id
    where c.id = ${charge}`;
  const { id } = await world.sdk.paymentMethods.attach('pm_card_visa', { customer: row?.stripe_customer_id });
  await world.sql`
    insert into payment_methods (id, state, customer_id, consent_id, type, usage)
    values (${id}, 'usable', ${row?.id}, ${row?.consent_id}, 'card', 'off_session')`;
  return id;
}

async function paidWith(charge: string): Promise<unknown> {
  const [row] = await world.sql`select paid_with from charges where id = ${charge}`;
  return row?.paid_with;
}

test('a challenge that is passed in an old tab is not told as a payment with the new card', async () => {
  const { charge, press } = await atTheBank(world);
  const old = press.payment_method_id;
  await world.advance(1_801);
  await world.work(['charge']);
  const card = await anotherCard(charge);
  await world.simulator.control.webhooks({ paused: true });
  await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_before', times: 2 });
  expect((await pressConfirm(world.deps, { ...press, payment_method_id: card })).outcome).toBe('processing');

  await world.simulator.control.authenticate((await intentOf(world, charge)).id, 'succeed');
  const paid = await intentOf(world, charge);
  expect(paid).toMatchObject({ status: 'succeeded', payment_method: old });
  await tell(world, paid);

  expect((await world.read(charge)).charge.state).toBe('succeeded');
  expect(await attemptStates(world, charge)).toEqual(['authentication_required', 'abandoned', 'canceled']);
  expect(await paidWith(charge)).toBe(old);
});

test('the answer to an attempt is its own success, and names its card', async () => {
  const { charge, press } = await atTheBank(world);
  await world.advance(1_801);
  await world.work(['charge']);
  const card = await anotherCard(charge);
  expect((await pressConfirm(world.deps, { ...press, payment_method_id: card })).outcome).toBe('paid');
  expect((await attemptStates(world, charge)).at(-1)).toBe('succeeded');
  expect(await paidWith(charge)).toBe(card);
});

test('nothing is told of a charge that has not been paid', async () => {
  const { charge } = await atTheBank(world);
  expect(await paidWith(charge)).toBeNull();
});
