import { describe, expect, test } from 'vitest';
import { configureFailpoints } from '../../../src/platform/failpoints.ts';
import { requestMark } from '../../../src/platform/ids.ts';
import { requestSetupCancel } from '../../../src/store/setup/setup-cancellation.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import { retrieveSession } from '../../../src/stripe/checkout-sessions.ts';
import {
  applyEvents,
  deliver,
  listAtStripe,
  newCustomer,
  newSetup,
  openedSetup,
  openSetupWorld,
  passTime,
  postsTo,
  RETURN_URL,
  row,
  setupOf,
  takeEvents,
  work,
} from './setup-world.ts';

const world = openSetupWorld();
const HOUR_S = 3_600;
const VISA = '4242424242424242';
const CHALLENGED = '4000002760003184';
const DECLINED = '4000000000000002';

const opened = (given: Parameters<typeof openedSetup>[1] = {}) =>
  openedSetup(world, { via: 'checkout', ...given });

/** Fills in Stripe's page as the customer would; answers where it leads. */
async function submit(setup: Rows['setup'], number: string): Promise<Response> {
  const session = await retrieveSession(world.deps.stripe, setup.stripe_checkout_session_id ?? '');
  if (session.kind !== 'ok') throw new Error('the session could not be read');
  return fetch(session.value.url ?? '', {
    method: 'POST',
    body: new URLSearchParams({ number, action: 'pay' }),
    redirect: 'manual',
  });
}

async function atTheBank(page: Response, outcome: 'complete' | 'fail'): Promise<Response> {
  const body = new URLSearchParams({ outcome });
  return fetch(page.headers.get('location') ?? '', { method: 'POST', body, redirect: 'manual' });
}

const sessionsOf = async (customer_id: string) => {
  const { stripe_customer_id } = await row(world, 'customer', customer_id);
  return listAtStripe(world, `/v1/checkout/sessions?customer=${stripe_customer_id}`);
};

