/** Bank accounts that are saved for debits: by Elements, by Checkout, by our own page; and what their mandates come to. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { offers, stateOf } from '../recovery/recovery-world.ts';
import { createSetupPageWorld, RETURN_URL, type SetupPageWorld } from '../setup/setup-page-world.ts';
import { announced } from './debtors.ts';
import { begun, entered, type Scheme, settled } from './documented-lives.ts';

let world: SetupPageWorld;

beforeAll(async () => {
  world = await createSetupPageWorld({ simulator: { clock: 'manual' } });
});
afterAll(() => world.close());

const HOUR_S = 3_600;

/** Saved by Elements, with what Stripe has told of it. */
async function saved(type: Scheme, account: string, address?: null) {
  const person = await begun(world.api, type);
  await entered(world.api, person.setup, { type, account }, address);
  await settled(world.api);
  const [method] = await world.methods(person.customer);
  const { body: setup } = await world.api.get(`/v1/setups/${person.setup}`);
  return { ...person, method, setup };
}

async function charged(customer: string, currency: string): Promise<string> {
  const { status, body } = await world.charge(customer, { currency });
  expect(status).toBe(202);
  await settled(world.api);
  return body.id;
}

/** The id of a shown method's mandate. */
const mandateOf = (method: Readonly<Record<string, unknown>> | undefined) =>
  String((method?.mandate as { id?: string } | null)?.id);

const chargeOf = async (id: string) => (await world.api.get(`/v1/charges/${id}`)).body;
const confirmsOf = async (id: string) => (await world.ledger(id))[0]?.confirms ?? 0;

describe('an account whose holder’s address the merchant’s page did not ask for', () => {
  test.each([
    ['bacs_debit', '00012345', 'gbp'],
    ['sepa_debit', 'CH9300762011623852957', 'eur'],
  ] as const)(
    '%s: is kept, and not charged where its scheme asks for one',
    async (type, account, currency) => {
      const { method, customer, setup } = await saved(type, account, null);
      expect(setup).toMatchObject({ status: 'succeeded' });
      expect(method).toMatchObject({ status: 'unusable', detail: 'address_missing', default: false });
      const of = { customer, payment_method: String(method?.id) };
      const refused = await world.api.post('/v1/charges', {
        ...of,
        amount: 2_500,
        currency,
        description: 'Power',
      });
      expect(refused).toMatchObject({ status: 422, body: { code: 'payment_method_unusable' } });
      const accepted = await world.api.post(`/v1/payment_methods/${of.payment_method}/accept`, {});
      expect(accepted.body.code).toBe('payment_method_unusable');
    },
  );

  test('of the European Economic Area: is charged, for it needs none', async () => {
    const { method } = await saved('sepa_debit', 'FR1420041010050500013M02606', null);
    expect(method).toMatchObject({ status: 'usable', default: true });
  });
});

