/** A PaymentIntent under our mark whose charge is missing: the sweep leaves it alone, and notes that rows were lost. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { turnChargingOn } from '../../../src/store/work/charging.ts';
import { createWorld, type World } from '../../harness/world.ts';

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