describe('a setup on Stripe’s page', () => {
  test('is asked for with our marks on the Session and on its SetupIntent', async () => {
    const setup = await opened();
    const created = (await postsTo(world, '/v1/checkout/sessions')).at(-1);
    expect(created?.idempotency_key).toBe(`dc1:${setup.id}:create:1`);
    expect(created?.form).toEqual({
      mode: 'setup',
      customer: (await row(world, 'customer', setup.customer_id)).stripe_customer_id,
      'allowed_payment_method_types[0]': 'card',
      success_url: RETURN_URL,
      cancel_url: RETURN_URL,
      'metadata[dc_setup]': setup.id,
      'metadata[dc_customer]': setup.customer_id,
      'metadata[dc_request]': requestMark(world.deps.instance.deriveKey, setup.request_hash),
      'metadata[dc_instance]': world.deps.instance.id,
      'setup_intent_data[metadata][dc_setup]': setup.id,
      'setup_intent_data[metadata][dc_customer]': setup.customer_id,
      'setup_intent_data[metadata][dc_request]': requestMark(
        world.deps.instance.deriveKey,
        setup.request_hash,
      ),
      'setup_intent_data[metadata][dc_instance]': world.deps.instance.id,
    });
  });

  test('succeeds when the customer saves a card, and leads them back', async () => {
    const setup = await opened();
    const answer = await submit(setup, VISA);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(RETURN_URL);
    await deliver(world);
    const saved = await setupOf(world, setup.id);
    expect(saved.state).toBe('succeeded');
    expect(await row(world, 'payment_method', saved.payment_method_id ?? '')).toMatchObject({
      state: 'usable',
      card_last4: '4242',
      setup_id: setup.id,
    });
  });

  test('saves nothing while the bank refuses, and all once it agrees', async () => {
    const setup = await opened();
    await atTheBank(await submit(setup, CHALLENGED), 'fail');
    await deliver(world);
    expect(await setupOf(world, setup.id)).toMatchObject({
      state: 'awaiting_customer',
      failed_tries: 1,
      last_error: { code: 'setup_intent_authentication_failure', decline_code: null },
    });
    await atTheBank(await submit(setup, CHALLENGED), 'complete');
    await deliver(world);
    expect(await setupOf(world, setup.id)).toMatchObject({ state: 'succeeded', failed_tries: 1 });
  });

  test('fails after five declined cards, with the Session expired', async () => {
    const setup = await opened();
    for (let tries = 1; tries <= 5; tries += 1) await submit(setup, DECLINED);
    await deliver(world);
    await work(world);
    const failed = await setupOf(world, setup.id);
    expect(failed).toMatchObject({ state: 'failed', failed_tries: 5 });
    expect(failed.stripe_closed_at).not.toBeNull();
    expect((await sessionsOf(setup.customer_id)).map(({ status }) => status)).toEqual(['expired']);
  });

  test('that the merchant cancels expires the Session, under its own key', async () => {
    const setup = await opened();
    await requestSetupCancel(world.sql, setup.id, 'test');
    await work(world);
    expect((await setupOf(world, setup.id)).state).toBe('canceled');
    const expired = (await postsTo(world, '/v1/checkout/sessions/:id/expire')).at(-1);
    expect(expired).toMatchObject({ idempotency_key: `dc1:${setup.id}:expire:1`, status: 200 });
  });

  test('that was completed before the cancel is succeeded, and its method waits', async () => {
    const setup = await opened();
    await submit(setup, VISA);
    await requestSetupCancel(world.sql, setup.id, 'test');
    await work(world);
    const saved = await setupOf(world, setup.id);
    expect(saved).toMatchObject({ state: 'succeeded', detail: 'saved_before_close' });
    expect((await row(world, 'payment_method', saved.payment_method_id ?? '')).state).toBe('unusable');
  });

  test('expires with its time, whether Stripe or we were first', async () => {
    const ours = await opened({ expires_in_ms: HOUR_S * 1_000 });
    const theirs = await opened({ expires_in_ms: 48 * HOUR_S * 1_000 });
    await passTime(world, HOUR_S + 1);
    await work(world);
    expect(await setupOf(world, ours.id)).toMatchObject({ state: 'expired', close_as: 'expired' });
    await passTime(world, 24 * HOUR_S);
    await deliver(world);
    expect(await setupOf(world, theirs.id)).toMatchObject({
      state: 'expired',
      close_as: null,
      detail: 'expired_at_stripe',
    });
  });

  test('ends the same however often and in whatever order webhooks come', async () => {
    const setup = await opened();
    await submit(setup, DECLINED);
    await submit(setup, VISA);
    const events = await takeEvents(world);
    const types = new Set(events.map(({ type }) => type));
    expect(types).toContain('checkout.session.completed');
    expect(types).toContain('setup_intent.succeeded');
    await applyEvents(world, [...events, ...events].reverse());
    expect((await setupOf(world, setup.id)).state).toBe('succeeded');
  });

  test('without any webhook is found saved by reading again', async () => {
    const setup = await opened();
    await submit(setup, VISA);
    await takeEvents(world);
    await passTime(world, 61);
    await work(world);
    expect((await setupOf(world, setup.id)).state).toBe('succeeded');
  });

  test('whose answer was lost is bound a day later by its customer and mark', async () => {
    const customer_id = await newCustomer(world);
    await work(world);
    const id = await newSetup(world, {
      customer_id,
      via: 'checkout',
      expires_in_ms: 48 * HOUR_S * 1_000,
    });
    configureFailpoints('setup.bind.before:throw', { testMode: true });
    await work(world);
    configureFailpoints(null, { testMode: true });
    const [made] = await sessionsOf(customer_id);
    await passTime(world, 23.5 * HOUR_S);
    await work(world);
    expect(await setupOf(world, id)).toMatchObject({
      state: 'awaiting_customer',
      stripe_checkout_session_id: made?.id,
    });
    expect(await sessionsOf(customer_id)).toHaveLength(1);
  });
});
