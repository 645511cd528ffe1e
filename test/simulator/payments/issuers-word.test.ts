import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { chargeOffSession, savedCard } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();

async function paid(stripe: Stripe, token = 'pm_card_visa'): Promise<{ id: string; charge: string }> {
  const intent = await chargeOffSession(stripe, await savedCard(stripe, opened.sim, token));
  return { id: intent.id, charge: String(intent.latest_charge) };
}

const typesOf = async (stripe: Stripe) =>
  (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type);

describe('an early fraud warning', () => {
  it('follows a payment with the card for it, is listed and read', async () => {
    const { stripe } = opened.account();
    const { id, charge } = await paid(stripe, 'pm_card_createIssuerFraudRecord');
    const { data } = await stripe.radar.earlyFraudWarnings.list({ payment_intent: id });
    expect(data).toMatchObject([
      {
        object: 'radar.early_fraud_warning',
        charge,
        payment_intent: id,
        actionable: true,
        fraud_type: 'misc',
      },
    ]);
    expect(data[0]?.id).toMatch(/^issfr_/);
    const one = await stripe.radar.earlyFraudWarnings.retrieve(data[0]?.id ?? '', { expand: ['charge'] });
    expect(one.charge).toMatchObject({ object: 'charge', id: charge });
    expect(await typesOf(stripe)).toContain('radar.early_fraud_warning.created');
    const none = await refusal(stripe.radar.earlyFraudWarnings.retrieve('issfr_none'));
    expect(none).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });

  it('is made by hand with its type, and moves no money', async () => {
    const { stripe } = opened.account();
    const { charge } = await paid(stripe);
    const before = (await stripe.balanceTransactions.list()).data.length;
    await opened.sim.control.fraudWarning(charge, 'made_with_stolen_card');
    const { data } = await stripe.radar.earlyFraudWarnings.list({ charge });
    expect(data).toMatchObject([{ fraud_type: 'made_with_stolen_card', livemode: false }]);
    expect((await stripe.balanceTransactions.list()).data).toHaveLength(before);
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ disputed: false });
  });

  it.each(['refund', 'dispute'])(
    'is not actionable any more after a %s, and an event says so',
    async (what) => {
      const { stripe } = opened.account();
      const { id, charge } = await paid(stripe);
      const { id: warning } = await opened.sim.control.fraudWarning(charge);
      if (what === 'dispute') await opened.sim.control.dispute(charge);
      else {
        await stripe.refunds.create({ payment_intent: id, amount: 500 });
        expect((await stripe.radar.earlyFraudWarnings.retrieve(warning)).actionable).toBe(true);
        await stripe.refunds.create({ payment_intent: id });
      }
      expect((await stripe.radar.earlyFraudWarnings.retrieve(warning)).actionable).toBe(false);
      const [event] = (await stripe.events.list({ type: 'radar.early_fraud_warning.updated' })).data;
      expect(event?.data.previous_attributes).toEqual({ actionable: true });
    },
  );
});

describe('refunds, disputes and warnings', () => {
  it.each(['refunds', 'disputes', 'warnings'])(
    '%s are walked by the time of their creation',
    async (kind) => {
      const { stripe } = opened.account();
      const made: { id: string; created: number }[] = [];
      for (let n = 0; n < 3; n += 1) {
        const { id, charge } = await paid(stripe);
        await opened.advance(100);
        if (kind === 'refunds') made.push(await stripe.refunds.create({ payment_intent: id }));
        else if (kind === 'disputes') made.push(await opened.sim.control.dispute(charge));
        else made.push(await opened.sim.control.fraudWarning(charge));
      }
      const [first, second, third] = made as [Made, Made, Made];
      const list = (created: Stripe.RangeQueryParam | number, limit = 10) => {
        if (kind === 'refunds') return stripe.refunds.list({ created, limit });
        if (kind === 'disputes') return stripe.disputes.list({ created, limit });
        return stripe.radar.earlyFraudWarnings.list({ created, limit });
      };
      const ids = async (created: Stripe.RangeQueryParam | number) =>
        (await list(created)).data.map(({ id }) => id);
      expect(second.created - first.created).toBe(100);
      expect(await ids({ gt: first.created })).toEqual([third.id, second.id]);
      expect(await ids({ gte: first.created, lt: third.created })).toEqual([second.id, first.id]);
      expect(await ids({ lte: second.created })).toEqual([second.id, first.id]);
      expect(await ids(second.created)).toEqual([second.id]);
      const walked: string[] = [];
      for await (const { id } of list({ gte: first.created }, 1)) walked.push(id);
      expect(walked).toEqual([third.id, second.id, first.id]);
    },
  );
});

