import { afterEach, describe, expect, test } from 'vitest';
import { configureFailpoints } from '../../../src/platform/failpoints.ts';
import { requestSetupCancel } from '../../../src/store/setup/setup-cancellation.ts';
import {
  applyEvents,
  listAtStripe,
  newCustomer,
  newSetup,
  openedSetup,
  openSetupWorld,
  passTime,
  post,
  postsTo,
  row,
  type SetupWorld,
  setupOf,
  takeEvents,
  work,
} from './setup-world.ts';

const world = openSetupWorld();
const HOUR_S = 3_600;

afterEach(() => configureFailpoints(null, { testMode: true }));

/** Works and lets time pass until nothing more happens: what was left over comes due again. */
async function workOn(on: SetupWorld, minutes = 5): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await work(on);
    await passTime(on, 60);
  }
  await work(on);
}

const customersOf = async (id: string) => {
  const { email } = await row(world, 'customer', id);
  return listAtStripe(world, `/v1/customers?email=${encodeURIComponent(email)}`);
};

const intentsOf = async (customer_id: string) => {
  const { stripe_customer_id } = await row(world, 'customer', customer_id);
  return listAtStripe(world, `/v1/setup_intents?limit=100&customer=${stripe_customer_id}`);
};

const PLACES = [
  'customer.create.before',
  'customer.create.after_effect',
  'customer.bind.before',
  'customer.bind.after_effect',
  'setup.create.before',
  'setup.create.after_effect',
  'setup.bind.before',
  'setup.bind.after_effect',
] as const;

describe('a worker that dies', () => {
  test.each(PLACES)('at %s leaves one customer and one SetupIntent behind its successor', async (place) => {
    const id = await newSetup(world);
    configureFailpoints(`${place}:throw@1`, { testMode: true });
    await work(world);
    await workOn(world, 2);
    const setup = await setupOf(world, id);
    expect(setup.state).toBe('awaiting_customer');
    expect(await customersOf(setup.customer_id)).toHaveLength(1);
    const intents = await intentsOf(setup.customer_id);
    expect(intents.map((intent) => intent.id)).toEqual([setup.stripe_setup_intent_id]);
  });

  test.each([
    'setup.close.before',
    'setup.close.after_effect',
    'setup.settle.before',
    'setup.settle.after_effect',
  ] as const)('at %s leaves the end to its successor', async (place) => {
    const opened = await openedSetup(world);
    if (place.startsWith('setup.settle')) {
      const params = { payment_method: 'pm_card_visa', return_url: 'https://shop.example/' };
      await post(world, `/v1/setup_intents/${opened.stripe_setup_intent_id}/confirm`, params);
    }
    await requestSetupCancel(world.sql, opened.id, 'test');
    configureFailpoints(`${place}:throw@1`, { testMode: true });
    await work(world);
    await workOn(world, 2);
    const expected = place.startsWith('setup.settle') ? 'succeeded' : 'canceled';
    expect((await setupOf(world, opened.id)).state).toBe(expected);
  });
});

describe('an answer that is lost after Stripe acted', () => {
  test.each(['reset_after', 'partial_body', 'hang_after'] as const)(
    'by %s costs no second object',
    async (action) => {
      await world.sim.control.faults({ match: { route: '/v1/customers', method: 'POST' }, action, times: 1 });
      await world.sim.control.faults({
        match: { route: '/v1/setup_intents', method: 'POST' },
        action,
        times: 1,
      });
      const id = await newSetup(world);
      await workOn(world);
      const setup = await setupOf(world, id);
      expect(setup.state).toBe('awaiting_customer');
      expect(await customersOf(setup.customer_id)).toHaveLength(1);
      expect(await intentsOf(setup.customer_id)).toHaveLength(1);
    },
  );

  test.each(['rate_limit', 'lock_timeout', 'reset_before', 'html_502'] as const)(
    'or a call that was not executed (%s) is sent again under the same key',
    async (action) => {
      const id = await newSetup(world);
      await work(world);
      const again = await newSetup(world, { customer_id: (await setupOf(world, id)).customer_id });
      await world.sim.control.faults({
        match: { route: '/v1/setup_intents', method: 'POST' },
        action,
        times: 2,
      });
      await workOn(world);
      expect((await setupOf(world, again)).state).toBe('awaiting_customer');
      const keys = (await postsTo(world, '/v1/setup_intents')).map(({ idempotency_key }) => idempotency_key);
      expect(new Set(keys.filter((key) => key?.includes(again)))).toEqual(new Set([`dc1:${again}:create:1`]));
    },
  );
});

