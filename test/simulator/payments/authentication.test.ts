import { describe, expect, it } from 'vitest';
import { chargeOffSession, eventTypes, returnUrl, savedCard, unconfirmed } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();

describe('a PaymentIntent whose bank wants the customer', () => {
  it.each([
    ['off_session', { off_session: true }],
    ['off_session=one_off', { off_session: 'one_off' }],
    ['off_session=recurring', { off_session: 'recurring' }],
  ] as const)('with %s never waits for the customer: 402', async (_name, params) => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_authenticationRequired');
    const { id } = await unconfirmed(stripe, saved);
    const error = await refusal(stripe.paymentIntents.confirm(id, params));
    expect(error).toMatchObject({ statusCode: 402, decline_code: 'authentication_required' });
    const intent = await stripe.paymentIntents.retrieve(id);
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      next_action: null,
      latest_charge: null,
      last_payment_error: {
        code: 'authentication_required',
        decline_code: 'authentication_required',
        payment_method: { object: 'payment_method', id: saved.payment_method },
      },
    });
    const told = ['payment_intent.created', 'payment_intent.payment_failed'];
    expect(await eventTypes(stripe, id)).toEqual(told);
  });

  it('recovers on the same PaymentIntent: the customer passes the bank and it succeeds', async () => {
    const { stripe, key } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_authenticationRequired');
    const error = await refusal(chargeOffSession(stripe, saved));
    const id = error.payment_intent?.id ?? '';
    const { payment_method } = saved;
    const back = await stripe.paymentIntents.confirm(id, { payment_method, return_url: returnUrl });
    expect(back).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl } },
    });
    await opened.sim.control.authenticate(id, 'succeed');
    const paid = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 2000,
      last_payment_error: null,
      latest_charge: { payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } } },
    });
    const { payment_intents } = await opened.sim.control.ledger(key);
    expect(payment_intents).toMatchObject([{ id, confirms: 2, successes: 1 }]);
    expect(await eventTypes(stripe, id)).toEqual([
      'charge.succeeded',
      'payment_intent.created',
      'payment_intent.payment_failed',
      'payment_intent.requires_action',
      'payment_intent.succeeded',
    ]);
  });

  it('may be declined after the bank was passed: a failed charge, and a way back', async () => {
    const { stripe } = opened.account();
    const token = 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds';
    const saved = await savedCard(stripe, opened.sim, token);
    const { id } = await unconfirmed(stripe, saved, { confirm: true, return_url: returnUrl });
    await opened.sim.control.authenticate(id, 'succeed');
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      latest_charge: { status: 'failed', failure_code: 'card_declined' },
      last_payment_error: { code: 'card_declined', decline_code: 'insufficient_funds' },
    });
    expect(await eventTypes(stripe, id)).toEqual([
      'charge.failed',
      'payment_intent.created',
      'payment_intent.payment_failed',
      'payment_intent.requires_action',
    ]);
    const paid = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      return_url: returnUrl,
    });
    expect(paid.status).toBe('succeeded');
  });

  it('goes back to the start without a charge when the customer fails at the bank', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_authenticationRequired');
    const { id } = await unconfirmed(stripe, saved, { confirm: true, return_url: returnUrl });
    await opened.sim.control.authenticate(id, 'fail');
    const intent = await stripe.paymentIntents.retrieve(id);
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      latest_charge: null,
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
    expect((await stripe.charges.list({ payment_intent: id })).data).toEqual([]);
    expect(await eventTypes(stripe, id)).toEqual([
      'payment_intent.created',
      'payment_intent.payment_failed',
      'payment_intent.requires_action',
    ]);
  });

  it('may happen again while the customer is at the bank, with the same or another method', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_authenticationRequired');
    const { id } = await unconfirmed(stripe, saved, { confirm: true, return_url: returnUrl });
    const intent = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      return_url: returnUrl,
    });
    expect(intent).toMatchObject({ status: 'succeeded', next_action: null });
  });
});
