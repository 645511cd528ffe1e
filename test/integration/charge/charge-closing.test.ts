import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import { requestClose } from '../../../src/store/charge/close-requests.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { clearWeather } from './protocol-world.ts';

let world: World;
const CONFIRM = '/v1/payment_intents/:id/confirm';
const CANCEL = '/v1/payment_intents/:id/cancel';
const CREATE = '/v1/payment_intents';

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

const close = (charge: string) =>
  requestClose(world.sql, [charge], {
    as: 'canceled',
    detail: null,
    recovery: 'revoked',
    cause: 'api',
    cause_reference: null,
  });

async function told(charge: string): Promise<string[]> {
  const rows =
    await world.sql`select type from events where object_id = ${charge} and type like 'charge.%' and type not in ('charge.created', 'charge.attempt_failed') order by id`;
  return rows.map((row) => row.type);
}

describe('a merchant cancels', () => {
  test('before anything was sent: nothing is ever created', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    expect(await close(charge)).toEqual([charge]);

    await world.work(['charge']);

    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await world.ledger(charge)).toEqual([]);
    expect(await told(charge)).toEqual(['charge.canceled']);
  });

  test('while a retry waits: the PaymentIntent is cancelled first, then it is told', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
    await world.work(['charge']);
    await close(charge);
    expect(await told(charge)).toEqual([]);

    await world.work(['charge']);

    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
    await world.advance(30 * 86_400);
    await world.work(['charge']);
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', confirms: 1 }]);
  });

  test('while an attempt is unanswered that was never executed: never charged afterwards', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_before', times: 2 });
    await world.work(['charge']);
    expect((await world.read(charge)).charge.state).toBe('unknown');
    await close(charge);

    await world.work(['charge']);

    const { charge: row, attempts } = await world.read(charge);
    expect(row.state).toBe('canceled');
    expect(attempts.map((attempt) => attempt.state)).toEqual(['canceled']);
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
  });

  test('while an attempt is unanswered that was executed: success won, and is told as such', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.webhooks({ paused: true });
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'hang_after', times: 1 });
    await world.work(['charge']);
    await close(charge);

    await world.work(['charge']);
    await world.simulator.control.webhooks({ paused: false });

    expect((await world.read(charge)).charge.state).toBe('succeeded');
    expect(await told(charge)).toEqual(['charge.succeeded']);
  });

  test('and the cancel is lost or answered with a stored 500: closing stays until there is proof', async () => {
    for (const action of [
      'reset_before',
      'hang_after',
      { type: 'status', status: 500, effect: 'none' },
    ] as const) {
      const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
      await world.work(['charge']);
      await close(charge);
      await world.simulator.control.faults({ match: { route: CANCEL }, action, times: 2 });

      for (let step = 0; step < 40; step += 1) {
        await world.work(['charge']);
        await world.advance(30);
      }

      expect((await world.read(charge)).charge.state, JSON.stringify(action)).toBe('canceled');
      expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled' }]);
      // What the last fault left over would spare the next one its work.
      await clearWeather(world);
    }
  });

  test('after a create whose answer was lost: no money is taken for it, then or later', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.faults({ match: { route: CREATE }, action: 'hang_after', times: 1 });
    await world.work(['charge']);
    expect((await world.read(charge)).charge.stripe_payment_intent_id).toBeNull();
    await close(charge);

    await world.work(['charge']);

    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await world.ledger(charge)).toMatchObject([{ successes: 0, confirms: 0 }]);
  });
});

describe('Stripe cancels', () => {
  test('by itself: the charge fails with proof, and no second PaymentIntent is made', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
    await world.work(['charge']);
    const { charge: row } = await world.read(charge);
    await world.sdk.paymentIntents.cancel(
      String(row.stripe_payment_intent_id),
      {},
      { idempotencyKey: `dash:${charge}` },
    );

    await world.advance(86_400);
    await world.work();

    const after = await world.read(charge);
    expect(after.charge.state).toBe('failed');
    expect(await world.sql`select detail from charges where id = ${charge}`).toMatchObject([
      { detail: 'canceled_at_stripe' },
    ]);
    expect(await world.ledger(charge)).toHaveLength(1);
  });
});

