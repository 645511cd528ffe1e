/** What arrives after an erasure: it is settled as ever, and brings nothing of the person back. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { releaseReview } from '../../../src/billing/janitor/release-review.ts';
import { configureFailpoints } from '../../../src/platform/failpoints.ts';
import { refreshMethod } from '../../../src/store/customer/payment-methods.ts';
import { readMailBills, startMessage } from '../../../src/store/recovery/messages.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import {
  began,
  entered,
  erase,
  findAnywhere,
  ofTheirMoney,
  ofThemselves,
  paid,
  personOf,
  register,
  settle,
} from './erasure-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld();
});
afterEach(() => configureFailpoints(null, { testMode: true }));
afterAll(() => api.close());

const shown = async (path: string) => (await api.get(path)).body;
const NO_CARD = { card_brand: null, card_last4: null, card_exp_month: null, fingerprint_hash: null };

async function cardOf(method: string) {
  const [row] = await api.world.sql`
    select state, card_brand, card_last4, card_exp_month, fingerprint_hash from payment_methods where id = ${method}`;
  return row;
}

describe('a card', () => {
  test('that was saved faster than its setup could be canceled is let go, and nothing of it is kept', async () => {
    const person = personOf();
    const { id, setup, intent } = await began(api, person);
    await api.world.simulator.control.webhooks({ paused: true });
    await entered(api, intent);
    await erase(api, id);
    await api.world.simulator.control.webhooks({ paused: false });
    await settle(api);
    const { payment_method: method, status } = await shown(`/v1/setups/${setup}`);
    expect(status).toBe('succeeded');
    expect(await cardOf(String(method))).toEqual({ state: 'detached', ...NO_CARD });
    expect((await api.world.sdk.paymentMethods.retrieve(String(method))).customer).toBeNull();
    expect((await shown(`/v1/customers/${id}`)).default_payment_method).toBeNull();
    await api.world.advance(600);
    await settle(api);
    expect(await findAnywhere(api, [...ofThemselves(person), ...ofTheirMoney(person)])).toEqual([]);
  });

  test('of which its bank tells news stays as the evidence has it, and gone once that is gone', async () => {
    const { id, method } = await paid(api);
    await erase(api, id);
    await api.world.sql`update payment_methods set state = 'detaching' where id = ${method}`;
    const kept = await cardOf(method);
    const news = {
      ...{
        id: method,
        type: 'card',
        customer: 'cus_1',
        livemode: false,
        allow_redisplay: null,
        bank: null,
        has_address: false,
        card_mark: 'new',
      },
      card: { brand: 'visa', last4: '1881', exp_month: 1, exp_year: 2_099 },
    };
    await refreshMethod(api.world.sql, news, 'evt_late');
    expect(await cardOf(method)).toEqual(kept);
    await api.world.sql`
      update payment_methods set card_brand = null, card_last4 = null, card_exp_month = null, card_exp_year = null,
        fingerprint_hash = null where id = ${method}`;
    await refreshMethod(api.world.sql, news, 'evt_later');
    expect(await cardOf(method)).toMatchObject(NO_CARD);
  });
});

test('a payment that is asked back is noted, and the charge stays as it is', async () => {
  const { id, charge, person } = await paid(api);
  await erase(api, id);
  await settle(api);
  const { stripe_payment_intent_id: intent } = await shown(`/v1/charges/${charge}`);
  const { latest_charge } = await api.world.sdk.paymentIntents.retrieve(String(intent));
  await api.world.simulator.control.dispute(String(latest_charge));
  await settle(api);
  const breaks = await api.world.sql`select kind from breaks where entity_id = ${charge}`;
  expect(breaks).toEqual([{ kind: 'dispute' }]);
  expect((await shown(`/v1/charges/${charge}`)).status).toBe('succeeded');
  expect(await findAnywhere(api, ofThemselves(person))).toEqual([]);
});

describe('a customer at Stripe', () => {
  test('whose create was never answered is found, and told that nothing is left', async () => {
    const person = personOf();
    const { id } = (await register(api, person)).body;
    configureFailpoints('customer.create.after_effect:throw@1', { testMode: true });
    await api.world.work();
    const made = async () => (await api.world.sdk.customers.list({ email: person.email })).data;
    expect(await made()).toHaveLength(1);
    await erase(api, id);
    await api.world.work();
    expect(await made()).toHaveLength(1);
    await api.world.advance(600);
    await settle(api);
    expect(await made()).toEqual([]);
    const { stripe_customer_id } = await shown(`/v1/customers/${id}`);
    expect(await api.world.sdk.customers.retrieve(String(stripe_customer_id))).toMatchObject({
      ...{ email: null, name: null },
      metadata: { dc_customer: id },
    });
    const [row] = await api.world.sql`select state, due_at from customers where id = ${id}`;
    expect(row).toEqual({ state: 'erased', due_at: null });
  });

  test('whose create never arrived is not made', async () => {
    const { id } = (await register(api, personOf())).body;
    configureFailpoints('customer.create.before:throw@1', { testMode: true });
    await api.world.work();
    await erase(api, id);
    await api.world.advance(600);
    await settle(api);
    expect(await shown(`/v1/customers/${id}`)).toMatchObject({
      stripe_customer_id: null,
      stripe_customer_deleted: false,
    });
    const [row] = await api.world.sql`select state, due_at from customers where id = ${id}`;
    expect(row).toEqual({ state: 'erased', due_at: null });
  });

  test.each(['before', 'after_effect'])(
    'that was told another address, cut off %s, is told that nothing is left',
    async (cut) => {
      const { id, at_stripe } = await paid(api);
      await api.patch(`/v1/customers/${id}`, { email: `other.${id}@example.test` });
      configureFailpoints(`customer.update.${cut}:throw@1`, { testMode: true });
      await api.world.work(['customer']);
      await erase(api, id);
      await api.world.advance(60);
      await settle(api);
      expect(await api.world.sdk.customers.retrieve(at_stripe)).toMatchObject({ email: null, name: null });
      expect(await findAnywhere(api, [`other.${id}@example.test`])).toEqual([]);
    },
  );

  test('that the merchant deletes afterwards is noted', async () => {
    const { id, at_stripe } = await paid(api);
    await erase(api, id);
    await settle(api);
    await api.world.sdk.customers.del(at_stripe, {}, { idempotencyKey: `test:${randomUUID()}` });
    await settle(api);
    expect((await shown(`/v1/customers/${id}`)).stripe_customer_deleted).toBe(true);
  });

  test('whose update Stripe refuses waits for a person, and goes on when released', async () => {
    const { id, at_stripe } = await paid(api);
    await erase(api, id);
    const match = { method: 'POST', path: `/v1/customers/${at_stripe}` };
    await api.world.simulator.control.faults({ match, action: { type: 'status', status: 400 } });
    await api.world.work(['customer']);
    const [parked] = await api.world.sql`select state from customers where id = ${id}`;
    expect(parked).toEqual({ state: 'needs_review' });
    const released = await releaseReview(api.world.sql, { id, way: null, reason: 'test', by: 'robin' });
    expect(released).toMatchObject({ outcome: 'released', state: 'erasing' });
    await settle(api);
    expect(await api.world.sdk.customers.retrieve(at_stripe)).toMatchObject({ email: null });
  });
});

test('a mail that is about to go out finds no address, and is not sent', async () => {
  const { id, charge, method } = await paid(api);
  const { sql } = api.world;
  const [recovery, message, waiting] = [`rec_${id}`, `msg_${id}`, `msg_w${id}`];
  await sql`
    insert into recoveries (id, state, charge_id, kind, payment_method_id, expires_at, closed_at, link_nonce)
    values (${recovery}, 'completed', ${charge}, 'replace', ${method}, dc_now(), dc_now(), 'n')`;
  await sql`
    insert into messages (id, state, due_at, recovery_id, step) values
      (${message}, 'queued', dc_now(), ${recovery}, 'method_replaced'),
      (${waiting}, 'queued', dc_now(), ${recovery}, 'method_replaced_2')`;
  const mail = await startMessage(sql, { id: message, lease_number: 0, wait_ms: 0 }, api.world.deps.timings);
  expect(mail?.verdict).toBe('sending');
  await erase(api, id);
  expect(await readMailBills(sql, { id: message, shown: mail?.shown ?? [] })).toBeNull();
  const states = await sql`select state from messages where recovery_id = ${recovery}`;
  expect(states).toEqual([{ state: 'suppressed' }, { state: 'suppressed' }]);
});
