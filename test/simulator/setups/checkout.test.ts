import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { chargeOffSession } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';
import { openPage, press } from '../stage/page.ts';
import { allEventTypes, landing, payWith, setupSession } from '../stage/sessions.ts';

const opened = openSimulator();
const success_url = 'https://shop.example/done';

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
    const types = await allEventTypes(stripe);
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
    const toBank = await payWith(session, '4000002500003155');
    expect(toBank.status).toBe(303);
    expect(toBank.location).toMatch(new RegExp(`^(${opened.sim.url})?/3ds/`));
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
    const bank = await openPage(new URL(toBank.location ?? '', session.url ?? '').href);
    const back = await press(bank, '3ds-complete');
    const location = await landing(back, opened.sim.url);
    expect(location).toBe(`https://shop.example/done?session=${session.id}`);
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent'] });
    expect(done).toMatchObject({ status: 'complete', setup_intent: { status: 'succeeded' } });
  });

  it('stays open when the bank page fails, and takes another card', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe);
    const toBank = await payWith(session, '4000002760003184');
    await press(await openPage(new URL(toBank.location ?? '', session.url ?? '').href), '3ds-fail');
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
    expect((await payWith(session, '4242424242424242')).status).toBe(303);
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('complete');
  });

  it('shows a decline and stays open', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe);
    const declined = await payWith(session, '4000000000009995');
    expect(declined.location).toBeNull();
    expect(declined.html).toMatch(/data-testid="checkout-error"/);
    expect(declined.html).toContain('data-testid="checkout-pay"');
    const still = await stripe.checkout.sessions.retrieve(session.id);
    expect(still.status).toBe('open');
    const unknown = await payWith(session, '1234');
    expect(unknown.html).toMatch(/data-testid="checkout-error"/);
  });

  it('sends the customer to the cancel address without a change', async () => {
    const { stripe } = opened.account();
    const session = await setupSession(stripe);
    const away = await press(await openPage(session.url ?? ''), 'checkout-cancel');
    expect([away.status, away.location]).toEqual([303, 'https://shop.example/back']);
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