describe('a charge that needs the customer', () => {
  async function needsCustomer() {
    const customer = await world.customer('pm_card_authenticationRequired');
    const charge = await world.charge(customer);
    await world.work(['charge']);
    const { charge: row, recovery } = await world.read(charge);
    expect(row.state).toBe('action_required');
    if (recovery === null) throw new Error('a recovery opens');
    const press = {
      charge_id: charge,
      recovery_id: recovery.id,
      payment_method_id: customer.payment_method_id,
      future_use: false,
      return_url: 'http://127.0.0.1/r/page',
    };
    return { charge, press };
  }

  test('is paid on the same PaymentIntent when the bank says yes', async () => {
    const { charge, press } = await needsCustomer();

    const pressed = await pressConfirm(world.deps, press);
    expect(pressed.outcome).toBe('redirect');
    expect((await world.read(charge)).attempts.map((attempt) => attempt.state)).toEqual([
      'authentication_required',
      'awaiting_customer',
    ]);
    const { charge: row } = await world.read(charge);
    await world.simulator.control.authenticate(String(row.stripe_payment_intent_id), 'succeed');
    await expect
      .poll(async () => {
        await world.work(['inbox_event']);
        return (await world.read(charge)).charge.state;
      })
      .toBe('succeeded');
    expect(await world.ledger(charge)).toMatchObject([{ successes: 1, confirms: 2 }]);
  });

  test('a second press goes to the same bank page and confirms nothing', async () => {
    const { charge, press } = await needsCustomer();
    const presses = await Promise.all([1, 2, 3].map(() => pressConfirm(world.deps, press)));
    const again = await pressConfirm(world.deps, press);
    const urls = [...presses, again].flatMap((pressed) =>
      pressed.outcome === 'redirect' ? [pressed.url] : [],
    );
    expect(urls.length).toBeGreaterThanOrEqual(2);
    expect(new Set(urls).size).toBe(1);
    expect(await world.ledger(charge)).toMatchObject([{ confirms: 2 }]);
  });

  test('an abandoned press ends after half an hour, and the next one gets its own attempt', async () => {
    const { charge, press } = await needsCustomer();
    await pressConfirm(world.deps, press);
    await world.advance(31 * 60);
    await world.work(['charge']);
    expect((await world.read(charge)).attempts.at(-1)?.state).toBe('abandoned');
    expect((await pressConfirm(world.deps, press)).outcome).toBe('redirect');
    expect((await world.read(charge)).attempts.at(-1)?.number).toBe(3);
  });

  test('a bank that says no leaves the recovery open for another try', async () => {
    const { charge, press } = await needsCustomer();
    await pressConfirm(world.deps, press);
    const { charge: row } = await world.read(charge);
    await world.simulator.control.authenticate(String(row.stripe_payment_intent_id), 'fail');
    await expect
      .poll(async () => {
        await world.work(['inbox_event']);
        return (await world.read(charge)).attempts.at(-1)?.state;
      })
      .toBe('declined');
    const after = await world.read(charge);
    expect(after.charge.state).toBe('action_required');
    expect(after.recovery?.id).toBe(press.recovery_id);
  });

  test('a cancel while the customer is at the bank cancels the PaymentIntent', async () => {
    const { charge, press } = await needsCustomer();
    await pressConfirm(world.deps, press);
    await close(charge);
    await world.work(['charge']);
    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
    expect((await pressConfirm(world.deps, press)).outcome).toBe('closed');
  });

  test('a press whose answer is lost is resumed by a worker with the same key', async () => {
    const { charge, press } = await needsCustomer();
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'hang_after', times: 1 });
    expect((await pressConfirm(world.deps, press)).outcome).toBe('processing');
    await world.advance(5);
    await world.work(['charge']);
    expect((await world.read(charge)).attempts.at(-1)?.state).toBe('awaiting_customer');
    expect(await world.ledger(charge)).toMatchObject([{ confirms: 2 }]);
  });
});
