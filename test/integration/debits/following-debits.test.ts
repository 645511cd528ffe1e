/** A charge that follows its customer, whose default becomes a debit before it is due, or is none any more. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextBankDay } from '../../../src/domain/debit/bank-days.ts';
import { localTime } from '../../../src/domain/debit/zoned-time.ts';
import { confirmsOf } from '../charge/protocol-world.ts';
import { anotherCard, cardOf, choose, takeIn, usedBy } from '../methods/following-world.ts';
import { createRecoveryWorld, type RecoveryWorld } from '../recovery/recovery-world.ts';
import { debtor, detailOf, noticesOf } from './debtors.ts';

let world: RecoveryWorld;
const DAY_MS = 86_400_000;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterAll(() => world.close());

const now = async () => (await world.sql<{ now: Date }[]>`select dc_now() as now`)[0]?.now ?? new Date(0);
const inDays = async (days: number) => new Date((await now()).getTime() + days * DAY_MS);

async function dueAt(charge: string): Promise<Date> {
  return (
    (await world.sql<{ due_at: Date }[]>`select due_at from charges where id = ${charge}`)[0]?.due_at ??
    new Date(0)
  );
}

async function comesTo(at: Date): Promise<void> {
  await world.advance(Math.ceil((at.getTime() - (await now()).getTime()) / 1_000) + 1);
  await world.work();
}

test('a default that becomes a debit is announced in time, and collected on the day that was wished for', async () => {
  const customer = await debtor(world, 'successDelayed');
  await choose(world, await anotherCard(world, customer));
  const wished = await inDays(45);
  const charge = await takeIn(world, customer, { scheduled_for: wished });
  await world.work();
  expect((await dueAt(charge)).getTime()).toBe(wished.getTime());

  await choose(world, cardOf(customer));
  await world.work();
  await comesTo(await dueAt(charge));

  const [notice, ...others] = await noticesOf(world, charge);
  expect(others).toEqual([]);
  expect(notice).toMatchObject({
    state: 'sent',
    collect_on: nextBankDay('target', localTime(wished, 'Europe/Paris').day),
  });
  expect(await detailOf(world, charge)).toEqual({ state: 'queued', detail: 'awaiting_notice' });
  expect(await confirmsOf(world, charge)).toHaveLength(0);
  await comesTo(await dueAt(charge));
  expect(await usedBy(world, charge)).toEqual([cardOf(customer)]);
});

test('a default that becomes a card is charged on the day that was wished for and no earlier, with no notice', async () => {
  const customer = await debtor(world, 'successDelayed');
  const card = await anotherCard(world, customer);
  const wished = await inDays(45);
  const charge = await takeIn(world, customer, { scheduled_for: wished });
  await world.work();
  const planned = await dueAt(charge);
  expect(planned.getTime()).toBeLessThan(wished.getTime() - 14 * DAY_MS);

  await choose(world, card);
  await world.work();
  await comesTo(planned);
  expect(await confirmsOf(world, charge)).toHaveLength(0);
  expect((await dueAt(charge)).getTime()).toBeGreaterThanOrEqual(wished.getTime() - 1_000);
  await comesTo(await dueAt(charge));

  expect(await usedBy(world, charge)).toEqual([card]);
  expect((await world.read(charge)).charge.state).toBe('succeeded');
  expect(await noticesOf(world, charge)).toEqual([]);
});

test('a charge that awaits the notice of its debit is charged to the card that became the default, at once', async () => {
  const customer = await debtor(world, 'successDelayed');
  const card = await anotherCard(world, customer);
  const charge = await takeIn(world, customer);
  await world.work();
  expect(await detailOf(world, charge)).toEqual({ state: 'queued', detail: 'awaiting_notice' });

  await choose(world, card);
  await world.work();

  expect(await usedBy(world, charge)).toEqual([card]);
  expect(await detailOf(world, charge)).toEqual({ state: 'succeeded', detail: null });
});

test('a notice that has not gone out is taken back when the default becomes a card', async () => {
  const customer = await debtor(world, 'successDelayed');
  const card = await anotherCard(world, customer);
  const charge = await takeIn(world, customer);
  await world.work(['charge']);
  expect((await noticesOf(world, charge)).map(({ state }) => state)).toEqual(['queued']);

  await choose(world, card);
  await world.work(['notice']);

  expect((await noticesOf(world, charge)).map(({ state }) => state)).toEqual(['suppressed']);
  expect(world.mailsTo(customer.customer_id)).toEqual([]);
});
