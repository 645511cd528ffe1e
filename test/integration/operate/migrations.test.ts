/**
 * The migrations bring an empty database to what the code means: its tables are those of the schema, its last
 * wall stands, and its states and moves are those of the machines.
 */
import { readFileSync } from 'node:fs';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import { afterAll, describe, expect, test } from 'vitest';
import { type Machine, machines } from '../../../src/domain/machines.ts';
import { type Database, openDatabase, type Sql } from '../../../src/store/postgres/database.ts';
import { migrate, schemaLag } from '../../../src/store/postgres/migrate.ts';
import { obligationTables } from '../../../src/store/work/obligations.ts';
import { schemaTables } from '../../harness/services/schema-tables.ts';
import {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from '../../harness/services/services.ts';

const opened: { database: TestDatabase; store: Database }[] = [];

afterAll(async () => {
  for (const { database, store } of opened) {
    await store.close();
    await database.drop();
  }
});

async function openOne(create: () => Promise<TestDatabase>): Promise<{ url: string; sql: Sql }> {
  const database = await create();
  const store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 2 });
  opened.push({ database, store });
  return { url: database.url, sql: store.sql };
}

/** A database made from the schema itself, with the clock that its defaults call and nothing else. */
async function databaseOfSchema(): Promise<Sql> {
  const { sql } = await openOne(createEmptyDatabase);
  const statements = await generateMigration(
    generateDrizzleJson({}),
    generateDrizzleJson(await schemaTables()),
  );
  // The functions that defaults call: each is the first statement of its migration.
  const called = ['0000_baseline', '0009_lives', '0011_leases'].map((name) => {
    const migration = readFileSync(new URL(`../../../migrations/${name}.sql`, import.meta.url), 'utf8');
    return migration.split('--> statement-breakpoint')[0] ?? '';
  });
  for (const statement of [...called, ...statements]) await sql.unsafe(statement);
  return sql;
}

