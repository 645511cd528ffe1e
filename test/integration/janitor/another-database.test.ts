/** A process finds itself on another database than the one it knew, or without what was acknowledged to it. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { meetDatabase, watchDatabaseOnce } from '../../../src/billing/work/watch-database.ts';
import { noteLoss } from '../../../src/store/postgres/loss.ts';
import { turnChargingOn } from '../../../src/store/work/charging.ts';
import { createNewestWrite } from '../../../src/store/work/newest-write.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, bodyOf, createApiWorld } from '../api/api-world.ts';
import { loseRows } from './lost-rows.ts';

const WORD = { reason: 'none were withdrawn', by: 'Kim' };
let api: ApiWorld;
let customer: SavedCustomer;

beforeEach(async () => {
  api = await createApiWorld();
  customer = await api.world.customer('pm_card_visa');
  await meetDatabase(api.world.deps);
});
afterEach(() => api.close());

async function ask(): Promise<string> {
  return (await api.post('/v1/charges', bodyOf(customer), { key: randomUUID() })).body.id;
}
/** As if all that is here were another database: what is known is the one before it. */
async function exchange(): Promise<void> {
  await api.world.sql`update instance set database_identity = '7000000000000000000/00000001'`;
}
const told = async () =>
  (
    await api.world.sql`select lost_cause as by, charging_enabled as on, withdrawals_due as due from instance`
  )[0];
const stateOf = async (id: string) => (await api.world.read(id)).charge.state;
/** A process that has just started and wrote nothing. */
const stranger = () => ({ ...api.world.deps, newest: createNewestWrite() });

test('the first process that looks takes note of it: the cluster and its timeline', async () => {
  const [row] = await api.world.sql`select database_identity as known from instance`;
  expect(row?.known).toMatch(/^\d{15,}\/[0-9A-F]{8}$/);
  await watchDatabaseOnce(api.world.deps);
  expect(await told()).toEqual({ by: null, on: true, due: false });
});

test('nothing of a database that nobody knows is claimed', async () => {
  const id = await ask();
  await exchange();
  await api.world.work(['charge']);
  expect(await stateOf(id)).toBe('queued');
  expect(await api.world.ledger(id)).toEqual([]);
});

test('a process that finds its newest write vouches for it: it goes on, nobody is asked, creates look first', async () => {
  const { world } = api;
  const id = await ask();
  await watchDatabaseOnce(world.deps);
  await exchange();
  await watchDatabaseOnce(world.deps);
  expect(await told()).toEqual({ by: 'database_changed', on: true, due: false });
  await world.work();
  expect(await stateOf(id)).toBe('succeeded');
  expect((await world.read(id)).charge.listed_at).not.toBeNull();
});

test('where none is left that could, charging goes off after a while, until a person has spoken', async () => {
  const { world } = api;
  const id = await ask();
  await exchange();
  await watchDatabaseOnce(stranger());
  await world.work(['charge']);
  expect(await told()).toEqual({ by: null, on: true, due: false });

  await watchDatabaseOnce({ ...stranger(), timings: { ...world.deps.timings, vouchWaitMs: 0 } });

  expect(await told()).toEqual({ by: 'database_changed', on: false, due: true });
  expect(await turnChargingOn(world.sql, WORD, true)).toBeNull();
  await world.work();
  expect(await stateOf(id)).toBe('succeeded');
});

test('and what was written only there vouches for nothing', async () => {
  await exchange();
  await ask();
  await watchDatabaseOnce(api.world.deps);
  expect(await told()).toEqual({ by: null, on: true, due: false });

  const { timings } = api.world.deps;
  await watchDatabaseOnce({ ...api.world.deps, timings: { ...timings, vouchWaitMs: 0 } });

  expect(await told()).toEqual({ by: 'database_changed', on: false, due: true });
});

