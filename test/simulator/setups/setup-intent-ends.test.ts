import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { acceptedOnline, eventTypes, returnUrl, savedDebit, sepa } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();

describe('a bank debit', () => {
  it('needs mandate_data, and then has an active mandate for many uses', async () => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, sepa('DE89370400440532013000'));
    const mandate = await stripe.mandates.retrieve(saved.mandate);
    expect(mandate).toMatchObject({
      status: 'active',
      type: 'multi_use',
      payment_method: saved.payment_method,
      payment_method_details: { type: 'sepa_debit' },
    });
    const without = await refusal(
      stripe.setupIntents.create({
        payment_method_data: sepa('DE89370400440532013000'),
        allowed_payment_method_types: ['sepa_debit'],
        confirm: true,
      }),
    );
    expect(without.statusCode).toBe(400);
  });

  it('gets a mandate for one use when asked', async () => {
    const { stripe } = opened.account();
    const intent = await stripe.setupIntents.create({
      payment_method_data: sepa('DE89370400440532013000'),
      allowed_payment_method_types: ['sepa_debit'],
      confirm: true,
      mandate_data: acceptedOnline,
      single_use: { amount: 2000, currency: 'eur' },
    });
    const mandate = await stripe.mandates.retrieve(String(intent.single_use_mandate ?? intent.mandate));
    expect(mandate).toMatchObject({ type: 'single_use', single_use: { amount: 2000, currency: 'eur' } });
  });
});

describe('cancelling a SetupIntent', () => {
  it.each(['requires_payment_method', 'requires_confirmation', 'requires_action'])(
    'works from %s',
    async (status) => {
      const { stripe } = opened.account();
      const params: Record<string, Stripe.SetupIntentCreateParams> = {
        requires_payment_method: {},
        requires_confirmation: { payment_method: 'pm_card_visa' },
        requires_action: {
          payment_method: 'pm_card_authenticationRequired',
          confirm: true,
          return_url: returnUrl,
        },
      };
      const intent = await stripe.setupIntents.create(params[status]);
      expect(intent.status).toBe(status);
      const canceled = await stripe.setupIntents.cancel(intent.id, { cancellation_reason: 'abandoned' });
      expect(canceled).toMatchObject({
        status: 'canceled',
        cancellation_reason: 'abandoned',
        next_action: null,
      });
      expect(await eventTypes(stripe, intent.id)).toContain('setup_intent.canceled');
      const error = await refusal(stripe.setupIntents.cancel(intent.id));
      expect(error).toMatchObject({ statusCode: 400, code: 'setup_intent_unexpected_state' });
    },
  );
});
