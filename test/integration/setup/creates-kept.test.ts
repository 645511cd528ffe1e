/** What a create wrote ahead stays as it was first written, however often it is sent: its key ages from then on. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { lookFirst } from '../../../src/domain/loss.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { type OpenedCustomer, openCustomerCreate } from '../../../src/store/customer/customer-binding.ts';
import { type OpenedSetup, openSetupCreate } from '../../../src/store/setup/setups.ts';
import { claimRows } from '../../../src/store/work/obligations.ts';
import { newCustomer, newSetup, openSetupWorld, passTime } from './setup-world.ts';

const world = openSetupWorld();
const LEASE = { lease_ms: 60_000, due_only: false };
const memory = (row: OpenedCustomer | OpenedSetup | null) => row && lookFirst(row, row, productionTimings);

test('a customer that is created again and again keeps the time of the first sending, and grows stale', async () => {
  const id = await newCustomer(world, null);
  const [row] = await claimRows(world.sql, 'customer', [{ id, token: randomUUID() }], LEASE);
  const lease = { id, lease_number: row?.lease_number ?? 0 };
  const first = await openCustomerCreate(world.sql, lease);
  expect(memory(first)).toBeNull();
  for (const hours of [12, 12]) {
    await passTime(world, hours * 3_600);
    const again = await openCustomerCreate(world.sql, lease);
    expect(again?.create_opened_at).toEqual(first?.create_opened_at);
  }
  expect(memory(await openCustomerCreate(world.sql, lease))).toBe('key_old');
});

test('so does a setup', async () => {
  const id = await newSetup(world, { expires_in_ms: 7 * 86_400_000 });
  const [row] = await claimRows(world.sql, 'setup', [{ id, token: randomUUID() }], LEASE);
  const lease = { id, lease_number: row?.lease_number ?? 0 };
  const first = await openSetupCreate(world.sql, lease);
  for (const hours of [12, 12]) {
    await passTime(world, hours * 3_600);
    const again = await openSetupCreate(world.sql, lease);
    expect(again?.create_opened_at).toEqual(first?.create_opened_at);
  }
  expect(memory(await openSetupCreate(world.sql, lease))).toBe('key_old');
});
