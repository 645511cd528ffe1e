/** The role that `migrate` grants to: it charges, and cannot touch the walls. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateQueue } from '../../../src/queue/postgres.ts';
import { grantToApp } from '../../../src/store/postgres/app-role.ts';
import { schemaLag } from '../../../src/store/postgres/migrate.ts';
import { onServer } from '../../harness/services/on-server.ts';
import { createWorld, type World } from '../../harness/world.ts';

const ROLE = `app_${randomBytes(4).toString('hex')}`;
const PASSWORD = 'of-a-test';
let world: World;
let url: string;

/** The database as this role finds it. */
function asRole(owner_url: string): string {
  const found = new URL(owner_url);
  found.username = ROLE;
  found.password = PASSWORD;
  return found.href;
}

beforeAll(async () => {
  world = await createWorld({
    through: async (owner_url) => {
      await onServer(owner_url, (sql) => sql.unsafe(`create role ${ROLE} login password '${PASSWORD}'`));
      await grantToApp(owner_url, ROLE, true);
      await grantToApp(owner_url, ROLE, true);
      url = asRole(owner_url);
      return url;
    },
  });
});
afterAll(async () => {
  const owner_url = world.databaseUrl;
  await world.sql.end({ timeout: 5 });
  await onServer(owner_url, async (sql) => {
    await sql.unsafe(`drop owned by ${ROLE} cascade`);
    await sql.unsafe(`drop role ${ROLE}`);
  });
  await world.close();
});

test('charges, asks for the schema, and has the queue to itself', async () => {
  const charge = await world.charge(await world.customer('pm_card_visa'));
  await world.work();
  expect((await world.read(charge)).charge.state).toBe('succeeded');
  const { known, applied } = await schemaLag(url);
  expect(applied).toBe(known);
  await migrateQueue(url);
  await migrateQueue(url);
  // By this a process knows its database again.
  expect(await world.sql`select system_identifier::text from pg_control_system()`).toHaveLength(1);
});

test('takes what is old by the functions for it, and has grown tables analyzed', async () => {
  expect(await world.sql`select next, looked, gone from forget_events(0, 10, 35)`).toHaveLength(1);
  expect(
    await world.sql`select next, looked, gone from forget_histories(0, 10, '{"other": 25}')`,
  ).toHaveLength(1);
  expect(await world.sql`select analyze_grown(1000000)`).toHaveLength(1);
});

test('cannot take what is old by its own hand, whatever it says of itself', async () => {
  await world.advance(40 * 86_400);
  await world.sql`
    insert into inbox_events (id, state, type, object_type, livemode, stripe_created_at, projection)
    values ('evt_old', 'ignored', 'x', 'x', false, dc_now(), '{}')`;
  await world.advance(40 * 86_400);
  await expect(
    world.sql.begin(async (tx) => {
      await tx`set local duecourse.forgetting = 'on'`;
      await tx`delete from transitions where entity_id = 'evt_old'`;
    }),
  ).rejects.toMatchObject({ code: 'DC002' });
});

test.each([
  'alter table charges disable trigger all',
  'set session_replication_role = replica',
  'drop trigger instance_mode on instance',
  'create or replace function refuse_rewrite() returns trigger language plpgsql as $$ begin return new; end $$',
  'truncate transitions cascade',
  'drop table operator_actions',
  'alter table charges drop constraint charges_payment_method_id_payment_methods_id_fk',
  'create table mine (id int)',
])('cannot %s', async (statement) => {
  await expect(world.sql.unsafe(statement)).rejects.toMatchObject({ code: '42501' });
});

test('is said to be missing where it is', async () => {
  await expect(grantToApp(world.databaseUrl, 'nobody_here', false)).rejects.toMatchObject({
    code: 'app_role_missing',
  });
});
