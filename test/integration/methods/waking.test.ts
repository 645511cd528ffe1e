/** What waits for a card is tried anew when there is one: another default, or the same card with new data. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeWaking } from '../../../src/store/customer/waking.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { attemptStates } from '../charge/protocol-world.ts';
import { anotherCard, cardOf, choose, takeIn, usedBy } from './following-world.ts';

let world: World;
const CONFIRM = '/v1/payment_intents/:id/confirm';

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterAll(() => world.close());

const stateOf = async (charge: string) => (await world.read(charge)).charge.state;
const successesOf = async (charge: string) => (await world.ledger(charge)).map(({ successes }) => successes);
const DEAD = Array(9).fill('expired_card' as const);
const SOFT = Array(9).fill('insufficient_funds' as const);

/** Looks, as often as a chain of three needs, some seconds apart. */
async function pass(): Promise<void> {
  for (let look = 0; look < 6; look += 1) {
    await world.work();
    await world.advance(6);
  }
}

/** Bills of a customer whose card does not pay. */
async function unpaid(script: typeof DEAD | typeof SOFT, count: number, named = false) {
  const customer = await world.customer('pm_card_visa', script);
  const { payment_method_id } = customer;
  const bills: string[] = [];
  for (let bill = 0; bill < count; bill += 1)
    bills.push(await takeIn(world, customer, named ? { payment_method_id } : {}));
  await world.work();
  return { customer, bills, first: bills[0] as string };
}

/** The network has a new date for the card, and Stripe tells it. */
async function renew(payment_method_id: string, brand = 'visa'): Promise<void> {
  await world.simulator.control.script(payment_method_id, ['succeed']);
  await world.sql`
    update payment_methods set card_brand = ${brand}, card_exp_month = 1, card_exp_year = 2027
    where id = ${payment_method_id}`;
  await world.sdk.paymentMethods.update(payment_method_id, { card: { exp_month: 11, exp_year: 2_031 } });
  await expect
    .poll(
      () => world.sql`select 1 from inbox_events where object_id = ${payment_method_id}
                      and type in ('payment_method.updated', 'payment_method.automatically_updated')`,
    )
    .not.toHaveLength(0);
}

