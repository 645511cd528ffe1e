/** The dispatcher names each row that it offers: what lies between two due rows is none of its business. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { claimRows, offerDueRows, offerRows } from '../../../src/store/work/obligations.ts';
import { seedCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

let database: TestDatabase;
let store: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 2 });
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

test('offers the rows that are due, not what lies between them: later, leased or offered ones', async () => {
  const { sql } = store;
  const ids = (await Promise.all(Array.from({ length: 7 }, () => seedCharge(sql))))
    .map(({ id }) => id)
    .sort();
  const [first = '', later = '', leased = '', offered = '', ...rest] = ids;
  await sql`update charges set due_at = dc_now() + interval '1 hour' where id = ${later}`;
  const lease = { lease_ms: 60_000, due_only: true };
  await claimRows(sql, 'charge', [{ id: leased, token: randomUUID() }], lease);
  await offerRows(sql, 'charge', [offered]);

  const offers = await offerDueRows(sql, 'charge', { limit: 100, stale_ms: 60_000 });

  expect(offers.map(({ id }) => id).sort()).toEqual([first, ...rest]);
  expect(await sql`select offer_number from charges where id = ${offered}`).toEqual([{ offer_number: 1 }]);
});
