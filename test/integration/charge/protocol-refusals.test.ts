/** Answers that are neither a yes nor the bank's no: what Stripe refuses, limits and does not let us do. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chargeView } from '../../../src/api/views/charge.ts';
import { createLog } from '../../../src/platform/log.ts';
import { readChargeRow } from '../../../src/store/charge/charge-list.ts';
import { createWorld, type World } from '../../harness/world.ts';
import {
  attemptStates,
  breaksOf,
  clearWeather,
  confirmsOf,
  dueInSeconds,
  intentOf,
} from './protocol-world.ts';

let world: World;
const CONFIRM = '/v1/payment_intents/:id/confirm';
const CREATE = '/v1/payment_intents';
const DAY_S = 86_400;

/** What the workers have logged. */
const logged: string[] = [];

beforeAll(async () => {
  world = await createWorld({ simulator: { maxConfirms: 2 } });
  const destination = { write: (line: string) => void logged.push(line) };
  Object.assign(world.deps, { log: createLog({ level: 'error', role: 'world', destination }) });
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

const stateOf = async (charge: string) => (await world.read(charge)).charge.state;

describe('a method that is no longer there', () => {
  test('opens a recovery for another card, and the confirm counts for nothing', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await world.charge(customer);
    await world.simulator.control.webhooks({ paused: true });
    await world.sdk.paymentMethods.detach(
      customer.payment_method_id,
      {},
      { idempotencyKey: `dash:${charge}` },
    );
    await world.work(['charge']);
    expect(await attemptStates(world, charge)).toEqual(['not_executed']);
    const { charge: row, recovery } = await world.read(charge);
    expect(row).toMatchObject({ state: 'action_required', due_at: null });
    expect(recovery?.kind).toBe('replace');
    expect(await world.ledger(charge)).toMatchObject([{ confirms: 0 }]);
  });

  test('is not confirmed with when we know it: the customer is asked at once', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await world.charge(customer);
    await world.sql`
      update payment_methods set state = 'detached' where id = ${customer.payment_method_id}`;
    await world.work(['charge']);
    expect(await confirmsOf(world, charge)).toEqual([]);
    expect((await world.read(charge)).recovery?.kind).toBe('replace');
  });
});

describe('a 400 at a confirm that names neither code nor parameter', () => {
  async function refused(isDetached: boolean) {
    const customer = await world.customer('pm_card_visa');
    const charge = await world.charge(customer);
    await world.simulator.control.webhooks({ paused: true });
    const key = { idempotencyKey: `gone:${charge}` };
    if (isDetached) await world.sdk.paymentMethods.detach(customer.payment_method_id, {}, key);
    const action = { type: 'status', status: 400 } as const;
    await world.simulator.control.faults({ match: { route: CONFIRM }, action, times: 1 });
    return charge;
  }

  test('is looked into: the method is gone, and the customer is asked for another', async () => {
    const charge = await refused(true);
    await world.work(['charge']);
    expect(await attemptStates(world, charge)).toEqual(['not_executed']);
    expect((await world.read(charge)).recovery?.kind).toBe('replace');
  });

  test('is for a person when the method is still there', async () => {
    const charge = await refused(false);
    await world.work(['charge']);
    expect(await stateOf(charge)).toBe('needs_review');
    expect(await attemptStates(world, charge)).toEqual(['not_executed']);
  });

  test('decides nothing while the method cannot be read', async () => {
    const charge = await refused(true);
    const away = { type: 'status', status: 503 } as const;
    const match = { route: '/v1/payment_methods/:id', method: 'GET' };
    await world.simulator.control.faults({ match, action: away, times: 1 });
    await world.work(['charge']);
    expect(await attemptStates(world, charge)).toEqual(['open']);
    await world.advance(2);
    await world.work(['charge']);
    expect(await attemptStates(world, charge)).toEqual(['not_executed']);
    expect((await world.read(charge)).recovery?.kind).toBe('replace');
  });
});

test('any other 400 parks the charge for a person at once', async () => {
  const charge = await world.charge(await world.customer('pm_card_visa'));
  const action = { type: 'status', status: 400 } as const;
  await world.simulator.control.faults({ match: { route: CREATE, method: 'POST' }, action, times: 1 });
  await world.work();
  expect(await stateOf(charge)).toBe('needs_review');
  expect(await breaksOf(world, charge)).toEqual(['create_refused']);
  await world.advance(30 * DAY_S);
  await world.work();
  const requests = await world.simulator.control.requests(world.secretKey);
  expect(requests.filter((request) => request.idempotency_key === `dc1:${charge}:create:1`)).toHaveLength(1);
});

