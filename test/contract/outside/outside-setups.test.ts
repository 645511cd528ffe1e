/** Saving payment methods, and what becomes of them, by a program that knows the API's description and nothing else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openBrowser } from './outside-customer.ts';
import {
  chargeWhen,
  confirmSetup,
  consent,
  newCharge,
  newCustomer,
  newSetup,
  readMethods,
  readSetup,
  savedCard,
  setupWhen,
} from './outside-merchant.ts';
import { consentShape, customerShape, methodShape, problemShape, setupShape } from './outside-shapes.ts';
import { eventually, fresh, openWorld, read, refused, type World } from './outside-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

const post = (path: string, body?: unknown) => world.call('POST', path, body);
const code = (answer: Awaited<ReturnType<typeof post>>) => read(problemShape, answer).code;

describe('a set-up by elements', () => {
  test('goes from queued to succeeded, with the method on file', async () => {
    const customer = (await newCustomer(world)).id;
    const answer = await post('/v1/setups', { customer, consent, return_url: 'https://shop.example/done' });
    expect(answer.status).toBe(202);
    const setup = read(setupShape, answer);
    expect(setup).toMatchObject({ usage: 'off_session', via: 'elements', url: null, payment_method: null });
    const waiting = await readSetup(world, setup.id, 20);
    expect(waiting.status).toBe('awaiting_customer');
    expect(waiting.client_secret).toMatch(new RegExp(`^${waiting.stripe_setup_intent_id}_secret_`));
    await confirmSetup(world, setup.id, 'pm_card_visa');
    const done = await setupWhen(world, setup.id, 'succeeded');
    expect(done).toMatchObject({ client_secret: null, last_error: null, mandate: null });
    expect(done.consent).toMatchObject({ ...consent, accepted_at: '2026-01-05T10:00:00.000Z' });
    const [method, ...others] = await readMethods(world, customer);
    expect(others).toEqual([]);
    expect(method).toMatchObject({
      id: done.payment_method,
      type: 'card',
      usage: 'off_session',
      default: true,
      status: 'usable',
      warnings: [],
      card: { brand: 'visa', last4: '4242' },
      consent: { id: done.consent.id },
    });
    const bound = read(customerShape, await world.call('GET', `/v1/customers/${customer}`));
    expect(bound.stripe_customer_id).not.toBeNull();
    expect(bound.default_payment_method).toBe(method?.id);
  });

  test('passes the bank where it asks', async () => {
    const { setup } = await savedCard(world, 'pm_card_authenticationRequiredOnSetup');
    expect(setup.status).toBe('succeeded');
  });

  test('has failed after five cards were refused, and is canceled at Stripe', async () => {
    const customer = (await newCustomer(world)).id;
    const { id } = await newSetup(world, customer);
    const { client_secret, stripe_setup_intent_id } = await readSetup(world, id, 20);
    for (let i = 0; i < 5; i += 1) {
      const answer = await world.stripe(
        'POST',
        `/v1/setup_intents/${stripe_setup_intent_id}/confirm`,
        {
          client_secret: client_secret ?? '',
          payment_method: 'pm_card_chargeDeclinedInsufficientFunds',
          return_url: 'https://shop.example/',
        },
        world.ready.stripe_publishable_key,
      );
      expect(answer.status).toBe(402);
    }
    const failed = await setupWhen(world, id, 'failed');
    expect(failed.last_error).toMatchObject({ code: 'card_declined', decline_code: 'insufficient_funds' });
    const intent = await world.stripe('GET', `/v1/setup_intents/${stripe_setup_intent_id}`);
    expect(JSON.parse(intent.text).status).toBe('canceled');
    expect(await readMethods(world, customer)).toEqual([]);
  });

  test('is canceled with Stripe’s answer, and not twice', async () => {
    const { id } = await newSetup(world, (await newCustomer(world)).id);
    const { stripe_setup_intent_id } = await readSetup(world, id, 20);
    expect((await post(`/v1/setups/${id}/cancel`)).status).toBe(202);
    await setupWhen(world, id, 'canceled');
    const intent = await world.stripe('GET', `/v1/setup_intents/${stripe_setup_intent_id}`);
    expect(JSON.parse(intent.text).status).toBe('canceled');
    const again = await post(`/v1/setups/${id}/cancel`);
    expect([again.status, code(again)]).toEqual([409, 'already_canceled']);
  });

  test('expires after a day', async () => {
    const { id } = await newSetup(world, (await newCustomer(world)).id);
    await setupWhen(world, id, 'awaiting_customer');
    await world.advance(86_400 + 600);
    await setupWhen(world, id, 'expired');
  });
});

describe('a set-up by Checkout', () => {
  test('leads to Stripe’s page and back', async () => {
    const customer = (await newCustomer(world)).id;
    const { id } = await newSetup(world, customer, { via: 'checkout' });
    const { url, client_secret } = await setupWhen(world, id, 'awaiting_customer');
    expect(client_secret).toBeNull();
    const browser = openBrowser();
    const page = await browser.open(z.url().parse(url));
    const back = await browser.press(page, 'checkout-pay', { number: '4242424242424242', name: 'A' });
    expect(back.url.href).toContain('https://shop.example/done');
    const done = await setupWhen(world, id, 'succeeded');
    expect((await readMethods(world, customer)).map((each) => each.id)).toEqual([done.payment_method]);
    const charge = await newCharge(world, customer);
    await chargeWhen(world, charge.id, 'succeeded');
  });

  test('is canceled by expiring its session', async () => {
    const { id } = await newSetup(world, (await newCustomer(world)).id, { via: 'checkout' });
    await setupWhen(world, id, 'awaiting_customer');
    expect((await post(`/v1/setups/${id}/cancel`)).status).toBe(202);
    expect((await setupWhen(world, id, 'canceled')).url).toBeNull();
  });
});

test('a consent to be collected leaves the method unusable', async () => {
  const { scope, frequency, amount_basis, text, version } = consent;
  const collected = { scope, frequency, amount_basis, text, version, collect: true };
  const { customer, setup } = await savedCard(world, 'pm_card_visa', { setup: { consent: collected } });
  expect(setup.consent).toMatchObject({ accepted_at: null, ip_address: null, user_agent: null });
  expect(await readMethods(world, customer)).toMatchObject([{ status: 'unusable' }]);
  const charge = { customer, amount: 1_000, currency: 'eur', description: 'x' };
  const answer = await post('/v1/charges', charge);
  expect(answer.status).toBe(422);
});

describe('a payment method', () => {
  test('becomes the default, and is detached here and at Stripe', async () => {
    const { customer, method } = await savedCard(world);
    const { id } = await newSetup(world, customer);
    await confirmSetup(world, id, 'pm_card_mastercard');
    const second = z.string().parse((await setupWhen(world, id, 'succeeded')).payment_method);
    const defaults = async () =>
      (await readMethods(world, customer)).filter((each) => each.default).map((each) => each.id);
    expect(await defaults()).toEqual([method]);
    const made = await post(`/v1/payment_methods/${second}/default`);
    expect([made.status, read(methodShape, made).default]).toEqual([200, true]);
    expect(await defaults()).toEqual([second]);
    const detached = await post(`/v1/payment_methods/${second}/detach`);
    expect([detached.status, read(methodShape, detached).status]).toEqual([200, 'detached']);
    await eventually(
      async () => JSON.parse((await world.stripe('GET', `/v1/payment_methods/${second}`)).text),
      (seen: { customer: string | null }) => seen.customer === null,
    );
    const accepted = await post(`/v1/payment_methods/${second}/accept`);
    expect([accepted.status, code(accepted)]).toEqual([409, 'already_detached']);
  });

  test('saved although its set-up was being canceled is the merchant’s to accept', async () => {
    const customer = (await newCustomer(world)).id;
    const { id } = await newSetup(world, customer);
    const { client_secret, stripe_setup_intent_id } = await readSetup(world, id, 20);
    // The customer is faster: Stripe takes no cancellation until the card is saved.
    const match = { route: '/v1/setup_intents/:id/cancel' };
    const fault = { match, action: 'lock_timeout', times: 1_000 };
    const busy = JSON.parse((await world.sim('POST', '/faults', fault)).text);
    expect((await post(`/v1/setups/${id}/cancel`)).status).toBe(202);
    await world.stripe(
      'POST',
      `/v1/setup_intents/${stripe_setup_intent_id}/confirm`,
      {
        client_secret: client_secret ?? '',
        payment_method: 'pm_card_visa',
        return_url: 'https://shop.example/',
      },
      world.ready.stripe_publishable_key,
    );
    await world.sim('DELETE', `/faults/${busy.id}`);
    await setupWhen(world, id, 'succeeded');
    const [method] = await readMethods(world, customer);
    expect(method?.status).toBe('unusable');
    const accepted = await post(`/v1/payment_methods/${method?.id}/accept`);
    expect([accepted.status, read(methodShape, accepted).status]).toEqual([200, 'usable']);
  });
});

describe('adoption', () => {
  async function atStripe() {
    const account = JSON.parse((await world.stripe('POST', '/v1/customers', { name: 'old' })).text).id;
    const attached = await world.stripe('POST', '/v1/payment_methods/pm_card_visa/attach', {
      customer: account,
    });
    return { account, method: JSON.parse(attached.text).id };
  }

  test('takes a method on file that is saved at Stripe', async () => {
    const { account, method } = await atStripe();
    const customer = await newCustomer(world, { stripe_customer_id: account, reference: fresh('old') });
    expect(customer.stripe_customer_id).toBe(account);
    const body = { customer: customer.id, stripe_payment_method_id: method, consent };
    const answer = await post('/v1/payment_methods', body);
    expect(answer.status).toBe(201);
    expect(read(methodShape, answer)).toMatchObject({ id: method, status: 'usable', customer: customer.id });
    const charge = await newCharge(world, customer.id);
    await chargeWhen(world, charge.id, 'succeeded');
  });

  test('is refused for a method of somebody else and for one that Stripe does not know', async () => {
    const one = await atStripe();
    const other = await atStripe();
    const customer = (await newCustomer(world, { stripe_customer_id: one.account })).id;
    for (const stripe_payment_method_id of [other.method, `pm_${'x'.repeat(24)}`]) {
      const answer = await post('/v1/payment_methods', { customer, stripe_payment_method_id, consent });
      expect([answer.status, code(answer)]).toEqual([422, 'payment_method_unusable']);
    }
    expect(await readMethods(world, customer)).toEqual([]);
  });
});

test('a revoked consent stops the charges that rest on it', async () => {
  const { customer, setup } = await savedCard(world);
  const charge = await newCharge(world, customer, { due_at: '2099-01-01T00:00:00Z' });
  const answer = await post(`/v1/consents/${setup.consent.id}/revoke`);
  expect(answer.status).toBe(200);
  expect(read(consentShape, answer).revoked_at).not.toBeNull();
  const ended = await eventually(
    async () => JSON.parse((await world.call('GET', `/v1/charges/${charge.id}`)).text),
    (seen: { status: string; attempts: unknown[] }) => ['failed', 'canceled'].includes(seen.status),
  );
  expect(ended.attempts).toEqual([]);
});

test('a customer of the same reference is the same customer', async () => {
  const one = await world.call('POST', '/v1/customers', { email: 'a@example.com', reference: 'same' });
  const two = await world.call('POST', '/v1/customers', { email: 'a@example.com', reference: 'same' });
  expect([one.status, two.status]).toEqual([201, 200]);
  expect(JSON.parse(two.text).id).toBe(JSON.parse(one.text).id);
  const other = await world.call('POST', '/v1/customers', { email: 'b@example.com', reference: 'same' });
  expect(refused(other, 409, 'reference_taken').errors?.map(({ path }) => path)).toEqual(['email']);
  expect(await newCustomer(world, { name: 'N', locale: 'en' })).toMatchObject({ name: 'N', locale: 'en' });
});
