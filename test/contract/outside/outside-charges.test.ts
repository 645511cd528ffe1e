/** The life of a charge as a merchant sees it: every status, the details that can be reached, and what is told. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { chargeWhen, consent, newCharge, readCharge, savedCard } from './outside-merchant.ts';
import { chargeShape, pageOf, problemShape, timelineShape } from './outside-shapes.ts';
import { fresh, openWorld, read, type World } from './outside-world.ts';

const DAY_S = 86_400;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

async function chargeWith(outcomes: readonly unknown[], fields: object = {}) {
  const saved = await savedCard(world, 'pm_card_visa', { outcomes });
  return { ...saved, charge: await newCharge(world, saved.customer, fields) };
}

async function refusedCancel(id: string) {
  const answer = await world.call('POST', `/v1/charges/${id}/cancel`);
  return [answer.status, read(problemShape, answer).code];
}

async function paymentIntents() {
  const answer = await world.sim('GET', '/ledger');
  const row = z.object({
    id: z.string(),
    amount: z.int(),
    currency: z.string(),
    status: z.string(),
    amount_received: z.int(),
    successes: z.int(),
    confirms: z.int(),
    metadata: z.record(z.string(), z.string()),
  });
  const totals = z.array(z.object({ currency: z.string(), amount_received: z.int(), count: z.int() }));
  return read(z.object({ payment_intents: z.array(row), totals }), answer);
}

async function intentOf(id: string) {
  const { payment_intents } = await paymentIntents();
  const ours = payment_intents.filter(({ metadata }) => metadata.dc_charge === id);
  expect(ours).toHaveLength(1);
  return ours[0];
}

describe('a charge that is paid', () => {
  test('tells its attempt, its PaymentIntent and its end, and Stripe says the same', async () => {
    const { customer, method, charge } = await chargeWith([], {
      reference: fresh('r'),
      metadata: { a: 'b' },
    });
    expect(charge).toMatchObject({ status: 'processing', amount: 1_999, currency: 'eur', customer });
    expect(charge).toMatchObject({ due_at: null, recovery: null, last_error: null, metadata: { a: 'b' } });
    const paid = await chargeWhen(world, charge.id, 'succeeded');
    expect(paid).toMatchObject({ detail: null, next_attempt_at: null, recovery: null, last_error: null });
    expect(paid.settled_at).not.toBeNull();
    expect(paid.version).toBeGreaterThan(charge.version);
    expect(paid.attempts).toMatchObject([
      {
        number: 1,
        kind: 'off_session',
        status: 'succeeded',
        payment_method: method,
        code: null,
        decline_code: null,
        advice_code: null,
      },
    ]);
    expect(paid.attempts[0]?.ended_at).not.toBeNull();
    expect(await intentOf(charge.id)).toMatchObject({
      id: paid.stripe_payment_intent_id,
      amount: 1_999,
      amount_received: 1_999,
      currency: 'eur',
      status: 'succeeded',
      successes: 1,
      confirms: 1,
    });
    const [row] = await world.sql`
      select amount_minor, amount_received_minor, currency, state, stripe_payment_intent_id
      from charges where id = ${charge.id}`;
    expect(row).toMatchObject({
      state: 'succeeded',
      stripe_payment_intent_id: paid.stripe_payment_intent_id,
    });
    expect([Number(row?.amount_minor), Number(row?.amount_received_minor)]).toEqual([1_999, 1_999]);
    const attempts = await world.sql`
      select number, kind, idempotency_key, state from charge_attempts where charge_id = ${charge.id}`;
    expect(attempts).toMatchObject([
      { number: 1, kind: 'off_session', idempotency_key: `dc1:${charge.id}:confirm:1`, state: 'succeeded' },
    ]);
    expect(await refusedCancel(charge.id)).toEqual([409, 'already_succeeded']);
  });

  test('has a timeline from its beginning to its end', async () => {
    const { charge } = await chargeWith([]);
    await chargeWhen(world, charge.id, 'succeeded');
    const answer = await world.call('GET', `/v1/charges/${charge.id}/timeline`);
    const { data } = read(timelineShape, answer);
    expect(data.map(({ at }) => at)).toEqual(data.map(({ at }) => at).sort());
    const own = data.filter(({ entity }) => entity === 'charge');
    expect(own[0]?.from).toBeNull();
    expect(own.at(-1)?.to).toBe('succeeded');
    expect(own.map(({ version }) => version)).toEqual(own.map((_, i) => i + 1));
  });

  test('is scheduled until its time comes', async () => {
    const due_at = new Date(Date.now() + 30 * DAY_S * 1_000).toISOString();
    const { charge } = await chargeWith([], { due_at });
    expect(charge).toMatchObject({ status: 'scheduled', due_at, next_attempt_at: due_at, attempts: [] });
    const past = await chargeWith([], { due_at: '2020-01-01T00:00:00Z' });
    expect(past.charge.status).toBe('processing');
    expect((await world.advance(30 * DAY_S + 60)).status).toBe(200);
    await chargeWhen(world, charge.id, 'succeeded');
  });

  test('with a method that was set up with the customer there carries a warning', async () => {
    const { customer } = await savedCard(world, 'pm_card_visa', { setup: { usage: 'on_session' } });
    const charge = await newCharge(world, customer);
    expect(charge.warnings).not.toEqual([]);
    await chargeWhen(world, charge.id, 'succeeded');
  });
});

describe('a charge that is declined', () => {
  test('for want of money is tried again a day later, on the same PaymentIntent', async () => {
    const { charge } = await chargeWith(['insufficient_funds', 'succeed']);
    const waiting = await chargeWhen(world, charge.id, 'processing', 'retry_scheduled');
    expect(waiting.attempts).toMatchObject([
      { status: 'declined', code: 'card_declined', decline_code: 'insufficient_funds' },
    ]);
    expect(waiting.last_error).toMatchObject({ code: 'card_declined', decline_code: 'insufficient_funds' });
    expect(waiting.next_attempt_at).not.toBeNull();
    await world.advance(DAY_S + 60);
    const paid = await chargeWhen(world, charge.id, 'succeeded');
    expect(paid.attempts.map(({ number, status }) => [number, status])).toEqual([
      [1, 'declined'],
      [2, 'succeeded'],
    ]);
    expect(await intentOf(charge.id)).toMatchObject({ confirms: 2, successes: 1 });
  });

  test('because the bank asks for its customer requires action', async () => {
    const { charge } = await chargeWith(['authentication_required']);
    const waiting = await chargeWhen(world, charge.id, 'requires_action');
    expect(waiting.attempts).toMatchObject([{ status: 'authentication_required' }]);
    expect(waiting.recovery).toMatchObject({ kind: 'authenticate' });
    const days = (Date.parse(waiting.recovery?.expires_at ?? '') - Date.parse(waiting.created_at)) / 864e5;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThan(7.2);
  });

  test('because the card is lost asks for another one', async () => {
    const { charge } = await chargeWith(['lost_card']);
    const waiting = await chargeWhen(world, charge.id, 'requires_action');
    expect(waiting.recovery).toMatchObject({ kind: 'replace' });
  });

  test('for a reason that only the merchant can clear has failed, with proof', async () => {
    const { charge } = await chargeWith(['invalid_amount']);
    const failed = await chargeWhen(world, charge.id, 'failed');
    expect(failed).toMatchObject({ detail: 'merchant_action', recovery: null });
    expect(failed.settled_at).not.toBeNull();
    expect(await intentOf(charge.id)).toMatchObject({ status: 'canceled' });
    expect(await refusedCancel(charge.id)).toEqual([409, 'already_failed']);
  });

  test('and not brought back within a week has failed', async () => {
    const { charge } = await chargeWith(['authentication_required']);
    await chargeWhen(world, charge.id, 'requires_action');
    // Day by day, as the mails go out: the last call grants an hour more at the earliest.
    for (let day = 0; day < 8; day += 1) await world.advance(DAY_S);
    const failed = await chargeWhen(world, charge.id, 'failed');
    expect(failed).toMatchObject({ detail: 'recovery_expired', recovery: { status: 'expired' } });
    expect(await intentOf(charge.id)).toMatchObject({ status: 'canceled', successes: 0 });
  });

  test('and canceled at Stripe by somebody else has failed', async () => {
    const { charge } = await chargeWith(['insufficient_funds']);
    const waiting = await chargeWhen(world, charge.id, 'processing', 'retry_scheduled');
    const intent = z.string().parse(waiting.stripe_payment_intent_id);
    expect((await world.stripe('POST', `/v1/payment_intents/${intent}/cancel`, {})).status).toBe(200);
    await chargeWhen(world, charge.id, 'failed', 'canceled_at_stripe');
  });
});

describe('a charge that is canceled', () => {
  test('before its time is canceled without a word to Stripe', async () => {
    const { charge } = await chargeWith([], { due_at: '2099-01-01T00:00:00Z' });
    const answer = await world.call('POST', `/v1/charges/${charge.id}/cancel`);
    expect(answer.status).toBe(202);
    expect(read(chargeShape, answer).id).toBe(charge.id);
    const canceled = await chargeWhen(world, charge.id, 'canceled');
    expect(canceled).toMatchObject({ stripe_payment_intent_id: null, attempts: [] });
    expect(await refusedCancel(charge.id)).toEqual([409, 'already_canceled']);
  });

  test('while it waits for its customer is canceled at Stripe too', async () => {
    const { charge } = await chargeWith(['authentication_required']);
    await chargeWhen(world, charge.id, 'requires_action');
    expect((await world.call('POST', `/v1/charges/${charge.id}/cancel`)).status).toBe(202);
    const canceled = await chargeWhen(world, charge.id, 'canceled');
    expect(canceled.recovery).toMatchObject({ status: 'revoked' });
    expect(await intentOf(charge.id)).toMatchObject({ status: 'canceled', successes: 0 });
  });

  test('while its debit is on its way stays processing, and is paid if the debit is', async () => {
    const { charge } = await chargeWith(['processing']);
    await chargeWhen(world, charge.id, 'processing', 'debit_pending');
    expect((await world.call('POST', `/v1/charges/${charge.id}/cancel`)).status).toBe(202);
    const stuck = await chargeWhen(world, charge.id, 'processing', 'cannot_cancel_debit');
    const intent = z.string().parse(stuck.stripe_payment_intent_id);
    await world.sim('POST', `/intents/${intent}/settle`, { outcome: 'succeed' });
    await chargeWhen(world, charge.id, 'succeeded');
  });

  test('can be made again once, with the reference it had', async () => {
    const reference = fresh('r');
    const { customer, charge } = await chargeWith([], { reference, due_at: '2099-01-01T00:00:00Z' });
    await world.call('POST', `/v1/charges/${charge.id}/cancel`);
    await chargeWhen(world, charge.id, 'canceled');
    const again = await newCharge(world, customer, { again_of: charge.id });
    expect(again.reference).toBe(reference);
    const body = { customer, amount: 1_999, currency: 'eur', description: 'x', again_of: charge.id };
    expect((await world.call('POST', '/v1/charges', body)).status).toBe(409);
    await chargeWhen(world, again.id, 'succeeded');
  });
});

test('an answer that stays unknown is no failure, and nothing is charged twice', async () => {
  const saved = await savedCard(world);
  const fault = {
    match: { route: '/v1/payment_intents/:id/confirm' },
    action: { type: 'status', status: 500 },
  };
  expect((await world.sim('POST', '/faults', { ...fault, times: 1 })).status).toBe(200);
  const charge = await newCharge(world, saved.customer);
  await chargeWhen(world, charge.id, 'processing', 'outcome_unknown');
  for (let i = 0; i < 6; i += 1) await world.advance(400);
  const paid = await chargeWhen(world, charge.id, 'succeeded');
  expect(paid.attempts.map(({ status }) => status)).toEqual(['lost', 'succeeded']);
  expect(await intentOf(charge.id)).toMatchObject({ successes: 1 });
});

test('wait holds the answer until the status is settled, or the seconds are over', async () => {
  const { charge: later } = await chargeWith([], { due_at: '2099-01-01T00:00:00Z' });
  const { charge } = await chargeWith([]);
  // Asked for as long, the other has nothing to tell.
  const first = await Promise.race([later, charge].map(({ id }) => readCharge(world, id, 20)));
  expect([first.id, first.status]).toEqual([charge.id, 'succeeded']);

  const isOver = wait(1_000, 'over');
  const answer = readCharge(world, later.id, 2);
  expect(await Promise.race([isOver, answer])).toBe('over');
  expect((await answer).status).toBe('scheduled');
});

test('lists go newest first by their cursor, and take filters', async () => {
  const page = pageOf(chargeShape);
  const { customer } = await savedCard(world);
  const made: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    const charge = await newCharge(world, customer, {
      due_at: '2099-01-01T00:00:00Z',
      reference: fresh('r'),
    });
    made.unshift(charge.id);
  }
  const seen: string[] = [];
  let cursor = '';
  for (let i = 0; i < 3; i += 1) {
    const query = `customer=${customer}&limit=2${cursor}`;
    const { data, next_cursor, has_more } = read(page, await world.call('GET', `/v1/charges?${query}`));
    seen.push(...data.map(({ id }) => id));
    cursor = `&cursor=${next_cursor}`;
    expect([next_cursor === null, has_more]).toEqual([i === 2, i < 2]);
  }
  expect(seen).toEqual(made);
  const { reference } = await readCharge(world, made[2] ?? '');
  const byReference = read(page, await world.call('GET', `/v1/charges?reference=${reference}`));
  expect(byReference.data.map(({ id }) => id)).toEqual([made[2]]);
  const byStatus = read(page, await world.call('GET', `/v1/charges?customer=${customer}&status=succeeded`));
  expect(byStatus.data).toEqual([]);
});

test('a one-time consent covers one charge with its retries, and is released by its proven end', async () => {
  const { customer } = await savedCard(world, 'pm_card_visa', {
    setup: { consent: { ...consent, frequency: 'one_time' } },
    outcomes: ['insufficient_funds', 'succeed'],
  });
  const charge = await newCharge(world, customer);
  await chargeWhen(world, charge.id, 'processing', 'retry_scheduled');
  await world.advance(DAY_S + 60);
  await chargeWhen(world, charge.id, 'succeeded');
});
