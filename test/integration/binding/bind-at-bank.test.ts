import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AtBank, bindAtBank } from '../../../src/store/charge/bind-at-bank.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { attemptStates, cancel } from '../charge/protocol-world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

async function leased() {
  const id = await world.charge(await world.customer('pm_card_visa'));
  await world.sql`
    update charges set claim_token = gen_random_uuid(), lease_number = 7,
                       lease_until = clock_timestamp() + interval '1 minute'
    where id = ${id}`;
  const binding: AtBank = {
    charge_id: id,
    lease_number: 7,
    payment_intent_id: `pi_${id}`,
    attempt: {
      number: 1,
      idempotency_key: `dc1:${id}:confirm:1`,
      payment_method_id: 'pm_at_the_bank',
      api_version: '2026-10-28.endive',
      latest_charge: null,
    },
    press_ms: 1_800_000,
  };
  return { id, binding };
}

test('binding a PaymentIntent at the bank needs the lease, an unbound charge and no wish to close', async () => {
  const { id, binding } = await leased();
  expect(await bindAtBank(world.sql, { ...binding, lease_number: 6 })).toBe(false);
  expect(await attemptStates(world, id)).toEqual([]);
  expect(await bindAtBank(world.sql, binding)).toBe(true);
  expect(await attemptStates(world, id)).toEqual(['awaiting_customer']);
  expect(await bindAtBank(world.sql, { ...binding, payment_intent_id: 'pi_second' })).toBe(false);

  const late = await leased();
  await world.sql`update charges set lease_until = clock_timestamp() where id = ${late.id}`;
  expect(await bindAtBank(world.sql, late.binding)).toBe(false);

  const closing = await leased();
  await cancel(world, closing.id);
  expect(await bindAtBank(world.sql, closing.binding)).toBe(false);
  expect((await world.read(closing.id)).charge).toMatchObject({
    state: 'closing',
    stripe_payment_intent_id: null,
  });
});