type Made = { id: string; created: number };

describe('a dispute by hand', () => {
  it('is an inquiry, which takes no money, is closed without a verdict, and may become a dispute', async () => {
    const { stripe } = opened.account();
    const { charge } = await paid(stripe);
    const inquiry = await opened.sim.control.dispute(charge, 'unrecognized', true);
    expect(inquiry).toMatchObject({ status: 'warning_needs_response', balance_transactions: [] });
    expect(await opened.sim.control.closeDispute(inquiry.id, 'lost')).toMatchObject({
      status: 'warning_closed',
    });
    const dispute = await opened.sim.control.dispute(charge, 'unrecognized');
    expect(dispute.status).toBe('needs_response');
    await expect(opened.sim.control.dispute(charge)).rejects.toThrow('disputed already');
    expect((await stripe.disputes.list({ charge })).data).toHaveLength(2);
  });

  it.each(['won', 'lost'] as const)('is %s, once', async (outcome) => {
    const { stripe } = opened.account();
    const { charge } = await paid(stripe);
    const { id } = await opened.sim.control.dispute(charge);
    expect(await opened.sim.control.closeDispute(id, outcome)).toMatchObject({ status: outcome });
    const types = await typesOf(stripe);
    expect(types.includes('charge.dispute.funds_reinstated')).toBe(outcome === 'won');
    await expect(opened.sim.control.closeDispute(id, outcome)).rejects.toThrow(outcome);
  });

  it('is refused for a charge that took nothing, and for a reason that is none', async () => {
    const { stripe } = opened.account();
    const held = await chargeOffSession(stripe, await savedCard(stripe, opened.sim), {
      capture_method: 'manual',
    });
    await expect(opened.sim.control.dispute(String(held.latest_charge))).rejects.toThrow('not captured');
    const { charge } = await paid(stripe);
    await expect(opened.sim.control.dispute(charge, 'bored')).rejects.toThrow('reason must be');
    await expect(opened.sim.control.fraudWarning(charge, 'bored')).rejects.toThrow('fraud_type must be');
  });
});

describe('a card that its network renews', () => {
  it('has another expiry, and Stripe says that it was updated automatically', async () => {
    const { stripe } = opened.account();
    const { payment_method } = await savedCard(stripe, opened.sim);
    const before = (await stripe.paymentMethods.retrieve(payment_method)).card;
    await opened.sim.control.renewCard(payment_method, { exp_month: 3, exp_year: 2034 });
    const after = (await stripe.paymentMethods.retrieve(payment_method)).card;
    expect(after).toEqual({ ...before, exp_month: 3, exp_year: 2034 });
    const [event] = (await stripe.events.list({ type: 'payment_method.automatically_updated' })).data;
    expect(event?.data.previous_attributes).toMatchObject({ card: { exp_year: before?.exp_year } });
  });

  it('has another number and its behaviour, under the same id', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const renewal = { exp_month: 3, exp_year: 2034, number: '4000 0000 0000 0341' };
    await opened.sim.control.renewCard(saved.payment_method, renewal);
    expect((await stripe.paymentMethods.retrieve(saved.payment_method)).card?.last4).toBe('0341');
    expect(await refusal(chargeOffSession(stripe, saved))).toMatchObject({ code: 'card_declined' });
  });

  it.each([
    [{ exp_month: 13, exp_year: 2034 }, 'exp_month'],
    [{ exp_month: 1, exp_year: 34 }, 'exp_year'],
    [{ exp_month: 1, exp_year: 2034, number: '4111' }, 'number'],
  ])('is refused with %o', async (renewal, named) => {
    const { stripe } = opened.account();
    const { payment_method } = await savedCard(stripe, opened.sim);
    await expect(opened.sim.control.renewCard(payment_method, renewal)).rejects.toThrow(named);
  });
});
