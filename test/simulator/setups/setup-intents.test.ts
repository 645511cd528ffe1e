import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { acceptedOnline, eventTypes, returnUrl, savedCard } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const card = { allowed_payment_method_types: ['card' as const] };

describe('a new SetupIntent', () => {
  it('is for off-session use, takes dynamic methods, and waits for a method', async () => {
    const { stripe } = opened.account();
    const intent = await stripe.setupIntents.create();
    expect(intent).toMatchObject({
      object: 'setup_intent',
      status: 'requires_payment_method',
      usage: 'off_session',
      automatic_payment_methods: { enabled: true, allow_redirects: 'always' },
      payment_method_types: ['card', 'link'],
      payment_method: null,
      latest_attempt: null,
      mandate: null,
      livemode: false,
    });
    expect(intent.id).toMatch(/^seti_/);
    expect(intent.client_secret).toMatch(new RegExp(`^${intent.id}_secret_`));
    expect(await eventTypes(stripe, intent.id)).toEqual(['setup_intent.created']);
  });

  it('with a method waits for its confirmation', async () => {
    const { stripe } = opened.account();
    const intent = await stripe.setupIntents.create({ payment_method: 'pm_card_visa' });
    expect(intent.status).toBe('requires_confirmation');
    expect(intent.payment_method).toMatch(/^pm_/);
  });

  it('is narrowed by the allowed types, and then has no automatic methods', async () => {
    const { stripe } = opened.account();
    const intent = await stripe.setupIntents.create({ ...card, usage: 'on_session' });
    expect(intent).toMatchObject({ ...card, payment_method_types: ['card'], usage: 'off_session' });
    expect(intent.automatic_payment_methods).toBeNull();
  });

  it('gets its method later by an update', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.setupIntents.create(card);
    const updated = await stripe.setupIntents.update(id, {
      payment_method: 'pm_card_visa',
      description: 'for later',
      metadata: { a: 'b' },
    });
    expect(updated).toMatchObject({
      status: 'requires_confirmation',
      description: 'for later',
      metadata: { a: 'b' },
    });
  });
});