describe('an account that is typed in on the merchant’s page', () => {
  const page = expect.stringContaining('https://hooks.stripe.com/mandate/');
  test.each([
    ['sepa_debit', 'FR1420041010050500013M02606', 'FR', '2606', expect.stringMatching(/^\w{16}$/), 'active'],
    ['au_becs_debit', '000123456', 'AU', '3456', null, 'active'],
    ['bacs_debit', '00012345', 'GB', '2345', expect.stringMatching(/^\w{16}$/), 'pending'],
  ] as const)(
    '%s: is kept with its mandate, and shown',
    async (type, account, country, last4, reference, status) => {
      const { method, setup } = await saved(type, account);
      expect(method).toMatchObject({
        ...{ type, card: null, status: 'usable', default: true },
        bank: { bank_name: null, country, last4, mandate_reference: reference },
        mandate: { id: expect.stringMatching(/^mandate_/), status, url: page },
      });
      expect(setup).toMatchObject({
        ...{
          status: 'succeeded',
          payment_method_types: [type],
          next_action: null,
          payment_method: method?.id,
        },
        mandate: mandateOf(method),
      });
    },
  );

  test('and a card, whose setup says what its bank asks, to no key that may only read', async () => {
    const { body: customer } = await world.api.post('/v1/customers', { email: 'robin@example.test' });
    const { body } = await world.api.post('/v1/setups', {
      ...{ customer: customer.id, return_url: RETURN_URL },
      consent: { ...CONSENT_GIVEN },
    });
    await world.api.world.work();
    const { stripe_setup_intent_id } = (await world.api.get(`/v1/setups/${body.id}`)).body;
    await world.api.world.sdk.setupIntents.confirm(String(stripe_setup_intent_id), {
      payment_method: 'pm_card_authenticationRequired',
      return_url: 'https://shop.example/',
    });
    expect((await world.api.get(`/v1/setups/${body.id}`)).body.next_action).toEqual({
      type: 'redirect_to_url',
      redirect_to_url: { url: expect.stringContaining('/3ds/') },
    });
    const { read } = world.api.tokens;
    expect((await world.api.get(`/v1/setups/${body.id}`, { token: read })).body.next_action).toBeNull();
  });
});

describe('an account that is typed in on Stripe’s page', () => {
  test.each([
    ['sepa_debit', { iban: 'DE89370400440532013000' }],
    ['au_becs_debit', { bsb_number: '000000', account_number: '000123456' }],
    ['bacs_debit', { sort_code: '108800', account_number: '00012345' }],
  ] as const)('%s: after our own, where the agreement is collected', async (type, typed) => {
    const { customer, link } = await world.asked({ payment_method_types: [type] });
    await world.api.world.work();
    const browser = world.browser();
    const checkout = await browser.press(await browser.get(link), 'accept');
    expect([offers(checkout, 'checkout-number'), offers(checkout, 'checkout-accept')]).toEqual([false, true]);
    const unsigned = await browser.press(checkout, 'checkout-pay', typed);
    expect(offers(unsigned, 'checkout-error')).toBe(true);
    const back = await browser.press(checkout, 'checkout-pay', { ...typed, accept: 'on' });
    expect([back.status, stateOf(back)]).toEqual([200, 'saved']);
    expect(await world.methods(customer)).toMatchObject([
      { type, status: 'usable', mandate: { status: type === 'bacs_debit' ? 'pending' : 'active' } },
    ]);
  });

  test('a number that is none is told there, and another is taken', async () => {
    const { customer, link } = await world.asked({ payment_method_types: ['bacs_debit'], via: 'checkout' });
    await world.api.world.work();
    const browser = world.browser();
    const checkout = await browser.press(await browser.get(link), 'accept');
    const type = (account_number: string) =>
      browser.press(checkout, 'checkout-pay', { sort_code: '108800', account_number, accept: 'on' });
    expect(offers(await type('00044444'), 'checkout-error')).toBe(true);
    expect(stateOf(await type('00012345'))).toBe('saved');
    expect(await world.methods(customer)).toHaveLength(1);
  });
});

