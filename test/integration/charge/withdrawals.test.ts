/** Permission that is withdrawn while a confirm is being let go: whoever comes first, nobody is told wrongly. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { cancelCharge } from '../../../src/billing/charge/cancel-charge.ts';
import { requestCharge } from '../../../src/billing/charge/request-charge.ts';
import { revokeConsent } from '../../../src/billing/customer/revoke-consent.ts';
import { stopCustomer } from '../../../src/billing/customer/stop-customer.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { listInFlight } from '../../../src/store/charge/in-flight.ts';
import { resumeCustomer } from '../../../src/store/customer/consent-revocation.ts';
import { requestDetach } from '../../../src/store/customer/payment-method-changes.ts';
import { setCharging } from '../../../src/store/work/charging.ts';
import { createWorld, type SavedCustomer, type World } from '../../harness/world.ts';
import { attemptStates, clearWeather, confirmsOf } from './protocol-world.ts';

let world: World;
const CONFIRM = '/v1/payment_intents/:id/confirm';

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(async () => {
  await setCharging(world.sql, true, { reason: 'over', by: 'robin' });
  await clearWeather(world);
});

afterAll(() => world.close());

/** A charge whose confirm was refused by Stripe's rate limit, so that its open attempt is to be sent again. */
async function toBeSentAgain(customer: SavedCustomer): Promise<string> {
  const charge = await world.charge(customer);
  await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'rate_limit', times: 1 });
  await advance(world.deps, 'charge', [charge]);
  expect(await attemptStates(world, charge)).toEqual(['open']);
  return charge;
}

function request(customer: SavedCustomer, id = randomId('chg')) {
  const key = randomUUID();
  return requestCharge(
    world.deps,
    {
      id,
      customer_id: customer.customer_id,
      payment_method_id: null,
      amount_minor: 1_250,
      currency: 'eur',
      description: 'Power',
      reference: null,
      again_of: null,
      scheduled_for: null,
      metadata: {},
      terms: null,
      document: null,
    },
    { route: 'POST /v1/charges', key, request_hash: createHash('sha256').update(key).digest() },
    'key_test',
  );
}

const stateOfMethod = async (customer: SavedCustomer) => {
  const [row] = await world.sql`select state from payment_methods where id = ${customer.payment_method_id}`;
  return row?.state as string;
};

/** Holds locks until the returned function is called; `waiting` ends once that many statements wait for a lock. */
async function holding(lock: (holder: World['sql']) => Promise<unknown>) {
  const holder = await world.sql.reserve();
  await holder`begin`;
  await lock(holder as unknown as World['sql']);
  return {
    waiting: (count: number) =>
      expect
        .poll(
          () => world.sql`select 1 from pg_stat_activity where wait_event_type = 'Lock'
                              and datname = current_database()`,
        )
        .toHaveLength(count),
    letGo: async () => {
      await holder`rollback`;
      holder.release();
    },
  };
}