/** Columns, indexes and constraints as the catalogue spells them, by name and not by position. */
async function catalogue(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select format('%s.%s %s null:%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  not a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid)) as line
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped
    union all
    select indexdef from pg_indexes where schemaname = 'public'
    union all
    select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
    order by 1`;
  return rows.map((row) => row.line);
}

/** `table trigger function(arguments)` of every trigger of ours. */
async function triggers(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select format('%s %s', tgrelid::regclass, substring(pg_get_triggerdef(oid) from 'EXECUTE FUNCTION (.*)$')) as line
    from pg_trigger where not tgisinternal`;
  return rows.map((row) => row.line).sort();
}

test('four processes that migrate an empty database at once all succeed, once', async () => {
  const { url, sql } = await openOne(createEmptyDatabase);
  await Promise.all(Array.from({ length: 4 }, () => migrate(url)));
  const { known, applied } = await schemaLag(url);
  expect(applied).toBe(known);
  expect(await sql`select 1 from instance`).toHaveLength(1);
});

test('a database that was never migrated is behind, and one that we may not read says why', async () => {
  const { url, sql } = await openOne(createEmptyDatabase);
  expect((await schemaLag(url)).applied).toBe(0);
  await migrate(url);
  await sql`create role kept_out`;
  try {
    const asking = new URL(url);
    asking.searchParams.set('role', 'kept_out');
    await expect(schemaLag(asking.href)).rejects.toMatchObject({ code: '42501' });
  } finally {
    await sql`drop role kept_out`;
  }
});

test('migrated tables are those of the schema: columns, indexes, checks and keys', async () => {
  const { sql } = await openOne(createTestDatabase);
  const [migrated, meant] = await Promise.all([catalogue(sql), databaseOfSchema().then(catalogue)]);
  expect(migrated.length).toBeGreaterThan(300);
  expect(migrated).toEqual(meant);
});

describe('the last wall', () => {
  test('guards every table of obligations, attempts and history, and tells what the merchant sees', async () => {
    const { sql } = await openOne(createTestDatabase);
    const guards = Object.entries(obligationTables).flatMap(([kind, table]) => [
      `${table} draw_revision()`,
      `${table} guard_obligation('${kind}')`,
      `${table} guard_obligation('${kind}')`,
      `${table} note_moves('${kind}')`,
      `${table} note_moves('${kind}')`,
    ]);
    expect(await triggers(sql)).toEqual(
      [
        ...guards,
        'charges guard_charge()',
        'charges refuse_rewrite()',
        'charges refuse_rewrite()',
        'charges end_charge()',
        'charges owe_receipt()',
        'charges hear_again()',
        'consents refuse_forgotten()',
        'customers forget_answers()',
        'customers owe_waking()',
        'charges guard_operator_word()',
        'charges guard_operator_word()',
        'instance keep_mode()',
        'operator_actions refuse_rewrite()',
        'payment_methods forget_card()',
        'payment_methods forget_mandate()',
        'payment_methods note_card()',
        'payment_methods tell_mandate_changed()',
        'recoveries end_recovery()',
        'charge_attempts guard_attempt()',
        'charge_attempts note_attempts()',
        'charge_attempts note_attempts()',
        'consents tell_consent_revoked()',
        'customers forget_bank_facts()',
        'customers forget_told()',
        'customers tell_customer_changed()',
        'customers forget_refunds()',
        'customers forget_usage()',
        'customers drop_receipts()',
        "disputes guard_fact('dispute')",
        "disputes note_moves('dispute')",
        "disputes note_moves('dispute')",
        'disputes note_return()',
        'disputes refuse_rewrite()',
        "fraud_warnings guard_fact('fraud_warning')",
        "fraud_warnings note_moves('fraud_warning')",
        "fraud_warnings note_moves('fraud_warning')",
        'fraud_warnings refuse_rewrite()',
        'notices guard_notice()',
        'notices refuse_rewrite()',
        'refunds guard_refund()',
        'refunds refuse_rewrite()',
        'refunds tell_refunded()',
        'runs guard_run()',
        'runs refuse_rewrite()',
        'runs tell_run()',
        'events await_place()',
        'events guard_event()',
        'events guard_event()',
        'feed guard_event()',
        'feed guard_event()',
        'instance begin_epoch()',
        'payment_methods tell_method_changed()',
        "recoveries tell_recovery('recovery.visited', 'customer')",
        "recoveries tell_recovery('recovery.undeliverable', 'worker')",
        'transitions forget_what_was_told()',
        'charge_attempts refuse_rewrite()',
        'transitions refuse_rewrite_of_timeline()',
      ].sort(),
    );
  });

  test('writes down the birth of what was born, not of what was there already', async () => {
    const { sql } = await openOne(createTestDatabase);
    const customer = () => sql`
      insert into customers (id, state, email) values ('cst_1', 'queued', 'robin@example.test')
      on conflict do nothing`;
    const again = () => sql`
      insert into customers (id, state, email) values ('cst_1', 'queued', 'robin@example.test')
      on conflict (id) do update set name = 'Robin'`;
    for (const write of [customer, customer, again]) await write();

    const births = await sql`select entity, from_state, to_state, version from transitions`;
    expect(births).toEqual([{ entity: 'customer', from_state: null, to_state: 'queued', version: 1 }]);
  });

  test('judges by the states and moves of the code', async () => {
    const { sql } = await openOne(createTestDatabase);
    const states = await sql`select entity, state, status, terminal, told, born from states`;
    const moves = await sql`select entity, from_state, to_state from allowed_transitions`;
    const lines = (rows: readonly object[]) => rows.map((row) => Object.values(row).join(' ')).sort();
    const expected = Object.entries<Machine>(machines).map(([entity, { statuses, moves, told, born }]) => ({
      states: Object.entries(statuses).map(([state, status]) =>
        [entity, state, status, moves[state]?.length === 0, told?.[state] ?? null, born ?? null].join(' '),
      ),
      moves: Object.entries<readonly string[]>(moves).flatMap(([from, targets]) =>
        targets.map((to) => `${entity} ${from} ${to}`),
      ),
    }));
    expect(lines(states)).toEqual(expected.flatMap((one) => one.states).sort());
    expect(lines(moves)).toEqual(expected.flatMap((one) => one.moves).sort());
  });
});
