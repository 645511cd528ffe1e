import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChargePlan } from '../../../src/domain/charge/charge-facts.ts';
import { requestClose } from '../../../src/store/charge/close-requests.ts';
import { type AttemptOpening, openAttempts } from '../../../src/store/charge/open-attempt.ts';
import { settleCharges } from '../../../src/store/charge/settle-charges.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import {
  claimRows,
  forgetOffers,
  offerDueRows,
  offerRows,
  releaseLeases,
  renewLeases,
} from '../../../src/store/work/obligations.ts';
import { readCharge, seedCharge, setCharging } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

let database: TestDatabase;
let store: Database;
const LEASE = { lease_ms: 60_000, due_only: true };

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 12 });
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

async function leased(given: Parameters<typeof seedCharge>[1] = {}) {
  const seeded = await seedCharge(store.sql, given);
  const [row] = await claimRows(store.sql, 'charge', [{ id: seeded.id, token: randomUUID() }], LEASE);
  if (row === undefined) throw new Error('the seeded charge could not be claimed');
  return { ...seeded, row };
}

function opening(charge: Awaited<ReturnType<typeof leased>>, number = 1): AttemptOpening {
  return {
    charge_id: charge.id,
    lease_number: charge.row.lease_number,
    payment_intent_id: `pi_${charge.id}`,
    cause: 'worker',
    cause_reference: 'test',
    attempt: {
      number,
      kind: 'off_session',
      idempotency_key: `dc1:${charge.id}:confirm:${number}`,
      payment_method_id: charge.row.payment_method_id,
      consent_id: charge.consent_id,
      chosen: true,
      moves: false,
      request_body: 'payment_method=pm_1&off_session=true',
      api_version: '2026-10-28.endive',
      opened_status: 'requires_payment_method',
      opened_latest_charge: null,
      number_max: 5,
      future_use: false,
      recovery_id: null,
    },
  };
}

const succeeded = (amount_minor: number): ChargePlan => ({
  state: 'succeeded',
  due_in_ms: null,
  detail: null,
  amount_received_minor: amount_minor,
  attempt: { number: 1, state: 'succeeded', codes: null, stripe_charge_id: null, note: null },
  recovery: null,
});

function settlement(charge_id: string, revision: number, plan: ChargePlan) {
  return { charge_id, revision, plan, cause: 'worker', cause_reference: 'test', stripe_request_id: null };
}

describe('a claim', () => {
  test('has one winner among forty', async () => {
    const { id } = await seedCharge(store.sql);
    const claims = Array.from({ length: 40 }, () =>
      claimRows(store.sql, 'charge', [{ id, token: randomUUID() }], LEASE),
    );
    const won = (await Promise.all(claims)).filter((rows) => rows.length === 1);
    expect(won).toHaveLength(1);
  });

  test('answers the same token alike as long as its lease is current', async () => {
    const { id } = await seedCharge(store.sql);
    const token = randomUUID();
    const [first] = await claimRows(store.sql, 'charge', [{ id, token }], LEASE);
    const [again] = await claimRows(store.sql, 'charge', [{ id, token }], LEASE);
    expect(again?.lease_number).toBe(first?.lease_number);
    expect(await claimRows(store.sql, 'charge', [{ id, token: randomUUID() }], LEASE)).toEqual([]);
  });

  test('takes over a lease that ran out, under a later number', async () => {
    const { id } = await seedCharge(store.sql);
    const [zombie] = await claimRows(store.sql, 'charge', [{ id, token: randomUUID() }], {
      lease_ms: 0,
      due_only: true,
    });
    const [successor] = await claimRows(store.sql, 'charge', [{ id, token: randomUUID() }], LEASE);
    expect(successor?.lease_number).toBeGreaterThan(zombie?.lease_number ?? Number.POSITIVE_INFINITY);
    const stale = { id, lease_number: zombie?.lease_number ?? 0 };
    expect(await renewLeases(store.sql, 'charge', [stale], 60_000)).toEqual([]);
  });

  test('does not see what is not due, and the dispatcher offers what is due once until it is stale', async () => {
    const { id } = await seedCharge(store.sql);
    await store.sql`update charges set due_at = dc_now() + interval '1 hour' where id = ${id}`;
    expect(await claimRows(store.sql, 'charge', [{ id, token: randomUUID() }], LEASE)).toEqual([]);
    await store.sql`update charges set due_at = dc_now() where id = ${id}`;
    const offers = await offerDueRows(store.sql, 'charge', { limit: 1_000, stale_ms: 60_000 });
    expect(offers.map((offer) => offer.id)).toContain(id);
    expect(await offerDueRows(store.sql, 'charge', { limit: 1_000, stale_ms: 60_000 })).toEqual([]);
    const stale = await offerDueRows(store.sql, 'charge', { limit: 1_000, stale_ms: 0 });
    expect(stale.find((offer) => offer.id === id)?.offer_number).toBe(2);
  });
});

