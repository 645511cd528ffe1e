/**
 * A shop that runs is upgraded: the baseline with rows in every table, then whatever came after it. No row is lost,
 * what it said it still says, and the walls stand. Nothing has come after it yet, so migrations made up here show that
 * the way works and that a bad one would be seen.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { productionTimings } from '../../../src/platform/timings.ts';
import { writeErasure } from '../../../src/store/customer/erasure.ts';
import { type Database, openDatabase, type Sql } from '../../../src/store/postgres/database.ts';
import { migrate, schemaLag } from '../../../src/store/postgres/migrate.ts';
import { createEmptyDatabase, type TestDatabase } from '../../harness/services/services.ts';
import { writeBaselineRows } from './baseline-rows.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));
const BASELINE = ['0000_baseline', '0001_walls', '0002_machines'];

type Journal = {
  entries: { idx: number; when: number; tag: string; version: string; breakpoints: boolean }[];
};

const opened: { database: TestDatabase; store: Database }[] = [];
const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true });
  for (const { database, store } of opened) {
    await store.close();
    await database.drop();
  }
});

/** A copy of the migrations with another journal. */
function copyMigrations(change: (journal: Journal, folder: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-migrations-'));
  folders.push(folder);
  cpSync(MIGRATIONS, folder, { recursive: true });
  const path = join(folder, 'meta/_journal.json');
  const journal: Journal = JSON.parse(readFileSync(path, 'utf8'));
  change(journal, folder);
  writeFileSync(path, JSON.stringify(journal));
  return folder;
}

const baselineOnly = () =>
  copyMigrations((journal) => {
    journal.entries = journal.entries.filter(({ tag }) => BASELINE.includes(tag));
  });

/** All migrations, and one more. */
const withOneMore = (statements: readonly string[]) =>
  copyMigrations((journal, folder) => {
    const newest = journal.entries.at(-1);
    if (!newest) throw new Error('no migrations');
    journal.entries.push({ ...newest, idx: newest.idx + 1, when: newest.when + 1, tag: 'made_up' });
    writeFileSync(join(folder, 'made_up.sql'), statements.join(';\n--> statement-breakpoint\n'));
  });

type Row = Readonly<Record<string, unknown>>;
type Held = ReadonlyMap<string, readonly Row[]>;

/** Every row of every table but the machines' own two, which a migration replaces. */
async function readHeld(sql: Sql): Promise<Held> {
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables
    where schemaname = 'public' and tablename not in ('states', 'allowed_transitions')`;
  const held = new Map<string, readonly Row[]>();
  for (const { name } of tables) {
    const rows = await sql<{ row: Row }[]>`select to_jsonb(t) as row from ${sql(name)} t`;
    held.set(
      name,
      rows.map(({ row }) => row),
    );
  }
  return held;
}

/** The rows of `before` that are not there any more, or say something else in a column they had. */
function lostRows(before: Held, after: Held): string[] {
  return [...before].flatMap(([table, rows]) => {
    const columns = Object.keys(rows[0] ?? {});
    const line = (row: Row) => JSON.stringify(columns.map((column) => row[column]));
    const there = new Set((after.get(table) ?? []).map(line));
    return rows
      .filter((row) => !there.has(line(row)))
      .map((row) => `${table} ${row.id ?? JSON.stringify(row)}`);
  });
}

/** A database of the baseline with its rows, and what they say. */
async function openShop(): Promise<{ url: string; sql: Sql; before: Held }> {
  const database = await createEmptyDatabase();
  const store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 2 });
  opened.push({ database, store });
  await migrate(database.url, baselineOnly());
  await writeBaselineRows(store.sql);
  return { url: database.url, sql: store.sql, before: await readHeld(store.sql) };
}

/** What must be refused, by which SQLSTATE. */
const refused: readonly [what: string, code: string, statement: string][] = [
  ['a move of no machine', 'DC001', `update charges set state = 'queued' where id = 'chg_paid'`],
  ['a state of no machine', 'DC001', `insert into customers (id, state, email) values ('cst_x', 'odd', 'x')`],
  ['another amount', 'DC002', `update charges set amount_minor = 1 where id = 'chg_flying'`],
  [
    'another PaymentIntent',
    'DC003',
    `update charges set stripe_payment_intent_id = 'pi_x' where id = 'chg_flying'`,
  ],
  ['no charge any more', 'DC002', `delete from charges where id = 'chg_queued'`],
  ['another request', 'DC002', `update charge_attempts set request_body = '' where charge_id = 'chg_flying'`],
  ['another history', 'DC002', `update transitions set cause = 'x'`],
  [
    'a second open attempt',
    '23505',
    `insert into charge_attempts (charge_id, number, kind, idempotency_key, stripe_payment_intent_id,
                                  payment_method_id, request_body, api_version, lease_number)
     values ('chg_flying', 2, 'off_session', 'k', 'pi_flying', 'pm_card', '', '', 1)`,
  ],
  [
    'success of another amount',
    '23514',
    `update charges set state = 'succeeded', amount_received_minor = 1, settled_at = dc_now() where id = 'chg_flying'`,
  ],
  [
    'failure without proof',
    '23514',
    `update charges set state = 'failed', settled_at = dc_now() where id = 'chg_flying'`,
  ],
  [
    'another amount that nobody accepted',
    '23514',
    `update charges set state = 'succeeded', amount_received_minor = 1, accepted_minor = 1, settled_at = dc_now()
     where id = 'chg_flying'`,
  ],
];

async function expectWalls(sql: Sql): Promise<void> {
  for (const [what, code, statement] of refused) {
    await expect(sql.unsafe(statement), what).rejects.toMatchObject({ code });
  }
  await sql`
    update charges set state = 'succeeded', amount_received_minor = amount_minor, settled_at = dc_now()
    where id = 'chg_flying'`;
  const [written] = await sql`
    select (select to_state from transitions where entity_id = 'chg_flying' order by id desc limit 1) as moved,
           (select type from events where object_id = 'chg_flying' order by id desc limit 1) as told`;
  expect(written).toEqual({ moved: 'succeeded', told: 'charge.succeeded' });
}

describe('a shop on the baseline', () => {
  test('has rows in every table', async () => {
    const { before } = await openShop();
    expect([...before].filter(([, rows]) => rows.length === 0)).toEqual([]);
    expect(before.size).toBeGreaterThan(15);
  });

  test('keeps every row and every wall through the migrations that came after', async () => {
    const { url, sql, before } = await openShop();
    await migrate(url);
    const { known, applied } = await schemaLag(url);
    expect(applied).toBe(known);
    expect(lostRows(before, await readHeld(sql))).toEqual([]);
    await expectWalls(sql);
  });

  test('forgets a person whose rows are of the first release, and refuses while they owe something', async () => {
    const { url, sql } = await openShop();
    await migrate(url);
    const erased = (id: string) => writeErasure(sql, id, productionTimings, 'test');
    expect(await erased('cst_bound')).toMatchObject({ outcome: 'charges_open' });
    expect(await erased('cst_new')).toMatchObject({ outcome: 'erased', setup_ids: ['set_asked'] });
    const [left] = await sql`
      select c.email, c.state, n.revoked_at is not null as revoked, s.state as setup
      from customers c join consents n on n.customer_id = c.id join setups s on s.customer_id = c.id
      where c.id = 'cst_new'`;
    expect(left).toEqual({ email: '', state: 'erasing', revoked: true, setup: 'closing' });
    const back = sql`update customers set email = 'x' where id = 'cst_new'`;
    await expect(back).rejects.toMatchObject({ code: '23514' });
  });

  test('says by its charges whether it is live, and stays what it is', async () => {
    const { url, sql } = await openShop();
    const [{ livemode } = { livemode: null }] = await sql<
      { livemode: boolean }[]
    >`select livemode from charges`;
    await migrate(url);
    expect(await sql`select livemode from instance`).toEqual([{ livemode }]);
    for (const other of [!livemode, null])
      await expect(sql`update instance set livemode = ${other}`).rejects.toMatchObject({ code: 'DC002' });
  });

  test('finds by its reference what an earlier release took in with blanks around it', async () => {
    const { url, sql } = await openShop();
    await sql`update charges set reference = case id when 'chg_paid' then ' inv-1\u3000' when 'chg_queued' then 'inv-2'
                                              when 'chg_flying' then 'inv-2 ' end`;
    await sql`update customers set reference = 'anna ', name = ' Anna' where id = 'cst_bound'`;
    await migrate(url);
    const references = await sql`select id, reference from charges where reference is not null order by id`;
    expect(references).toEqual([
      { id: 'chg_flying', reference: 'inv-2 ' },
      { id: 'chg_paid', reference: 'inv-1' },
      { id: 'chg_queued', reference: 'inv-2' },
    ]);
    const [customer] = await sql`select reference, name from customers where id = 'cst_bound'`;
    expect(customer).toEqual({ reference: 'anna', name: 'Anna' });
  });

  test('keeps them through one more, which adds a column, fills it and indexes it', async () => {
    const { url, sql, before } = await openShop();
    const folder = withOneMore([
      'alter table charges add column label text',
      "update charges set label = 'of ' || id",
      'alter table charges alter column label set not null',
      'create index charges_label_idx on charges (label)',
    ]);
    await migrate(url, folder);
    await migrate(url, folder);
    expect(lostRows(before, await readHeld(sql))).toEqual([]);
    const labels = await sql`select id, label from charges where id = 'chg_paid'`;
    expect(labels).toEqual([{ id: 'chg_paid', label: 'of chg_paid' }]);
    expect(await sql`select 1 from pg_indexes where indexname = 'charges_label_idx'`).toHaveLength(1);
    await expectWalls(sql);
  });

  test('shows which rows a bad migration has changed, lost or robbed of a column', async () => {
    const { url, sql, before } = await openShop();
    await migrate(
      url,
      withOneMore([
        'update customers set email = lower(email)',
        "delete from messages where state = 'sent'",
        'alter table api_keys drop column name',
      ]),
    );
    const lost = lostRows(before, await readHeld(sql));
    expect(lost.sort()).toEqual(['api_keys key_1', 'customers cst_bound', 'messages msg_sent']);
  });

  test('is as it was after a migration that the walls refuse', async () => {
    const { url, sql, before } = await openShop();
    const folder = withOneMore([
      'alter table charges add column label text',
      'update charges set amount_minor = 1',
    ]);
    await expect(migrate(url, folder)).rejects.toMatchObject({ cause: { code: 'DC002' } });
    expect(lostRows(before, await readHeld(sql))).toEqual([]);
    expect(
      await sql`select 1 from information_schema.columns where table_name = 'charges' and column_name = 'label'`,
    ).toEqual([]);
  });
});
