import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../../harness/world.ts';
import { clearWeather } from './protocol-world.ts';

let world: World;
const CONFIRM = '/v1/payment_intents/:id/confirm';
const CREATE = '/v1/payment_intents';

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

async function settleWithin(charge: string, seconds: number, step = 60): Promise<void> {
  for (let passed = 0; passed <= seconds; passed += step) {
    await world.work(['charge']);
    const { charge: row } = await world.read(charge);
    if (row.due_at === null || ['succeeded', 'failed', 'canceled'].includes(row.state)) return;
    await world.advance(step);
  }
}

async function expectPaidOnce(charge: string): Promise<void> {
  expect((await world.read(charge)).charge.state).toBe('succeeded');
  const intents = await world.ledger(charge);
  expect(intents.filter((intent) => intent.status === 'succeeded')).toHaveLength(1);
  expect(intents.reduce((sum, intent) => sum + intent.successes, 0)).toBe(1);
}

describe('an answer that never arrives', () => {
  const ambiguous = ['reset_before', 'reset_after', 'hang_after', 'partial_body'] as const;

  test.each(ambiguous)(
    '%s at confirm leaves the outcome unknown, and the same key settles it',
    async (fault) => {
      const charge = await world.charge(await world.customer('pm_card_visa'));
      await world.simulator.control.webhooks({ paused: true });
      // The SDK itself sends a second time on a reset; both must be lost for the answer to be.
      await world.simulator.control.faults({ match: { route: CONFIRM }, action: fault, times: 2 });

      await world.work(['charge']);
      await settleWithin(charge, 600, 5);

      await expectPaidOnce(charge);
      const requests = await world.simulator.control.requests(world.secretKey);
      const confirms = requests.filter((r) => r.idempotency_key === `dc1:${charge}:confirm:1`);
      expect(confirms.length).toBeGreaterThan(1);
      expect(new Set(confirms.map((request) => request.body)).size).toBe(1);
      expect((await world.read(charge)).attempts).toHaveLength(1);
    },
  );

  test.each(ambiguous)('%s at create makes no second PaymentIntent', async (fault) => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.faults({ match: { route: CREATE }, action: fault, times: 2 });

    await settleWithin(charge, 600, 5);

    await expectPaidOnce(charge);
    expect(await world.ledger(charge)).toHaveLength(1);
  });

  test('the webhook alone settles it, before anybody asks again', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'hang_after', times: 1 });

    await world.work(['charge']);
    expect((await world.read(charge)).charge.state).toBe('unknown');
    await expect
      .poll(async () => {
        await world.work(['inbox_event']);
        return (await world.read(charge)).charge.state;
      })
      .toBe('succeeded');

    await expectPaidOnce(charge);
    expect((await world.ledger(charge))[0]?.confirms).toBe(1);
  });
});

describe('a 500 that Stripe stores', () => {
  const status = (effect: 'none' | 'commit') => ({ type: 'status' as const, status: 500, effect });

  test('is replayed, then looked up by its key: what was executed is found', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.webhooks({ paused: true });
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: status('commit'), times: 1 });

    await settleWithin(charge, 3_600, 10);

    await expectPaidOnce(charge);
    expect((await world.read(charge)).attempts).toHaveLength(1);
  });

  test('that did nothing becomes lost after two looks a minute apart, and the next number pays', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.webhooks({ paused: true });
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: status('none'), times: 1 });

    await settleWithin(charge, 3_600, 10);

    await expectPaidOnce(charge);
    const { attempts } = await world.read(charge);
    expect(attempts.map((attempt) => attempt.state)).toEqual(['lost', 'succeeded']);
    expect(await world.ledger(charge)).toHaveLength(1);
  });

  test.each([
    ['commit', 'was executed is found by its mark: no second PaymentIntent', 1],
    ['none', 'was not executed is sent under the next key', 2],
  ] as const)('at create, %s: what %s', async (executed, _what, create_number) => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.faults({ match: { route: CREATE }, action: status(executed), times: 1 });

    await settleWithin(charge, 3_600, 5);

    await expectPaidOnce(charge);
    expect((await world.read(charge)).charge.create_number).toBe(create_number);
    expect((await world.ledger(charge)).map((intent) => intent.status)).toEqual(['succeeded']);
  });
});

describe('refusals before execution', () => {
  test.each(['rate_limit', 'lock_timeout'] as const)('%s uses up no attempt', async (fault) => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: fault, times: 3 });

    await settleWithin(charge, 600, 2);

    await expectPaidOnce(charge);
    expect((await world.read(charge)).attempts).toHaveLength(1);
  });
});

describe('a day later', () => {
  test('an attempt past its key is looked for; never executed, it is lost and the next one pays', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.webhooks({ paused: true });
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_before', times: 2 });
    await world.work(['charge']);
    expect((await world.read(charge)).charge.state).toBe('unknown');

    await world.advance(25 * 3_600);
    await settleWithin(charge, 3_600, 60);

    await expectPaidOnce(charge);
    const { attempts } = await world.read(charge);
    expect(attempts.map((attempt) => attempt.state)).toEqual(['lost', 'succeeded']);
  });

  test('an executed attempt past its key is found without a second confirm', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.webhooks({ paused: true });
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'hang_after', times: 1 });
    await world.work(['charge']);

    await world.advance(25 * 3_600);
    await settleWithin(charge, 3_600, 60);

    await expectPaidOnce(charge);
    expect((await world.ledger(charge))[0]?.confirms).toBe(1);
  });

  test('a declined attempt past its key takes its own decline from the PaymentIntent', async () => {
    const customer = await world.customer('pm_card_visa', ['insufficient_funds']);
    const charge = await world.charge(customer);
    await world.simulator.control.webhooks({ paused: true });
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'hang_after', times: 1 });
    await world.work(['charge']);

    await world.advance(25 * 3_600);
    await world.work(['charge']);

    const { attempts, charge: row } = await world.read(charge);
    expect(attempts.map((attempt) => attempt.state)).toEqual(['declined']);
    expect(row.state).toBe('retry_wait');
  });

  test('a PaymentIntent created under a forgotten key is listed and bound, not made again', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.faults({ match: { route: CREATE }, action: 'hang_after', times: 1 });
    await world.work(['charge']);
    expect((await world.read(charge)).charge.stripe_payment_intent_id).toBeNull();

    await world.advance(25 * 3_600);
    await settleWithin(charge, 3_600, 5);

    await expectPaidOnce(charge);
    expect(await world.ledger(charge)).toHaveLength(1);
  });
});