describe('an offer that finds its row taken', () => {
  test('is forgotten when the lease is given back, so that the next round offers the row again', async () => {
    const { id, row } = await leased();
    await offerRows(store.sql, 'charge', [id]);
    await releaseLeases(store.sql, 'charge', [{ id, lease_number: row.lease_number }]);
    const offers = await offerDueRows(store.sql, 'charge', { limit: 1_000, stale_ms: 60_000 });
    expect(offers.map((offer) => offer.id)).toContain(id);
  });

  test('is forgotten when the row was only locked for a moment', async () => {
    const { id } = await seedCharge(store.sql);
    await offerRows(store.sql, 'charge', [id]);
    await forgetOffers(store.sql, 'charge', [id]);
    const offers = await offerDueRows(store.sql, 'charge', { limit: 1_000, stale_ms: 60_000 });
    expect(offers.map((offer) => offer.id)).toContain(id);
  });

  test('and giving a lease back waits for a row that is locked', async () => {
    const { id, row } = await leased();
    const holder = await store.sql.reserve();
    await holder`begin`;
    await holder`select 1 from charges where id = ${id} for update`;
    const released = releaseLeases(store.sql, 'charge', [{ id, lease_number: row.lease_number }]);
    await expect
      .poll(() => store.sql`select 1 from pg_stat_activity where wait_event_type = 'Lock'`)
      .toHaveLength(1);
    await holder`commit`;
    holder.release();
    await released;
    const [free] = await store.sql`select lease_until from charges where id = ${id}`;
    expect(free?.lease_until).toBeNull();
  });
});

describe('opening an attempt', () => {
  test('binds, writes ahead and answers its own repetition alike', async () => {
    const charge = await leased();
    const [first] = await openAttempts(store.sql, [opening(charge)]);
    expect(first).toMatchObject({ held: true, opened: true, bound: `pi_${charge.id}` });
    const [again] = await openAttempts(store.sql, [opening(charge)]);
    expect(again).toMatchObject({ opened: true, bound: `pi_${charge.id}` });
    const context = await readCharge(store.sql, charge.id);
    expect(context?.charge).toMatchObject({
      state: 'in_flight',
      stripe_payment_intent_id: `pi_${charge.id}`,
    });
    expect(context?.attempts).toHaveLength(1);
    expect(context?.charge.revision).toBe(first?.revision);
  });

  test('never opens a second beside the first', async () => {
    const charge = await leased();
    await openAttempts(store.sql, [opening(charge)]);
    const [second] = await openAttempts(store.sql, [opening(charge, 2)]);
    expect(second?.opened).toBe(false);
  });

  test('refuses another PaymentIntent than the bound one', async () => {
    const charge = await leased();
    await openAttempts(store.sql, [{ ...opening(charge), attempt: null }]);
    const [other] = await openAttempts(store.sql, [{ ...opening(charge), payment_intent_id: 'pi_other' }]);
    expect(other).toMatchObject({ opened: false, bound: `pi_${charge.id}` });
  });

  test('needs the lease', async () => {
    const charge = await leased();
    await store.sql`update charges set lease_until = clock_timestamp() - interval '1 ms' where id = ${charge.id}`;
    const [late] = await openAttempts(store.sql, [opening(charge)]);
    expect(late).toMatchObject({ held: false, opened: false });
    const context = await readCharge(store.sql, charge.id);
    expect(context?.charge.stripe_payment_intent_id).toBeNull();
  });

  test('reads close request, consent, method and kill switch again', async () => {
    const forbid: Record<string, (charge: Awaited<ReturnType<typeof leased>>) => Promise<unknown>> = {
      closing: (charge) =>
        requestClose(store.sql, [charge.id], {
          as: 'canceled',
          detail: null,
          recovery: 'revoked',
          cause: 'api',
          cause_reference: null,
        }),
      consent: (charge) => store.sql`update consents set revoked_at = now() where id = ${charge.consent_id}`,
      method: (charge) =>
        store.sql`update payment_methods set state = 'unusable' where id = ${charge.row.payment_method_id}`,
      switch: () => setCharging(store.sql, false),
    };
    for (const [name, act] of Object.entries(forbid)) {
      const charge = await leased();
      await act(charge);
      const [answer] = await openAttempts(store.sql, [opening(charge)]);
      await setCharging(store.sql, true);
      expect(answer?.opened, name).toBe(false);
    }
  });

  test('many charges open in one statement, each for itself', async () => {
    const charges = await Promise.all(Array.from({ length: 20 }, () => leased()));
    const closing = charges[7];
    if (closing === undefined) throw new Error('seeded');
    await store.sql`update consents set revoked_at = now() where id = ${closing.consent_id}`;
    const answers = await openAttempts(
      store.sql,
      charges.map((charge) => opening(charge)),
    );
    expect(answers.filter((answer) => answer.opened)).toHaveLength(19);
    expect(answers[7]?.opened).toBe(false);
  });
});

