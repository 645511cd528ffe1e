import { describe, expect, test } from 'vitest';
import { adoptPaymentMethod } from '../../../src/billing/customer/adopt-payment-method.ts';
import { configureFailpoints } from '../../../src/platform/failpoints.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { revokeConsents } from '../../../src/store/customer/consent-revocation.ts';
import { acceptMethod, requestDetach } from '../../../src/store/customer/payment-method-changes.ts';
import {
  applyEvents,
  COLLECT,
  CONSENT,
  confirmAsCustomer,
  deliver,
  newCustomer,
  openedSetup,
  openSetupWorld,
  passTime,
  post,
  postsTo,
  row,
  takeEvents,
  work,
} from './setup-world.ts';

const world = openSetupWorld();
const DETACH = '/v1/payment_methods/:id/detach';

/** A method on file, saved by a customer. */
async function saved(): Promise<{ id: string; customer_id: string }> {
  const setup = await openedSetup(world);
  const { payment_method } = await confirmAsCustomer(world, setup, 'pm_card_visa');
  await deliver(world);
  return { id: String(payment_method), customer_id: setup.customer_id };
}

/** A customer whom Stripe knew before us, with a card that was saved there. */
async function merchantsOwn(): Promise<{ customer_id: string; method: string; stripe_customer_id: string }> {
  const { id: stripe_customer_id } = await post(world, '/v1/customers', { email: 'old@example.test' });
  const { id: method } = await post(world, '/v1/payment_methods/pm_card_visa/attach', {
    customer: stripe_customer_id,
  });
  const customer_id = await newCustomer(world, stripe_customer_id);
  return { customer_id, method, stripe_customer_id };
}

function adopt(
  customer_id: string,
  stripe_payment_method_id: string,
  given: object = {},
  key = randomId('key'),
) {
  const consent = { ...CONSENT, id: randomId('cns'), ...given };
  const keyed = { route: 'POST /v1/payment_methods', key, request_hash: Buffer.from(JSON.stringify(given)) };
  const request = { customer_id, stripe_payment_method_id, consent, keyed, cause_reference: 'test' };
  return adoptPaymentMethod(world.deps, request);
}

test('a card that is saved after its consent was revoked is on file and not usable, and is no default', async () => {
  const setup = await openedSetup(world);
  const [{ consent_id } = { consent_id: '' }] = await world.sql<{ consent_id: string }[]>`
    select consent_id from setups where id = ${setup.id}`;
  await revokeConsents(world.sql, [consent_id], 'test');
  const { payment_method } = await confirmAsCustomer(world, setup, 'pm_card_visa');
  await deliver(world);
  expect(await row(world, 'payment_method', String(payment_method))).toMatchObject({
    state: 'unusable',
    detail: 'consent_revoked',
  });
  expect((await row(world, 'customer', setup.customer_id)).default_payment_method_id).toBeNull();
});

describe('detaching', () => {
  test('is owed to Stripe, done under the method’s key, and leaves no default', async () => {
    const { id, customer_id } = await saved();
    await requestDetach(world.sql, id, 'test');
    await work(world);
    expect(await row(world, 'payment_method', id)).toMatchObject({ state: 'detached', due_at: null });
    expect((await row(world, 'customer', customer_id)).default_payment_method_id).toBeNull();
    const [detach, ...more] = (await postsTo(world, DETACH)).filter(({ path }) => path.includes(id));
    expect(detach).toMatchObject({ idempotency_key: `dc1:${id}:detach:1`, status: 200 });
    expect(more).toEqual([]);
  });

  test('goes on with the next number when Stripe repeats a failure', async () => {
    const { id } = await saved();
    const action = { type: 'status', status: 500, effect: 'none' } as const;
    await world.sim.control.faults({ match: { route: DETACH }, action, times: 1 });
    await requestDetach(world.sql, id, 'test');
    for (let step = 0; step < 4; step += 1) {
      await work(world);
      await passTime(world, 10);
    }
    expect(await row(world, 'payment_method', id)).toMatchObject({ state: 'detached', detach_number: 2 });
  });

  test('that was done although the answer was lost is found done', async () => {
    const { id } = await saved();
    const action = { type: 'status', status: 500, effect: 'commit' } as const;
    await world.sim.control.faults({ match: { route: DETACH }, action, times: 1 });
    await requestDetach(world.sql, id, 'test');
    await work(world);
    await passTime(world, 10);
    await work(world);
    expect(await row(world, 'payment_method', id)).toMatchObject({ state: 'detached', detach_number: 1 });
  });

  test.each(['payment_method.detach.before', 'payment_method.detach.after_effect'])(
    'by a worker that died at %s is done by its successor under the same key',
    async (place) => {
      const { id } = await saved();
      await requestDetach(world.sql, id, 'test');
      configureFailpoints(`${place}:throw@1`, { testMode: true });
      await work(world);
      configureFailpoints(null, { testMode: true });
      await passTime(world, 10);
      await work(world);
      expect(await row(world, 'payment_method', id)).toMatchObject({ state: 'detached', detach_number: 1 });
    },
  );

  test('by somebody else is learnt from Stripe, and told once', async () => {
    const { id, customer_id } = await saved();
    await post(world, `/v1/payment_methods/${id}/detach`);
    const events = await takeEvents(world);
    expect(await applyEvents(world, events)).toEqual(['applied']);
    expect(await applyEvents(world, events)).toEqual(['ignored']);
    expect((await row(world, 'payment_method', id)).state).toBe('detached');
    expect((await row(world, 'customer', customer_id)).default_payment_method_id).toBeNull();
  });
});

