import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { chargeOffSession } from './flows.ts';
import { openSimulator, refusal } from './open-simulator.ts';
import { openPage, type Page, press } from './page.ts';

const opened = openSimulator();
const success_url = 'https://shop.example/done?session={CHECKOUT_SESSION_ID}';
const cancel_url = 'https://shop.example/back';

async function setupSession(stripe: Stripe, more: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const customer = await stripe.customers.create({ email: 'jenny@example.com' });
  return stripe.checkout.sessions.create({
    mode: 'setup',
    customer: customer.id,
    success_url,
    cancel_url,
    allowed_payment_method_types: ['card'],
    ...more,
  });
}

const item = {
  quantity: 2,
  price_data: { currency: 'eur', unit_amount: 1500, product_data: { name: 'A <night> & breakfast' } },
};

function paymentSession(stripe: Stripe, more: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  return stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [item],
    success_url,
    cancel_url,
    ...more,
  });
}

async function pay(session: Stripe.Checkout.Session, number: string): Promise<Page> {
  return press(await openPage(session.url ?? ''), 'checkout-pay', { number });
}

async function typesOf(stripe: Stripe): Promise<string[]> {
  return (await stripe.events.list({ limit: 100 })).data.map((each) => each.type);
}

describe('a session in setup mode', () => {
  it('is open, hosted, asks for no payment, and brings its SetupIntent', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe, {
      client_reference_id: 'ours',
      metadata: { a: 'b' },
      setup_intent_data: { metadata: { c: 'd' }, description: 'for the season' },
    });
    expect(session).toMatchObject({
      object: 'checkout.session',
      mode: 'setup',
      status: 'open',
      payment_status: 'no_payment_required',
      ui_mode: 'hosted_page',
      client_reference_id: 'ours',
      metadata: { a: 'b' },
      payment_intent: null,
      livemode: false,
    });
    expect(session.id).toMatch(/^cs_test_/);
    expect(session.expires_at - session.created).toBe(86_400);
    expect(session.url).toMatch(new RegExp(`^${opened.sim.url}/c/pay/cs_test_`));
    const intent = await stripe.setupIntents.retrieve(String(session.setup_intent));
    expect(intent).toMatchObject({
      metadata: { c: 'd' },
      description: 'for the season',
      usage: 'off_session',
    });
  });

  it('needs a currency unless the allowed types are named', async () => {
    const { stripe } = opened.account();
    const error = await refusal(stripe.checkout.sessions.create({ mode: 'setup', success_url }));
    expect(error).toMatchObject({ statusCode: 400, param: 'currency' });
    const session = await stripe.checkout.sessions.create({ mode: 'setup', success_url, currency: 'eur' });
    expect(session.status).toBe('open');
  });

  it('saves the card that the customer types in, and sends the customer back', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe);
    const page = await openPage(session.url ?? '');
    expect(page.html).toMatch(/<html[^>]* lang="/);
    expect(page.html).toContain('<datalist');
    const after = await press(page, 'checkout-pay', { number: '4242 4242 4242 4242' });
    expect([after.status, after.location]).toEqual([303, `https://shop.example/done?session=${session.id}`]);
    const done = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['setup_intent.payment_method'],
    });
    expect(done).toMatchObject({ status: 'complete', url: null, payment_status: 'no_payment_required' });
    const intent = done.setup_intent as Stripe.SetupIntent;
    expect(intent).toMatchObject({
      status: 'succeeded',
      payment_method: { card: { last4: '4242' }, customer: session.customer },
    });
    const types = await typesOf(stripe);
    for (const type of ['checkout.session.completed', 'setup_intent.succeeded', 'payment_method.attached']) {
      expect(types).toContain(type);
    }
    const saved = {
      customer: String(session.customer),
      payment_method: (intent.payment_method as Stripe.PaymentMethod).id,
    };
    expect((await chargeOffSession(stripe, saved)).status).toBe('succeeded');
  });

  it('takes the customer past the bank first where the card asks for it', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe);
    const toBank = await pay(session, '4000002500003155');
    expect(toBank.status).toBe(303);
    expect(toBank.location).toMatch(new RegExp(`^(${opened.sim.url})?/3ds/`));
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
    const bank = await openPage(new URL(toBank.location ?? '', session.url ?? '').href);
    const back = await press(bank, '3ds-complete');
    const location = await landing(back);
    expect(location).toBe(`https://shop.example/done?session=${session.id}`);
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent'] });
    expect(done).toMatchObject({ status: 'complete', setup_intent: { status: 'succeeded' } });
  });

  it('stays open when the bank page fails, and takes another card', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe);
    const toBank = await pay(session, '4000002760003184');
    await press(await openPage(new URL(toBank.location ?? '', session.url ?? '').href), '3ds-fail');
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
    expect((await pay(session, '4242424242424242')).status).toBe(303);
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('complete');
  });

  it('shows a decline and stays open', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe);
    const declined = await pay(session, '4000000000009995');
    expect(declined.location).toBeNull();
    expect(declined.html).toMatch(/data-testid="checkout-error"/);
    expect(declined.html).toContain('data-testid="checkout-pay"');
    const still = await stripe.checkout.sessions.retrieve(session.id);
    expect(still.status).toBe('open');
    const unknown = await pay(session, '1234');
    expect(unknown.html).toMatch(/data-testid="checkout-error"/);
  });

  it('sends the customer to the cancel address without a change', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe);
    const away = await press(await openPage(session.url ?? ''), 'checkout-cancel');
    expect([away.status, away.location]).toEqual([303, cancel_url]);
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
  });

  it('keeps its SetupIntent to itself: confirming or cancelling it directly is refused', async () => {
    const { stripe } = opened.account();
    const intent = String((await setupSession(stripe)).setup_intent);
    const confirm = stripe.setupIntents.confirm(intent, { payment_method: 'pm_card_visa' });
    expect((await refusal(confirm)).statusCode).toBe(400);
    expect((await refusal(stripe.setupIntents.cancel(intent))).statusCode).toBe(400);
  });

  it('saves a bank account with its mandate', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe, { allowed_payment_method_types: ['sepa_debit'] });
    const fields = { iban: 'DE89370400440532013000', name: 'Jenny Rosen', email: 'jenny@example.com' };
    const page = await openPage(session.url ?? '');
    await press(page, 'checkout-pay', fields);
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
    const after = await press(page, 'checkout-pay', { ...fields, accept: 'on' });
    expect(after.status).toBe(303);
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent.mandate'] });
    expect(done.setup_intent).toMatchObject({ status: 'succeeded', mandate: { status: 'active' } });
  });
});

