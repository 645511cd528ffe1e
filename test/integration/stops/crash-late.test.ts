/**
 * What comes too late: a confirm that is sent again days after its attempt was over, an answer that is overtaken, an
 * event from three days ago, a process whose clock or event loop stood still. In one process, so that each can be
 * placed exactly.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { confirmAttempt } from '../../../src/billing/charge/confirm-attempt.ts';
import type { Lease } from '../../../src/billing/work/lease.ts';
import { readCharge } from '../../harness/rows.ts';
import { createWorld, type World } from '../../harness/world.ts';
import {
  attemptStates,
  cancel,
  clearWeather,
  confirmsOf,
  intentOf,
  tell,
  toldOf,
} from '../charge/protocol-world.ts';

const CONFIRM = '/v1/payment_intents/:id/confirm';
const HOUR_S = 3_600;

let world: World;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(async () => {
  vi.useRealTimers();
  await clearWeather(world);
});

afterAll(() => world.close());

const stateOf = async (charge: string) => (await world.read(charge)).charge.state;

/** A worker that was about to send confirm 1 when it stopped: all that it knew then, its lease long over. */
async function zombieOf(charge: string): Promise<() => Promise<unknown>> {
  const context = await readCharge(world.sql, charge);
  const [attempt] = context?.attempts ?? [];
  if (context === null || attempt === undefined) throw new Error('no attempt to send');
  const then = { ...attempt, state: 'open' as const };
  const lease: Lease = {
    kind: 'charge',
    id: charge,
    lease_number: attempt.lease_number,
    token: 'of a zombie',
    signal: new AbortController().signal,
    remaining_ms: () => 0,
  };
  const known = { ...context, attempts: [then] };
  return () => confirmAttempt(world.deps, known, then, lease, { resending: true });
}

async function declinedOnce(script: Parameters<World['customer']>[1]): Promise<string> {
  const charge = await world.charge(await world.customer('pm_card_visa', script));
  await world.work();
  expect(await attemptStates(world, charge)).toEqual(['declined']);
  return charge;
}

async function expectOneSuccess(charge: string): Promise<void> {
  expect(await stateOf(charge)).toBe('succeeded');
  expect(await world.ledger(charge)).toMatchObject([{ status: 'succeeded', successes: 1 }]);
  expect((await toldOf(world, charge)).at(-1)).toBe('charge.succeeded');
}

describe('a confirm sent again by a zombie', () => {
  test('while the next attempt is open is answered from memory, and changes nothing', async () => {
    const charge = await declinedOnce(['processing_error', 'succeed']);
    const send = await zombieOf(charge);
    await world.simulator.control.webhooks({ paused: true });
    await world.advance(15 * 60 + 1);
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_before', times: 2 });
    await world.work(['charge']);
    expect(await attemptStates(world, charge)).toEqual(['declined', 'open']);

    await send();

    expect(await attemptStates(world, charge)).toEqual(['declined', 'open']);
    await world.advance(5);
    await world.work(['charge']);
    await expectOneSuccess(charge);
    expect(await attemptStates(world, charge)).toEqual(['declined', 'succeeded']);
  });

  test('thirty hours later, after the next attempt has paid, is refused by Stripe and noted by nobody', async () => {
    const charge = await declinedOnce(['processing_error', 'succeed']);
    const send = await zombieOf(charge);
    await world.advance(15 * 60 + 1);
    await world.work();
    await expectOneSuccess(charge);
    await world.advance(30 * HOUR_S);

    await send();

    await world.work();
    await expectOneSuccess(charge);
    expect(await attemptStates(world, charge)).toEqual(['declined', 'succeeded']);
    expect(await toldOf(world, charge)).toEqual(['charge.succeeded']);
  });

  test('thirty hours later, after the charge was cancelled, takes no money', async () => {
    const charge = await declinedOnce(['processing_error', 'succeed']);
    const send = await zombieOf(charge);
    await cancel(world, charge);
    await world.work();
    await world.advance(30 * HOUR_S);

    await send();

    await world.work();
    expect(await stateOf(charge)).toBe('canceled');
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
    expect(await toldOf(world, charge)).toEqual(['charge.canceled']);
  });

  test('thirty hours later, before the next attempt, is the one success, and nobody charges again', async () => {
    const charge = await declinedOnce(['insufficient_funds', 'succeed']);
    const send = await zombieOf(charge);
    // The retry is late by hours: the kill switch was thrown, and nothing but the zombie sends.
    await world.sql`update instance set charging_enabled = false, charging_reason = 'test'`;
    await world.advance(30 * HOUR_S);

    await send();
    await world.sql`update instance set charging_enabled = true`;
    await world.work();

    await expectOneSuccess(charge);
    expect(await world.ledger(charge)).toMatchObject([{ confirms: 2 }]);
  });
});