test('a card that its bank renewed is shown with its new date', async () => {
  const { id } = await saved();
  await post(world, `/v1/payment_methods/${id}`, { 'card[exp_month]': '7', 'card[exp_year]': '2039' });
  const events = await takeEvents(world);
  expect(events.map(({ type }) => type)).toContain('payment_method.updated');
  await applyEvents(world, events);
  expect(await row(world, 'payment_method', id)).toMatchObject({
    card_exp_month: 7,
    card_exp_year: 2039,
    detail: null,
  });
});

test('a method that waited for the merchant’s word is usable with it', async () => {
  const setup = await openedSetup(world);
  const { payment_method } = await confirmAsCustomer(world, setup, 'pm_card_visa');
  await world.sql`
    update setups set state = 'closing', close_as = 'canceled', close_requested_at = dc_now(), due_at = dc_now()
    where id = ${setup.id}`;
  await work(world);
  const id = String(payment_method);
  expect((await row(world, 'payment_method', id)).state).toBe('unusable');
  expect(await acceptMethod(world.sql, id, 'test')).toBe('done');
  expect((await row(world, 'payment_method', id)).state).toBe('usable');
});

describe('adopting a method that Stripe saved before us', () => {
  test('takes it on file with its consent, as the customer’s default', async () => {
    const { customer_id, method } = await merchantsOwn();
    const adopted = await adopt(customer_id, method);
    expect(adopted).toMatchObject({
      outcome: 'adopted',
      payment_method: { id: method, state: 'usable', customer_id, usage: 'off_session', card_last4: '4242' },
    });
    expect((await row(world, 'customer', customer_id)).default_payment_method_id).toBe(method);
  });

  test('under the same key again is one adoption, under another body a mismatch', async () => {
    const { customer_id, method } = await merchantsOwn();
    const key = randomId('key');
    await adopt(customer_id, method, {}, key);
    expect(await adopt(customer_id, method, {}, key)).toEqual({
      outcome: 'replayed',
      entity_id: method,
      status_code: 201,
    });
    expect(await adopt(customer_id, method, { text_version: '2' }, key)).toEqual({ outcome: 'mismatch' });
    const consents = await world.sql`select id from consents where customer_id = ${customer_id}`;
    expect(consents).toHaveLength(1);
  });

  test('is usable as far as its consent reaches', async () => {
    const { customer_id, method } = await merchantsOwn();
    await adopt(customer_id, method, { scope: 'on_session' });
    expect((await row(world, 'payment_method', method)).usage).toBe('on_session');
    await adopt(customer_id, method);
    expect(await row(world, 'payment_method', method)).toMatchObject({
      usage: 'off_session',
      state: 'usable',
    });
  });

  test('with evidence still to be collected waits for the press', async () => {
    const { customer_id, method } = await merchantsOwn();
    await adopt(customer_id, method, COLLECT);
    expect(await row(world, 'payment_method', method)).toMatchObject({
      state: 'unusable',
      detail: 'evidence_missing',
    });
  });

  test('is refused, and writes nothing, unless Stripe says that it is this customer’s', async () => {
    const mine = await merchantsOwn();
    const other = await merchantsOwn();
    const { id: loose } = await post(world, '/v1/payment_methods', {
      type: 'card',
      'card[token]': 'tok_visa',
    });
    const unbound = await newCustomer(world);
    const refusals = [
      await adopt(mine.customer_id, other.method),
      await adopt(mine.customer_id, 'pm_unknown'),
      await adopt(mine.customer_id, loose ?? 'pm_none'),
      await adopt(unbound, mine.method),
      await adopt(randomId('cst'), mine.method),
      await adopt(mine.customer_id, mine.method, { accepted_at: new Date('2100-01-01') }),
    ].map((refused) => (refused.outcome === 'refused' ? refused.refusal : refused.outcome));
    expect(refusals).toEqual([
      'not_attached',
      'not_attached',
      'not_attached',
      'customer_unbound',
      'customer_unknown',
      'accepted_in_future',
    ]);
    const consents = await world.sql`
      select id from consents where customer_id in (${mine.customer_id}, ${other.customer_id}, ${unbound})`;
    expect(consents).toHaveLength(0);
  });

  test('says nothing while Stripe does not answer', async () => {
    const { customer_id, method } = await merchantsOwn();
    const match = { route: '/v1/payment_methods/:id', method: 'GET' };
    await world.sim.control.faults({ match, action: 'html_502', times: 1 });
    expect(await adopt(customer_id, method)).toEqual({ outcome: 'unavailable' });
    expect(await adopt(customer_id, method)).toMatchObject({ outcome: 'adopted' });
  });

  test('of a method that was detached is refused', async () => {
    const { customer_id, method } = await merchantsOwn();
    await adopt(customer_id, method);
    await requestDetach(world.sql, method, 'test');
    expect(await adopt(customer_id, method)).toEqual({ outcome: 'refused', refusal: 'detached' });
    await work(world);
    expect(await adopt(customer_id, method)).toEqual({ outcome: 'refused', refusal: 'not_attached' });
  });
});
