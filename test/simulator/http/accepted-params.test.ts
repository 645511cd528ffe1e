import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { acceptedOnline, returnUrl, savedCard, savedDebit, sepa } from '../stage/flows.ts';
import { openSimulator } from '../stage/open-simulator.ts';

const opened = openSimulator();
const shipping = { name: 'Jenny', address: { line1: '1 Main St', city: 'Ghent', country: 'BE' } };

/** What the simulator takes beyond the minimum, written by hand from Stripe's API reference. */
describe('every parameter the specification names is accepted', () => {
  it('when a PaymentIntent is created, confirmed, updated and captured', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const created = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'EUR',
      ...saved,
      confirm: true,
      confirmation_method: 'automatic',
      capture_method: 'manual',
      return_url: returnUrl,
      error_on_requires_action: false,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      payment_method_options: { card: { request_three_d_secure: 'automatic' } },
      setup_future_usage: 'on_session',
      description: 'two nights',
      receipt_email: 'jenny@example.com',
      statement_descriptor_suffix: 'NIGHTS',
      shipping,
      use_stripe_sdk: false,
      metadata: { ours: '1' },
      expand: ['customer', 'payment_method'],
    });
    expect(created).toMatchObject({
      status: 'requires_capture',
      currency: 'eur',
      description: 'two nights',
      receipt_email: 'jenny@example.com',
      statement_descriptor_suffix: 'NIGHTS',
      shipping: { name: 'Jenny' },
      setup_future_usage: 'on_session',
      payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    });
    const captured = await stripe.paymentIntents.capture(created.id, {
      amount_to_capture: 1000,
      metadata: { ours: '2' },
      statement_descriptor_suffix: 'NIGHT',
    });
    expect(captured.metadata).toEqual({ ours: '2' });
  });

  it('when a PaymentIntent is updated and then confirmed', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const { id } = await stripe.paymentIntents.create({ amount: 2000, currency: 'eur' });
    const updated = await stripe.paymentIntents.update(id, {
      ...saved,
      allowed_payment_method_types: ['card'],
      receipt_email: 'jenny@example.com',
      statement_descriptor_suffix: 'NIGHTS',
      shipping,
      setup_future_usage: 'off_session',
    });
    expect(updated).toMatchObject({ status: 'requires_confirmation', payment_method_types: ['card'] });
    const confirmed = await stripe.paymentIntents.confirm(id, {
      payment_method: saved.payment_method,
      return_url: returnUrl,
      error_on_requires_action: true,
      setup_future_usage: 'off_session',
      payment_method_options: { card: { request_three_d_secure: 'automatic' } },
      receipt_email: 'other@example.com',
      shipping,
      use_stripe_sdk: false,
      capture_method: 'automatic',
    });
    expect(confirmed).toMatchObject({ status: 'succeeded', receipt_email: 'other@example.com' });
  });

  it('when a debit names its mandate', async () => {
    const { stripe } = opened.account();
    const { customer, payment_method, mandate } = await savedDebit(stripe, sepa('DE89370400440532013000'));
    const intent = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'eur',
      customer,
      payment_method,
      mandate,
      allowed_payment_method_types: ['sepa_debit'],
      confirm: true,
      off_session: true,
    });
    expect(intent.status).toBe('processing');
  });

  it('when a SetupIntent is created, updated and confirmed', async () => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create();
    const created = await stripe.setupIntents.create({
      customer: customer.id,
      payment_method: 'pm_card_visa',
      usage: 'on_session',
      confirm: true,
      return_url: returnUrl,
      mandate_data: acceptedOnline,
      automatic_payment_methods: { enabled: true, allow_redirects: 'always' },
      description: 'for the season',
      use_stripe_sdk: false,
      payment_method_options: { card: { request_three_d_secure: 'any' } },
      metadata: { ours: '1' },
    });
    expect(created).toMatchObject({ usage: 'off_session', description: 'for the season' });
    const { id } = await stripe.setupIntents.create();
    await stripe.setupIntents.update(id, { customer: customer.id, description: 'x', metadata: { a: 'b' } });
    const confirmed = await stripe.setupIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      return_url: returnUrl,
      mandate_data: acceptedOnline,
      use_stripe_sdk: false,
      payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    });
    expect(confirmed.status).toBe('succeeded');
  });

  it('when a Checkout Session is created, in either mode', async () => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create();
    const now = (await stripe.customers.create()).created;
    const both = {
      success_url: returnUrl,
      cancel_url: returnUrl,
      client_reference_id: 'ours',
      expires_at: now + 3_600,
      ui_mode: 'hosted_page',
      metadata: { ours: '1' },
      allowed_payment_method_types: ['card' as const],
      payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    } satisfies Partial<Stripe.Checkout.SessionCreateParams>;
    const setup = await stripe.checkout.sessions.create({
      ...both,
      mode: 'setup',
      customer: customer.id,
      currency: 'eur',
      setup_intent_data: { description: 'x', metadata: { a: 'b' } },
    });
    expect(setup).toMatchObject({
      expires_at: now + 3_600,
      client_reference_id: 'ours',
      customer: customer.id,
    });
    const payment = await stripe.checkout.sessions.create({
      ...both,
      mode: 'payment',
      customer_email: 'jenny@example.com',
      customer_creation: 'if_required',
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Bike' } } },
      ],
      payment_intent_data: { capture_method: 'manual', description: 'x', setup_future_usage: 'off_session' },
    });
    expect(payment).toMatchObject({
      amount_total: 900,
      currency: 'usd',
      customer_email: 'jenny@example.com',
    });
  });

  it('when webhook endpoints and disputes are changed', async () => {
    const { stripe } = opened.account();
    const endpoint = await stripe.webhookEndpoints.create({
      url: 'http://127.0.0.1:9/nobody',
      enabled_events: ['mandate.updated'],
      api_version: '2026-10-28.endive',
      description: 'x',
      metadata: { a: 'b' },
    });
    const updated = await stripe.webhookEndpoints.update(endpoint.id, {
      url: 'http://127.0.0.1:9/nobody-else',
      enabled_events: ['*'],
      disabled: true,
      description: 'y',
    });
    expect(updated).toMatchObject({ url: 'http://127.0.0.1:9/nobody-else', status: 'disabled' });
    const saved = await savedCard(stripe, opened.sim, 'pm_card_createDispute');
    await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'eur',
      ...saved,
      confirm: true,
      off_session: true,
    });
    const [dispute] = (await stripe.disputes.list({ limit: 1 })).data;
    const changed = await stripe.disputes.update(dispute?.id ?? '', { metadata: { a: 'b' } });
    expect(changed.metadata).toEqual({ a: 'b' });
  });
});