describe('an answer that is late', () => {
  test('beyond the timeout is unknown until it is asked for under the same key, and charges once', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.webhooks({ paused: true });
    const action = { type: 'delay', ms: 2_500 } as const;
    await world.simulator.control.faults({ match: { route: CONFIRM }, action, times: 1 });
    await world.work(['charge']);
    expect(await stateOf(charge)).toBe('unknown');

    await expect
      .poll(async () => {
        await world.advance(5);
        await world.work(['charge']);
        return stateOf(charge);
      })
      .toBe('succeeded');

    await expectOneSuccess(charge);
    expect(new Set(await confirmsOf(world, charge)).size).toBe(1);
    expect((await world.ledger(charge))[0]?.confirms).toBe(1);
  });

  test('is overtaken by its own webhook, and then says nothing new', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'hang_after', times: 1 });

    const working = advance(world.deps, 'charge', [charge]);
    await expect
      .poll(async () => {
        await world.work(['inbox_event']);
        return stateOf(charge);
      })
      .toBe('succeeded');
    await working;

    await world.work();
    await expectOneSuccess(charge);
    expect(await attemptStates(world, charge)).toEqual(['succeeded']);
    expect(await toldOf(world, charge)).toEqual(['charge.succeeded']);
  });

  test('by two hours behind a 500 comes true, and is found', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    const action = { type: 'status', status: 500, effect: 'later', later_ms: 2 * HOUR_S * 1_000 } as const;
    await world.simulator.control.faults({ match: { route: CONFIRM }, action, times: 1 });
    await world.work(['charge']);
    expect(await stateOf(charge)).toBe('unknown');

    for (let step = 0; step < 60 && (await stateOf(charge)) !== 'succeeded'; step += 1) {
      await world.advance(5 * 60);
      await world.simulator.control.deliveries();
      await world.work();
    }

    await expectOneSuccess(charge);
  });
});

describe('an event', () => {
  test('of a failure three days ago says nothing of a charge that has paid since', async () => {
    const charge = await declinedOnce(['processing_error', 'succeed']);
    const failed = await intentOf(world, charge);
    await world.advance(15 * 60 + 1);
    await world.work();
    await expectOneSuccess(charge);
    await world.advance(3 * 24 * HOUR_S);

    const key = `dc1:${charge}:confirm:1`;
    const id = await tell(world, failed, { type: 'payment_intent.payment_failed', key });

    const [event] = await world.sql`select state from inbox_events where id = ${id}`;
    expect(event?.state).toBe('applied');
    await expectOneSuccess(charge);
    expect(await toldOf(world, charge)).toEqual(['charge.succeeded']);
  });

  test('of a success that somebody made elsewhere is a fact, and the retry is not made', async () => {
    const charge = await declinedOnce(['insufficient_funds', 'succeed']);
    const { id } = await intentOf(world, charge);
    const { payment_method_id } = (await world.read(charge)).charge;
    await world.sdk.paymentIntents.confirm(
      id,
      { payment_method: payment_method_id, off_session: true },
      { idempotencyKey: `dash:${charge}` },
    );
    await world.simulator.control.deliveries();
    await world.work();
    await expectOneSuccess(charge);

    await world.advance(2 * 24 * HOUR_S);
    await world.work();

    expect(await confirmsOf(world, charge)).toHaveLength(1);
    expect(await world.ledger(charge)).toMatchObject([{ confirms: 2, successes: 1 }]);
  });
});

test('Stripe away for three hours: everything waits, nothing is told, and each is paid once when it is back', async () => {
  const customer = await world.customer('pm_card_visa');
  const ids = [await world.charge(customer), await world.charge(customer), await world.charge(customer)];
  const fault = await world.simulator.control.faults({ action: 'reset_before', times: 100_000 });
  for (let minutes = 0; minutes < 3 * 60; minutes += 20) {
    await world.work(['charge']);
    await world.advance(20 * 60);
  }
  for (const id of ids) expect(await toldOf(world, id)).toEqual([]);
  await world.simulator.control.removeFault(fault.id);

  for (let step = 0; step < 30; step += 1) {
    await world.advance(30);
    await world.work();
  }

  for (const id of ids) {
    await expectOneSuccess(id);
    expect(await attemptStates(world, id)).toEqual(['succeeded']);
  }
});

describe('a process whose own clock is wrong', () => {
  test.each([
    ['an hour fast', HOUR_S],
    ['a day fast', 24 * HOUR_S],
    ['an hour slow', -HOUR_S],
    ['a day slow', -24 * HOUR_S],
  ])('by %s charges what the database calls due, and nothing else', async (_name, offset_s) => {
    const customer = await world.customer('pm_card_visa');
    const [due, later] = [await world.charge(customer), await world.charge(customer)];
    await world.sql`update charges set due_at = dc_now() + interval '30 minutes' where id = ${later}`;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offset_s * 1_000 });

    await advance(world.deps, 'charge', [due, later]);

    expect([await stateOf(due), await stateOf(later)]).toEqual(['succeeded', 'queued']);
    expect(await world.ledger(later)).toEqual([]);
  });
});

test('an event loop that stood still for longer than the lease finds its signal aborted before any timer ran', async () => {
  const charge = await world.charge(await world.customer('pm_card_visa'));
  const claimed = await world.deps.leases.claimDue('charge', charge);
  if (claimed === null) throw new Error('nobody else could have it');
  const { lease } = claimed;
  expect(lease.signal.aborted).toBe(false);
  // The lease's own span would take fifteen seconds to pass: the clock it looks at is moved instead.
  const now_ms = performance.now();
  const looks = vi.spyOn(performance, 'now').mockReturnValue(now_ms + world.deps.timings.leaseMs);
  const { aborted } = lease.signal;
  looks.mockRestore();

  expect(aborted).toBe(true);
  await world.deps.leases.release(lease);
});