describe('settling', () => {
  test('writes a fact once, whoever brings it again', async () => {
    const charge = await leased();
    const [opened] = await openAttempts(store.sql, [opening(charge)]);
    const fact = settlement(charge.id, opened?.revision ?? 0, succeeded(1_250));
    const results = await Promise.all(Array.from({ length: 10 }, () => settleCharges(store.sql, [fact])));
    expect(results.flat().filter((result) => result === 'settled')).toHaveLength(1);
    expect(results.flat().filter((result) => result === 'moved')).toHaveLength(9);
    const told = await store.sql`select type from events where object_id = ${charge.id} order by id`;
    expect(told.map((row) => row.type)).toEqual(['charge.created', 'charge.succeeded']);
  });

  test('sorts out a row that may not move and still settles its neighbours', async () => {
    const good = await leased();
    const bad = await leased();
    const [opened] = await openAttempts(store.sql, [opening(good)]);
    const results = await settleCharges(store.sql, [
      settlement(good.id, opened?.revision ?? 0, succeeded(1_250)),
      settlement(bad.id, bad.row.revision, { ...succeeded(1_250), state: 'canceled', attempt: null }),
    ]);
    expect(results).toEqual(['settled', 'refused']);
  });

  test('the database refuses success of another amount, and failure without proof', async () => {
    const charge = await leased();
    const [opened] = await openAttempts(store.sql, [opening(charge)]);
    const revision = opened?.revision ?? 0;
    await expect(
      settleCharges(store.sql, [settlement(charge.id, revision, succeeded(1_249))]),
    ).rejects.toMatchObject({ constraint_name: 'charges_succeeded_check' });
    const unproven: ChargePlan = { ...succeeded(1), state: 'failed', attempt: null };
    const { amount_received_minor: _, ...withoutAmount } = unproven;
    await expect(
      settleCharges(store.sql, [settlement(charge.id, revision, withoutAmount)]),
    ).rejects.toMatchObject({ constraint_name: 'charges_proof_check' });
  });

  test('the database refuses to change what was agreed, and to rewrite history', async () => {
    const charge = await leased();
    await openAttempts(store.sql, [opening(charge)]);
    await expect(
      store.sql`update charges set amount_minor = 1 where id = ${charge.id}`,
    ).rejects.toMatchObject({
      code: 'DC002',
    });
    await expect(
      store.sql`update charges set stripe_payment_intent_id = 'pi_other' where id = ${charge.id}`,
    ).rejects.toMatchObject({ code: 'DC003' });
    await expect(store.sql`delete from transitions`).rejects.toMatchObject({ code: 'DC002' });
    await expect(
      store.sql`update charge_attempts set request_body = 'x' where charge_id = ${charge.id}`,
    ).rejects.toMatchObject({ code: 'DC002' });
  });
});
