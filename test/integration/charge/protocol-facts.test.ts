/** Facts from anyone: late, repeated, contradicting, foreign and unreadable ones, and what is parked for a person. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { applyChargeFact } from '../../../src/billing/charge/settle-charge.ts';
import { receiveEvent } from '../../../src/billing/janitor/receive-event.ts';
import { reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import { insertInboxEvents } from '../../../src/store/door/inbox-intake.ts';
import { createWorld, type World } from '../../harness/world.ts';
import {
  atTheBank,
  breaksOf,
  cancel,
  clearWeather,
  dueAfterMove,
  intentOf,
  tell,
  toldOf,
} from './protocol-world.ts';

let world: World;
const CONFIRM = '/v1/payment_intents/:id/confirm';

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

async function paid(): Promise<string> {
  const charge = await world.charge(await world.customer('pm_card_visa'));
  await world.work();
  expect((await world.read(charge)).charge.state).toBe('succeeded');
  return charge;
}

async function canceled(): Promise<string> {
  const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
  await world.work();
  await cancel(world, charge);
  await world.work();
  expect((await world.read(charge)).charge.state).toBe('canceled');
  return charge;
}

describe('a contradiction of what is final', () => {
  test('is written down and alarms, and the charge stays as it was told', async () => {
    const closed = await canceled();
    const success = { ...(await intentOf(world, closed)), status: 'succeeded' as const };
    await tell(world, { ...success, amount_received_minor: success.amount_minor });
    expect((await world.read(closed)).charge.state).toBe('canceled');
    expect(await breaksOf(world, closed)).toEqual(['success_after_close']);
    expect(await toldOf(world, closed)).toEqual(['charge.canceled']);

    const settled = await paid();
    await tell(world, { ...(await intentOf(world, settled)), status: 'canceled' });
    expect((await world.read(settled)).charge.state).toBe('succeeded');
    expect(await breaksOf(world, settled)).toEqual(['canceled_after_success']);
    expect(await toldOf(world, settled)).toEqual(['charge.succeeded']);
  });

  test('a repetition of what is known writes nothing', async () => {
    const settled = await paid();
    const before = await world.read(settled);
    await tell(world, await intentOf(world, settled));
    const after = await world.read(settled);
    expect(after.charge.revision).toBe(before.charge.revision);
    expect(await breaksOf(world, settled)).toEqual([]);
  });
});

describe('a PaymentIntent that is not the bound one', () => {
  test('changes nothing, whatever mark it carries, and reconcile finds its money', async () => {
    const settled = await paid();
    const { charge: row } = await world.read(settled);
    const customer = await world.customer('pm_card_visa');
    const foreign = await world.sdk.paymentIntents.create(
      {
        amount: 1_250,
        currency: 'eur',
        customer: customer.stripe_customer_id,
        payment_method: customer.payment_method_id,
        allowed_payment_method_types: ['card'],
        confirm: true,
        off_session: true,
        metadata: { dc_charge: settled, dc_instance: world.deps.instance.id },
      },
      { idempotencyKey: `other:${settled}` },
    );
    await expect
      .poll(async () => {
        await world.work(['inbox_event']);
        const rows = await world.sql`
          select state from inbox_events where object_id = ${foreign.id} and type = 'payment_intent.succeeded'`;
        return rows.map(({ state }) => state);
      })
      .toEqual(['ignored']);
    expect((await world.read(settled)).charge).toMatchObject({
      state: 'succeeded',
      revision: row.revision,
      stripe_payment_intent_id: row.stripe_payment_intent_id,
    });
    const { sql, stripe, instance } = world.deps;
    const { agree, differences } = await reconcile(
      { sql, stripe, instance_id: instance.id, recheck_ms: 0 },
      null,
    );
    expect(agree).toBe(false);
    expect(differences).toContainEqual(
      expect.objectContaining({ kind: 'charged_twice', payment_intent: foreign.id }),
    );
  });

  test('of another deployment on the same account is not ours to read', async () => {
    const another = await intentOf(world, await paid());
    const charge = await world.charge(await world.customer('pm_card_visa'));
    const unbound = {
      ...another,
      id: 'pi_elsewhere',
      metadata: { dc_charge: charge, dc_instance: 'ins_other' },
    };
    await tell(world, unbound);
    expect((await world.read(charge)).charge).toMatchObject({
      state: 'queued',
      stripe_payment_intent_id: null,
    });
  });
});

test('an event of the other mode is refused at the door and leaves no row', async () => {
  const event = {
    id: 'evt_live',
    type: 'payment_intent.succeeded',
    object_type: 'payment_intent',
    object_id: 'pi_live',
    request_key: null,
    livemode: true,
    created_s: 1,
    projection: null,
  };
  expect(await receiveEvent(world.deps, event)).toBe('wrong_mode');
  expect(await receiveEvent(world.deps, { ...event, livemode: null })).toBe('wrong_mode');
  expect(await world.sql`select 1 from inbox_events where id = 'evt_live'`).toHaveLength(0);
});

test('a dispute is written beside a charge that stays succeeded', async () => {
  const charge = await paid();
  const { latest_charge } = await intentOf(world, charge);
  await world.simulator.control.dispute(String(latest_charge));
  await expect
    .poll(async () => {
      await world.work(['inbox_event']);
      return breaksOf(world, charge);
    })
    .toEqual(['dispute']);
  expect((await world.read(charge)).charge.state).toBe('succeeded');
  expect(await toldOf(world, charge)).toEqual(['charge.succeeded', 'charge.disputed']);
});

test('the opening of a dispute that is told after its end does not open it again', async () => {
  const charge = await paid();
  const { id } = await intentOf(world, charge);
  const dispute = { id: 'dp_1', reason: 'fraudulent', charge: null, payment_intent: id, amount_minor: 1_250 };
  const rest = { currency: 'eur', livemode: false };
  for (const status of ['under_review', 'lost', 'needs_response']) {
    const event = {
      id: `evt_dispute_${status}`,
      type: 'charge.dispute.created',
      object_type: 'dispute',
      object_id: 'dp_1',
      request_key: null,
      livemode: false,
      created_s: 1,
      projection: { object: 'dispute', snapshot: { ...dispute, ...rest, status } },
    };
    await insertInboxEvents(world.sql, [event], 'webhook');
    await world.work(['inbox_event']);
  }
  expect(
    await world.sql`select observed ->> 'status' as status from breaks where entity_id = ${charge}`,
  ).toEqual([{ status: 'lost' }]);
});

describe('an event of some past moment', () => {
  test('that calls a failed payment processing does not take the failure back', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
    await world.work();
    await tell(world, { ...(await intentOf(world, charge)), status: 'processing' });
    expect((await world.read(charge)).charge.state).toBe('retry_wait');
    expect(await dueAfterMove(world, charge)).toBe(86_400);
  });

  test('and a reading from before the press does not end the press', async () => {
    const { charge, press } = await atTheBank(world);
    const before = await world.read(charge);
    const bank = String((await intentOf(world, charge)).id);
    await world.simulator.control.authenticate(bank, 'fail');
    const failed = await intentOf(world, charge);
    expect(failed.status).toBe('requires_payment_method');
    const fact = { fact: 'payment_intent', snapshot: failed, key: null, current: true } as const;
    const bringing = { carrier: 'customer', reference: 'return', context: before } as const;
    expect(await applyChargeFact(world.deps, charge, fact, bringing)).toBe('settled');
    expect((await pressConfirm(world.deps, press)).outcome).toBe('redirect');

    // The first tab's reading arrives only now.
    expect(await applyChargeFact(world.deps, charge, fact, bringing)).toBe('read_first');

    const { attempts } = await world.read(charge);
    expect(attempts.map(({ state }) => state)).toEqual([
      'authentication_required',
      'declined',
      'awaiting_customer',
    ]);
  });

  test('is kept for as long as Stripe cannot be asked, and applied when it can', async () => {
    const { charge } = await atTheBank(world);
    await world.simulator.control.webhooks({ paused: true });
    const waiting = await intentOf(world, charge);
    await world.simulator.control.authenticate(waiting.id, 'fail');
    const outage = { type: 'status', status: 503 } as const;
    const match = { route: '/v1/payment_intents/:id', method: 'GET' };
    await world.simulator.control.faults({ match, action: outage, times: 1_000 });
    const failed = { ...waiting, status: 'requires_payment_method' as const };
    const event = await tell(world, failed, { type: 'payment_intent.payment_failed' });
    for (let tries = 0; tries < 12; tries += 1) {
      await world.sql`update inbox_events set due_at = dc_now() where id = ${event}`;
      await world.work(['inbox_event']);
    }
    expect(await world.sql`select state, tries from inbox_events where id = ${event}`).toEqual([
      { state: 'received', tries: 13 },
    ]);

    await clearWeather(world);
    await world.sql`update inbox_events set due_at = dc_now() where id = ${event}`;
    await world.work(['inbox_event']);

    expect((await world.read(charge)).attempts.at(-1)?.state).toBe('declined');
  });
});

test('events that cannot be read are no look: nothing is called lost for it', async () => {
  const charge = await world.charge(await world.customer('pm_card_visa'));
  await world.simulator.control.webhooks({ paused: true });
  await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_before', times: 2 });
  await world.work(['charge']);
  const unreadable = { type: 'status', status: 503 } as const;
  await world.simulator.control.faults({ match: { route: '/v1/events' }, action: unreadable, times: 1_000 });
  await world.advance(24 * 3_600);
  for (let minute = 0; minute < 5; minute += 1) {
    await world.work(['charge']);
    await world.advance(60);
  }
  expect((await world.read(charge)).attempts.map(({ state, looked_at }) => ({ state, looked_at }))).toEqual([
    { state: 'open', looked_at: null },
  ]);

  await clearWeather(world);
  for (let minute = 0; minute < 3; minute += 1) {
    await world.work(['charge']);
    await world.advance(61);
  }
  const { attempts, charge: row } = await world.read(charge);
  expect(attempts.map(({ state }) => state)).toEqual(['lost', 'succeeded']);
  expect(row.state).toBe('succeeded');
});

test('a plan that rests on a life of the charge that was lost with its commits is made anew, and parks nothing', async () => {
  const charge = await world.charge(await world.customer('pm_card_visa'));
  await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'rate_limit', times: 1 });
  await advance(world.deps, 'charge', [charge]);
  const before = await world.read(charge);
  const key = before.attempts[0]?.idempotency_key ?? '';
  // One process read it after a change whose commit is lost; then another one settles the charge from where it was.
  const revisions: number[] = [];
  for (let life = 0; life < 6; life += 1) {
    const lost = world.sql.begin(async (sql) => {
      const rows =
        await sql`update charges set revision = revision + 1 where id = ${charge} returning revision`;
      throw Object.assign(new Error('lost'), { revision: rows[0]?.revision });
    });
    revisions.push(await lost.catch((error) => error.revision));
  }
  for (const go of [() => world.advance(10), () => world.work()]) await go();
  // One draw in a thousand is that of the next life; six are not.
  const now = (await world.read(charge)).charge.revision;
  const revision = revisions.find((each) => each !== now) ?? now;
  const fact = { fact: 'indeterminate', key, replayed: false } as const;

  const brought = await applyChargeFact(world.deps, charge, fact, {
    carrier: 'worker',
    reference: key,
    context: { ...before, charge: { ...before.charge, revision } },
  });

  expect([brought, (await world.read(charge)).charge.state]).toEqual(['stale', 'succeeded']);
  expect(await breaksOf(world, charge)).toEqual([]);
});
