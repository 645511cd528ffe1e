import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { cards } from '../../../simulator/magic.ts';
import { type CardExpectation, type Decline, expectations, oneSpelling } from '../stage/card-expectations.ts';
import { chargeOffSession, returnUrl, savedCard } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const plain = { amount: 2000, currency: 'eur' };
const rows = Object.entries(expectations);

/** A call's end in the words of the expectations. */
async function outcome(call: Promise<{ status: string }>): Promise<string> {
  const ended = await call.catch((error: unknown) => error);
  if (ended instanceof Stripe.errors.StripeError) {
    const { statusCode, code, decline_code, advice_code } = ended;
    return JSON.stringify({ statusCode, code, decline_code: decline_code || undefined, advice_code });
  }
  const { status } = ended as { status: string };
  return status === 'requires_action' ? 'auth' : status === 'succeeded' ? 'ok' : status;
}

/** The same words for what was expected; a code that says the reason itself has no other decline code. */
function words(expected: 'ok' | 'auth' | Decline, seen: string): string {
  if (typeof expected === 'string') return expected;
  const { code, decline_code, advice_code } = expected;
  const optional = decline_code ?? (seen.startsWith('{') ? JSON.parse(seen).decline_code : undefined);
  const advice = advice_code ?? (seen.startsWith('{') ? JSON.parse(seen).advice_code : undefined);
  return JSON.stringify({ statusCode: 402, code, decline_code: optional, advice_code: advice });
}

async function expectOutcome(call: Promise<{ status: string }>, expected: 'ok' | 'auth' | Decline) {
  const seen = await outcome(call);
  expect(seen).toBe(words(expected, seen));
}

const inBrowser = (token: string): Stripe.PaymentIntentCreateParams => ({
  ...plain,
  payment_method: token,
  confirm: true,
  return_url: returnUrl,
});

describe('the card table', () => {
  it('has exactly the rows that are expected here', () => {
    const tokens = new Set(cards.map((each) => oneSpelling(each.token)));
    expect([...tokens].sort()).toEqual(rows.map(([token]) => token).sort());
  });

  it.each(rows)('%s shows its brand and its last four digits', async (token, expected) => {
    const { stripe } = opened.account();
    const method = await stripe.paymentMethods.retrieve(token);
    expect(method.card).toMatchObject({ brand: expected.brand, last4: expected.last4 });
  });

  it.each(rows)('%s is attached or refused', async (token, expected) => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create();
    const attach = stripe.paymentMethods.attach(token, { customer: customer.id });
    await expectOutcome(
      attach.then((method) => ({ status: method.customer === customer.id ? 'succeeded' : 'not attached' })),
      expected.attach,
    );
  });

  it.each(rows)('%s is set up as expected', async (token, expected) => {
    const { stripe } = opened.account();
    const setup = { payment_method: token, confirm: true, return_url: returnUrl };
    await expectOutcome(stripe.setupIntents.create(setup), expected.setup);
  });

  it.each(rows)('%s pays as expected while the customer is there', async (token, expected) => {
    const { stripe } = opened.account();
    const call = stripe.paymentIntents.create(inBrowser(token));
    await expectOutcome(call, expected.onSession);
    if (expected.afterAuth === undefined) return;
    const { id } = await call;
    await opened.sim.control.authenticate(id, 'succeed');
    const after = await stripe.paymentIntents.retrieve(id);
    if (expected.afterAuth === 'ok')
      expect(after).toMatchObject({ status: 'succeeded', amount_received: 2000 });
    else {
      expect(after).toMatchObject({
        status: 'requires_payment_method',
        payment_method: null,
        amount_received: 0,
      });
      expect(after.last_payment_error).toMatchObject(expected.afterAuth);
    }
  });

  it.each(rows)('%s pays as expected while the customer is away', async (token, expected) => {
    const { stripe, key } = opened.account();
    const saved = canBeSaved(expected) ? await savedCard(stripe, opened.sim, token) : undefined;
    const away = { ...plain, payment_method: token, confirm: true, off_session: true };
    const call = saved === undefined ? stripe.paymentIntents.create(away) : chargeOffSession(stripe, saved);
    await expectOutcome(call, expected.offSession);
    const ledger = await opened.sim.control.ledger(key);
    const successes = expected.offSession === 'ok' ? 1 : 0;
    expect(ledger.payment_intents).toMatchObject([{ confirms: 1, successes }]);
  });
});

function canBeSaved(expected: CardExpectation): boolean {
  return expected.setup === 'ok' || expected.setup === 'auth';
}

