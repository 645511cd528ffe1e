/** The query builder beside the statements written by hand: neither changes what the other reads. */
import { randomBytes } from 'node:crypto';
import { eq, sql as part } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomId } from '../../../src/platform/ids.ts';
import { type ChargeFilter, listCharges, readChargeRow } from '../../../src/store/charge/charge-list.ts';
import { insertApiKey, listApiKeys, readApiKey } from '../../../src/store/door/api-keys.ts';
import { type Database, failureKind, openDatabase } from '../../../src/store/postgres/database.ts';
import type { Tables } from '../../../src/store/postgres/tables.ts';
import { charges } from '../../../src/store/schema/charges.ts';
import { EVERY_CHARGE } from '../../harness/every-charge.ts';
import { seedCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';
import { until } from '../../harness/until.ts';

let database: TestDatabase;
let store: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'tables-test' });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const AT = new Date('2026-03-04T05:06:07.089Z');

/** A charge with a value of every kind that a driver translates. */
async function seedAllKinds(): Promise<string> {
  const { sql } = store;
  const { id } = await seedCharge(sql, { amount_minor: 99_999_999 });
  await sql`
    update charges set scheduled_for = ${AT}, metadata = '{"meter": "m-1"}', warnings = '{"a \\"b\\"","c,d"}'
    where id = ${id}`;
  return id;
}

const ALL_KINDS = {
  amount_minor: 99_999_999,
  scheduled_for: AT,
  settled_at: null,
  metadata: { meter: 'm-1' },
  warnings: ['a "b"', 'c,d'],
};

/** Ends every connection of the query builder from outside while one of its statements runs. */
async function killTables(tables: Tables): Promise<unknown> {
  const refusal = tables
    .select({ slept: part`pg_sleep(60)` })
    .from(charges)
    .limit(1)
    .then(
      () => null,
      (error: unknown) => error,
    );
  await until('the statement runs', async () => {
    const [row] = await store.sql<{ killed: number }[]>`
      select count(pg_terminate_backend(pid))::int as killed from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and query like '%pg_sleep(60)%' and state = 'active'`;
    return row?.killed === 1;
  });
  return refusal;
}

test('a date read by hand is a date before and after the query builder has read it', async () => {
  const id = await seedAllKinds();
  const byHand = async () => {
    const [row] = await store.sql`select * from charges where id = ${id}`;
    return row;
  };
  const before = await byHand();
  const built = await readChargeRow(store.tables, id);
  const [written] = await store.sql`
    update charges set scheduled_for = ${AT}, metadata = ${store.sql.json({ meter: 'm-1' })} where id = ${id} returning *`;

  expect(before).toMatchObject(ALL_KINDS);
  expect(built).toMatchObject(ALL_KINDS);
  expect(written).toMatchObject(ALL_KINDS);
  expect(await byHand()).toMatchObject(ALL_KINDS);
});

test('what the query builder writes is read by hand as it was meant', async () => {
  const key = {
    id: randomId('key'),
    name: 'a "name", with {braces}',
    secret_hash: randomBytes(32),
    scopes: ['read', 'write'] as const,
  };
  await insertApiKey(store.tables, key, { reason: 'a test', by: 'robin' });
  const { id } = await seedCharge(store.sql);
  await store.tables
    .update(charges)
    .set({ scheduled_for: AT, metadata: { meter: 'm-1' }, warnings: ['a "b"', 'c,d'] })
    .where(eq(charges.id, id));

  expect(await readApiKey(store.sql, key.id)).toMatchObject({ ...key, revoked_at: null });
  const [row] = await store.sql`select * from charges where id = ${id}`;
  expect(row).toMatchObject({ ...ALL_KINDS, amount_minor: 1_250 });
});

test('a connection that is killed under a list is replaced, and the next list reads and writes as before', async () => {
  const id = await seedAllKinds();
  const refusal = await killTables(store.tables);

  expect(failureKind(refusal)).toBe('connection');
  expect(await listCharges(store.tables, { ...EVERY_CHARGE, limit: 1 })).toMatchObject([
    { id, ...ALL_KINDS },
    {},
  ]);
  const key = { id: randomId('key'), name: null, secret_hash: randomBytes(32), scopes: ['admin'] as const };
  await insertApiKey(store.tables, key, { reason: 'a test', by: 'robin' });
  expect(await listApiKeys(store.tables)).toContainEqual(expect.objectContaining(key));
});

test('a connection that is killed under a list is not missed by the statements written by hand', async () => {
  const running = store.sql`select pg_sleep(0.5), now() as now`;
  await killTables(store.tables);

  const [row] = await running;
  expect(row?.now).toBeInstanceOf(Date);
});

/** The ids of all pages, as a merchant walks them. */
async function walk(filter: ChargeFilter): Promise<string[]> {
  const seen: string[] = [];
  for (let after: string | null = null; ; ) {
    const page: { id: string }[] = await listCharges(store.tables, { ...filter, after });
    const shown = page.slice(0, filter.limit).map(({ id }) => id);
    seen.push(...shown);
    if (page.length <= filter.limit) return seen;
    after = shown.at(-1) ?? null;
  }
}

test('every filter with every cursor walks its rows, none twice and none left out', async () => {
  const { sql } = store;
  const { customer_id, id: pattern } = await seedCharge(sql);
  // Six of one moment, so that only their ids keep the pages apart; states and times take turns.
  await sql`
    insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id, amount_minor, currency,
                         livemode, description, created_at, scheduled_for)
    select 'chg_page_' || n, case n % 3 when 0 then 'unknown' else 'queued' end, dc_now(), c.customer_id,
           c.payment_method_id, c.consent_id, 100, 'eur', false, 'Page', c.created_at + (n / 6) * interval '1 second',
           case n % 3 when 1 then dc_now() + interval '1 day' end
    from charges c, generate_series(1, 17) n where c.id = ${pattern}`;
  const rows = await sql<{ id: string; state: string; is_scheduled: boolean }[]>`
    select id, state, state = 'queued' and scheduled_for is not null as is_scheduled from charges
    where customer_id = ${customer_id} order by created_at desc, id desc`;
  const idsOf = (chosen: typeof rows | (typeof rows)[number][]) => chosen.map(({ id }) => id);

  for (const limit of [1, 2, 5, 100]) {
    const filter = { ...EVERY_CHARGE, customer_id, limit };
    expect(await walk(filter)).toEqual(idsOf(rows));
    expect(await walk({ ...filter, states: ['unknown', 'succeeded'] })).toEqual(
      idsOf(rows.filter(({ state }) => state === 'unknown')),
    );
    expect(await walk({ ...filter, states: ['queued'], scheduled: true })).toEqual(
      idsOf(rows.filter(({ is_scheduled }) => is_scheduled)),
    );
    expect(await walk({ ...filter, states: ['queued'], scheduled: false })).toEqual(
      idsOf(rows.filter(({ state, is_scheduled }) => state === 'queued' && !is_scheduled)),
    );
  }
  expect(await listCharges(store.tables, { ...EVERY_CHARGE, customer_id, states: [] })).toEqual([]);
  expect(await listCharges(store.tables, { ...EVERY_CHARGE, after: 'chg_of_nobody' })).toEqual([]);
});
