/** What does not fit the method is its merchant's mistake: refused at intake, ended at the confirm, never mailed. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Inbox, startInbox } from '../../../sandbox/inbox.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { type ApiWorld, bodyOf, CONSENT, createApiWorld } from '../api/api-world.ts';
import { clearWeather } from '../charge/protocol-world.ts';
import { announced } from '../debits/debtors.ts';
import { ACCEPTANCE, savedDebits } from './saved-debits.ts';

let api: ApiWorld;
let inbox: Inbox;

beforeAll(async () => {
  inbox = await startInbox();
  api = await createApiWorld({ smtp: { host: '127.0.0.1', port: Number(new URL(inbox.smtp_url).port) } });
});
afterEach(() => clearWeather(api.world));
afterAll(async () => {
  await api.close();
  await inbox.close();
});

const key = () => ({ idempotencyKey: `test:${randomUUID()}` });
const OTHER_CURRENCY =
  '422 payment_method_unusable currency is not one that this payment method can be charged in';
const CONFIRM = '/v1/payment_intents/:id/confirm';
const NO_MANDATE = '422 payment_method_unusable payment_method is a debit without a mandate';

const { debtor, adopted } = savedDebits(() => api);

const charge = (person: { customer_id: string }, more: object) =>
  api.post('/v1/charges', { customer: person.customer_id, amount: 2_500, description: 'October', ...more });

const adopt = ({ customer_id, payment_method }: { customer_id: string; payment_method: string }) =>
  api.post('/v1/payment_methods', {
    customer: customer_id,
    stripe_payment_method_id: payment_method,
    consent: CONSENT,
  });

const told = ({ status, body }: Awaited<ReturnType<typeof charge>>) =>
  `${status} ${body.code} ${(body.errors ?? []).map(({ path, message }) => `${path} ${message}`)}`;

describe('a charge that cannot fit its method is refused, and nothing is written nor mailed', () => {
  test.each([
    ['a SEPA debit in dollars', 'sepa_debit', 'set_up', 'usd', OTHER_CURRENCY],
    ['a BECS debit in euros', 'au_becs_debit', 'set_up', 'eur', OTHER_CURRENCY],
  ] as const)('%s', async (_what, type, saved, currency, expected) => {
    const person = await adopted(type, saved);
    const before = await api.count('charges');
    expect(told(await charge(person, { currency }))).toBe(expected);
    expect(told(await charge(person, { currency, payment_method: person.payment_method }))).toBe(expected);
    await api.world.work();
    expect(await api.count('charges')).toBe(before);
    expect(inbox.messages().filter(({ to }) => to === person.email)).toEqual([]);
  });

  test.each([
    ['a SEPA debit without a mandate', 'sepa_debit', 'eur'],
    ['a BECS debit without a mandate', 'au_becs_debit', 'aud'],
  ] as const)('%s, as an earlier release has adopted it', async (_what, type, currency) => {
    const person = await adopted(type, 'set_up');
    await api.world.sql`update payment_methods set mandate_id = null where id = ${person.payment_method}`;
    const before = await api.count('charges');
    expect(told(await charge(person, { currency }))).toBe(NO_MANDATE);
    expect(await api.count('charges')).toBe(before);
  });

  test('rupiah of more than nine digits with American Express, which other networks take', async () => {
    const [amex, visa] = [await api.world.customer('pm_card_amex'), await api.world.customer('pm_card_visa')];
    const { sql } = api.world;
    await sql`update payment_methods set card_brand = 'amex' where id = ${amex.payment_method_id}`;
    const most = { amount: 999_999_999, currency: 'idr' };
    const more = { amount: 1_000_000_000, currency: 'idr' };
    expect(told(await api.post('/v1/charges', bodyOf(amex, more)))).toBe(
      "422 amount_too_large amount is above what the card's network takes",
    );
    expect((await api.post('/v1/charges', bodyOf(amex, most))).status).toBe(202);
    expect((await api.post('/v1/charges', bodyOf(visa, more))).status).toBe(202);
  });

  test('nor is it given to a charge that waits', async () => {
    const person = await adopted('sepa_debit', 'set_up');
    const { stripe_customer_id } = person;
    const card = await api.world.sdk.paymentMethods.attach(
      'pm_card_visa',
      { customer: stripe_customer_id },
      key(),
    );
    await adopt({ ...person, payment_method: card.id });
    const due_at = new Date(Date.now() + 86_400_000).toISOString();
    const taken = await charge(person, { currency: 'usd', payment_method: card.id, due_at });
    expect(taken.status).toBe(202);
    const { payment_method } = person;
    const changed = await api.post(`/v1/charges/${taken.body.id}/payment_method`, { payment_method });
    expect(told(changed)).toBe(
      '422 payment_method_unusable payment_method cannot be charged in this currency',
    );
    expect((await api.get(`/v1/charges/${taken.body.id}`)).body.payment_method).toBe(card.id);
  });
});

describe('a debit with a mandate is charged', () => {
  test.each([
    ['by a setup', 'sepa_debit', 'set_up', 'eur'],
    ['by an earlier payment', 'sepa_debit', 'paid', 'eur'],
    ['in Australia', 'au_becs_debit', 'set_up', 'aud'],
  ] as const)('that came %s', async (_how, type, saved, currency) => {
    const person = await adopted(type, saved);
    const taken = await charge(person, { currency });
    expect(taken.status).toBe(202);
    await announced(api.world, taken.body.id);
    await api.world.work();
    const { body } = await api.get(`/v1/charges/${taken.body.id}`);
    expect([body.status, body.detail]).toEqual(['processing', 'debit_pending']);
  });

  test('that it got after it was refused without', async () => {
    const person = await debtor('sepa_debit', 'attached');
    const { payment_method, stripe_customer_id: customer } = person;
    const before = await api.count('consents');
    expect(told(await adopt(person))).toBe(
      '422 payment_method_unusable stripe_payment_method_id is a debit without a mandate: its holder must agree to debits',
    );
    expect(await api.count('consents')).toBe(before);
    expect(await api.world.sql`select from payment_methods where id = ${payment_method}`).toEqual([]);
    await api.world.sdk.setupIntents.create(
      {
        customer,
        payment_method,
        confirm: true,
        allowed_payment_method_types: ['sepa_debit'],
        mandate_data: ACCEPTANCE,
      },
      key(),
    );
    expect((await adopt(person)).status).toBe(201);
    expect((await charge(person, { currency: 'eur' })).status).toBe(202);
  });
});

test('a debit whose scheme asks for an address is adopted once Stripe has one', async () => {
  const person = await debtor('sepa_debit', 'set_up', 'ch');
  const { sdk } = api.world;
  const billing = (line1: string) =>
    sdk.paymentMethods.update(
      person.payment_method,
      { billing_details: { address: { line1, country: 'CH' } } },
      key(),
    );
  await billing('');
  expect(told(await adopt(person))).toBe(
    '422 payment_method_unusable stripe_payment_method_id lacks billing_details.address with line1 and country, which its scheme asks for',
  );
  expect(await api.world.sql`select from payment_methods where id = ${person.payment_method}`).toEqual([]);
  await billing('Bahnhofstrasse 1');
  expect((await adopt(person)).status).toBe(201);
});

test('a debit whose mandate cannot be looked for is not adopted yet', async () => {
  const person = await debtor('sepa_debit', 'attached');
  const before = await api.count('consents');
  const away = { type: 'status', status: 503 } as const;
  await api.world.simulator.control.faults({ match: { route: '/v1/setup_intents' }, action: away, times: 3 });
  const adoption = await adopt(person);
  expect(adoption).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect(await api.count('consents')).toBe(before);
});

describe('where it shows at Stripe only, the charge ends for its merchant to mend, and nobody is mailed:', () => {
  /** As an earlier release has adopted it: its mandate was not looked for. */
  async function unsought(saved: 'attached' | 'set_up') {
    const person = await debtor('sepa_debit', saved);
    const consent_id = randomId('cns');
    const { sql } = api.world;
    await sql`
      insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at)
      values (${consent_id}, ${person.customer_id}, 'off_session', 'recurring', 'usage', 'I agree.', '1', dc_now())`;
    await sql`
      insert into payment_methods (id, state, customer_id, consent_id, type, usage)
      values (${person.payment_method}, 'usable', ${person.customer_id}, ${consent_id}, 'sepa_debit', 'off_session')`;
    return { ...person, consent_id, payment_method_id: person.payment_method };
  }

  const actions = async () => {
    const { values } = await api.world.deps.metrics.merchantActionsTotal.get();
    return values[0]?.value ?? 0;
  };

  async function ended(id: string, email: string, code: string) {
    const before = await actions();
    await api.world.work();
    expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({
      status: 'failed',
      detail: 'merchant_action',
      last_error: { code, advice: 'stop' },
      recovery: null,
    });
    expect(await actions()).toBe(before + 1);
    expect(inbox.messages().filter(({ to }) => to === email)).toEqual([]);
    expect(
      await api.world.sql`select 1 from messages m join recoveries r on r.id = m.recovery_id
                               where r.charge_id = ${id}`,
    ).toEqual([]);
  }

  test('a SEPA debit in dollars', async () => {
    const person = await unsought('set_up');
    const id = await api.world.charge(person, 2_500, 'usd');
    await ended(id, person.email, 'payment_method_currency_mismatch');
    expect(await api.world.ledger(id)).toEqual([]);
  });

  test('a debit without a mandate', async () => {
    const person = await unsought('attached');
    await ended(await api.world.charge(person), person.email, 'mandate_missing');
  });

  test('a debit without a mandate, where Stripe does not say that it is that', async () => {
    const person = await unsought('attached');
    const { sql } = api.world;
    const mandateIs = (mandate_id: string | null) =>
      sql`update payment_methods set mandate_id = ${mandate_id} where id = ${person.payment_method_id}`;
    const id = await api.world.charge(person);
    // Announced by the word of our row, which is wrong.
    await mandateIs('mandate_nowhere');
    await announced(api.world, id);
    await mandateIs(null);
    const silent = { type: 'status', status: 400 } as const;
    await api.world.simulator.control.faults({ match: { route: CONFIRM }, action: silent, times: 1 });
    await ended(id, person.email, 'mandate_missing');
  });

  test('a debit whose mandate was not looked for is announced once Stripe has shown it', async () => {
    const person = await unsought('set_up');
    const id = await api.world.charge(person);
    await announced(api.world, id);
    await api.world.work();
    expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({ detail: 'debit_pending' });
  });

  test('an amount that only Stripe knows to be too small', async () => {
    const saved = await api.world.customer('pm_card_visa');
    const id = await api.world.charge(saved, 1);
    await ended(id, `${saved.customer_id}@example.test`, 'amount_too_small');
    expect(await api.world.ledger(id)).toEqual([]);
  });

  test('a currency that is not the account’s', async () => {
    const saved = await api.world.customer('pm_card_visa');
    const id = await api.world.charge(saved, 5_000, 'ghs');
    await ended(id, `${saved.customer_id}@example.test`, 'currency_refused');
  });

  test('but a mandate that has ended asks its customer for another method', async () => {
    for (const is_silent of [false, true]) {
      const person = await unsought('set_up');
      const [setup] = (await api.world.sdk.setupIntents.list({ payment_method: person.payment_method })).data;
      await api.world.simulator.control.mandate(String(setup?.mandate), 'inactive');
      const id = await api.world.charge(person);
      await announced(api.world, id);
      const silent = { type: 'status', status: 400 } as const;
      if (is_silent)
        await api.world.simulator.control.faults({ match: { route: CONFIRM }, action: silent, times: 1 });
      await api.world.work();
      expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({
        status: 'requires_action',
        recovery: { kind: 'replace' },
        last_error: { code: 'mandate_inactive' },
      });
    }
  });

  test('and one that stands, in a refusal that says nothing, is for a person', async () => {
    const person = await unsought('set_up');
    const id = await api.world.charge(person);
    await announced(api.world, id);
    const silent = { type: 'status', status: 400 } as const;
    await api.world.simulator.control.faults({ match: { route: CONFIRM }, action: silent, times: 1 });
    await api.world.work();
    expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({
      detail: 'under_review',
      recovery: null,
    });
  });

  test('and while the mandate cannot be looked for, nothing is decided', async () => {
    const person = await unsought('attached');
    const id = await api.world.charge(person);
    const away = { type: 'status', status: 503 } as const;
    const match = { route: '/v1/setup_intents' };
    await api.world.simulator.control.faults({ match, action: away, times: 1 });
    await api.world.work(['charge']);
    expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({ status: 'processing', notice: null });
    await api.world.advance(60);
    await ended(id, person.email, 'mandate_missing');
  });
});