test('one that comes late may still vouch while the others wait', async () => {
  await ask();
  await watchDatabaseOnce(api.world.deps);
  await exchange();
  await watchDatabaseOnce(stranger());
  await watchDatabaseOnce(api.world.deps);
  await watchDatabaseOnce({ ...stranger(), timings: { ...api.world.deps.timings, vouchWaitMs: 0 } });
  expect(await told()).toEqual({ by: 'database_changed', on: true, due: false });
});

test.each(['request', 'claim', 'settlement'])(
  'misses its newest write, a %s: charging goes off',
  async (what) => {
    const { world } = api;
    const id = await ask();
    if (what !== 'request') await world.work(['charge']);
    await (what === 'settlement'
      ? world.sql`update charges set revision = revision - 1 where id = ${id}`
      : loseRows(world.sql, [id]));
    if (what === 'settlement')
      world.deps.newest.row('charge', id, { revision: (await world.read(id)).charge.revision + 1 });
    await watchDatabaseOnce(world.deps);
    expect(await told()).toEqual({ by: 'write_missing', on: false, due: true });
  },
);

test('that is missed though another process has vouched: charging goes off all the same', async () => {
  const { world } = api;
  const kept = await ask();
  const witness = stranger();
  witness.newest.row('charge', kept, {});
  await watchDatabaseOnce(witness);
  const id = await ask();
  await loseRows(world.sql, [id]);
  await exchange();
  await watchDatabaseOnce(witness);
  expect(await told()).toEqual({ by: 'database_changed', on: true, due: false });
  await watchDatabaseOnce(world.deps);
  expect(await told()).toEqual({ by: 'write_missing', on: false, due: true });
});

test('a lost write is missed though a newer one was made on the new database before anybody looked', async () => {
  const { world } = api;
  await loseRows(world.sql, [await ask()]);
  await exchange();
  await ask();
  await watchDatabaseOnce(world.deps);
  expect(await told()).toMatchObject({ on: false, due: true });
});

test('what was found once is not looked for again but for the newest', async () => {
  const { world } = api;
  const [older, newer] = [await ask(), await ask()];
  expect(world.deps.newest.read()).toHaveLength(2);
  await watchDatabaseOnce(world.deps);
  expect(world.deps.newest.read()).toHaveLength(1);

  await loseRows(world.sql, [older]);
  await watchDatabaseOnce(world.deps);
  expect(await told()).toEqual({ by: null, on: true, due: false });
  await loseRows(world.sql, [newer]);
  await watchDatabaseOnce(world.deps);
  expect(await told()).toEqual({ by: 'write_missing', on: false, due: true });
});

test('and a person has it in hand: a process that comes to it later says nothing new', async () => {
  const { world } = api;
  const id = await ask();
  await loseRows(world.sql, [id]);
  await noteLoss(world.sql, { cause: 'restored', seen_at: null, since: null, stops: true });
  expect(await turnChargingOn(world.sql, WORD, true)).toBeNull();
  await watchDatabaseOnce(world.deps);
  expect(await told()).toEqual({ by: 'restored', on: true, due: false });
});

test('a withdrawal is a write that would be missed', async () => {
  const { world } = api;
  await api.post(`/v1/customers/${customer.customer_id}/stop`, undefined, { key: 'stop-1' });
  await world.sql`delete from idempotency_keys where key = 'stop-1'`;
  await watchDatabaseOnce(world.deps);
  expect(await told()).toEqual({ by: 'write_missing', on: false, due: true });
});

test('whoever may not read the identity goes on without it', async () => {
  const { sql } = api.world;
  await exchange();
  await sql.begin(async (tx) => {
    await tx`create role nobody_special`;
    await tx`grant select on instance to nobody_special`;
    await tx`revoke execute on function pg_control_system() from public`;
    await tx`set local role nobody_special`;
    expect(await tx`select is_database_known() as known, see_database(false, '1 s') as seen`).toEqual([
      { known: true, seen: 'unreadable' },
    ]);
    await tx`reset role`;
    await tx`drop owned by nobody_special`;
    await tx`drop role nobody_special`;
  });
});
