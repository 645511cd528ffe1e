/** How the janitor takes old rows: a bounded number at a time, and beside whoever else does. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { analyzeGrownOnce } from '../../../src/billing/janitor/analyze-grown.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { productionTimings as timings } from '../../../src/platform/timings.ts';
import { analyzeGrown, forgetEvents, forgetHistories } from '../../../src/store/janitor/retention.ts';
import { type Database, openDatabase, type Sql } from '../../../src/store/postgres/database.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';
import { BOOKS, countRows, days, end, MONTHS_DAYS, seedEvent, seedHistory } from './retention-rows.ts';

const EVENTS = 40;
const LIMITS = { rows: 10, days: 35 };
let test: TestDatabase;
let database: Database;
let sql: Sql;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase({ url: test.url, applicationName: 'test' });
  sql = database.sql;
});
afterAll(async () => {
  await database.close();
  await test.drop();
});
beforeEach(async () => {
  await sql`truncate sweeps, inbox_events, transitions restart identity cascade`;
});

async function seedOldEvents(): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < EVENTS; n += 1) ids.push(await seedEvent(sql, 'applied'));
  await days(sql, 36);
  return ids;
}

const countEvents = async () => (await sql`select from inbox_events`).length;

/** The steps of one walk from the beginning. */
async function walk() {
  const steps = [await forgetEvents(sql, 0, LIMITS)];
  for (let last = steps[0]; last !== undefined && last.looked > 0; last = steps.at(-1))
    steps.push(await forgetEvents(sql, last.next, LIMITS));
  return steps;
}

it('a step looks at a bounded number of rows, and takes no more than it looked at', async () => {
  await seedOldEvents();
  const steps = await walk();
  for (const { looked, gone } of steps) {
    expect(looked).toBeLessThanOrEqual(LIMITS.rows);
    expect(gone).toBeLessThanOrEqual(looked);
  }
  expect(steps.reduce((sum, { gone }) => sum + gone, 0)).toBe(EVENTS);
  expect(await countEvents()).toBe(0);
});

it('a second walk finds nothing', async () => {
  await seedOldEvents();
  await walk();
  expect(await walk()).toEqual([{ next: 0, looked: 0, gone: 0 }]);
});

it('two workers who take the same step take each row once, and neither fails', async () => {
  await seedOldEvents();
  const all = { ...LIMITS, rows: 1_000 };
  const steps = await Promise.all([1, 2, 3, 4].map(() => forgetEvents(sql, 0, all)));
  expect(steps.reduce((sum, { gone }) => sum + gone, 0)).toBe(EVENTS);
  expect(await countEvents()).toBe(0);
});

it('two workers at the same histories disturb nobody', async () => {
  const charges = [await seedHistory(sql), await seedHistory(sql), await seedHistory(sql)];
  for (const charge of charges) await end(sql, charge);
  await days(sql, 26 * MONTHS_DAYS);
  const limits = { rows: 1_000, months: timings.historyMonths };
  const steps = await Promise.all([1, 2, 3].map(() => forgetHistories(sql, 0, limits)));
  expect(steps.reduce((sum, { gone }) => sum + gone, 0)).toBe(charges.length);
  for (const charge of charges) expect(await countRows(sql, charge)).toEqual(BOOKS);
});

it('what another statement holds is passed over, waited for by nobody, and taken by the next step', async () => {
  const [held = ''] = await seedOldEvents();
  const all = { ...LIMITS, rows: 1_000 };
  await sql.begin(async (tx) => {
    await tx`select from inbox_events where id = ${held} for update`;
    expect(await forgetEvents(sql, 0, all)).toMatchObject({ next: 0, gone: EVENTS - 1 });
  });
  expect(await forgetEvents(sql, 0, all)).toMatchObject({ gone: 1 });
  expect(await countEvents()).toBe(0);
});

it('a charge that another statement holds is passed over whole', async () => {
  const charge = await seedHistory(sql);
  await end(sql, charge);
  await days(sql, 26 * MONTHS_DAYS);
  const limits = { rows: 1_000, months: timings.historyMonths };
  const before = await countRows(sql, charge);
  await sql.begin(async (tx) => {
    await tx`select from charges where id = ${charge.charge} for update`;
    expect(await forgetHistories(sql, 0, limits)).toMatchObject({ next: 0, gone: 0 });
    expect(await countRows(sql, charge)).toEqual(before);
  });
  expect(await forgetHistories(sql, 0, limits)).toMatchObject({ gone: 1 });
  expect(await countRows(sql, charge)).toEqual(BOOKS);
});

it('a table that has grown tenfold is analyzed once, by the sweep, and a small one never', async () => {
  // Postgres' own may come first, and then there is nothing left to do.
  await sql`alter table idempotency_keys set (autovacuum_enabled = false)`;
  await sql`analyze idempotency_keys`;
  const fill = (from: number, to: number) => sql`
    with filled as (
      insert into idempotency_keys (route, key, request_hash, entity_id, status_code)
      select 'r', n::text, '\\x00', 'chg_' || n, 202 from generate_series(${from}::int, ${to}::int) n)
    select pg_stat_force_next_flush()`;
  const analyzed = async () => {
    const rows = await sql<{ name: string }[]>`
      select relname as name from pg_stat_user_tables where relname = 'idempotency_keys' and analyze_count >= 2`;
    return rows.length === 1;
  };
  await fill(1, timings.analyzeRowsMin - 100);
  expect(await analyzeGrown(sql, timings.analyzeRowsMin)).toBeNull();
  await fill(timings.analyzeRowsMin, 12 * timings.analyzeRowsMin);
  await expect
    .poll(
      async () => {
        await days(sql, 1);
        await analyzeGrownOnce({ sql, timings, log: silentLog() });
        return analyzed();
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  expect(await analyzeGrown(sql, timings.analyzeRowsMin)).not.toBe('idempotency_keys');
});
