import { describe, expect, it } from 'vitest';
import { returnUrl, savedCard, unconfirmed } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();

describe('a publishable key', () => {
  it('reads and confirms the one SetupIntent whose client secret it brings', async () => {
    const { stripe, publishableKey } = opened.account();
    const browser = opened.client(publishableKey);
    const intent = await stripe.setupIntents.create({ allowed_payment_method_types: ['card'] });
    const client_secret = intent.client_secret ?? '';
    expect((await browser.setupIntents.retrieve(intent.id, { client_secret })).id).toBe(intent.id);
    const confirmed = await browser.setupIntents.confirm(intent.id, {
      client_secret,
      payment_method: 'pm_card_visa',
    } as { payment_method: string });
    expect(confirmed.status).toBe('succeeded');
    expect((await stripe.setupIntents.retrieve(intent.id)).status).toBe('succeeded');
  });

  it('confirms a SetupIntent with what the customer typed in', async () => {
    const { stripe, publishableKey } = opened.account();
    const browser = opened.client(publishableKey);
    const customer = await stripe.customers.create();
    const intent = await stripe.setupIntents.create({ customer: customer.id });
    const confirmed = await browser.setupIntents.confirm(intent.id, {
      client_secret: intent.client_secret,
      payment_method_data: { type: 'card', card: { token: 'tok_visa' } },
      return_url: returnUrl,
      use_stripe_sdk: true,
    } as object);
    expect(confirmed.status).toBe('succeeded');
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toHaveLength(1);
  });

  it('reads and confirms the one PaymentIntent whose client secret it brings', async () => {
    const { stripe, publishableKey } = opened.account();
    const browser = opened.client(publishableKey);
    const saved = await savedCard(stripe, opened.sim, 'pm_card_authenticationRequired');
    const intent = await unconfirmed(stripe, saved);
    const client_secret = intent.client_secret ?? '';
    const confirmed = await browser.paymentIntents.confirm(intent.id, {
      client_secret,
      payment_method: saved.payment_method,
      return_url: returnUrl,
    } as { payment_method: string });
    expect(confirmed.status).toBe('requires_action');
    await opened.sim.control.authenticate(intent.id, 'succeed');
    const read = await browser.paymentIntents.retrieve(intent.id, { client_secret });
    expect(read.status).toBe('succeeded');
  });

  it('opens nothing without the secret, with a wrong one, or with that of another intent', async () => {
    const { stripe, publishableKey } = opened.account();
    const browser = opened.client(publishableKey);
    const saved = await savedCard(stripe, opened.sim);
    const [one, two] = [await unconfirmed(stripe, saved), await unconfirmed(stripe, saved)];
    const secrets = [undefined, `${one.client_secret}x`, two.client_secret ?? ''];
    for (const client_secret of secrets) {
      const params = client_secret === undefined ? {} : { client_secret };
      const read = await refusal(browser.paymentIntents.retrieve(one.id, params));
      expect([400, 401, 403, 404]).toContain(read.statusCode);
      const confirm = await refusal(browser.paymentIntents.confirm(one.id, params as object));
      expect([400, 401, 403, 404]).toContain(confirm.statusCode);
    }
    expect((await stripe.paymentIntents.retrieve(one.id)).status).toBe('requires_confirmation');
  });

  it('opens nothing else, and nothing of another account', async () => {
    const [mine, theirs] = [opened.account(), opened.account()];
    const browser = opened.client(mine.publishableKey);
    const intent = await theirs.stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
    const calls = [
      browser.customers.create({ name: 'x' }),
      browser.customers.list(),
      browser.paymentIntents.list(),
      browser.paymentIntents.create({ amount: 1000, currency: 'eur' }),
      browser.paymentIntents.cancel(intent.id),
      browser.refunds.create({ payment_intent: intent.id }),
      browser.events.list(),
      browser.paymentIntents.retrieve(intent.id, { client_secret: intent.client_secret ?? '' }),
    ];
    for (const call of calls) {
      const error = await refusal(call);
      expect([400, 401, 403, 404]).toContain(error.statusCode);
    }
    expect((await mine.stripe.customers.list()).data).toEqual([]);
  });
});