describe('another default', () => {
  test('pays three bills of a customer whose card was dead: each once, one after the other', async () => {
    const { customer, bills } = await unpaid(DEAD, 3);
    expect(await Promise.all(bills.map(stateOf))).toEqual(Array(3).fill('action_required'));
    const card = await anotherCard(world, customer);
    await choose(world, card);
    await pass();
    expect(await Promise.all(bills.map(stateOf))).toEqual(Array(3).fill('succeeded'));
    expect(await Promise.all(bills.map(successesOf))).toEqual([[1], [1], [1]]);
    for (const bill of bills) expect(await usedBy(world, bill)).toEqual([cardOf(customer), card]);
    const rows = await world.sql<{ id: string; is_after: boolean }[]>`
      select charge_id as id, coalesce(started_at >= lag(ended_at) over (order by started_at), true) as is_after
      from charge_attempts where payment_method_id = ${card.payment_method_id} order by started_at`;
    expect(rows.map(({ id }) => id)).toEqual(bills);
    expect(rows.map(({ is_after }) => is_after)).toEqual([true, true, true]);
    const open = await world.sql`select 1 from recoveries where charge_id = any(${bills}) and state = 'open'`;
    expect(open).toEqual([]);
  });

  test('comes before the day of the next retry', async () => {
    const { customer, first } = await unpaid(SOFT, 1);
    const card = await anotherCard(world, customer);
    await choose(world, card);
    await world.work();
    expect(await stateOf(first)).toBe('succeeded');
    expect(await usedBy(world, first)).toEqual([cardOf(customer), card]);
  });

  test('is tried on the next bill only after it has paid one', async () => {
    const { customer, bills } = await unpaid(SOFT, 3);
    const card = await anotherCard(world, customer);
    await world.simulator.control.script(card.payment_method_id, SOFT);
    await choose(world, card);
    await pass();
    const used = await Promise.all(bills.map((bill) => usedBy(world, bill)));
    expect(used.map((cards) => cards.length)).toEqual([2, 1, 1]);
  });

  test('is tried once, though it becomes the default again', async () => {
    const { customer, first } = await unpaid(SOFT, 1);
    const card = await anotherCard(world, customer);
    await world.simulator.control.script(card.payment_method_id, SOFT);
    for (const each of [card, cardOf(customer), card, cardOf(customer)]) {
      await choose(world, each);
      await pass();
    }
    expect(await usedBy(world, first)).toEqual([cardOf(customer), card]);
  });

  test('goes and comes again before the turn of the bill that it woke: no other is tried beside that', async () => {
    const { customer, bills, first } = await unpaid(DEAD, 2);
    const card = await anotherCard(world, customer);
    for (const each of [card, cardOf(customer)]) {
      await choose(world, each);
      await world.work(['customer']);
    }
    await choose(world, card);
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_before', times: 2 });
    await world.work(['charge']);
    expect(await attemptStates(world, first)).toEqual(['declined', 'open']);
    await world.work(['customer', 'charge']);
    const used = await Promise.all(bills.map((bill) => usedBy(world, bill)));
    expect(used.map((cards) => cards.length)).toEqual([2, 1]);
    // Its outcome comes after some pauses, and is looked for once a minute.
    for (let minute = 0; minute < 3; minute += 1) {
      await world.advance(60);
      await world.work();
    }
    expect(await Promise.all(bills.map(stateOf))).toEqual(['succeeded', 'succeeded']);
  });

  test('keeps in mind whom it woke while the next cannot be woken', async () => {
    const { customer, bills, first } = await unpaid(DEAD, 2);
    const { customer_id: id } = customer;
    await world.sql`update customers set waking_charge_id = ${first} where id = ${id}`;
    const [row] = await world.sql`select revision, lease_number from customers where id = ${id}`;
    const moved = { id: bills[1] as string, revision: -1 };
    const step = { revision: row?.revision, waking: ['pm_new'], wake: moved, due_in_ms: 5_000 };
    await writeWaking(world.sql, { id, lease_number: row?.lease_number }, step);
    expect(
      await world.sql`select waking_charge_id, due_at <= dc_now() as is_due from customers where id = ${id}`,
    ).toEqual([{ waking_charge_id: first, is_due: true }]);
    await world.sql`update customers set waking = '{}', waking_charge_id = null, due_at = null where id = ${id}`;
  });

  test('is not tried on a bill that names its card, nor on one that waits for its customer’s word', async () => {
    const { customer, first } = await unpaid(DEAD, 1, true);
    await world.simulator.control.script(customer.payment_method_id, ['authentication_required']);
    const challenged = await takeIn(world, customer);
    await world.work();
    expect((await world.read(challenged)).recovery?.kind).toBe('authenticate');
    await choose(world, await anotherCard(world, customer));
    await pass();
    expect(await attemptStates(world, first)).toHaveLength(1);
    expect(await attemptStates(world, challenged)).toHaveLength(1);
  });

  test('that asks for its owner turns the open recovery: the page is about that card then', async () => {
    const { customer, first } = await unpaid(DEAD, 1);
    const before = (await world.read(first)).recovery;
    const card = await anotherCard(world, customer);
    await world.simulator.control.script(card.payment_method_id, ['authentication_required']);
    await choose(world, card);
    await pass();
    const { charge, recovery } = await world.read(first);
    expect(charge.state).toBe('action_required');
    const { payment_method_id } = card;
    expect(recovery).toMatchObject({ id: before?.id, kind: 'authenticate', payment_method_id });
  });

  test('is found by what failed for want of any', async () => {
    const customer = await world.customer('pm_card_visa');
    await world.sql`update customers set default_payment_method_id = null where id = ${customer.customer_id}`;
    const charge = await takeIn(world, customer, { payment_method_id: customer.payment_method_id });
    await world.sql`update charges set follows_customer = true where id = ${charge}`;
    await world.work();
    expect(await stateOf(charge)).toBe('action_required');
    await choose(world, cardOf(customer));
    await pass();
    expect(await stateOf(charge)).toBe('succeeded');
  });
});

describe('a card that the network renews', () => {
  test.each([false, true])('pays what waits for it at once (named by the bill: %s)', async (named) => {
    const { customer, bills } = await unpaid(DEAD, 2, named);
    await renew(customer.payment_method_id);
    await pass();
    expect(await Promise.all(bills.map(stateOf))).toEqual(['succeeded', 'succeeded']);
    expect(await Promise.all(bills.map(successesOf))).toEqual([[1], [1]]);
  });

  test('of another brand is tried by nobody: the networks ask for a new agreement', async () => {
    const { customer, first } = await unpaid(DEAD, 1);
    await renew(customer.payment_method_id, 'amex');
    await pass();
    expect(await attemptStates(world, first)).toEqual(['declined']);
  });
});

test('what was tried four times is not tried anew', async () => {
  const { customer, first } = await unpaid(SOFT, 1);
  for (const days of [1, 3, 7]) {
    await world.advance(days * 86_400 + 60);
    await world.work();
  }
  expect(await attemptStates(world, first)).toHaveLength(4);
  await choose(world, await anotherCard(world, customer));
  await pass();
  expect(await attemptStates(world, first)).toHaveLength(4);
  expect(await stateOf(first)).toBe('action_required');
});
