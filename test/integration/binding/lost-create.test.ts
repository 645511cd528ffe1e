/**
 * The key of a create comes back with its row: Stripe answers with what a lost row made under it, as it was when it was
 * made, or says that the key stands for another body.
 */

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noteLoss } from '../../../src/store/postgres/loss.ts';
import { turnChargingOn } from '../../../src/store/work/charging.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, bodyOf, createApiWorld } from '../api/api-world.ts';
import { breaksOf, confirmsOf, intentOf } from '../charge/protocol-world.ts';
import { announced } from '../debits/debtors.ts';
import { loseRows } from '../janitor/lost-rows.ts';

const WORD = { reason: 'entered from the mails of that day', by: 'Kim' };
const MINUTE_S = 60;

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

/** What the customer pays with: a change of their default shows to a create as another type. */
async function defaultIs(type: 'card' | 'sepa_debit'): Promise<void> {
  await api.world
    .sql`update payment_methods set type = ${type}, mandate_id = 'mandate_1' where id = ${customer.payment_method_id}`;
}

/** As Stripe knows it once the lost row's create has arrived there: the key stands for something else. */
async function takeKey(id: string): Promise<void> {
  await api.world.sdk.paymentIntents.create(
    { amount: 999, currency: 'eur', customer: customer.stripe_customer_id },
    { idempotencyKey: `dc1:${id}:create:1` },
  );
}

const canceled = async (id: string) => {
  expect((await api.post(`/v1/charges/${id}/cancel`, {})).status).toBe(202);
  await api.world.work(['charge']);
  expect((await intentOf(api.world, id)).status).toBe('canceled');
};

test('a create that a lost row asked for with another type of method, and whose charge was cancelled, ends it once more', async () => {
  const { world } = api;
  const key = randomUUID();
  const id = await ask(key);
  await defaultIs('sepa_debit');
  await announced(world, id);
  await world.work(['charge']);
  await canceled(id);
  await defaultIs('card');

  await lostAndAsked(id, key);
  await world.work(['charge']);

  expect(await breaksOf(world, id)).toEqual([]);
  expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({
    status: 'failed',
    detail: 'canceled_at_stripe',
  });
  expect(await world.ledger(id)).toHaveLength(1);
});

test('a charge that was paid, and whose row was lost unnoticed, is paid still if it is canceled before its worker comes', async () => {
  const { world } = api;
  customer = await world.customer('pm_card_visa', ['succeed']);
  const key = randomUUID();
  const id = await ask(key);
  await world.work(['charge']);
  await loseRows(world.sql, [id]);
  expect(await ask(key)).toBe(id);

  expect((await api.post(`/v1/charges/${id}/cancel`, {})).status).toBe(202);
  await world.work(['charge']);

  expect((await api.get(`/v1/charges/${id}`)).body.status).toBe('succeeded');
  expect(await breaksOf(world, id)).toEqual([]);
  expect(await confirmsOf(world, id)).toHaveLength(1);
});

test('what Stripe repeats, and was changed and then cancelled since, ends the charge: it never takes money', async () => {
  const { world } = api;
  const key = randomUUID();
  const id = await ask(key);
  await world.work(['charge']);
  const { id: intent } = await intentOf(world, id);
  await world.sdk.paymentIntents.update(intent, { amount: 99_900 }, { idempotencyKey: `other:${id}` });
  await canceled(id);

  await lostAndAsked(id, key);
  await world.work(['charge']);

  expect(await breaksOf(world, id)).toEqual([]);
  expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({ detail: 'canceled_at_stripe' });
});

test('a create under a key that Stripe still works on for a lost row waits, and goes on with what that makes', async () => {
  const { world } = api;
  const id = await ask(randomUUID());
  await takeKey(id);

  await world.work(['charge']);
  expect((await world.read(id)).charge.state).toBe('queued');
  expect(await breaksOf(world, id)).toEqual([]);

  const made = await world.sdk.paymentIntents.create(
    {
      amount: 1_250,
      currency: 'eur',
      customer: customer.stripe_customer_id,
      allowed_payment_method_types: ['sepa_debit'],
      metadata: { dc_charge: id, dc_instance: world.deps.instance.id },
    },
    { idempotencyKey: `late:${id}` },
  );
  await world.advance(MINUTE_S);
  await world.work(['charge']);

  const { charge, attempts } = await world.read(id);
  expect(charge.stripe_payment_intent_id).toBe(made.id);
  // It was made for an account: the confirm names the card's type.
  expect(attempts).toMatchObject([{ state: 'declined' }]);
  expect(charge.state).toBe('retry_wait');
});

test('a create under a key that stands for nothing of this charge is for a person after ten minutes', async () => {
  const { world } = api;
  const id = await ask(randomUUID());
  await takeKey(id);
  for (let minute = 0; minute < 9; minute += 1) {
    await world.work(['charge']);
    expect(await breaksOf(world, id)).toEqual([]);
    await world.advance(MINUTE_S);
  }
  await world.advance(2 * MINUTE_S);
  await world.work(['charge']);
  expect(await breaksOf(world, id)).toEqual(['create_refused']);
  expect(await confirmsOf(world, id)).toEqual([]);
});

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
