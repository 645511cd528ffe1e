/** What the triggers hold for every kind of row alike, whoever writes: its machine, its timeline, and that history stays. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { claimRows } from '../../../src/store/work/obligations.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';
import { writeBaselineRows } from '../operate/baseline-rows.ts';

let database: TestDatabase;
let store: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 2 });
  await writeBaselineRows(store.sql);
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

const run = (statement: string) => store.sql.unsafe(statement);

describe.each([
  ['customers', 'customer'],
  ['payment_methods', 'payment_method'],
  ['setups', 'setup'],
  ['charges', 'charge'],
  ['recoveries', 'recovery'],
  ['messages', 'message'],
  ['inbox_events', 'inbox_event'],
])('of %s', (table, entity) => {
  test(`each birth is on the timeline (${table})`, async () => {
    const rows = await run(`
      select t.id, (select count(*)::int from transitions b
                    where b.entity = '${entity}' and b.entity_id = t.id and b.from_state is null) as births
      from ${table} t`);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ births }) => births !== 1)).toEqual([]);
  });

  test(`each move is on the timeline (${table})`, async () => {
    const rows = await run(`
      select t.id, t.state, t.version,
             (select count(*)::int from transitions b where b.entity = '${entity}' and b.entity_id = t.id) as steps,
             (select b.to_state from transitions b where b.entity = '${entity}' and b.entity_id = t.id
              order by b.id desc limit 1) as last
      from ${table} t`);
    expect(rows.some(({ version }) => version > 1)).toBe(true);
    expect(rows.filter(({ state, version, steps, last }) => steps !== version || last !== state)).toEqual([]);
  });

  test(`none moves where its machine has no arrow, and its version moves with its state only (${table})`, async () => {
    const one = `where id = (select id from ${table} order by id limit 1)`;
    await expect(run(`update ${table} set state = 'nowhere' ${one}`)).rejects.toMatchObject({
      code: 'DC001',
    });
    await expect(run(`update ${table} set version = version + 1 ${one}`)).rejects.toMatchObject({
      code: 'DC002',
    });
  });

  test(`no revision comes again once it was lost (${table})`, async () => {
    const lives = [];
    for (let life = 0; life < 6; life += 1) lives.push(await lostRevision(table));
    const [{ before, after } = { before: 0, after: 0 }] = lives;
    expect(after).toBeGreaterThan(before);
    expect(new Set(lives.map((one) => one.after)).size).toBeGreaterThan(1);
    expect(new Set(lives.map((one) => one.before)).size).toBe(1);
  });
});

/** Moves a row's revision, and loses it with everything since. */
async function lostRevision(table: string): Promise<{ before: number; after: number }> {
  const row = `from ${table} order by id limit 1`;
  let seen = { before: 0, after: 0 };
  const lost = new Error('lost');
  await store.sql
    .begin(async (sql) => {
      const [now] = await sql.unsafe(`select id, revision ${row}`);
      const [next] = await sql.unsafe(
        `update ${table} set revision = revision + 1 where id = '${now?.id}' returning revision`,
      );
      seen = { before: now?.revision, after: next?.revision };
      throw lost;
    })
    .catch((error: unknown) => {
      if (error !== lost) throw error;
    });
  return seen;
}

test('nor does the first one: a row that was lost whole is born with another', async () => {
  const rows = await run('select drawn_after(0) as revision from generate_series(1, 4)');
  expect(new Set(rows.map(({ revision }) => revision)).size).toBeGreaterThan(1);
  const [{ drawn } = { drawn: 0 }] = await run(`
    select count(*)::int as drawn from information_schema.columns
    where table_schema = current_schema() and column_name = 'revision' and column_default like 'drawn_after(0)%'`);
  expect(drawn).toBe(12);
});

test('nor does the number of a lease, once its claim was lost', async () => {
  const numbers = new Set<number>();
  const server = await store.sql.reserve();
  for (let life = 0; life < 6; life += 1) {
    await server`begin`;
    const claim = [{ id: 'chg_paid', token: randomUUID() }];
    const [row] = await claimRows(server, 'charge', claim, { lease_ms: 60_000, due_only: false });
    numbers.add(row?.lease_number ?? 0);
    await server`rollback`;
  }
  server.release();
  expect(numbers.size).toBeGreaterThan(1);
});

test('an attempt moves where its machine has an arrow, and its moves are on the timeline of its charge', async () => {
  await expect(
    run(`update charge_attempts set state = 'open' where state = 'succeeded'`),
  ).rejects.toMatchObject({
    code: 'DC001',
  });
  const moves = await run(`
    select from_state, to_state from transitions where entity = 'attempt' and entity_id = 'chg_paid' order by id`);
  expect(moves.map(({ from_state, to_state }) => [from_state, to_state])).toEqual([
    [null, 'open'],
    ['open', 'declined'],
    [null, 'open'],
    ['open', 'succeeded'],
  ]);
});

test.each([
  ['update transitions', `update transitions set cause = 'nobody'`],
  ['delete from transitions', 'delete from transitions'],
  ['update events', `update events set facts = '{}'`],
  ['delete from events', 'delete from events'],
  ['delete from charges', `delete from charges where id = 'chg_queued'`],
  ['delete from charge_attempts', 'delete from charge_attempts'],
])('nobody may %s', async (_what, statement) => {
  await expect(run(statement)).rejects.toMatchObject({ code: 'DC002' });
});

test('a charge is not born with a word that was said of another', async () => {
  await run(`
    insert into operator_actions (verb, entity, entity_id, reason, "by")
    values ('accept', 'charge', 'chg_paid', 'said', 'Ada')`);
  const born = run(`
    insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id, amount_minor, currency, livemode,
                         operator_action_id)
    select 'chg_borrowed', 'queued', dc_now(), 'cst_bound', 'pm_card', 'cns_always', 1, 'eur', false, max(id)
    from operator_actions`);
  await expect(born).rejects.toMatchObject({ code: 'DC002' });
});

test('the merchant is told of each move of a setup that it sees, and of none of a card that a recovery asked for', async () => {
  await run(`update setups set state = 'awaiting_customer' where id = 'set_card'`);
  const told = await run(
    `select object_id, type from events where object = 'setup' and type <> 'setup.created' order by id`,
  );
  expect(told.map(({ object_id, type }) => [object_id, type])).toEqual([
    ['set_saved', 'setup.awaiting_customer'],
    ['set_saved', 'setup.succeeded'],
  ]);
});