describe('the card that asks for authentication unless it was set up', () => {
  const token = 'pm_card_authenticationRequiredOnSetup';

  const asAsked = openSimulator({ setupUsage: 'as_asked' });

  async function attached(usage: 'on_session' | 'off_session' | 'none', stripe: Stripe, at = opened) {
    const customer = await stripe.customers.create();
    if (usage === 'none') {
      const method = await stripe.paymentMethods.attach(token, { customer: customer.id });
      return { customer: customer.id, payment_method: method.id };
    }
    const intent = await stripe.setupIntents.create({
      customer: customer.id,
      payment_method: token,
      usage,
      confirm: true,
      return_url: returnUrl,
    });
    await at.sim.control.authenticate(intent.id, 'succeed');
    const { payment_method } = await stripe.setupIntents.retrieve(intent.id);
    return { customer: customer.id, payment_method: String(payment_method) };
  }

  it.each([
    ['none', 'authentication_required'],
    ['on_session', 'authentication_required'],
    ['off_session', 'succeeded'],
  ] as const)('set up for %s use answers %s off-session', async (usage, expected) => {
    const { stripe } = asAsked.account();
    const charge = chargeOffSession(stripe, await attached(usage, stripe, asAsked));
    if (expected === 'succeeded') expect((await charge).status).toBe('succeeded');
    else expect(await refusal(charge)).toMatchObject({ statusCode: 402, code: expected });
  });

  it('passes off-session after a payment that set it up for future use', async () => {
    const { stripe } = opened.account();
    const saved = await attached('none', stripe);
    const first = await stripe.paymentIntents.create({
      ...plain,
      ...saved,
      setup_future_usage: 'off_session',
      confirm: true,
      return_url: returnUrl,
    });
    expect(first.status).toBe('requires_action');
    await opened.sim.control.authenticate(first.id, 'succeed');
    expect((await chargeOffSession(stripe, saved)).status).toBe('succeeded');
  });

  it('is not set up by a SetupIntent whose bank page failed', async () => {
    const { stripe } = opened.account();
    const saved = await attached('none', stripe);
    const intent = await stripe.setupIntents.create({ ...saved, confirm: true, return_url: returnUrl });
    await opened.sim.control.authenticate(intent.id, 'fail');
    expect(await refusal(chargeOffSession(stripe, saved))).toMatchObject({ code: 'authentication_required' });
  });
});

describe('the card for which 3D Secure is optional', () => {
  it.each(['any', 'challenge'] as const)('asks for it when request_three_d_secure is %s', async (request) => {
    const { stripe } = opened.account();
    const intent = await stripe.paymentIntents.create({
      ...inBrowser('pm_card_threeDSecureOptional'),
      payment_method_options: { card: { request_three_d_secure: request } },
    });
    expect(intent.status).toBe('requires_action');
  });
});

describe('a token', () => {
  it.each([
    ['pm_card_visa_chargeDeclined', 'generic_decline'],
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ])('is taken in the spelling %s', async (token, decline_code) => {
    const { stripe } = opened.account();
    const error = await refusal(stripe.paymentIntents.create(inBrowser(token)));
    expect(error).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code });
  });

  it('becomes a fresh payment method each time it is used or read', async () => {
    const { stripe } = opened.account();
    const ids = [
      (await stripe.paymentMethods.retrieve('pm_card_visa')).id,
      (await stripe.paymentMethods.retrieve('pm_card_visa')).id,
      String(
        (await stripe.paymentIntents.create({ ...plain, payment_method: 'pm_card_visa' })).payment_method,
      ),
    ];
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^pm_[0-9A-Za-z]{24}$/);
  });

  it('that names no card is refused', async () => {
    const { stripe } = opened.account();
    const error = await refusal(
      stripe.paymentIntents.create({ ...plain, payment_method: 'pm_card_nothing' }),
    );
    expect(error).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'payment_method' });
  });
});

describe('the body of an off-session challenge', () => {
  const other = openSimulator({ authRequiredShape: 'card_declined' });

  it('comes in the second shape seen in the wild when asked for', async () => {
    const { stripe } = other.account();
    const saved = await savedCard(stripe, other.sim, 'pm_card_authenticationRequired');
    const error = await refusal(chargeOffSession(stripe, saved));
    expect(error).toMatchObject({ code: 'card_declined', decline_code: 'authentication_required' });
    expect(error.payment_intent?.last_payment_error).toMatchObject({ code: 'card_declined' });
  });
});