/** Where a chain of redirects inside the simulator ends. */
async function landing(page: Page): Promise<string | null> {
  let at = page;
  for (let hops = 0; hops < 3 && at.location !== null; hops += 1) {
    const next = new URL(at.location, at.url);
    if (next.origin !== opened.sim.url) return next.href;
    at = await openPage(next.href);
  }
  return at.location;
}

describe('a session in payment mode', () => {
  it('adds up its lines, and makes its PaymentIntent when the customer pays', async () => {
    const { stripe } = opened.account();
    const session = await paymentSession(stripe, {
      customer_creation: 'always',
      customer_email: 'jenny@example.com',
      payment_intent_data: { setup_future_usage: 'off_session', metadata: { a: 'b' }, description: 'stay' },
    });
    expect(session).toMatchObject({
      mode: 'payment',
      status: 'open',
      payment_status: 'unpaid',
      amount_total: 3000,
      currency: 'eur',
      payment_intent: null,
    });
    const lines = await stripe.checkout.sessions.listLineItems(session.id);
    expect(lines.data).toMatchObject([{ object: 'item', quantity: 2, amount_total: 3000, currency: 'eur' }]);
    const page = await openPage(session.url ?? '');
    expect(page.html).not.toContain('<night>');
    const after = await press(page, 'checkout-pay', { number: '4242424242424242' });
    expect(after.location).toBe(`https://shop.example/done?session=${session.id}`);
    const done = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent', 'customer'],
    });
    expect(done).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      customer: { email: 'jenny@example.com' },
      payment_intent: {
        status: 'succeeded',
        amount_received: 3000,
        metadata: { a: 'b' },
        description: 'stay',
      },
    });
    const intent = done.payment_intent as Stripe.PaymentIntent;
    const customer = (done.customer as Stripe.Customer).id;
    const saved = { customer, payment_method: String(intent.payment_method) };
    expect((await chargeOffSession(stripe, saved)).status).toBe('succeeded');
  });

  it('takes the customer past the bank, and stays open on a decline', async () => {
    const { stripe, key } = opened.account();
    const session = await paymentSession(stripe);
    expect((await pay(session, '4000000000000002')).html).toContain('checkout-error');
    const toBank = await pay(session, '4000002760003184');
    const bank = await openPage(new URL(toBank.location ?? '', session.url ?? '').href);
    expect(await landing(await press(bank, '3ds-complete'))).toContain(session.id);
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
    });
    const { totals } = await opened.sim.control.ledger(key);
    expect(totals).toEqual([{ currency: 'eur', amount_received: 3000, count: 1 }]);
  });

  it.each([
    ['DE89370400440532013000', 'checkout.session.async_payment_succeeded', 'paid'],
    ['DE62370400440532013001', 'checkout.session.async_payment_failed', 'unpaid'],
  ])('by debit from %s is unpaid first and tells later', async (iban, type, status) => {
    const { stripe } = opened.account();
    const session = await paymentSession(stripe, { allowed_payment_method_types: ['sepa_debit'] });
    const fields = { iban, name: 'Jenny Rosen', email: 'jenny@example.com', accept: 'on' };
    await press(await openPage(session.url ?? ''), 'checkout-pay', fields);
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
    });
    expect(await typesOf(stripe)).toContain('checkout.session.completed');
    await opened.advance(5);
    expect(await typesOf(stripe)).toContain(type);
    expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe(status);
  });
});

describe('the end of a session', () => {
  it('comes by itself after a day', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe);
    await opened.advance(86_399);
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
    await opened.advance(2);
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'expired',
      url: null,
    });
    expect(await typesOf(stripe)).toContain('checkout.session.expired');
  });

  it('comes when asked for, once, and the page takes no card afterwards', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe);
    const page = await openPage(session.url ?? '');
    expect((await stripe.checkout.sessions.expire(session.id)).status).toBe('expired');
    expect((await refusal(stripe.checkout.sessions.expire(session.id))).statusCode).toBe(400);
    const late = await press(page, 'checkout-pay', { number: '4242424242424242' });
    expect(late.location ?? '').not.toContain('/done');
    expect((await stripe.setupIntents.list({ customer: String(session.customer) })).data).not.toMatchObject([
      { status: 'succeeded' },
    ]);
    expect((await stripe.checkout.sessions.list()).data.map((each) => each.status)).toEqual(['expired']);
  });

  it('by completion cannot be undone by expiring', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe);
    await pay(session, '4242424242424242');
    expect((await refusal(stripe.checkout.sessions.expire(session.id))).statusCode).toBe(400);
  });
});
