import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { chargeOffSession, returnUrl, savedCard, unconfirmed } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const plain = { amount: 2000, currency: 'eur' };
const card = { allowed_payment_method_types: ['card' as const] };
const held = { capture_method: 'manual', confirm: true, off_session: true } as const;

async function typesOf(stripe: Stripe): Promise<string[]> {
  return (await stripe.events.list({ limit: 100 })).data.map((each) => each.type);
}

describe('updating a PaymentIntent', () => {
  it('changes amount, currency, customer, description and metadata before it is confirmed', async () => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create();
    const { id } = await stripe.paymentIntents.create(plain);
    const changed = { amount: 2500, currency: 'usd', customer: customer.id, description: 'two nights' };
    const updated = await stripe.paymentIntents.update(id, { ...changed, metadata: { a: 'b' } });
    expect(updated).toMatchObject({ ...changed, metadata: { a: 'b' }, status: 'requires_payment_method' });
  });

  it('with another method asks for confirmation again', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_authenticationRequired');
    const waiting = await unconfirmed(stripe, saved, { confirm: true, return_url: returnUrl });
    expect(waiting.status).toBe('requires_action');
    const updated = await stripe.paymentIntents.update(waiting.id, { payment_method: 'pm_card_visa' });
    expect(updated.status).toBe('requires_confirmation');
  });

  it('changes only description and metadata once it is paid', async () => {
    const { stripe } = opened.account();
    const paid = await chargeOffSession(stripe, await savedCard(stripe, opened.sim));
    const error = await refusal(stripe.paymentIntents.update(paid.id, { amount: 3000 }));
    expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    const updated = await stripe.paymentIntents.update(paid.id, { description: 'x', metadata: { a: 'b' } });
    expect(updated).toMatchObject({
      status: 'succeeded',
      amount: 2000,
      description: 'x',
      metadata: { a: 'b' },
    });
  });

  it('takes setup_future_usage back by an empty value', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const { id } = await unconfirmed(stripe, saved, { setup_future_usage: 'off_session' });
    const updated = await stripe.paymentIntents.update(id, { setup_future_usage: '' });
    expect(updated.setup_future_usage).toBeNull();
    expect((await stripe.paymentIntents.confirm(id, { off_session: true })).status).toBe('succeeded');
  });
});

describe('cancelling a PaymentIntent', () => {
  const ways: Record<string, (stripe: Stripe) => Promise<Stripe.PaymentIntent>> = {
    requires_payment_method: (stripe) => stripe.paymentIntents.create(plain),
    requires_confirmation: async (stripe) => unconfirmed(stripe, await savedCard(stripe, opened.sim)),
    requires_action: async (stripe) => {
      const saved = await savedCard(stripe, opened.sim, 'pm_card_authenticationRequired');
      return unconfirmed(stripe, saved, { confirm: true, return_url: returnUrl });
    },
    requires_capture: async (stripe) => unconfirmed(stripe, await savedCard(stripe, opened.sim), { ...held }),
  };

  it.each(Object.entries(ways))('works from %s and is final', async (status, reach) => {
    const { stripe } = opened.account();
    const intent = await reach(stripe);
    expect(intent.status).toBe(status);
    const canceled = await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
      next_action: null,
      amount_capturable: 0,
      amount_received: 0,
    });
    expect(canceled.canceled_at).toBeTypeOf('number');
    const types = await typesOf(stripe);
    expect(types).toContain('payment_intent.canceled');
    expect(types.includes('charge.refunded')).toBe(status === 'requires_capture');
    for (const call of [
      stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' }),
      stripe.paymentIntents.cancel(intent.id),
    ]) {
      const error = await refusal(call);
      expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    }
  });

  it('after a decline works too', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_chargeCustomerFail');
    const error = await refusal(chargeOffSession(stripe, saved));
    expect((await stripe.paymentIntents.cancel(error.payment_intent?.id ?? '')).status).toBe('canceled');
  });
});

describe('capturing a PaymentIntent', () => {
  it('takes what was held, whole or in part', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    for (const [params, received] of [
      [{}, 2000],
      [{ amount_to_capture: 1500 }, 1500],
    ] as const) {
      const intent = await unconfirmed(stripe, saved, { ...held });
      expect(intent).toMatchObject({
        status: 'requires_capture',
        amount_capturable: 2000,
        amount_received: 0,
      });
      const captured = await stripe.paymentIntents.capture(intent.id, {
        ...params,
        expand: ['latest_charge'],
      });
      expect(captured).toMatchObject({
        status: 'succeeded',
        amount_received: received,
        amount_capturable: 0,
        latest_charge: { captured: true, amount_captured: received },
      });
    }
    const types = await typesOf(stripe);
    for (const type of ['charge.succeeded', 'payment_intent.amount_capturable_updated', 'charge.captured']) {
      expect(types).toContain(type);
    }
  });

  it('takes no more than was held, and nothing twice', async () => {
    const { stripe } = opened.account();
    const intent = await unconfirmed(stripe, await savedCard(stripe, opened.sim), { ...held });
    const more = await refusal(stripe.paymentIntents.capture(intent.id, { amount_to_capture: 2001 }));
    expect(more.statusCode).toBe(400);
    await stripe.paymentIntents.capture(intent.id);
    const twice = await refusal(stripe.paymentIntents.capture(intent.id));
    expect(twice).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  });

  it('follows the bank page where the card asks for it', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_authenticationRequired');
    const onSession = { capture_method: 'manual', confirm: true, return_url: returnUrl } as const;
    const { id } = await unconfirmed(stripe, saved, onSession);
    await opened.sim.control.authenticate(id, 'succeed');
    const intent = await stripe.paymentIntents.retrieve(id);
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 2000 });
  });
});

describe('the confirm limit', () => {
  const limited = openSimulator({ maxConfirms: 3 });

  it('cancels a PaymentIntent that is confirmed too often', async () => {
    const { stripe, key } = limited.account();
    const saved = await savedCard(stripe, limited.sim, 'pm_card_chargeCustomerFail');
    const { id } = await unconfirmed(stripe, saved);
    const { payment_method } = saved;
    const confirm = () => stripe.paymentIntents.confirm(id, { payment_method, off_session: true });
    const ends: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      ends.push(
        await confirm().then(
          (each) => each.status,
          (error) => `${error.statusCode} ${error.code}`,
        ),
      );
    }
    expect(ends.slice(0, 3)).toEqual(['402 card_declined', '402 card_declined', '402 card_declined']);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('canceled');
    const { payment_intents } = await limited.sim.control.ledger(key);
    expect(payment_intents).toMatchObject([{ id, successes: 0, status: 'canceled' }]);
  });
});

describe('two PaymentIntents for one debt', () => {
  it('both succeed: Stripe guards one PaymentIntent, not one invoice', async () => {
    const { stripe, key } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    await chargeOffSession(stripe, saved, { ...card, metadata: { invoice: '1' } });
    await chargeOffSession(stripe, saved, { ...card, metadata: { invoice: '1' } });
    const { totals } = await opened.sim.control.ledger(key);
    expect(totals).toEqual([{ currency: 'eur', amount_received: 4000, count: 2 }]);
  });
});
