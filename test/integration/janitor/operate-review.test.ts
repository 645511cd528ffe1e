/** What a person gives back: every kind of row that can be parked has a way back, and none of them pays twice. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { releaseReview } from '../../../src/billing/janitor/release-review.ts';
import { replaceCard } from '../../../src/billing/recovery/open-replacement.ts';
import { type ReviewKind, reviewStates } from '../../../src/domain/releases.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { takeRefund } from '../../../src/store/charge/refund-intake.ts';
import { parkCharge } from '../../../src/store/charge/settle-charges.ts';
import { obligationTables } from '../../../src/store/work/obligations.ts';
import { merchantOf } from '../../harness/merchant.ts';
import { createWorld, type World } from '../../harness/world.ts';
import {
  atTheBank,
  attemptStates,
  breaksOf,
  clearWeather,
  confirmsOf,
  intentOf,
} from '../charge/protocol-world.ts';

const CONFIRM = '/v1/payment_intents/:id/confirm';
const REASON = 'asked the bank, ticket 4711';
let world: World;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});
afterEach(() => clearWeather(world));
afterAll(() => world.close());

const park = (charge_id: string) =>
  parkCharge(world.sql, {
    charge_id,
    kind: 'unexpected_status',
    stripe_id: null,
    observed: {},
    move: true,
    cause: 'worker',
  });

const release = (id: string, way: 'retry' | 'close' | null = null) =>
  releaseReview(world.sql, { id, reason: REASON, by: 'robin', way });

async function timelineOf(id: string): Promise<string[]> {
  const rows = await world.sql<{ line: string }[]>`
    select from_state || ' -> ' || to_state || ' (' || cause_reference || ')' as line
    from transitions where entity_id = ${id} and cause = 'operator' order by id`;
  return rows.map((row) => row.line);
}

async function newCharge(...about: Parameters<World['customer']>): Promise<string> {
  return world.charge(await world.customer(...about));
}

async function stateOf(id: string): Promise<string> {
  return (await world.read(id)).charge.state;
}

describe('a released charge', () => {
  test('with an unanswered attempt resumes that one, under its own key, and pays once', async () => {
    const charge = await newCharge('pm_card_visa');
    await world.simulator.control.webhooks({ paused: true });
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'hang_after' });
    await world.work(['charge']);
    await park(charge);

    expect(await release(charge)).toEqual({ outcome: 'released', kind: 'charge', state: 'unknown' });
    await world.work(['charge']);

    expect(await stateOf(charge)).toBe('succeeded');
    expect(await attemptStates(world, charge)).toEqual(['succeeded']);
    expect(new Set(await confirmsOf(world, charge)).size).toBe(1);
    expect(await world.ledger(charge)).toMatchObject([{ successes: 1 }]);
    expect(await timelineOf(charge)).toEqual([`needs_review -> unknown (${REASON})`]);
  });

  test('that Stripe has long settled is settled by a look, and nothing is confirmed', async () => {
    const charge = await newCharge('pm_card_visa', ['insufficient_funds', 'succeed']);
    await world.work(['charge']);
    await park(charge);
    await world.simulator.control.webhooks({ paused: true });
    const { id } = await intentOf(world, charge);
    const method = (await world.read(charge)).charge.payment_method_id;
    await world.sdk.paymentIntents.confirm(
      id,
      { payment_method: method, off_session: true },
      { idempotencyKey: `by-hand:${charge}` },
    );

    await release(charge, 'retry');
    await world.work(['charge']);

    expect(await stateOf(charge)).toBe('succeeded');
    expect(await confirmsOf(world, charge)).toHaveLength(1);
  });

  test('whose attempt is resolved gets the next number on the same PaymentIntent', async () => {
    const charge = await newCharge('pm_card_visa', ['insufficient_funds', 'succeed']);
    await world.work(['charge']);
    await park(charge);

    await release(charge, 'retry');
    await world.work(['charge']);

    expect(await stateOf(charge)).toBe('succeeded');
    expect(await attemptStates(world, charge)).toEqual(['declined', 'succeeded']);
    expect(await world.ledger(charge)).toMatchObject([{ successes: 1, confirms: 2 }]);
  });

  test('whose create was refused creates under the next key', async () => {
    const charge = await newCharge('pm_card_visa');
    await park(charge);
    expect(await release(charge)).toEqual({ outcome: 'released', kind: 'charge', state: 'queued' });
    await world.work(['charge']);
    expect(await stateOf(charge)).toBe('succeeded');
    const requests = await world.simulator.control.requests(world.secretKey);
    const keys = requests.map((request) => request.idempotency_key ?? '');
    expect(keys.filter((key) => key.startsWith(`dc1:${charge}:create:`))).toEqual([`dc1:${charge}:create:2`]);
  });

  test('goes back to the customer whose turn it was', async () => {
    const charge = await newCharge('pm_card_authenticationRequired');
    await world.work(['charge']);
    await park(charge);
    await release(charge);
    await world.work(['charge']);
    const { charge: row, recovery } = await world.read(charge);
    expect(row).toMatchObject({ state: 'action_required', due_at: null });
    expect(recovery).not.toBeNull();
    expect(await confirmsOf(world, charge)).toHaveLength(1);
  });

  test('goes back to the bank, and who comes from there has paid', async () => {
    const { charge } = await atTheBank(world);
    await park(charge);
    await release(charge);
    await world.work(['charge']);
    expect(await stateOf(charge)).toBe('action_required');
    await world.simulator.control.webhooks({ paused: true });
    await world.simulator.control.authenticate((await intentOf(world, charge)).id, 'succeed');
    await world.advance(31 * 60);
    await world.work(['charge']);
    expect(await stateOf(charge)).toBe('succeeded');
  });

  test('is not confirmed while charging is off, and is when it is on again', async () => {
    const charge = await newCharge('pm_card_visa');
    await park(charge);
    await world.sql`update instance set charging_enabled = false`;
    await release(charge);
    await world.work(['charge']);
    expect(await confirmsOf(world, charge)).toEqual([]);
    await world.sql`update instance set charging_enabled = true`;
    await world.advance(60);
    await world.work(['charge']);
    expect(await stateOf(charge)).toBe('succeeded');
  });

  test('that is closed ends with proof, its recovery with it', async () => {
    const { charge } = await atTheBank(world);
    await park(charge);
    expect(await release(charge, 'close')).toMatchObject({ outcome: 'released', state: 'closing' });
    await world.work(['charge']);
    const { charge: row, recovery } = await world.read(charge);
    expect([row.state, recovery]).toEqual(['canceled', null]);
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
    expect(await timelineOf(charge)).toEqual([`needs_review -> closing (${REASON})`]);
  });

  test('whose end was asked for cannot be retried, only closed', async () => {
    const charge = await newCharge('pm_card_visa', ['insufficient_funds']);
    await world.work(['charge']);
    await park(charge);
    await world.sql`
      update charges set close_requested_at = dc_now(), close_as = 'canceled' where id = ${charge}`;
    expect(await release(charge, 'retry')).toMatchObject({ outcome: 'refused' });
    expect(await stateOf(charge)).toBe('needs_review');
    expect(await release(charge)).toMatchObject({ outcome: 'released', state: 'closing' });
    await world.work(['charge']);
    expect(await stateOf(charge)).toBe('canceled');
  });

  test('takes its breaks with it, and a break about nothing parked is closed by itself', async () => {
    const charge = await newCharge('pm_card_visa');
    await park(charge);
    expect(await breaksOf(world, charge)).toEqual(['unexpected_status']);
    await release(charge);
    const open = () => world.sql`select kind from breaks where entity_id = ${charge} and closed_by is null`;
    expect(await open()).toEqual([]);
    expect(await release(charge)).toEqual({ outcome: 'not_in_review' });
    await world.sql`insert into breaks (kind, entity_id, observed) values ('dispute', ${charge}, '{}')`;
    expect(await release(charge)).toEqual({ outcome: 'breaks_closed', count: 1 });
    expect(await open()).toEqual([]);
  });
});

describe('every kind that can be parked', () => {
  /** Makes a row of the kind that waits for a person; answers its id and where its release leads in the end. */
  const parked: Record<ReviewKind, () => Promise<{ id: string; ends: string }>> = {
    charge: async () => {
      const id = await newCharge('pm_card_visa');
      await park(id);
      return { id, ends: 'succeeded' };
    },
    customer: async () => {
      const id = await merchantOf(world).customer('parked@example.test');
      return reviewed('customer', id, 'bound');
    },
    setup: async () => {
      const merchant = merchantOf(world);
      const id = await merchant.setup(await merchant.customer('setup@example.test'));
      await world.work(['customer', 'setup']);
      return reviewed('setup', id, 'awaiting_customer');
    },
    payment_method: async () => {
      const { payment_method_id } = await world.customer('pm_card_visa');
      await world.sql`update payment_methods set state = 'detaching' where id = ${payment_method_id}`;
      return reviewed('payment_method', payment_method_id, 'detached');
    },
    refund: async () => {
      const charge_id = await newCharge('pm_card_visa');
      await world.work(['charge']);
      const whole = { id: randomId('rfd'), charge_id, amount_minor: null, reason: null, metadata: {} };
      await takeRefund(world.sql, whole, { cause: 'api', cause_reference: 'test' });
      return reviewed('refund', whole.id, 'succeeded');
    },
    inbox_event: async () => {
      const id = `evt_parked_${process.pid}`;
      await world.sql`
        insert into inbox_events (id, state, type, object_type, livemode, stripe_created_at, projection)
        values (${id}, 'received', 'payment_intent.succeeded', 'payment_intent', false, now(), 'null')`;
      return reviewed('inbox_event', id, 'ignored');
    },
  };

  async function reviewed(kind: ReviewKind, id: string, ends: string): Promise<{ id: string; ends: string }> {
    await world.sql`
      update ${world.sql(obligationTables[kind] as string)}
      set state = ${reviewStates[kind]}, due_at = null, tries = 8, revision = revision + 1 where id = ${id}`;
    return { id, ends };
  }

  test.each(Object.keys(reviewStates) as ReviewKind[])('goes on when it is released: %s', async (kind) => {
    const { id, ends } = await parked[kind]();
    await world.work();
    expect(await release(id)).toMatchObject({ outcome: 'released', kind });
    expect(await timelineOf(id)).toHaveLength(1);
    await world.work();
    const rows = await world.sql`
      select state, tries from ${world.sql(obligationTables[kind] as string)} where id = ${id}`;
    expect(rows).toEqual([{ state: ends, tries: 0 }]);
  });

  test('is what the machines know as parked', async () => {
    const rows = await world.sql<{ entity: string }[]>`
      select entity from states where state in ('needs_review', 'parked') order by entity`;
    expect(rows.map((row) => row.entity)).toEqual(Object.keys(reviewStates).sort());
  });

  test('is refused a way that it does not have', async () => {
    const customer = await parked.customer();
    expect(await release(customer.id, 'close')).toMatchObject({ outcome: 'refused' });
  });

  test('is only closed where a recovery asked for it: the customer opens another one', async () => {
    const charge = await newCharge('pm_card_authenticationRequired');
    await world.work(['charge']);
    const { recovery } = await world.read(charge);
    await replaceCard(world.deps, { recovery_id: recovery?.id ?? '', ip_address: '::1', user_agent: null });
    const [setup] = await world.sql`select id from setups where recovery_id = ${recovery?.id ?? ''}`;
    const { id } = await reviewed('setup', String(setup?.id), 'canceled');

    expect(await release(id, 'retry')).toMatchObject({ outcome: 'refused' });
    expect(await release(id)).toMatchObject({ outcome: 'released', kind: 'setup', state: 'closing' });
    await world.work();

    expect(await world.sql`select state from replacements where id = ${id}`).toEqual([{ state: 'closed' }]);
  });
});