describe('an attempt that is to be sent again', () => {
  test('is not, once its card was taken off file; the customer is asked for another', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await toBeSentAgain(customer);
    expect(await requestDetach(world.sql, customer.payment_method_id, 'key_test')).toBe('done');
    expect(await stateOfMethod(customer)).toBe('withdrawn');

    for (const seconds of [10, 601, 70, 10]) {
      await world.advance(seconds);
      await world.work();
    }

    expect(await attemptStates(world, charge)).toEqual(['lost']);
    expect((await world.read(charge)).charge.state).toBe('action_required');
    expect((await world.read(charge)).recovery?.kind).toBe('replace');
    expect(await world.ledger(charge)).toMatchObject([{ successes: 0 }]);
    expect(await stateOfMethod(customer)).toBe('detached');
  });

  test('is not, without a live consent, though nobody asked the charge to close', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await toBeSentAgain(customer);
    await world.sql`update consents set revoked_at = dc_now() where id = ${customer.consent_id}`;
    await world.advance(10);
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await world.ledger(charge)).toMatchObject([{ successes: 0, status: 'canceled' }]);
  });

  test('is under way for whoever revokes meanwhile, and nothing of it afterwards', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await toBeSentAgain(customer);
    await world.advance(10);
    const acquired = world.deps.charges.permitResending;
    let seen: string[] = [];
    const deps = {
      ...world.deps,
      charges: {
        ...world.deps.charges,
        permitResending: async (resending: Parameters<typeof acquired>[0]) => {
          const permitted = await acquired(resending);
          await revokeConsent(world.deps, customer.consent_id, 'key_test');
          seen = await listInFlight(world.tables, 'consent', customer.consent_id);
          return permitted;
        },
      },
    };
    await advance(deps, 'charge', [charge]);
    await world.work();
    expect(seen).toEqual([charge]);
    expect((await world.read(charge)).charge.state).toBe('succeeded');
    expect(await listInFlight(world.tables, 'consent', customer.consent_id)).toEqual([]);
  });
});

test('what is on the wire is named though its sender has given up and gave its lease back', async () => {
  const customer = await world.customer('pm_card_visa');
  const charge = await world.charge(customer);
  const action = { type: 'status', status: 500, effect: 'later', later_ms: 5_000 } as const;
  await world.simulator.control.faults({ match: { route: CONFIRM }, action, times: 1 });
  await advance(world.deps, 'charge', [charge]);
  expect((await world.read(charge)).charge.state).toBe('unknown');
  expect(await world.sql`select lease_until from charges where id = ${charge}`).toEqual([
    { lease_until: null },
  ]);

  await revokeConsent(world.deps, customer.consent_id, 'key_test');

  expect(await listInFlight(world.tables, 'consent', customer.consent_id)).toEqual([charge]);
  await world.advance(10);
  await world.work();
  expect(await world.ledger(charge)).toMatchObject([{ successes: 1 }]);
  expect((await world.read(charge)).charge.state).toBe('succeeded');
  expect(await listInFlight(world.tables, 'consent', customer.consent_id)).toEqual([]);
});

test('a cancel between whose two looks the charge is taken in again closes it, and does not only say so', async () => {
  const customer = await world.customer('pm_card_visa');
  const id = randomId('chg');
  let looks = 0;
  const sql = new Proxy(world.sql, {
    apply: (query, itself, given) => {
      looks += 1;
      const asked = Reflect.apply(query, itself, given);
      return looks > 1 ? asked : asked.then(async (rows: unknown) => request(customer, id).then(() => rows));
    },
  });

  expect(await cancelCharge({ ...world.deps, sql }, id, 'key_test')).toEqual({ outcome: 'requested' });

  await world.work();
  expect((await world.read(id)).charge.state).toBe('canceled');
  expect(await world.ledger(id)).toEqual([]);
});

test('a charge that is taken in beside a revocation is refused or closed, and never paid', async () => {
  const customer = await world.customer('pm_card_visa');
  const other = await holding(
    (holder) => holder`select 1 from consents where id = ${customer.consent_id} for update`,
  );
  const revoked = revokeConsent(world.deps, customer.consent_id, 'key_test');
  await other.waiting(1);
  const taken = request(customer);
  // A charge that waits for no lock is charged at once: its confirm is refused by a rate limit and stays open.
  await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'rate_limit', times: 1 });
  const early = await Promise.race([taken, other.waiting(2).then(() => null)]);
  if (early?.outcome === 'created') await advance(world.deps, 'charge', [early.row.id]);
  await other.letGo();
  await revoked;
  const answer = await taken;
  await clearWeather(world);
  await world.advance(10);
  await world.work();

  if (answer.outcome === 'created') {
    expect((await world.read(answer.row.id)).charge.state).toBe('canceled');
    expect((await world.ledger(answer.row.id)).filter(({ successes }) => successes > 0)).toEqual([]);
  } else {
    expect(answer).toMatchObject({ outcome: 'refused', refusal: 'consent_missing' });
  }
});