describe('a charge on a mandate that its bank has not confirmed', () => {
  test('waits, and is debited once the bank has: nothing is sent before', async () => {
    const { customer } = await saved('bacs_debit', '00012345');
    const id = await charged(customer, 'gbp');
    expect(await world.ledger(id)).toEqual([]);
    expect(await chargeOf(id)).toMatchObject({ status: 'processing', attempts: [], recovery: null });
    await world.api.world.advance(5);
    await settled(world.api);
    await announced(world.api.world, id);
    await settled(world.api);
    expect(await confirmsOf(id)).toBe(1);
    expect(await world.methods(customer)).toMatchObject([{ mandate: { status: 'active' } }]);
  });

  test('and whose event was lost, is read when the charge is next due', async () => {
    const { customer } = await saved('bacs_debit', '00012345');
    const id = await charged(customer, 'gbp');
    await world.api.world.simulator.control.webhooks({ paused: true });
    await world.api.world.advance(5);
    await world.api.world.work();
    expect(await confirmsOf(id)).toBe(0);
    await world.api.world.advance(6 * HOUR_S);
    await announced(world.api.world, id);
    await world.api.world.work();
    expect(await confirmsOf(id)).toBe(1);
    await world.api.world.simulator.control.webhooks({ paused: false });
  });

  test('and which the bank refuses, asks for another method, and was never sent', async () => {
    const { customer } = await saved('bacs_debit', '00033333');
    const id = await charged(customer, 'gbp');
    await world.api.world.advance(5);
    await settled(world.api);
    expect(await chargeOf(id)).toMatchObject({ status: 'requires_action', recovery: { kind: 'replace' } });
    expect(await confirmsOf(id)).toBe(0);
    const [method] = await world.methods(customer);
    expect(method).toMatchObject({ status: 'unusable', detail: 'mandate_inactive' });
    const accepted = await world.api.post(`/v1/payment_methods/${method?.id}/accept`);
    expect([accepted.status, accepted.body.code]).toEqual([422, 'payment_method_unusable']);
    expect(await world.methods(customer)).toMatchObject([{ status: 'unusable' }]);
  });
});

test('a method whose mandate has ended is not adopted', async () => {
  const { customer, method } = await saved('sepa_debit', 'DE89370400440532013000');
  await world.api.world.simulator.control.mandate(mandateOf(method), 'inactive');
  const adopted = await world.api.post('/v1/payment_methods', {
    ...{ customer, stripe_payment_method_id: method?.id, consent: CONSENT_GIVEN },
  });
  expect([adopted.status, adopted.body.code]).toEqual([422, 'payment_method_unusable']);
});

test('a mandate that was refused before its setup was seen to succeed permits nothing', async () => {
  const person = await begun(world.api, 'bacs_debit');
  await world.api.world.simulator.control.webhooks({ paused: true });
  await entered(world.api, person.setup, { type: 'bacs_debit', account: '00033333' });
  await world.api.world.advance(5);
  await world.api.world.simulator.control.webhooks({ paused: false });
  await settled(world.api);
  await world.api.world.advance(10 * 60);
  await settled(world.api);
  expect(await world.methods(person.customer)).toMatchObject([
    { status: 'unusable', detail: 'mandate_inactive', mandate: { status: 'inactive' } },
  ]);
});

test('what is known of an account goes with its mandate, when that is no evidence any more', async () => {
  const { customer, method } = await saved('sepa_debit', 'NL39RABO0300065264');
  const id = await charged(customer, 'eur');
  await announced(world.api.world, id);
  await settled(world.api);
  await world.api.world.advance(10);
  await settled(world.api);
  expect((await chargeOf(id)).status).toBe('succeeded');
  const kept = async () =>
    world.sql`
      select 1 from payment_methods m where m.id = ${String(method?.id)}
        and num_nonnulls(mandate_id, bank_country, bank_last4, mandate_reference, mandate_url, mandate_status) > 0
      union all
      select 1 from events e where e.object_id = ${String(method?.id)}
        and (e.facts #>> '{method,bank_last4}' is not null or e.facts #>> '{method,mandate_reference}' is not null)`;
  expect((await world.api.erase(`/v1/customers/${customer}`)).status).toBe(200);
  await settled(world.api);
  expect(await kept()).not.toEqual([]);
  for (let month = 0; month < 14; month += 1) {
    await world.api.world.advance(31 * 24 * HOUR_S);
    await settled(world.api);
  }
  expect(await kept()).toEqual([]);
});

const CONSENT_GIVEN = {
  ...{ scope: 'off_session', frequency: 'recurring', amount_basis: 'usage', text: 'I agree.', version: '1' },
  ...{ accepted_at: '2026-01-15T10:00:00Z', ip_address: '203.0.113.7', user_agent: 'test' },
} as const;
