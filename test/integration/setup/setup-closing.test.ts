import { describe, expect, test } from 'vitest';
import { requestSetupCancel } from '../../../src/store/setup/setup-cancellation.ts';
import {
  confirmAsCustomer,
  deliver,
  newSetup,
  openedSetup,
  openSetupWorld,
  passTime,
  post,
  postsTo,
  row,
  setupOf,
  takeEvents,
  work,
} from './setup-world.ts';

const world = openSetupWorld();
const CANCEL = '/v1/setup_intents/:id/cancel';
const HOUR_S = 3_600;

/** The statuses that merchants were told, in order. */
async function told(id: string): Promise<string[]> {
  const rows =
    await world.sql`select type from events where object_id = ${id} and type <> 'setup.created' order by id`;
  return rows.map(({ type }) => String(type));
}

const cancelsOf = async (id: string) =>
  (await postsTo(world, CANCEL)).filter(({ idempotency_key }) => idempotency_key?.includes(id));

describe('a merchant’s cancel', () => {
  test('is told as canceled only once Stripe has cancelled the SetupIntent', async () => {
    const opened = await openedSetup(world);
    await requestSetupCancel(world.sql, opened.id, 'test');
    expect(await setupOf(world, opened.id)).toMatchObject({ state: 'closing', stripe_closed_at: null });
    expect(await told(opened.id)).not.toContain('setup.canceled');
    await work(world);
    const setup = await setupOf(world, opened.id);
    expect(setup).toMatchObject({ state: 'canceled', close_as: 'canceled' });
    expect(setup.stripe_closed_at).not.toBeNull();
    expect((await told(opened.id)).at(-1)).toBe('setup.canceled');
    const [cancel, ...more] = await cancelsOf(opened.id);
    expect(more).toEqual([]);
    expect(cancel).toMatchObject({
      idempotency_key: `dc1:${opened.id}:cancel:1`,
      form: { cancellation_reason: 'requested_by_customer' },
      status: 200,
    });
  });

  test('of a setup that nobody has begun ends it without a call to Stripe', async () => {
    const id = await newSetup(world);
    await requestSetupCancel(world.sql, id, 'test');
    await work(world);
    expect(await setupOf(world, id)).toMatchObject({ state: 'canceled', stripe_setup_intent_id: null });
    const keys = (await postsTo(world, '/v1/setup_intents')).map(({ idempotency_key }) => idempotency_key);
    expect(keys).not.toContain(`dc1:${id}:create:1`);
  });

  test('loses against a customer who was faster: the setup succeeded, its method waits', async () => {
    const opened = await openedSetup(world);
    const { payment_method } = await confirmAsCustomer(world, opened, 'pm_card_visa');
    await requestSetupCancel(world.sql, opened.id, 'test');
    await work(world);
    expect(await setupOf(world, opened.id)).toMatchObject({
      state: 'succeeded',
      detail: 'saved_before_close',
      payment_method_id: payment_method,
    });
    const method = await row(world, 'payment_method', String(payment_method));
    expect(method).toMatchObject({ state: 'unusable', detail: 'setup_was_closing' });
    expect((await row(world, 'customer', opened.customer_id)).default_payment_method_id).toBeNull();
    await deliver(world);
    expect((await row(world, 'payment_method', method.id)).state).toBe('unusable');
  });

  test('while the bank challenges the customer cancels the SetupIntent', async () => {
    const opened = await openedSetup(world);
    const confirmed = await confirmAsCustomer(world, opened, 'pm_card_authenticationRequired');
    await requestSetupCancel(world.sql, opened.id, 'test');
    await work(world);
    expect((await setupOf(world, opened.id)).state).toBe('canceled');
    await expect(world.sim.control.authenticate(confirmed.id, 'succeed')).rejects.toThrow('canceled');
  });

  test('is repeated under the same key after an answer was lost, and settles on the repetition', async () => {
    const opened = await openedSetup(world);
    const id = opened.stripe_setup_intent_id ?? '';
    await world.sim.control.faults({
      match: { route: CANCEL, id },
      action: { type: 'status', status: 503, effect: 'commit' },
      times: 1,
    });
    await requestSetupCancel(world.sql, opened.id, 'test');
    await work(world);
    expect((await setupOf(world, opened.id)).state).toBe('closing');
    await passTime(world, 2);
    await work(world);
    expect((await setupOf(world, opened.id)).state).toBe('canceled');
    const keys = (await cancelsOf(opened.id)).map(({ idempotency_key }) => idempotency_key);
    expect(keys).toEqual([`dc1:${opened.id}:cancel:1`, `dc1:${opened.id}:cancel:1`]);
  });

  test('goes on with the next number when Stripe repeats a failure and the effect is missing', async () => {
    const opened = await openedSetup(world);
    const id = opened.stripe_setup_intent_id ?? '';
    await world.sim.control.faults({
      match: { route: CANCEL, id },
      action: { type: 'status', status: 500, effect: 'none' },
      times: 1,
    });
    await requestSetupCancel(world.sql, opened.id, 'test');
    for (let step = 0; step < 4; step += 1) {
      await work(world);
      await passTime(world, 60);
    }
    expect((await setupOf(world, opened.id)).state).toBe('canceled');
    const keys = (await cancelsOf(opened.id)).map(({ idempotency_key, replayed }) => [
      idempotency_key,
      replayed,
    ]);
    expect(keys).toEqual([
      [`dc1:${opened.id}:cancel:1`, false],
      [`dc1:${opened.id}:cancel:1`, true],
      [`dc1:${opened.id}:cancel:2`, false],
    ]);
  });

  test('delivered twice at once is carried out once', async () => {
    const opened = await openedSetup(world);
    await requestSetupCancel(world.sql, opened.id, 'test');
    await requestSetupCancel(world.sql, opened.id, 'again');
    await Promise.all([work(world), work(world)]);
    await work(world);
    expect((await setupOf(world, opened.id)).state).toBe('canceled');
    expect(await cancelsOf(opened.id)).toHaveLength(1);
  });
});

