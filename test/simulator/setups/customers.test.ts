import { describe, expect, it } from 'vitest';
import { chargeOffSession, savedCard, sepa } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const address = {
  line1: '1 Main St',
  line2: null,
  city: 'Ghent',
  postal_code: '9000',
  state: null,
  country: 'BE',
};

describe('a customer', () => {
  it('keeps what it was made with, and is changed field by field', async () => {
    const { stripe } = opened.account();
    const shipping = { name: 'Jenny', phone: '+32', address: { line1: '1 Main St', country: 'BE' } };
    const made = await stripe.customers.create({
      email: 'jenny@example.com',
      name: 'Jenny Rosen',
      phone: '+32 1',
      description: 'a regular',
      address: { line1: '1 Main St', city: 'Ghent', postal_code: '9000', country: 'BE' },
      shipping,
      preferred_locales: ['nl', 'fr'],
      balance: -100,
      metadata: { ours: 'cst_1' },
    });
    expect(made).toMatchObject({
      object: 'customer',
      email: 'jenny@example.com',
      name: 'Jenny Rosen',
      phone: '+32 1',
      address,
      preferred_locales: ['nl', 'fr'],
      balance: -100,
      metadata: { ours: 'cst_1' },
      livemode: false,
    });
    expect(made.id).toMatch(/^cus_/);
    const changed = await stripe.customers.update(made.id, { name: 'Jenny R.', phone: '' });
    expect(changed).toMatchObject({ name: 'Jenny R.', phone: null, email: 'jenny@example.com' });
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({ name: 'Jenny R.' });
  });

  it('has a default method only among its own', async () => {
    const { stripe } = opened.account();
    const [mine, other] = [await savedCard(stripe, opened.sim), await savedCard(stripe, opened.sim)];
    const settings = (default_payment_method: string) => ({ invoice_settings: { default_payment_method } });
    const changed = await stripe.customers.update(mine.customer, settings(mine.payment_method));
    expect(changed.invoice_settings.default_payment_method).toBe(mine.payment_method);
    const foreign = stripe.customers.update(mine.customer, settings(other.payment_method));
    expect((await refusal(foreign)).statusCode).toBe(400);
  });

  it('takes a method along at its creation', async () => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create({ payment_method: 'pm_card_visa' });
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toHaveLength(1);
  });

  it('that is deleted answers so, with 200, and takes nothing more', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.customers.create({ name: 'x' });
    expect(await stripe.customers.del(id)).toMatchObject({ id, object: 'customer', deleted: true });
    const read = await stripe.customers.retrieve(id);
    expect(read).toMatchObject({ id, object: 'customer', deleted: true });
    expect(read).not.toHaveProperty('name');
    expect((await stripe.customers.list()).data).toEqual([]);
    expect((await refusal(stripe.customers.update(id, { name: 'y' }))).statusCode).toBe(404);
    const intent = stripe.paymentIntents.create({ amount: 1000, currency: 'eur', customer: id });
    expect((await refusal(intent)).statusCode).toBe(400);
    const types = (await stripe.events.list()).data.map((each) => each.type);
    expect(types).toEqual(['customer.deleted', 'customer.created']);
  });
});

describe('a payment method', () => {
  it('is made of a token or a number, and never shows the number', async () => {
    const { stripe } = opened.account();
    const cards = [
      { token: 'tok_visa' },
      { number: '4242424242424242', exp_month: 4, exp_year: 2034, cvc: '314' },
    ];
    for (const card of cards) {
      const method = await stripe.paymentMethods.create({
        type: 'card',
        card,
        billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' },
        allow_redisplay: 'limited',
      });
      expect(method).toMatchObject({
        object: 'payment_method',
        type: 'card',
        card: { brand: 'visa', last4: '4242' },
        billing_details: { name: 'Jenny Rosen' },
        allow_redisplay: 'limited',
        customer: null,
      });
      expect(JSON.stringify(method)).not.toContain('4242424242424242');
    }
  });

  it('is unspecified about being shown again unless told', async () => {
    const { stripe } = opened.account();
    const { id, allow_redisplay } = await stripe.paymentMethods.create({
      type: 'card',
      card: { token: 'tok_visa' },
    });
    expect(allow_redisplay).toBe('unspecified');
    const customer = await stripe.customers.create();
    await stripe.paymentMethods.attach(id, { customer: customer.id });
    const updated = await stripe.paymentMethods.update(id, {
      allow_redisplay: 'always',
      card: { exp_month: 12, exp_year: 2040 },
      metadata: { a: 'b' },
    });
    expect(updated).toMatchObject({
      allow_redisplay: 'always',
      card: { exp_month: 12, exp_year: 2040 },
      metadata: { a: 'b' },
    });
  });

  it('belongs to the customer it is attached to until it is detached, and to no second one', async () => {
    const { stripe } = opened.account();
    const [one, two] = [await stripe.customers.create(), await stripe.customers.create()];
    const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer: one.id });
    expect((await refusal(stripe.paymentMethods.attach(id, { customer: two.id }))).statusCode).toBe(400);
    expect((await stripe.customers.retrievePaymentMethod(one.id, id)).id).toBe(id);
    expect((await refusal(stripe.customers.retrievePaymentMethod(two.id, id))).statusCode).toBe(404);
    expect((await stripe.paymentMethods.detach(id)).customer).toBeNull();
    expect((await stripe.customers.listPaymentMethods(one.id)).data).toEqual([]);
    expect((await refusal(stripe.paymentMethods.attach(id, { customer: one.id }))).statusCode).toBe(400);
    expect((await refusal(stripe.paymentMethods.detach(id))).statusCode).toBe(400);
    const types = (await stripe.events.list()).data.map((each) => each.type);
    expect(types).toContain('payment_method.attached');
    expect(types).toContain('payment_method.detached');
  });

  it('detached stays on the charges it paid', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const intent = await chargeOffSession(stripe, saved);
    await stripe.paymentMethods.detach(saved.payment_method);
    expect(await stripe.charges.retrieve(String(intent.latest_charge))).toMatchObject({
      payment_method: saved.payment_method,
      payment_method_details: { type: 'card', card: { last4: '4242', brand: 'visa' } },
    });
  });

  it('is a bank account by its IBAN, of which four digits are shown', async () => {
    const { stripe } = opened.account();
    const method = await stripe.paymentMethods.create(sepa('DE89370400440532013000'));
    expect(method).toMatchObject({ type: 'sepa_debit', sepa_debit: { last4: '3000', country: 'DE' } });
    expect(JSON.stringify(method)).not.toContain('DE89370400440532013000');
  });

  it.each([
    ['a type without its details', { type: 'card' }],
    [
      'a number that is no test card',
      { type: 'card', card: { number: '4242424242424241', exp_month: 4, exp_year: 2034 } },
    ],
    ['a token that is none', { type: 'card', card: { token: 'tok_nothing' } }],
    ['an unbuilt type', { type: 'sofort' }],
  ])('is refused for %s', async (_name, params) => {
    const call = opened.account().stripe.paymentMethods.create(params as { type: 'card' });
    expect([400, 402]).toContain((await refusal(call)).statusCode);
  });
});
