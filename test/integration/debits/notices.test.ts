/** Debits are announced before they are collected (docs/protocol.md, 20): what the statement that opens an attempt lets go. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { bankDaysAfter, daysBetween, nextBankDay } from '../../../src/domain/debit/bank-days.ts';
import { localTime } from '../../../src/domain/debit/zoned-time.ts';
import { changeCharge } from '../../../src/store/charge/charge-change.ts';
import { attemptStates, clearWeather, confirmsOf } from '../charge/protocol-world.ts';
import { createRecoveryWorld, type RecoveryWorld } from '../recovery/recovery-world.ts';
import { debtor, detailOf, noticesOf } from './debtors.ts';

let world: RecoveryWorld;
const DAY_S = 86_400;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

/** A charge whose notice has gone out. */
async function told() {
  const customer = await debtor(world, 'successDelayed');
  const charge = await world.charge(customer);
  await world.work();
  const [notice] = await noticesOf(world, charge);
  if (notice?.sent_at == null) throw new Error('no notice was sent');
  return { customer, charge, notice, sent_at: notice.sent_at };
}

async function eventsOf(charge: string): Promise<string[]> {
  const rows = await world.sql<
    { type: string }[]
  >`select type from events where object_id = ${charge} order by id`;
  return rows.map(({ type }) => type);
}

async function advanceTo(at: Date, by_ms = 0): Promise<void> {
  const [row] = await world.sql<{ now: Date }[]>`select dc_now() as now`;
  await world.advance(Math.ceil((at.getTime() + by_ms - (row?.now.getTime() ?? 0)) / 1_000));
}

test('a debit is mailed first, with amount and day, and confirmed when fourteen days have passed', async () => {
  const { charge, notice, sent_at } = await told();
  expect(notice.state).toBe('sent');
  expect(await detailOf(world, charge)).toEqual({ state: 'queued', detail: 'awaiting_notice' });
  expect(notice.confirm_not_before.getTime() - sent_at.getTime()).toBeGreaterThanOrEqual(14 * DAY_S * 1_000);
  await advanceTo(notice.confirm_not_before, -2_000);
  await world.sql`update charges set due_at = dc_now() where id = ${charge}`;
  await world.work(['charge']);
  expect(await confirmsOf(world, charge)).toHaveLength(0);
  await advanceTo(notice.confirm_not_before, 1_000);
  await world.work(['charge']);
  expect(await confirmsOf(world, charge)).toHaveLength(1);
  expect(await attemptStates(world, charge)).toEqual(['processing']);
});

test('a changed amount is announced anew, and waits anew', async () => {
  const { charge, notice } = await told();
  await advanceTo(notice.confirm_not_before, -60_000);
  const to = { amount_minor: 1_300 };
  expect(await changeCharge(world.sql, { charge_id: charge, to, cause_reference: 'key' })).toBeNull();
  await world.work();
  const notices = await noticesOf(world, charge);
  expect(notices.map(({ state, amount_minor }) => [state, amount_minor])).toEqual([
    ['sent', 1_250],
    ['sent', 1_300],
  ]);
  await advanceTo(notice.confirm_not_before, 60_000);
  await world.sql`update charges set due_at = dc_now() where id = ${charge}`;
  await world.work(['charge']);
  expect(await confirmsOf(world, charge)).toHaveLength(0);
});

test('a notice whose address refuses it holds the debit, and tells its merchant, until the address is mended', async () => {
  const customer = await debtor(world, 'successDelayed');
  const { customer_id } = customer;
  await world.sql`update customers set email = 'nobody at all' where id = ${customer_id}`;
  const charge = await world.charge(customer);
  await world.work();
  expect((await noticesOf(world, charge)).map(({ state }) => state)).toEqual(['failed']);
  expect(await eventsOf(charge)).toContain('notice.undeliverable');
  await world.advance(60 * DAY_S);
  await world.work(['charge']);
  expect(await detailOf(world, charge)).toEqual({ state: 'queued', detail: 'awaiting_notice' });
  expect(await confirmsOf(world, charge)).toHaveLength(0);
  await world.sql`update customers set email = ${`${customer_id}@example.test`} where id = ${customer_id}`;
  await world.advance(3_600);
  await world.work();
  expect((await noticesOf(world, charge)).map(({ state }) => state)).toEqual(['failed', 'sent']);
  expect(await eventsOf(charge)).toContain('notice.sent');
});

test('a debit for a later day is announced in time, confirmed bank days before, and Stripe is told the day', async () => {
  const customer = await debtor(world, 'successDelayed');
  const charge = await world.charge(customer);
  await world.sql`update charges set scheduled_for = dc_now() + interval '45 days' where id = ${charge}`;
  await world.work();
  expect(await noticesOf(world, charge)).toEqual([]);
  const dueAt = async () =>
    (await world.sql<{ due_at: Date }[]>`select due_at from charges where id = ${charge}`)[0]?.due_at ??
    new Date(0);
  await advanceTo(await dueAt(), 1_000);
  await world.work();
  const [notice] = await noticesOf(world, charge);
  if (notice === undefined) throw new Error('no notice');
  const [wished] = await world.sql<{ day: string }[]>`
    select (scheduled_for at time zone 'Europe/Paris')::date::text as day from charges where id = ${charge}`;
  expect(notice.collect_on).toBe(nextBankDay('target', String(wished?.day)));
  await advanceTo(await dueAt(), 1_000);
  await world.work(['charge']);
  const [attempt] = await world.sql<{ request_body: string; started_at: Date }[]>`
    select request_body, started_at from charge_attempts where charge_id = ${charge}`;
  const days = daysBetween(
    localTime(attempt?.started_at ?? new Date(0), 'Europe/Paris').day,
    notice.collect_on,
  );
  expect(attempt?.request_body.includes(`target_date]=${notice.collect_on}`)).toBe(days >= 3);
  expect(bankDaysAfter('target', notice.collect_on, -2)).toBe(
    localTime(attempt?.started_at ?? new Date(0), 'Europe/Paris').day,
  );
});

test('what is late is announced anew', async () => {
  const { charge, notice } = await told();
  await advanceTo(notice.confirm_until, 1_000);
  await world.work(['charge']);
  expect(await confirmsOf(world, charge)).toHaveLength(0);
  await world.work();
  expect((await noticesOf(world, charge)).map(({ state }) => state)).toEqual(['sent', 'sent']);
});
