import { describe, expect, test } from 'vitest';
import { requestMark } from '../../../src/platform/ids.ts';
import { acceptConsent } from '../../../src/store/setup/setup-page.ts';
import {
  applyEvents,
  COLLECT,
  confirmAsCustomer,
  deliver,
  listAtStripe,
  newCustomer,
  newSetup,
  openedSetup,
  openSetupWorld,
  passTime,
  postsTo,
  row,
  setupOf,
  takeEvents,
  work,
} from './setup-world.ts';

const world = openSetupWorld();

const customerOf = async (setup: { customer_id: string }) => row(world, 'customer', setup.customer_id);

describe('a setup on the merchant’s own page', () => {
  test('is queued, waits for its customer, and succeeds with a usable method on file', async () => {
    const opened = await openedSetup(world);
    expect(opened.stripe_setup_intent_id).toMatch(/^seti_/);
    const confirmed = await confirmAsCustomer(world, opened, 'pm_card_visa');
    expect(confirmed.status).toBe('succeeded');
    await deliver(world);
    const setup = await setupOf(world, opened.id);
    expect(setup).toMatchObject({ state: 'succeeded', payment_method_id: confirmed.payment_method });
    const method = await row(world, 'payment_method', String(confirmed.payment_method));
    expect(method).toMatchObject({
      state: 'usable',
      customer_id: setup.customer_id,
      consent_id: setup.consent_id,
      setup_id: setup.id,
      type: 'card',
      card_brand: 'visa',
      card_last4: '4242',
      usage: 'off_session',
    });
    expect((await customerOf(setup)).default_payment_method_id).toBe(method.id);
    const statuses = await world.sql`
      select type, facts #>> '{setup,payment_method_id}' as method
      from events where object_id = ${setup.id} and type <> 'setup.created' order by id`;
    expect(statuses.map(({ type }) => type)).toEqual(['setup.awaiting_customer', 'setup.succeeded']);
    expect(statuses.at(-1)?.method).toBe(method.id);
  });

  test('asks Stripe for exactly what was wanted, under our keys and marks', async () => {
    const opened = await openedSetup(world, { usage: 'on_session' });
    const customer = await customerOf(opened);
    const created = (await postsTo(world, '/v1/setup_intents')).at(-1);
    expect(created?.idempotency_key).toBe(`dc1:${opened.id}:create:1`);
    expect(created?.form).toEqual({
      customer: customer.stripe_customer_id,
      usage: 'on_session',
      'allowed_payment_method_types[0]': 'card',
      'metadata[dc_setup]': opened.id,
      'metadata[dc_customer]': customer.id,
      'metadata[dc_request]': requestMark(world.deps.instance.deriveKey, opened.request_hash),
      'metadata[dc_instance]': world.deps.instance.id,
    });
    const bound = (await postsTo(world, '/v1/customers')).at(-1);
    expect(bound?.idempotency_key).toBe(`dc1:${customer.id}:create:1`);
    expect(bound?.form).toEqual({
      email: customer.email,
      name: 'Jenny',
      'metadata[dc_customer]': customer.id,
      'metadata[dc_instance]': world.deps.instance.id,
    });
  });

  test.each(['succeed', 'fail'] as const)(
    'that the bank challenges ends as the challenge does: %s',
    async (outcome) => {
      const opened = await openedSetup(world);
      const confirmed = await confirmAsCustomer(world, opened, 'pm_card_authenticationRequired');
      expect(confirmed.status).toBe('requires_action');
      await deliver(world);
      expect((await setupOf(world, opened.id)).state).toBe('awaiting_customer');
      await world.sim.control.authenticate(confirmed.id, outcome);
      await deliver(world);
      expect(await setupOf(world, opened.id)).toMatchObject(
        outcome === 'succeed'
          ? { state: 'succeeded', failed_tries: 0 }
          : {
              state: 'awaiting_customer',
              failed_tries: 1,
              last_error: { code: 'setup_intent_authentication_failure', decline_code: null },
            },
      );
    },
  );

  test('survives declined cards up to the fourth, and saves the fifth that is good', async () => {
    const opened = await openedSetup(world);
    for (let tries = 1; tries <= 4; tries += 1) {
      await confirmAsCustomer(world, opened, 'pm_card_chargeDeclinedInsufficientFunds');
      await deliver(world);
      expect(await setupOf(world, opened.id)).toMatchObject({
        state: 'awaiting_customer',
        failed_tries: tries,
        last_error: { code: 'card_declined', decline_code: 'insufficient_funds' },
      });
    }
    await confirmAsCustomer(world, opened, 'pm_card_visa');
    await deliver(world);
    expect((await setupOf(world, opened.id)).state).toBe('succeeded');
  });

  test('fails after five declined cards, with the SetupIntent cancelled', async () => {
    const opened = await openedSetup(world);
    for (let tries = 1; tries <= 5; tries += 1) {
      await confirmAsCustomer(world, opened, 'pm_card_chargeDeclined');
      await deliver(world);
    }
    expect((await setupOf(world, opened.id)).state).toBe('closing');
    await work(world);
    const setup = await setupOf(world, opened.id);
    expect(setup).toMatchObject({ state: 'failed', failed_tries: 5, detail: 'too_many_tries' });
    expect(setup.stripe_closed_at).not.toBeNull();
    const sixth = await confirmAsCustomer(world, opened, 'pm_card_visa');
    expect(sixth).toMatchObject({ error: { code: 'setup_intent_unexpected_state' } });
  });

  test('counts each failed try once, however often and in whatever order webhooks come', async () => {
    const opened = await openedSetup(world);
    for (let tries = 1; tries <= 3; tries += 1) {
      await confirmAsCustomer(world, opened, 'pm_card_chargeDeclined');
    }
    const events = await takeEvents(world);
    await applyEvents(world, [...events, ...events].reverse());
    expect(await setupOf(world, opened.id)).toMatchObject({ state: 'awaiting_customer', failed_tries: 3 });
  });

  test('ends the same whether webhooks are doubled, reversed or both', async () => {
    const opened = await openedSetup(world);
    await confirmAsCustomer(world, opened, 'pm_card_chargeDeclined');
    await confirmAsCustomer(world, opened, 'pm_card_visa');
    const events = await takeEvents(world);
    expect(events.length).toBeGreaterThanOrEqual(3);
    await applyEvents(world, [...events, ...events].reverse());
    const setup = await setupOf(world, opened.id);
    expect(setup.state).toBe('succeeded');
    const moves = await world.sql`
      select to_state from transitions where entity_id in (${setup.id}, ${setup.payment_method_id}) order by id`;
    expect(moves.map(({ to_state }) => to_state)).toEqual([
      'queued',
      'awaiting_customer',
      'succeeded',
      'usable',
    ]);
  });

  test('the first usable method becomes the default, the second does not', async () => {
    const customer_id = await newCustomer(world);
    const first = await openedSetup(world, { customer_id });
    const second = await openedSetup(world, { customer_id });
    const { payment_method } = await confirmAsCustomer(world, first, 'pm_card_visa');
    await deliver(world);
    await confirmAsCustomer(world, second, 'pm_card_mastercard');
    await deliver(world);
    expect((await setupOf(world, second.id)).state).toBe('succeeded');
    expect((await row(world, 'customer', customer_id)).default_payment_method_id).toBe(payment_method);
  });

  test('Stripe is told whether later pages may show the method, once it is saved', async () => {
    const opened = await openedSetup(world, { allow_redisplay: 'always' });
    const { payment_method } = await confirmAsCustomer(world, opened, 'pm_card_visa');
    await deliver(world);
    await work(world);
    const update = (await postsTo(world, '/v1/payment_methods/:id')).at(-1);
    expect(update?.idempotency_key).toBe(`dc1:${payment_method}:update:1`);
    const [method] = await listAtStripe(
      world,
      `/v1/payment_methods?customer=${(await customerOf(opened)).stripe_customer_id}`,
    );
    expect(method?.allow_redisplay).toBe('always');
    expect((await row(world, 'payment_method', String(payment_method))).due_at).toBeNull();
  });

  test('asked for without evidence, saves a method that waits for the customer’s press', async () => {
    const opened = await openedSetup(world, { consent: COLLECT });
    const { payment_method } = await confirmAsCustomer(world, opened, 'pm_card_visa');
    await deliver(world);
    expect((await setupOf(world, opened.id)).state).toBe('succeeded');
    const id = String(payment_method);
    expect(await row(world, 'payment_method', id)).toMatchObject({
      state: 'unusable',
      detail: 'evidence_missing',
    });
    expect((await customerOf(opened)).default_payment_method_id).toBeNull();
    const press = { setup_id: opened.id, ip_address: '192.0.2.9', user_agent: null, mandate: null };
    expect(await acceptConsent(world.sql, { ...press, revision: opened.revision })).toBe(false);
    const { revision } = await setupOf(world, opened.id);
    expect(await acceptConsent(world.sql, { ...press, revision })).toBe(true);
    expect(await acceptConsent(world.sql, { ...press, revision: revision + 1 })).toBe(false);
    expect(await row(world, 'payment_method', id)).toMatchObject({ state: 'usable', detail: null });
    expect((await customerOf(opened)).default_payment_method_id).toBe(id);
  });

  test('without any webhook is found saved by reading again', async () => {
    const opened = await openedSetup(world);
    await confirmAsCustomer(world, opened, 'pm_card_visa');
    await takeEvents(world);
    expect(await work(world)).toBe(0);
    await passTime(world, 61);
    await work(world);
    expect((await setupOf(world, opened.id)).state).toBe('succeeded');
  });

  test('without any webhook still fails after five declined cards', async () => {
    const opened = await openedSetup(world);
    for (let tries = 1; tries <= 5; tries += 1) {
      await confirmAsCustomer(world, opened, 'pm_card_chargeDeclined');
    }
    await takeEvents(world);
    await passTime(world, 61);
    await work(world);
    expect(await setupOf(world, opened.id)).toMatchObject({ state: 'failed', failed_tries: 5 });
  });
});

test('a setup whose customer is not bound yet is woken by the binding', async () => {
  const customer_id = await newCustomer(world);
  await world.sql`update customers set due_at = dc_now() + interval '1 hour' where id = ${customer_id}`;
  const id = await newSetup(world, { customer_id });
  await work(world);
  const waiting = await setupOf(world, id);
  expect(waiting).toMatchObject({ state: 'queued', create_opened_at: null });
  await world.sql`update customers set due_at = dc_now() where id = ${customer_id}`;
  await work(world);
  expect((await setupOf(world, id)).state).toBe('awaiting_customer');
});
