/** Every number and token of docs.stripe.com/testing that a customer of ours can bring, and what no page documents. */
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { SEPA_ACCOUNTS } from '../../../simulator/debits/sepa-accounts.ts';
import { PLAIN_CARDS } from '../../../simulator/plain-cards.ts';
import { acceptedOnline, becs, returnUrl, sepa } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const apart = openSimulator({ fingerprints: 'of_method' });

const paid = (payment: Pick<Stripe.PaymentIntentCreateParams, 'payment_method' | 'payment_method_data'>) => ({
  amount: 2_000,
  currency: 'eur',
  confirm: true as const,
  return_url: returnUrl,
  ...payment,
});

describe('a card that only succeeds', () => {
  it('does so by its number, with its brand, its country and its kind', async () => {
    const { stripe } = opened.account();
    for (const [, number, brand, country, funding] of PLAIN_CARDS) {
      const card = { number, exp_month: 12, exp_year: 2034, cvc: '123' };
      const method = await stripe.paymentMethods.create({ type: 'card', card });
      expect(method.card).toMatchObject({ brand, country, funding, last4: number.slice(-4) });
      expect((await stripe.paymentIntents.create(paid({ payment_method: method.id }))).status).toBe(
        'succeeded',
      );
    }
  });

  it('has a fingerprint of its number, the same at every customer; or of each method, where that is asked for', async () => {
    const { stripe } = opened.account();
    const saved = async () => {
      const customer = (await stripe.customers.create({})).id;
      return (await stripe.paymentMethods.attach('pm_card_visa', { customer })).card?.fingerprint;
    };
    const number = { number: '4242424242424242', exp_month: 1, exp_year: 2035 };
    const typed = await stripe.paymentMethods.create({ type: 'card', card: number });
    const [one, two] = [await saved(), await saved()];
    expect(one).toMatch(/^\w{16}$/);
    expect([two, typed.card?.fingerprint]).toEqual([one, one]);
    expect((await stripe.paymentMethods.retrieve('pm_card_mastercard')).card?.fingerprint).not.toBe(one);
    const { paymentMethods } = apart.account().stripe;
    const [third, fourth] = [
      await paymentMethods.retrieve('pm_card_visa'),
      await paymentMethods.retrieve('pm_card_visa'),
    ];
    expect(third.card?.fingerprint).not.toBe(fourth.card?.fingerprint);
  });

  it('is known by its token, where Stripe publishes one', async () => {
    const { stripe } = opened.account();
    for (const [token, number] of PLAIN_CARDS) {
      if (token === null) continue;
      expect((await stripe.paymentMethods.retrieve(token)).card?.last4).toBe(number.slice(-4));
    }
    expect((await stripe.paymentMethods.retrieve('pm_card_us')).card?.last4).toBe('4242');
  });
});

describe('a card with a risk of its own', () => {
  it.each(['pm_card_radarBlock', 'pm_card_riskLevelHighest'])('%s never reaches the bank', async (token) => {
    const { stripe } = opened.account();
    const error = await refusal(stripe.paymentIntents.create(paid({ payment_method: token })));
    expect(error).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'fraudulent' });
    const charge = await stripe.charges.retrieve(String(error.charge));
    expect(charge.outcome).toMatchObject({
      type: 'blocked',
      network_status: 'not_sent_to_network',
      reason: 'highest_risk_level',
      risk_level: 'highest',
    });
  });

  it('pays at an elevated risk, and says so', async () => {
    const { stripe } = opened.account();
    const intent = await stripe.paymentIntents.create(paid({ payment_method: 'pm_card_riskLevelElevated' }));
    const charge = await stripe.charges.retrieve(String(intent.latest_charge));
    expect(charge.outcome).toMatchObject({ type: 'authorized', risk_level: 'elevated' });
  });

  it('is reported by its issuer after the payment', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.paymentIntents.create(
      paid({ payment_method: 'pm_card_createIssuerFraudRecord' }),
    );
    const [event] = (await stripe.events.list({ type: 'radar.early_fraud_warning.created' })).data;
    expect(event?.data.object).toMatchObject({ object: 'radar.early_fraud_warning', payment_intent: id });
  });

  it('fails where 3D Secure is asked for and cannot be looked up', async () => {
    const { stripe } = opened.account();
    const params = paid({ payment_method: 'pm_card_threeDSecureOptionalProcessingError' });
    const asked = { ...params, payment_method_options: { card: { request_three_d_secure: 'any' } } } as const;
    expect((await refusal(stripe.paymentIntents.create(asked))).statusCode).toBe(402);
  });
});

describe('a documented account for SEPA', () => {
  it('ends as its page says, in every country, by its number and by its token', async () => {
    const { stripe } = opened.account();
    const debits: { outcome: string; iban: string; id: string }[] = [];
    for (const [outcome, iban] of SEPA_ACCOUNTS) {
      const token = `pm_sepaDebit_${outcome}_${iban.slice(0, 2).toLowerCase()}`;
      const method = await stripe.paymentMethods.retrieve(token);
      expect(method.sepa_debit).toMatchObject({ last4: iban.slice(-4), country: iban.slice(0, 2) });
      const { id } = await stripe.paymentIntents.create({
        ...paid({ payment_method_data: sepa(iban) }),
        allowed_payment_method_types: ['sepa_debit'],
        mandate_data: acceptedOnline,
      });
      debits.push({ outcome, iban, id });
    }
    expect(debits).toHaveLength(8 * 19);
    await opened.advance(200);
    for (const { outcome, iban, id } of debits) {
      const { status, latest_charge } = await stripe.paymentIntents.retrieve(id, {
        expand: ['latest_charge'],
      });
      const { failure_code, disputed } = latest_charge as Stripe.Charge;
      const isGood = ['success', 'successDelayed', 'disputed'].includes(outcome);
      expect([iban, status]).toEqual([iban, isGood ? 'succeeded' : 'requires_payment_method']);
      expect([iban, failure_code, disputed]).toEqual([iban, CODES[outcome] ?? null, outcome === 'disputed']);
    }
  });

  const CODES: Readonly<Record<string, string>> = {
    exceedsWeeklyVolumeLimit: 'charge_exceeds_source_limit',
    exceedsWeeklyTransactionLimit: 'charge_exceeds_weekly_limit',
    insufficientFunds: 'insufficient_funds',
  };
});

describe('what no page documents is never good', () => {
  it.each([
    ['an IBAN', { ...sepa('DE75512108001245126199') }],
    ['an account for BECS', { ...becs('000000001') }],
  ])('%s', async (_what, data) => {
    const { stripe } = opened.account();
    expect((await refusal(stripe.paymentMethods.create(data))).statusCode).toBe(400);
  });

  it.each([
    'pm_card_nowhere',
    'pm_sepaDebit_success_us',
    'pm_bacsDebit_success_gb',
    'pm_usBankAccount_success',
  ])('the token %s', async (token) => {
    const { stripe } = opened.account();
    expect(await refusal(stripe.paymentMethods.retrieve(token))).toMatchObject({
      code: 'resource_missing',
    });
  });

  it('a card number that passes the check of its digits', async () => {
    const card = { number: '4000000000000259'.replace('0259', '0267'), exp_month: 12, exp_year: 2034 };
    const { stripe } = opened.account();
    const error = await refusal(stripe.paymentMethods.create({ type: 'card', card }));
    expect(error.code).toBe('incorrect_number');
  });
});
