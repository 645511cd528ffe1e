import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { chargeOffSession } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';
import { openPage, press } from '../stage/page.ts';
import { allEventTypes, landing, paymentSession, payWith, setupSession } from '../stage/sessions.ts';

const opened = openSimulator();

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
    expect((await payWith(session, '4000000000000002')).html).toContain('checkout-error');
    const toBank = await payWith(session, '4000002760003184');
    const bank = await openPage(new URL(toBank.location ?? '', session.url ?? '').href);
    expect(await landing(await press(bank, '3ds-complete'), opened.sim.url)).toContain(session.id);
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
    expect(await allEventTypes(stripe)).toContain('checkout.session.completed');
    await opened.advance(5);
    expect(await allEventTypes(stripe)).toContain(type);
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
    expect(await allEventTypes(stripe)).toContain('checkout.session.expired');
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
    await payWith(session, '4242424242424242');
    expect((await refusal(stripe.checkout.sessions.expire(session.id))).statusCode).toBe(400);
  });
});