describe('the end of the customer’s time', () => {
  test('cancels the SetupIntent and is told as expired', async () => {
    const opened = await openedSetup(world);
    await passTime(world, 23 * HOUR_S);
    await work(world);
    expect((await setupOf(world, opened.id)).state).toBe('awaiting_customer');
    await passTime(world, HOUR_S + 1);
    await work(world);
    const setup = await setupOf(world, opened.id);
    expect(setup.state).toBe('expired');
    expect(setup.stripe_closed_at).not.toBeNull();
    const late = await confirmAsCustomer(world, opened, 'pm_card_visa');
    expect(late).toMatchObject({ error: { code: 'setup_intent_unexpected_state' } });
  });

  test('finds a method that was saved without our hearing of it, and the setup was in time', async () => {
    const opened = await openedSetup(world);
    const { payment_method } = await confirmAsCustomer(world, opened, 'pm_card_visa');
    await takeEvents(world);
    await passTime(world, 25 * HOUR_S);
    await work(world);
    expect((await setupOf(world, opened.id)).state).toBe('succeeded');
    expect((await row(world, 'payment_method', String(payment_method))).state).toBe('usable');
  });

  test('ends a setup whose customer was never bound', async () => {
    const id = await newSetup(world);
    const { customer_id } = await setupOf(world, id);
    await world.sql`update customers set due_at = null where id = ${customer_id}`;
    await work(world);
    await passTime(world, 25 * HOUR_S);
    await work(world);
    expect(await setupOf(world, id)).toMatchObject({ state: 'expired', create_opened_at: null });
  });
});

test('a SetupIntent that somebody cancelled at Stripe ends its setup as canceled', async () => {
  const opened = await openedSetup(world);
  await post(world, `/v1/setup_intents/${opened.stripe_setup_intent_id}/cancel`);
  await deliver(world);
  expect(await setupOf(world, opened.id)).toMatchObject({ state: 'canceled', detail: 'canceled_at_stripe' });
});

test('an event that comes after the end changes nothing, and asks Stripe nothing', async () => {
  const opened = await openedSetup(world);
  await confirmAsCustomer(world, opened, 'pm_card_chargeDeclined');
  const late = await takeEvents(world);
  await requestSetupCancel(world.sql, opened.id, 'test');
  await work(world);
  const before = await setupOf(world, opened.id);
  world.events.push(...late);
  const asked = async () => (await world.sim.control.requests(world.secretKey)).length;
  const asked_before = await asked();
  await deliver(world);
  expect(await asked()).toBe(asked_before);
  expect(await setupOf(world, opened.id)).toEqual(before);
});
