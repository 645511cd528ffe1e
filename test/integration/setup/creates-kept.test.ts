/** What a create wrote ahead stays as it was first written, however often it is sent: its key ages from then on. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openCustomerCreate } from '../../../src/store/customer/customer-binding.ts';
import { openSetupCreate } from '../../../src/store/setup/setups.ts';
import { claimRows } from '../../../src/store/work/obligations.ts';
import { newCustomer, newSetup, openSetupWorld, passTime } from './setup-world.ts';

const world = openSetupWorld();
const LEASE = { lease_ms: 60_000, due_only: false };
const WINDOW_HOURS = 23;

test('a customer that is created again and again keeps the time of the first sending, and grows stale', async () => {
  const id = await newCustomer(world, null);
  const [row] = await claimRows(world.sql, 'customer', [{ id, token: randomUUID() }], LEASE);
  const lease = { id, lease_number: row?.lease_number ?? 0 };
  const first = await openCustomerCreate(world.sql, lease, WINDOW_HOURS);
  expect(first?.stale).toBe(false);
  for (const hours of [12, 12]) {
    await passTime(world, hours * 3_600);
    const again = await openCustomerCreate(world.sql, lease, WINDOW_HOURS);
    expect(again?.create_opened_at).toEqual(first?.create_opened_at);
  }
  expect((await openCustomerCreate(world.sql, lease, WINDOW_HOURS))?.stale).toBe(true);
});

test('so does a setup', async () => {
  const id = await newSetup(world, { expires_in_ms: 7 * 86_400_000 });
  const [row] = await claimRows(world.sql, 'setup', [{ id, token: randomUUID() }], LEASE);
  const lease = { id, lease_number: row?.lease_number ?? 0 };
  const first = await openSetupCreate(world.sql, lease, WINDOW_HOURS);
  for (const hours of [12, 12]) {
    await passTime(world, hours * 3_600);
    const again = await openSetupCreate(world.sql, lease, WINDOW_HOURS);
    expect(again?.create_opened_at).toEqual(first?.create_opened_at);
  }
  expect((await openSetupCreate(world.sql, lease, WINDOW_HOURS))?.stale).toBe(true);
});