describe('a 500 that Stripe repeats for ever', () => {
  test('is looked behind, and the next number creates', async () => {
    const match = { route: '/v1/setup_intents', method: 'POST' };
    const action = { type: 'status', status: 500, effect: 'none' } as const;
    const customer_id = await newCustomer(world);
    await openedSetup(world, { customer_id });
    await world.sim.control.faults({ match, action, times: 1 });
    const id = await newSetup(world, { customer_id });
    await workOn(world);
    const setup = await setupOf(world, id);
    expect(setup).toMatchObject({ state: 'awaiting_customer', create_number: 2 });
    expect(await intentsOf(customer_id)).toHaveLength(2);
  });

  test('behind which the SetupIntent was made binds that one', async () => {
    const match = { route: '/v1/setup_intents', method: 'POST' };
    const action = { type: 'status', status: 500, effect: 'commit' } as const;
    await world.sim.control.faults({ match, action, times: 1 });
    const id = await newSetup(world);
    await workOn(world);
    const setup = await setupOf(world, id);
    expect(setup).toMatchObject({ state: 'awaiting_customer', create_number: 1 });
    expect((await intentsOf(setup.customer_id)).map((intent) => intent.id)).toEqual([
      setup.stripe_setup_intent_id,
    ]);
  });

  test('behind which a second SetupIntent appears later cancels the one that is not bound', async () => {
    const match = { route: '/v1/setup_intents', method: 'POST' };
    const action = { type: 'status', status: 500, effect: 'later', later_ms: 3_600_000 } as const;
    await world.sim.control.faults({ match, action, times: 1 });
    const id = await newSetup(world);
    await workOn(world);
    await takeEvents(world);
    await passTime(world, HOUR_S);
    await applyEvents(world, await takeEvents(world));
    const setup = await setupOf(world, id);
    const intents = await intentsOf(setup.customer_id);
    expect(intents).toHaveLength(2);
    const statuses = new Map(intents.map((intent) => [intent.id, intent.status]));
    expect(statuses.get(setup.stripe_setup_intent_id ?? '')).toBe('requires_payment_method');
    statuses.delete(setup.stripe_setup_intent_id ?? '');
    expect([...statuses.values()]).toEqual(['canceled']);
    const keys = (await world.sim.control.requests(world.secretKey)).filter(
      ({ method, idempotency_key }) => method === 'POST' && idempotency_key?.includes(id),
    );
    const bodies = new Map<string, Set<string>>();
    for (const { idempotency_key, path, body } of keys) {
      const seen = bodies.get(String(idempotency_key)) ?? new Set<string>();
      bodies.set(String(idempotency_key), seen.add(`${path} ${body}`));
    }
    expect([...bodies.values()].every((seen) => seen.size === 1)).toBe(true);
  });
});

describe('25 hours after an answer was lost', () => {
  test('the customer at Stripe is found by address and mark, and bound', async () => {
    const customer_id = await newCustomer(world);
    configureFailpoints('customer.bind.before:throw', { testMode: true });
    await work(world);
    configureFailpoints(null, { testMode: true });
    const before = await customersOf(customer_id);
    expect(before).toHaveLength(1);
    await passTime(world, 25 * HOUR_S);
    await work(world);
    expect(await row(world, 'customer', customer_id)).toMatchObject({
      state: 'bound',
      stripe_customer_id: before[0]?.id,
      create_number: 1,
    });
    expect(await customersOf(customer_id)).toHaveLength(1);
  });

  test('a customer whom Stripe shows no trace of is created under the next number', async () => {
    const customer_id = await newCustomer(world);
    configureFailpoints('customer.create.before:throw', { testMode: true });
    await work(world);
    configureFailpoints(null, { testMode: true });
    await passTime(world, 25 * HOUR_S);
    await work(world);
    expect(await row(world, 'customer', customer_id)).toMatchObject({ state: 'bound', create_number: 2 });
    expect(await customersOf(customer_id)).toHaveLength(1);
  });

  test('the SetupIntent is found by its customer and mark, and bound', async () => {
    const customer_id = await newCustomer(world);
    await work(world);
    const id = await newSetup(world, { customer_id, expires_in_ms: 48 * HOUR_S * 1_000 });
    configureFailpoints('setup.bind.before:throw', { testMode: true });
    await work(world);
    configureFailpoints(null, { testMode: true });
    const [made, ...more] = await intentsOf(customer_id);
    expect(more).toEqual([]);
    await passTime(world, 25 * HOUR_S);
    await work(world);
    expect(await setupOf(world, id)).toMatchObject({
      state: 'awaiting_customer',
      stripe_setup_intent_id: made?.id,
    });
    expect(await intentsOf(customer_id)).toHaveLength(1);
  });
});

describe('a cancel while the create is on its way', () => {
  test.each(['setup.create.after_effect', 'setup.create.before'] as const)(
    'of a worker that died at %s leaves no SetupIntent that could be used',
    async (place) => {
      const customer_id = await newCustomer(world);
      await work(world);
      const id = await newSetup(world, { customer_id });
      configureFailpoints(`${place}:throw@1`, { testMode: true });
      await work(world);
      await requestSetupCancel(world.sql, id, 'test');
      await workOn(world, 2);
      const setup = await setupOf(world, id);
      expect(setup.state).toBe('canceled');
      const intents = await intentsOf(customer_id);
      expect(intents.map(({ status }) => status)).toEqual(['canceled']);
      expect(setup.stripe_setup_intent_id).toBe(intents[0]?.id);
    },
  );
});

test('fifty setups of one customer and jobs in fours make one customer and one SetupIntent each', async () => {
  const customer_id = await newCustomer(world);
  const ids = await Promise.all(Array.from({ length: 50 }, () => newSetup(world, { customer_id })));
  await Promise.all([work(world), work(world), work(world), work(world)]);
  await workOn(world, 2);
  expect(await customersOf(customer_id)).toHaveLength(1);
  const bound = new Set<string>();
  for (const id of ids) bound.add((await setupOf(world, id)).stripe_setup_intent_id ?? '');
  expect(bound.size).toBe(50);
  expect(await intentsOf(customer_id)).toHaveLength(50);
});

test('a customer whose address Stripe refuses goes to a person, once', async () => {
  const match = { route: '/v1/customers', method: 'POST' };
  await world.sim.control.faults({ match, action: { type: 'status', status: 400 }, times: 1 });
  const customer_id = await newCustomer(world);
  await work(world);
  expect(await row(world, 'customer', customer_id)).toMatchObject({ state: 'needs_review', due_at: null });
});

test('a setup of a customer whom Stripe does not know fails, and says why', async () => {
  const customer_id = await newCustomer(world, `cus_gone${Date.now()}`);
  const id = await newSetup(world, { customer_id });
  await work(world);
  expect(await setupOf(world, id)).toMatchObject({
    state: 'failed',
    last_error: { code: 'resource_missing', decline_code: null },
    stripe_setup_intent_id: null,
  });
});
