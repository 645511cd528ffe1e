/**
 * The key of a create comes back with its row: Stripe answers with what a lost row made under it, as it was when it was
 * made.
 */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noteLoss } from '../../../src/store/postgres/loss.ts';
import { turnChargingOn } from '../../../src/store/work/charging.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, bodyOf, createApiWorld } from '../api/api-world.ts';
import { breaksOf, confirmsOf, intentOf } from '../charge/protocol-world.ts';
import { loseRows } from '../janitor/lost-rows.ts';

const WORD = { reason: 'entered from the mails of that day', by: 'Kim' };

let api: ApiWorld;
let customer: SavedCustomer;

beforeEach(async () => {
  api = await createApiWorld();
  customer = await api.world.customer('pm_card_visa', ['insufficient_funds', 'succeed']);
  await api.world.simulator.control.webhooks({ paused: true });
});
afterEach(() => api.close());

async function ask(key: string): Promise<string> {
  const taken = await api.post('/v1/charges', bodyOf(customer), { key });
  expect(taken.status).toBe(202);
  return taken.body.id;
}

/** The same request again, after the row was lost and charging was turned on again. */
async function lostAndAsked(id: string, key: string): Promise<void> {
  const { sql } = api.world;
  await loseRows(sql, [id]);
  await noteLoss(sql, { cause: 'restored', seen_at: null, since: null, stops: true });
  expect(await ask(key)).toBe(id);
  expect(await turnChargingOn(sql, WORD, true)).toBeNull();
}

const canceled = async (id: string) => {
  expect((await api.post(`/v1/charges/${id}/cancel`, {})).status).toBe(202);
  await api.world.work(['charge']);
  expect((await intentOf(api.world, id)).status).toBe('canceled');
};

test('what Stripe repeats under the key of a create is read again: it was cancelled since, and no confirm leaves', async () => {
  const { world } = api;
  const key = randomUUID();
  const id = await ask(key);
  await world.work(['charge']);
  const { id: intent } = await intentOf(world, id);
  await canceled(id);
  const before = (await confirmsOf(world, id)).length;

  await lostAndAsked(id, key);
  await world.work(['charge']);

  expect((await world.read(id)).charge).toMatchObject({ state: 'failed', stripe_payment_intent_id: intent });
  expect(await confirmsOf(world, id)).toHaveLength(before);
});

test('what Stripe repeats under the key of a create is read again: later use was written to it since, and the customer is asked', async () => {
  const { world } = api;
  const key = randomUUID();
  const id = await ask(key);
  await world.work(['charge']);
  const { id: intent } = await intentOf(world, id);
  await world.sdk.paymentIntents.update(intent, { setup_future_usage: 'off_session' });
  const before = (await confirmsOf(world, id)).length;

  // Lost in silence: nobody has seen it yet, so nothing is looked for first.
  await loseRows(world.sql, [id]);
  expect(await ask(key)).toBe(id);
  await world.work(['charge']);

  expect((await world.read(id)).charge).toMatchObject({
    state: 'action_required',
    stripe_payment_intent_id: intent,
    future_use_at: expect.any(Date),
  });
  expect(await confirmsOf(world, id)).toHaveLength(before);
  expect(await breaksOf(world, id)).toEqual([]);
});