describe('confirming a SetupIntent', () => {
  it('succeeds, attaches the method to the customer and notes the attempt', async () => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create();
    const created = await stripe.setupIntents.create({ ...card, customer: customer.id });
    const intent = await stripe.setupIntents.confirm(created.id, { payment_method: 'pm_card_visa' });
    expect(intent).toMatchObject({
      status: 'succeeded',
      mandate: null,
      next_action: null,
      last_setup_error: null,
    });
    const method = await stripe.paymentMethods.retrieve(String(intent.payment_method));
    expect(method.customer).toBe(customer.id);
    const attempts = await stripe.setupAttempts.list({ setup_intent: intent.id });
    expect(attempts.data).toMatchObject([
      { id: intent.latest_attempt, status: 'succeeded', customer: customer.id, usage: 'off_session' },
    ]);
    expect(await eventTypes(stripe, intent.id)).toEqual(['setup_intent.created', 'setup_intent.succeeded']);
    expect(await eventTypes(stripe, method.id)).toEqual(['payment_method.attached']);
  });

  it('keeps a mandate for a card only where mandate_data was sent', async () => {
    const { stripe } = opened.account();
    const intent = await stripe.setupIntents.create({
      ...card,
      payment_method: 'pm_card_visa',
      confirm: true,
      mandate_data: acceptedOnline,
    });
    const mandate = await stripe.mandates.retrieve(String(intent.mandate));
    expect(mandate).toMatchObject({
      status: 'active',
      type: 'multi_use',
      payment_method: intent.payment_method,
      customer_acceptance: { type: 'online', online: { ip_address: '127.0.0.1' } },
    });
  });

  it.each([
    ['with a return_url sends the customer to the bank', { return_url: returnUrl }, 'redirect_to_url'],
    ['without one leaves it to Stripe.js', card, 'use_stripe_sdk'],
    ['with use_stripe_sdk leaves it to Stripe.js', { use_stripe_sdk: true }, 'use_stripe_sdk'],
  ] as const)('%s when the bank asks', async (_name, params, type) => {
    const { stripe } = opened.account();
    const intent = await stripe.setupIntents.create({
      payment_method: 'pm_card_authenticationRequired',
      confirm: true,
      ...params,
    } as Stripe.SetupIntentCreateParams);
    expect(intent).toMatchObject({ status: 'requires_action', next_action: { type } });
    if (type !== 'redirect_to_url') return;
    expect(intent.next_action?.redirect_to_url).toMatchObject({ return_url: returnUrl });
    expect(intent.next_action?.redirect_to_url?.url).toMatch(new RegExp(`^${opened.sim.url}/3ds/`));
  });

  it('succeeds once the customer has passed the bank', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_authenticationRequired');
    const [intent] = (await stripe.setupIntents.list({ customer: saved.customer })).data;
    expect(intent).toMatchObject({ status: 'succeeded', next_action: null });
    expect(await eventTypes(stripe, intent?.id ?? '')).toEqual([
      'setup_intent.created',
      'setup_intent.requires_action',
      'setup_intent.succeeded',
    ]);
  });

  it('goes back to the start without a method when the customer fails at the bank', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.setupIntents.create({
      payment_method: 'pm_card_authenticationRequired',
      confirm: true,
      return_url: returnUrl,
    });
    await opened.sim.control.authenticate(id, 'fail');
    const intent = await stripe.setupIntents.retrieve(id, { expand: ['latest_attempt'] });
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      next_action: null,
      last_setup_error: { code: 'setup_intent_authentication_failure' },
      latest_attempt: { status: 'failed' },
    });
    expect(await eventTypes(stripe, id)).toEqual([
      'setup_intent.created',
      'setup_intent.requires_action',
      'setup_intent.setup_failed',
    ]);
    const again = await stripe.setupIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      return_url: returnUrl,
    });
    expect(again).toMatchObject({ status: 'succeeded', last_setup_error: null });
  });

  it('answers a decline with 402 and goes back to the start', async () => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create();
    const { id } = await stripe.setupIntents.create({ ...card, customer: customer.id });
    const error = await refusal(
      stripe.setupIntents.confirm(id, { payment_method: 'pm_card_chargeDeclinedLostCard' }),
    );
    expect(error).toMatchObject({
      statusCode: 402,
      decline_code: 'lost_card',
      advice_code: 'do_not_try_again',
    });
    expect(error.payment_method?.object).toBe('payment_method');
    expect([error.charge, error.payment_intent]).toEqual([undefined, undefined]);
    const intent = await stripe.setupIntents.retrieve(id, { expand: ['latest_attempt'] });
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_setup_error: { type: 'card_error', code: 'card_declined', decline_code: 'lost_card' },
      latest_attempt: { status: 'failed', setup_error: { decline_code: 'lost_card' } },
    });
    expect(error.setup_intent?.id).toBe(id);
    expect(await eventTypes(stripe, id)).toEqual(['setup_intent.created', 'setup_intent.setup_failed']);
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toEqual([]);
  });

  it('needs a return_url while methods that redirect are on', async () => {
    const { stripe } = opened.account();
    const error = await refusal(
      stripe.setupIntents.create({ payment_method: 'pm_card_visa', confirm: true }),
    );
    expect(error).toMatchObject({ statusCode: 400, param: 'return_url' });
    const passing: Partial<Stripe.SetupIntentCreateParams>[] = [
      { return_url: returnUrl },
      { use_stripe_sdk: true },
      { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } },
      { allowed_payment_method_types: ['card'] },
    ];
    for (const params of passing) {
      const intent = await stripe.setupIntents.create({
        payment_method: 'pm_card_visa',
        confirm: true,
        ...params,
      });
      expect(intent.status).toBe('succeeded');
    }
  });

  it.each([
    ['return_url', { return_url: returnUrl }],
    ['mandate_data', { mandate_data: acceptedOnline }],
  ])('is what %s belongs to: a create without confirm refuses it', async (param, params) => {
    const error = await refusal(opened.account().stripe.setupIntents.create(params));
    expect(error.statusCode).toBe(400);
    expect(error.param).toBe(param);
  });

  it('without a method is refused', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.setupIntents.create(card);
    expect((await refusal(stripe.setupIntents.confirm(id))).statusCode).toBe(400);
  });

  it('happens once: a succeeded SetupIntent takes no second one', async () => {
    const { stripe } = opened.account();
    const intent = await stripe.setupIntents.create({
      ...card,
      payment_method: 'pm_card_visa',
      confirm: true,
    });
    const error = await refusal(stripe.setupIntents.confirm(intent.id));
    expect(error).toMatchObject({ statusCode: 400, code: 'setup_intent_unexpected_state' });
  });

  it("refuses another customer's method", async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const other = await stripe.customers.create();
    const call = stripe.setupIntents.create({ ...saved, customer: other.id, ...card, confirm: true });
    expect((await refusal(call)).statusCode).toBe(400);
  });
});
