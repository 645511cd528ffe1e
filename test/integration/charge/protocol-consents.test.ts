/** What a consent covers, and what its end stops. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { handToPerson } from '../../../src/billing/charge/hand-to-person.ts';
import { requestCharge } from '../../../src/billing/charge/request-charge.ts';
import { revokeConsent } from '../../../src/billing/customer/revoke-consent.ts';
import type { Dependencies } from '../../../src/billing/dependencies.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { createWorld, type SavedCustomer, type World } from '../../harness/world.ts';
import { attemptStates, cancel, confirmsOf } from './protocol-world.ts';

let world: World;
const DAY_S = 86_400;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

type Script = Parameters<World['customer']>[1];

describe('a consent that is withdrawn', () => {
  const revoke = (customer: SavedCustomer) => revokeConsent(world.deps, customer.consent_id, 'key_test');

  test('stops every charge that is not confirmed, with proof, and leaves the paid one', async () => {
    const customer = await world.customer('pm_card_visa', [
      'succeed',
      'insufficient_funds',
      'authentication_required',
    ]);
    const [settled, waiting, asked] = [
      await world.charge(customer),
      await world.charge(customer),
      await world.charge(customer),
    ] as const;
    for (const charge of [settled, waiting, asked]) await advance(world.deps, 'charge', [charge]);
    const fresh = await world.charge(customer);
    expect(await confirmsOf(world, asked)).toHaveLength(1);

    await revoke(customer);
    await world.work();

    for (const charge of [waiting, asked, fresh]) {
      expect((await world.read(charge)).charge.state).toBe('canceled');
      expect(await world.sql`select detail from charges where id = ${charge}`).toEqual([
        { detail: 'consent_revoked' },
      ]);
    }
    expect((await world.read(settled)).charge.state).toBe('succeeded');
    expect(await world.ledger(waiting)).toMatchObject([{ status: 'canceled' }]);
    expect(await world.ledger(fresh)).toEqual([]);
    expect((await world.read(asked)).recovery).toBeNull();
  });

  test('stops a charge that waits for a person, too', async () => {
    const customer = await world.customer('pm_card_visa', ['insufficient_funds']);
    const charge = await world.charge(customer);
    await world.work();
    await handToPerson(world.deps, {
      charge_id: charge,
      kind: 'amount_differs',
      stripe_id: null,
      observed: {},
      move: true,
      cause: 'test',
    });
    expect((await world.read(charge)).charge.state).toBe('needs_review');
    await revoke(customer);
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
  });

  test('between the decision and the opening opens nothing', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await world.charge(customer);
    const acquire: Dependencies['pacer']['acquire'] = async (endpoint, lane, signal) => {
      if (endpoint === 'payment_intents.confirm') await revoke(customer);
      return world.deps.pacer.acquire(endpoint, lane, signal);
    };
    await advance({ ...world.deps, pacer: { ...world.deps.pacer, acquire } }, 'charge', [charge]);
    expect(await attemptStates(world, charge)).toEqual([]);
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await confirmsOf(world, charge)).toEqual([]);
  });
});

/** Asks for a charge as the API does. */
function request(
  customer: SavedCustomer,
  given: {
    again_of?: string;
    reference?: string;
    amount_minor?: number;
    currency?: string;
    scheduled_for?: Date;
  } = {},
) {
  const key = randomUUID();
  return requestCharge(
    world.deps,
    {
      id: randomId('chg'),
      customer_id: customer.customer_id,
      payment_method_id: null,
      amount_minor: given.amount_minor ?? 1_250,
      currency: given.currency ?? 'eur',
      description: 'Deposit',
      reference: given.reference ?? null,
      again_of: given.again_of ?? null,
      scheduled_for: given.scheduled_for ?? null,
      metadata: {},
      terms: null,
      document: null,
    },
    { route: 'POST /v1/charges', key, request_hash: createHash('sha256').update(key).digest() },
    'key_test',
  );
}

