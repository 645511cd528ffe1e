/** Leases and statements under the accidents that they are for: zombies, lost answers, wishes that come in between. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lease } from '../../../src/billing/work/lease.ts';
import { wait, writeOutcome } from '../../../src/billing/work/outcome.ts';
import type { ChargePlan } from '../../../src/domain/charge/charge-facts.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { requestClose } from '../../../src/store/charge/close-requests.ts';
import { type AttemptOpening, openAttempts } from '../../../src/store/charge/open-attempt.ts';
import { settleCharges } from '../../../src/store/charge/settle-charges.ts';
import { type Database, openDatabase, type Sql } from '../../../src/store/postgres/database.ts';
import { backOffRow, claimRows, releaseLeases } from '../../../src/store/work/obligations.ts';
import { readCharge, seedCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

let database: TestDatabase;
let store: Database;
const LEASE = { lease_ms: 60_000, due_only: true };
const DAY_MS = 86_400_000;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 8 });
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

async function claim(id: string, lease_ms = LEASE.lease_ms) {
  const [row] = await claimRows(store.sql, 'charge', [{ id, token: randomUUID() }], { ...LEASE, lease_ms });
  if (row === undefined) throw new Error('the charge could not be claimed');
  return row;
}

async function leased(given: Parameters<typeof seedCharge>[1] = {}) {
  const seeded = await seedCharge(store.sql, given);
  return { ...seeded, row: await claim(seeded.id) };
}

type Leased = Awaited<ReturnType<typeof leased>>;

function opening(charge: Leased, attempt: Partial<NonNullable<AttemptOpening['attempt']>> = {}) {
  const number = attempt.number ?? 1;
  return {
    charge_id: charge.id,
    lease_number: charge.row.lease_number,
    payment_intent_id: `pi_${charge.id}`,
    cause: 'worker',
    cause_reference: 'test',
    attempt: {
      number,
      kind: 'off_session' as const,
      idempotency_key: `dc1:${charge.id}:confirm:${number}`,
      payment_method_id: charge.row.payment_method_id,
      consent_id: charge.consent_id,
      chosen: true,
      moves: false,
      request_body: 'payment_method=pm_1&off_session=true',
      api_version: '2026-10-28.endive',
      opened_status: 'requires_payment_method',
      opened_latest_charge: null,
      number_max: 8,
      future_use: false,
      recovery_id: null,
      ...attempt,
    },
  };
}

function settlement(
  charge_id: string,
  revision: number,
  plan: ChargePlan,
  lease_number: number | null = null,
) {
  return {
    charge_id,
    revision,
    lease_number,
    plan,
    cause: 'worker',
    cause_reference: 'test',
    stripe_request_id: null,
  };
}

const retryTomorrow: ChargePlan = {
  state: 'retry_wait',
  due_in_ms: DAY_MS,
  detail: 'retry_scheduled',
  attempt: { number: 1, state: 'declined', codes: null, stripe_charge_id: null, note: null },
  recovery: null,
};

const unknownOutcome: ChargePlan = {
  state: 'unknown',
  due_in_ms: 1_000,
  detail: 'outcome_unknown',
  attempt: { number: 1, state: 'open', codes: null, stripe_charge_id: null, note: 'sent' },
  recovery: null,
};

const cancelWish = (id: string) =>
  requestClose(store.sql, [id], {
    as: 'canceled',
    detail: null,
    recovery: 'revoked',
    cause: 'api',
    cause_reference: null,
  });

async function dueInMs(id: string): Promise<number> {
  const [row] = await store.sql<{ ms: number }[]>`
    select extract(epoch from due_at - dc_now())::float8 * 1000 as ms from charges where id = ${id}`;
  return row?.ms ?? Number.NaN;
}

describe('a due time that was decided', () => {
  test('outlives an exception after the settling: a retry in days never comes forward', async () => {
    const charge = await leased();
    const [opened] = await openAttempts(store.sql, [opening(charge)]);
    await settleCharges(store.sql, [settlement(charge.id, opened?.revision ?? 0, retryTomorrow)]);
    const decided = await readCharge(store.sql, charge.id);

    await backOffRow(store.sql, 'charge', { id: charge.id, lease_number: charge.row.lease_number }, 8);

    const after = await readCharge(store.sql, charge.id);
    expect(after?.charge.due_at).toEqual(decided?.charge.due_at);
    expect(await dueInMs(charge.id)).toBeGreaterThan(DAY_MS / 2);
  });

  test('is not put off by a reader who did not see the wish to close', async () => {
    const charge = await leased();
    await openAttempts(store.sql, [opening(charge)]);
    const before = await readCharge(store.sql, charge.id);
    await cancelWish(charge.id);

    const { lease_number } = charge.row;
    const held = { kind: 'charge', id: charge.id, lease_number } as Lease;
    const decided = wait({ revision: before?.charge.revision ?? 0 }, DAY_MS, 'read');
    await writeOutcome({ sql: store.sql, log: silentLog() }, held, decided);
    await releaseLeases(store.sql, 'charge', [held]);

    expect(await dueInMs(charge.id)).toBeLessThanOrEqual(0);
    expect(await claim(charge.id)).toMatchObject({ state: 'closing' });
  });

  test('an exception before the settling brings the row back soon, and never more than an hour later', async () => {
    const charge = await leased();
    const lease = { id: charge.id, lease_number: charge.row.lease_number };
    await backOffRow(store.sql, 'charge', lease, null);
    expect(await dueInMs(charge.id)).toBeLessThanOrEqual(1_000);
    for (let tries = 0; tries < 40; tries += 1) {
      await store.sql`update charges set due_at = dc_now() where id = ${charge.id}`;
      const row = await claim(charge.id);
      await backOffRow(store.sql, 'charge', { id: charge.id, lease_number: row.lease_number }, null);
    }
    const after = await readCharge(store.sql, charge.id);
    expect(after?.charge).toMatchObject({ state: 'queued', tries: 41 });
    expect(await dueInMs(charge.id)).toBeLessThanOrEqual(3_600_000);
  });
});

describe('a zombie, whose lease was taken over', () => {
  async function takenOver() {
    const charge = await leased();
    const [opened] = await openAttempts(store.sql, [opening(charge)]);
    await store.sql`
      update charges set lease_until = clock_timestamp() - interval '1 ms' where id = ${charge.id}`;
    const successor = await claim(charge.id);
    return { charge, successor, revision: opened?.revision ?? 0 };
  }

  test('may bring what Stripe said', async () => {
    const { charge, revision } = await takenOver();
    const fact = settlement(charge.id, revision, retryTomorrow);
    expect(await settleCharges(store.sql, [fact])).toEqual(['settled']);
  });

  test('but not that it heard nothing: the successor keeps the lease and the charge its state', async () => {
    const { charge, successor, revision } = await takenOver();
    const heard = settlement(charge.id, revision, unknownOutcome, charge.row.lease_number);

    expect(await settleCharges(store.sql, [heard])).toEqual(['moved']);

    const [row] = await store.sql`
      select state, claim_token, lease_until > clock_timestamp() as is_leased from charges
      where id = ${charge.id}`;
    expect(row).toEqual({ state: 'in_flight', claim_token: successor.claim_token, is_leased: true });
    const own = settlement(charge.id, revision, unknownOutcome, successor.lease_number);
    expect(await settleCharges(store.sql, [own])).toEqual(['settled']);
  });

  test('neither opens nor binds', async () => {
    const charge = await leased();
    await store.sql`
      update charges set lease_until = clock_timestamp() - interval '1 ms' where id = ${charge.id}`;
    await claim(charge.id);
    const [answer] = await openAttempts(store.sql, [opening(charge)]);
    expect(answer?.held).not.toBe(true);
    expect(answer?.opened).toBe(false);
    const context = await readCharge(store.sql, charge.id);
    expect(context).toMatchObject({ attempts: [], charge: { stripe_payment_intent_id: null } });
  });
});

describe('the statement that opens an attempt', () => {
  test('sent again while its first sending still runs opens one attempt, which the next claim resumes', async () => {
    const charge = await leased();
    const holder = await store.sql.reserve();
    await holder`begin`;
    await holder`select 1 from charges where id = ${charge.id} for update`;
    const sendings = [1, 2].map(() => openAttempts(store.sql, [opening(charge)]));
    await expect
      .poll(() => store.sql`select 1 from pg_stat_activity where wait_event_type = 'Lock'`)
      .toHaveLength(2);
    await holder`commit`;
    holder.release();

    const answers = (await Promise.all(sendings)).flat();

    expect(answers.filter((answer) => answer.opened).length).toBeGreaterThanOrEqual(1);
    const context = await readCharge(store.sql, charge.id);
    expect(context?.attempts).toHaveLength(1);
    expect(context?.charge.state).toBe('in_flight');
    expect(await openAttempts(store.sql, [opening(charge)])).toMatchObject([{ opened: true }]);
  });

  test('sees a wish to close that was accepted while it waited for the row', async () => {
    const charge = await leased();
    const holder = await store.sql.reserve();
    await holder`begin`;
    await holder`
      update charges set close_requested_at = dc_now(), close_as = 'canceled', state = 'closing'
      where id = ${charge.id}`;
    const opened = openAttempts(store.sql, [opening(charge)]);
    await expect
      .poll(() => store.sql`select 1 from pg_stat_activity where wait_event_type = 'Lock'`)
      .toHaveLength(1);
    await holder`commit`;
    holder.release();
    expect(await opened).toMatchObject([{ opened: false, bound: null }]);
  });

  const live = async (sql: Sql, charge: Leased) => {
    const id = `rec_${charge.id.slice(4)}`;
    await sql`
      insert into recoveries (id, state, charge_id, kind, payment_method_id, expires_at, link_nonce)
      values (${id}, 'open', ${charge.id}, 'replace', ${charge.row.payment_method_id},
              dc_now() + interval '7 days', 'n')`;
    return id;
  };

  test('takes a card that replaces another only while that one is on file and usable', async () => {
    for (const state of ['detaching', 'unusable', 'usable']) {
      const charge = await leased({ state: 'action_required' });
      const payment_method_id = `pm_new_${charge.id}`;
      await store.sql`
        insert into payment_methods (id, state, customer_id, type, usage)
        values (${payment_method_id}, ${state}, ${charge.customer_id}, 'card', 'off_session')`;
      const recovery_id = await live(store.sql, charge);
      const replaced = opening(charge, { payment_method_id, chosen: false, recovery_id });
      const [answer] = await openAttempts(store.sql, [replaced]);
      expect(answer?.opened, state).toBe(state === 'usable');
    }
  });

  test('never confirms off-session once future use was written, and a press still may', async () => {
    const charge = await leased({ state: 'action_required' });
    await store.sql`update charges set future_use_at = dc_now() where id = ${charge.id}`;
    const recovery_id = await live(store.sql, charge);
    const [away] = await openAttempts(store.sql, [opening(charge, { recovery_id })]);
    expect(away?.opened).toBe(false);
    const [press] = await openAttempts(store.sql, [opening(charge, { kind: 'on_session', recovery_id })]);
    expect(press?.opened).toBe(true);
  });

  test('a press needs its recovery live and not over', async () => {
    for (const change of [`state = 'revoked', closed_at = now()`, `expires_at = dc_now()`]) {
      const charge = await leased({ state: 'action_required' });
      const recovery_id = await live(store.sql, charge);
      await store.sql.unsafe(`update recoveries set ${change} where id = '${recovery_id}'`);
      const [press] = await openAttempts(store.sql, [opening(charge, { kind: 'on_session', recovery_id })]);
      expect(press?.opened, change).toBe(false);
    }
  });
});
