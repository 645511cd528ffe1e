/** Debits are announced before they are collected (docs/protocol.md, 20): what the statement that opens an attempt lets go. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
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
