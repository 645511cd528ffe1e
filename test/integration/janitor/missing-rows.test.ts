/** A PaymentIntent under our mark whose charge is missing: the sweep leaves it alone, and notes that rows were lost. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { turnChargingOn } from '../../../src/store/work/charging.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { loseRows } from './lost-rows.ts';
import { verbsIn } from './ways-out-world.ts';

const HOUR_S = 3_600;
let world: World;

beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

async function unbound(dc_charge: string): Promise<string> {
  const { id } = await world.sdk.paymentIntents.create(
    { amount: 1_250, currency: 'eur', metadata: { dc_charge, dc_instance: world.deps.instance.id } },
    { idempotencyKey: `unbound:${dc_charge}` },
  );
  return id;
}

const instance = async () =>
  (await world.sql`select lost_cause as by, charging_enabled as on, withdrawals_due as due from instance`)[0];

test('is never cancelled, and turns charging off', async () => {
  const id = await unbound('chg_nobodyknows');
  await sweepOrphansOnce(world.deps);
  await world.advance(25 * HOUR_S);
  await sweepOrphansOnce(world.deps);
  expect((await world.sdk.paymentIntents.retrieve(id)).status).toBe('requires_payment_method');
  expect(await instance()).toEqual({ by: 'payment_intent_without_row', on: false, due: true });
  const breaks = await world.sql`select kind from breaks where entity_id = ${world.deps.instance.id}`;
  expect(breaks).toEqual([{ kind: 'rows_lost' }]);
});

test('is noted once: what a person has in hand does not turn charging off again', async () => {
  await unbound('chg_nobodyknows');
  await sweepOrphansOnce(world.deps);
  expect(await turnChargingOn(world.sql, { reason: 'none were withdrawn', by: 'Kim' }, true)).toBeNull();
  await world.advance(120);
  await sweepOrphansOnce(world.deps);
  expect(await instance()).toMatchObject({ on: true });

  await unbound('chg_ofanotherloss');
  await world.advance(120);
  await sweepOrphansOnce(world.deps);
  expect(await instance()).toMatchObject({ on: false });
});

const WORD = { reason: 'nobody asks for it', by: 'Kim' };

/** All that `reconcile` finds, over everything. */
async function differences() {
  const { sql, stripe, instance: ours } = world.deps;
  const result = await reconcile({ sql, stripe, instance_id: ours.id, recheck_ms: 0 }, null);
  return result.differences.map(({ kind, entity, verbs }) => ({ kind, entity, verbs }));
}

test('is named by reconcile a day later, for a customer could still pay it, and is written off', async () => {
  const id = await unbound('chg_nobodyknows');
  expect(await differences()).toEqual([]);
  await world.advance(26 * HOUR_S);
  expect(await differences()).toEqual([{ kind: 'orphan_left', entity: id, verbs: ['write_off', 'release'] }]);

  expect((await verbsIn(world).writeOff(id)).outcome).toBe('done');

  expect((await world.sdk.paymentIntents.retrieve(id)).status).toBe('canceled');
  expect(await differences()).toEqual([]);
});

test('and whose money goes back: what was said of its confirm is said no more', async () => {
  const customer = await world.customer('pm_card_visa');
  const charge = await world.charge(customer);
  await world.work();
  await loseRows(world.sql, [charge]);
  const [paid] = await world.ledger(charge);
  const open = async () =>
    (
      await world.sql`select kind from breaks where stripe_id = ${paid?.id ?? ''} and closed_by is null
      order by kind`
    ).map(({ kind }) => kind);
  await differences();
  expect(await open()).toEqual(['confirm_without_attempt', 'success_without_charge']);
  await verbsIn(world).refund(paid?.id ?? '');
  expect(await differences()).toEqual([]);
  expect(await open()).toEqual([]);
});

test('is no new loss when something becomes of it later', async () => {
  const id = await unbound('chg_nobodyknows');
  await sweepOrphansOnce(world.deps);
  expect(await turnChargingOn(world.sql, WORD, true)).toBeNull();
  await world.advance(26 * HOUR_S);
  await verbsIn(world).writeOff(id);
  // They are there once they are told.
  await world.simulator.control.deliveries(world.secretKey);
  await world.work();
  expect(await world.sql`select type from inbox_events where object_id = ${id}`).toContainEqual({
    type: 'payment_intent.canceled',
  });
  expect(await instance()).toMatchObject({ on: true });
});