test('a key that was used with another body is a defect for a person, never answered with a new key', async () => {
  const customer = await world.customer('pm_card_visa', ['insufficient_funds']);
  const charge = await world.charge(customer);
  const intent = await world.sdk.paymentIntents.create(
    {
      amount: 1_250,
      currency: 'eur',
      customer: customer.stripe_customer_id,
      allowed_payment_method_types: ['card'],
      metadata: { dc_charge: charge, dc_instance: world.deps.instance.id },
    },
    { idempotencyKey: `made:${charge}` },
  );
  await world.sql`update charges set stripe_payment_intent_id = ${intent.id} where id = ${charge}`;
  const other = { payment_method: customer.payment_method_id, off_session: true, receipt_email: 'a@b.test' };
  await world.sdk.paymentIntents
    .confirm(intent.id, other, { idempotencyKey: `dc1:${charge}:confirm:1` })
    .catch(() => undefined);
  await world.simulator.control.webhooks({ paused: true });
  await world.work(['charge']);
  expect(await stateOf(charge)).toBe('needs_review');
  expect(new Set(await confirmsOf(world, charge)).size).toBe(1);
});

describe('a key of ours that Stripe does not take', () => {
  const shown = async (charge: string) => {
    const row = await readChargeRow(world.tables, charge);
    return row === null ? null : chargeView(row);
  };

  test('before a later try: the charge shows why it waits, and its retry stays what it was', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
    await world.work(['charge']);
    const match = { route: '/v1/payment_intents/:id', method: 'GET' };
    const action = { type: 'status', status: 403 } as const;
    await world.simulator.control.faults({ match, action, times: 1 });
    await world.advance(DAY_S);
    await world.work(['charge']);
    expect(await shown(charge)).toMatchObject({
      detail: 'charging_paused',
      last_error: { code: 'stripe_key_refused' },
    });
    expect(logged.join('')).toContain('"event":"stripe.key_refused"');
    expect(await dueInSeconds(world, charge)).toBeGreaterThan(50);
    await world.advance(60);
    await world.work(['charge']);
    expect(await shown(charge)).toMatchObject({ status: 'succeeded', detail: null });
  });

  test.each([
    ['create', CREATE],
    ['confirm', CONFIRM],
  ])('at %s: shown, asked again a minute later, no attempt is used up', async (_verb, route) => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    const refused = { type: 'status', status: 401 } as const;
    await world.simulator.control.faults({ match: { route, method: 'POST' }, action: refused, times: 1 });
    await world.sql`update charges set due_at = dc_now() where id = ${charge}`;
    const { due_at: asked } = (await world.read(charge)).charge;
    await world.work(['charge']);
    const { due_at: again } = (await world.read(charge)).charge;
    expect(await shown(charge)).toMatchObject({
      status: 'processing',
      detail: 'charging_paused',
      last_error: { code: 'stripe_key_refused', advice: 'stop' },
    });
    const lines = logged.filter((line) => line.includes('stripe.key_refused'));
    expect(lines.at(-1)).toContain('"code":"unauthenticated"');
    expect(Number(again) - Number(asked)).toBeGreaterThanOrEqual(60_000);
    await world.advance(60);
    await world.work(['charge']);
    expect(await shown(charge)).toMatchObject({ status: 'succeeded', detail: null, last_error: null });
    expect(await attemptStates(world, charge)).toEqual(['succeeded']);
  });
});

test('a PaymentIntent that Stripe itself cancels for too many confirms closes the charge with that proof', async () => {
  const script = Array(5).fill('insufficient_funds');
  const charge = await world.charge(await world.customer('pm_card_visa', script));
  await world.work();
  for (const days of [1, 3]) {
    await world.advance(days * DAY_S);
    await world.work();
  }
  expect(await stateOf(charge)).toBe('failed');
  expect(await world.sql`select detail from charges where id = ${charge}`).toEqual([
    { detail: 'canceled_at_stripe' },
  ]);
  expect(await attemptStates(world, charge)).toEqual(['declined', 'declined', 'canceled']);
  expect(await world.ledger(charge)).toHaveLength(1);
  expect((await intentOf(world, charge)).status).toBe('canceled');
});
