/** Noting, before the first byte leaves, that creating a PaymentIntent has begun: many charges in one statement. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chargeStatements } from '../../../src/store/charge/charge-statements.ts';
import { openCreates } from '../../../src/store/charge/open-create.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { claimRows } from '../../../src/store/work/obligations.ts';
import { seedCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

let database: TestDatabase;
let store: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 4 });
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

async function leased() {
  const { id } = await seedCharge(store.sql);
  const request = { id, token: randomUUID() };
  const [row] = await claimRows(store.sql, 'charge', [request], { lease_ms: 60_000, due_only: true });
  if (row === undefined) throw new Error('the seeded charge could not be claimed');
  return { charge_id: id, lease_number: row.lease_number, method_type: 'card' };
}

async function openedAt(id: string): Promise<Date | null> {
  const [row] = await store.sql<{ create_opened_at: Date | null }[]>`
    select create_opened_at from charges where id = ${id}`;
  return row?.create_opened_at ?? null;
}

test('a repetition answers like the first and keeps its time', async () => {
  const opening = await leased();
  expect(await openCreates(store.sql, [opening])).toEqual([true]);
  const first = await openedAt(opening.charge_id);
  expect(first).not.toBeNull();
  expect(await openCreates(store.sql, [opening])).toEqual([true]);
  expect(await openedAt(opening.charge_id)).toEqual(first);
});

test('each charge is opened for itself: not under a former lease, an expired one, or with a PaymentIntent bound', async () => {
  const openings = await Promise.all(Array.from({ length: 20 }, leased));
  const [superseded, expired, bound] = openings;
  if (superseded === undefined || expired === undefined || bound === undefined) throw new Error('seeded');
  await store.sql`update charges set lease_number = lease_number + 1 where id = ${superseded.charge_id}`;
  await store.sql`
    update charges set lease_until = clock_timestamp() - interval '1 ms' where id = ${expired.charge_id}`;
  await store.sql`
    update charges set stripe_payment_intent_id = ${`pi_${bound.charge_id}`} where id = ${bound.charge_id}`;
  const unknown = { charge_id: 'chg_unknown', lease_number: 1, method_type: 'card' };

  const answers = await openCreates(store.sql, [...openings, unknown]);

  expect(answers).toEqual([false, false, false, ...Array.from({ length: 17 }, () => true), false]);
  for (const [index, { charge_id }] of openings.entries())
    expect((await openedAt(charge_id)) !== null).toBe(answers[index]);
});

test('of two who ask for the same charge at once only the holder of the lease is told to go on', async () => {
  const holder = await leased();
  const zombie = { ...holder, lease_number: holder.lease_number - 1 };
  const charges = chargeStatements(store.sql, { rows_max: 100, wait_ms: 2 }, () => {});

  const asked = [zombie, holder, zombie].map((opening) => charges.openCreate(opening));

  expect(await Promise.all(asked)).toEqual([false, true, false]);
});

test('charges asked for in opposite orders at once are opened, all of them', async () => {
  const openings = await Promise.all(Array.from({ length: 40 }, leased));
  const answers = await Promise.all([
    openCreates(store.sql, openings),
    openCreates(store.sql, [...openings].reverse()),
  ]);
  expect(answers.flat()).toEqual(Array.from({ length: 80 }, () => true));
});