describe('a withdrawal that answers while an opening waits for its row', () => {
  const withdrawals: Record<string, (customer: SavedCustomer) => Promise<unknown>> = {
    'the kill switch': () => setCharging(world.sql, false, { reason: 'test', by: 'robin' }),
    'a detachment': ({ payment_method_id }) => requestDetach(world.sql, payment_method_id, 'key_test'),
    'a revocation': ({ consent_id }) => revokeConsent(world.deps, consent_id, 'key_test'),
    'a stop': ({ customer_id }) => stopCustomer(world.deps, customer_id, 'key_test'),
  };
  /** What an opening waits for: its row, before it has read what forbids it; or its key, after. */
  const moments: Record<string, (charge: string, holder: World['sql']) => Promise<unknown>> = {
    'before it has read': (charge, holder) => holder`select 1 from charges where id = ${charge} for update`,
    'after it has read': async (charge, holder) => {
      const other = await world.charge(await world.customer('pm_card_visa'));
      return holder`
        insert into charge_attempts (charge_id, number, kind, idempotency_key, stripe_payment_intent_id,
                                     payment_method_id, request_body, api_version, lease_number)
        values (${other}, 1, 'off_session', ${`dc1:${charge}:confirm:1`}, 'pi_other', 'pm_other', '', '', 1)`;
    },
  };
  const cases = Object.keys(withdrawals).flatMap((name) =>
    Object.keys(moments).map((moment) => [name, moment]),
  );
  test.each(cases)('%s, %s: nothing opens after its answer', async (name = '', moment = '') => {
    const customer = await world.customer('pm_card_visa');
    // A default is let go with its method, and would make a detachment wait for the customer's row instead.
    await world.sql`update customers set default_payment_method_id = null where id = ${customer.customer_id}`;
    const charge = await world.charge(customer);
    const { open } = world.deps.charges;
    let other: Awaited<ReturnType<typeof holding>> | null = null;
    let seen: Promise<string[]> | null = null;
    const deps = {
      ...world.deps,
      charges: {
        ...world.deps.charges,
        open: async (opening: Parameters<typeof open>[0]) => {
          other = await holding(async (holder) => moments[moment]?.(charge, holder));
          const opened = open(opening);
          await other.waiting(1);
          const answered = withdrawals[name]?.(customer) ?? Promise.resolve();
          seen = answered.then(() => attemptStates(world, charge));
          await Promise.race([seen, other.waiting(2)]);
          await other.letGo();
          return opened;
        },
      },
    };
    await advance(deps, 'charge', [charge]);
    const atItsAnswer = (await seen) ?? [];
    expect(await attemptStates(world, charge)).toHaveLength(atItsAnswer.length);
    expect(await confirmsOf(world, charge)).toHaveLength(atItsAnswer.length);
  });
});

describe('a stopped customer', () => {
  test('is charged for nothing, is taken in for nothing, and after a resume by new consents only', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await world.charge(customer);
    await stopCustomer(world.deps, customer.customer_id, 'key_test');
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await request(customer)).toMatchObject({ refusal: 'customer_stopped' });

    const consent = randomId('cns');
    await world.sql`
      insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at)
      values (${consent}, ${customer.customer_id}, 'off_session', 'recurring', 'usage', 'I agree.', '1', dc_now())`;
    await world.sql`update payment_methods set consent_id = ${consent} where id = ${customer.payment_method_id}`;
    expect(await request(customer)).toMatchObject({ refusal: 'customer_stopped' });

    await resumeCustomer(world.sql, customer.customer_id);
    const taken = await request(customer);
    if (taken.outcome !== 'created') throw new Error(`not taken in: ${JSON.stringify(taken)}`);
    await world.work();
    expect((await world.read(taken.row.id)).charge.state).toBe('succeeded');
  });
});