describe('a one-time consent', () => {
  async function oneTime(script?: Script): Promise<SavedCustomer> {
    const customer = await world.customer('pm_card_visa', script);
    await world.sql`update consents set frequency = 'one_time' where id = ${customer.consent_id}`;
    return customer;
  }

  async function requested(...asked: Parameters<typeof request>): Promise<string> {
    const taken = await request(...asked);
    if (taken.outcome !== 'created') throw new Error(`not taken in: ${JSON.stringify(taken)}`);
    return taken.row.id;
  }

  test('covers one charge with its retries', async () => {
    const customer = await oneTime(['insufficient_funds', 'succeed']);
    const charge = await requested(customer);
    await world.work();
    expect(await request(customer)).toMatchObject({ refusal: 'consent_used', existing: charge });
    await world.advance(DAY_S);
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('succeeded');
    expect(await request(customer)).toMatchObject({ refusal: 'consent_used', existing: charge });
  });

  test('is inherited, with the reference, by the one charge that is made again after a proven end', async () => {
    const customer = await oneTime(['insufficient_funds']);
    const reference = randomId('chg');
    const first = await requested(customer, { reference });
    await world.work();
    expect(await request(customer, { again_of: first })).toMatchObject({ refusal: 'again_of_not_closed' });
    await cancel(world, first);
    await world.work();
    expect(await request(customer)).toMatchObject({ refusal: 'consent_used' });

    const again = await Promise.all([1, 2, 3].map(() => request(customer, { again_of: first })));

    const made = again.flatMap((taken) => (taken.outcome === 'created' ? [taken.row.id] : []));
    expect(made).toHaveLength(1);
    await world.work();
    const [second] = await world.sql`
      select state, reference, one_time_consent_id, again_of from charges where id = ${made[0] ?? ''}`;
    expect(second).toEqual({
      state: 'succeeded',
      reference,
      one_time_consent_id: customer.consent_id,
      again_of: first,
    });
    expect(await request(customer, { again_of: first })).toMatchObject({ refusal: 'again_of_used' });
    expect(await world.ledger(first)).toMatchObject([{ status: 'canceled' }]);
  });

  test('one of forty at once takes it', async () => {
    const customer = await oneTime();
    const taken = await Promise.all(Array.from({ length: 40 }, () => request(customer)));
    expect(taken.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    expect(taken.filter((one) => one.outcome === 'refused' && one.refusal === 'consent_used')).toHaveLength(
      39,
    );
  });
});

describe('a consent with limits', () => {
  async function limited(columns: Record<string, unknown>): Promise<SavedCustomer> {
    const customer = await world.customer('pm_card_visa');
    await world.sql`update consents set ${world.sql(columns as Record<string, string>)} where id = ${customer.consent_id}`;
    return customer;
  }
  const outcomes = (taken: Awaited<ReturnType<typeof request>>[]) =>
    taken.map((one) => (one.outcome === 'refused' ? one.refusal : one.outcome)).sort();
  const max = (max_amount_minor: number, max_amount_per: string) => ({
    max_amount_minor,
    max_amount_per,
    max_amount_currency: 'eur',
  });

  test('covers as many charges as it says, however many ask at once; one that ended unpaid gives its place back', async () => {
    const customer = await limited({ max_charges: 2 });
    const taken = await Promise.all(Array.from({ length: 20 }, () => request(customer)));
    expect(outcomes(taken)).toEqual([...Array(18).fill('consent_exceeded'), 'created', 'created'].sort());
    const first = taken.find((one) => one.outcome === 'created');
    await cancel(world, first?.outcome === 'created' ? first.row.id : '');
    await world.work();
    expect(outcomes([await request(customer), await request(customer)])).toEqual([
      'consent_exceeded',
      'created',
    ]);
  });

  test('covers no single charge above its amount, and none of another currency', async () => {
    const customer = await limited(max(1_000, 'charge'));
    expect(await request(customer, { amount_minor: 1_001 })).toMatchObject({ refusal: 'consent_exceeded' });
    expect(await request(customer, { amount_minor: 900, currency: 'usd' })).toMatchObject({
      refusal: 'consent_exceeded',
    });
    expect(
      outcomes([
        await request(customer, { amount_minor: 1_000 }),
        await request(customer, { amount_minor: 1_000 }),
      ]),
    ).toEqual(['created', 'created']);
  });

  test('covers the sum of a calendar month, counted by the day that each is due', async () => {
    const customer = await limited(max(1_000, 'month'));
    const [clock] = await world.sql`
      select date_trunc('month', dc_now(), 'UTC') + interval '1 month 3 days' as next,
             date_trunc('month', dc_now(), 'UTC') + interval '2 months 3 days' as later`;
    const asked = (scheduled_for: Date, amount_minor: number) =>
      request(customer, { scheduled_for, amount_minor });
    expect(
      outcomes([
        await asked(clock?.next, 600),
        await asked(clock?.next, 400),
        await asked(clock?.later, 1_000),
      ]),
    ).toEqual(['created', 'created', 'created']);
    expect(await asked(clock?.next, 50)).toMatchObject({ refusal: 'consent_exceeded' });
  });

  test('covers the month where the customer lives: the last hours of a month in London belong to the next in Auckland', async () => {
    const customer = await limited(max(1_000, 'month'));
    await world.sql`update customers set time_zone = 'Pacific/Auckland' where id = ${customer.customer_id}`;
    const [clock] = await world.sql`
      select date_trunc('month', dc_now(), 'UTC') + interval '2 months' - interval '6 hours' as both,
             date_trunc('month', dc_now(), 'UTC') + interval '2 months 3 days' as later,
             date_trunc('month', dc_now(), 'UTC') + interval '1 month 3 days' as earlier`;
    const asked = (scheduled_for: Date) => request(customer, { scheduled_for, amount_minor: 600 });
    expect(outcomes([await asked(clock?.both), await asked(clock?.earlier)])).toEqual(['created', 'created']);
    expect(await asked(clock?.later)).toMatchObject({ refusal: 'consent_exceeded' });
  });

  test('ends at its time: nothing that is due later is taken in, and what waits then is closed unpaid', async () => {
    const customer = await world.customer('pm_card_visa');
    const [clock] =
      await world.sql`select dc_now() + interval '2 days' as until, dc_now() + interval '3 days' as later`;
    await world.sql`update consents set until = ${clock?.until} where id = ${customer.consent_id}`;
    expect(await request(customer, { scheduled_for: clock?.later })).toMatchObject({
      refusal: 'consent_exceeded',
    });
    const waiting = await request(customer);
    const id = waiting.outcome === 'created' ? waiting.row.id : '';
    await world.sql`update charges set due_at = dc_now() + interval '3 days' where id = ${id}`;
    await world.advance(3 * DAY_S + 1);
    await world.work();
    expect(await world.sql`select state, detail from charges where id = ${id}`).toEqual([
      { state: 'canceled', detail: 'consent_expired' },
    ]);
    expect(await confirmsOf(world, id)).toEqual([]);
  });
});
