/** How long a process trusts its lease: less than the row says, whatever becomes of the renewals. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createLeases, type Lease, type Leases } from '../../../src/billing/work/lease.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { seedCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

/** Renewals are the test's own to make. */
const NEVER_MS = 2 ** 31 - 1;

let database: TestDatabase;
let store: Database;
const opened: Leases[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 2 });
});

afterEach(() => {
  for (const leases of opened.splice(0)) leases.close();
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

async function claimed(leaseMs: number): Promise<{ leases: Leases; lease: Lease }> {
  const { id } = await seedCharge(store.sql);
  const leases = createLeases(
    store.sql,
    { ...productionTimings, gatherMs: 0, leaseMs, leaseRenewIntervalMs: NEVER_MS },
    silentLog(),
  );
  opened.push(leases);
  const claim = await leases.claimDue('charge', id);
  if (claim === null) throw new Error('the seeded charge could not be claimed');
  return { leases, lease: claim.lease };
}

const isOld = (lease: Lease, leaseMs: number) => expect.poll(lease.remaining_ms).toBeLessThan(leaseMs - 300);

test('a lease that is not renewed is over here by itself, and its signal says so', async () => {
  const { lease } = await claimed(3_000);
  expect(lease.signal.aborted).toBe(false);
  await expect.poll(() => lease.signal.aborted).toBe(true);
  expect(lease.remaining_ms()).toBe(0);
});

test('a lease that is renewed in time goes on', async () => {
  const { leases, lease } = await claimed(60_000);
  await isOld(lease, 60_000);
  const before_ms = lease.remaining_ms();
  await leases.renewOnce();
  expect(lease.remaining_ms()).toBeGreaterThan(before_ms);
});

test('a lease that somebody took over is renewed for nobody: its deadline stands', async () => {
  const { leases, lease } = await claimed(60_000);
  await isOld(lease, 60_000);
  await store.sql`update charges set lease_number = lease_number + 1 where id = ${lease.id}`;
  const before_ms = lease.remaining_ms();
  await leases.renewOnce();
  expect(lease.remaining_ms()).toBeLessThanOrEqual(before_ms);
});

test('a claim never lets a process trust its lease for longer than the row grants it', async () => {
  const { id } = await seedCharge(store.sql);
  const slow = createLeases(delayed(1_000), { ...productionTimings, gatherMs: 0 }, silentLog());
  opened.push(slow);
  const claim = await slow.claimDue('charge', id);
  const trusted_ms = claim?.lease.remaining_ms() ?? 0;
  expect(trusted_ms).toBeGreaterThan(0);
  expect(trusted_ms).toBeLessThanOrEqual(productionTimings.leaseMs - 1_000);
});

/** The same database, each of whose answers is that long on its way. */
function delayed(by_ms: number): typeof store.sql {
  const late = async (...args: unknown[]): Promise<unknown> => {
    const answer = await Reflect.apply(store.sql, null, args);
    await new Promise((resolve) => setTimeout(resolve, by_ms));
    return answer;
  };
  const isStatement = (first: unknown) => Array.isArray(first) && 'raw' in first;
  return new Proxy(store.sql, {
    apply: (sql, _self, args: unknown[]) =>
      isStatement(args[0]) ? late(...args) : Reflect.apply(sql, null, args),
  });
}
