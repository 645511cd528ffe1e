import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { chargeOffSession, savedCard, savedDebit, sepa, unconfirmed } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();

async function paid(stripe: Stripe, token = 'pm_card_visa', amount = 2000): Promise<Stripe.PaymentIntent> {
  const saved = await savedCard(stripe, opened.sim, token);
  const intent = await chargeOffSession(stripe, saved, { amount });
  await opened.advance(10);
  return intent;
}

async function typesOf(stripe: Stripe): Promise<string[]> {
  return (await stripe.events.list({ limit: 100 })).data.map((each) => each.type);
}

/** Everything that moved the balance, summed: what is left for the merchant. */
async function balance(stripe: Stripe): Promise<number> {
  const { data } = await stripe.balanceTransactions.list({ limit: 100 });
  return data.reduce((sum, each) => sum + each.net, 0);
}

describe('the balance transaction of a charge', () => {
  it.each([
    ['eur', 2000, 55],
    ['usd', 2000, 88],
    ['gbp', 10_000, 320],
  ])('in %s takes the fee of its currency and is available in two days', async (currency, amount, fee) => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const intent = await chargeOffSession(stripe, saved, { amount, currency });
    await opened.advance(10);
    const charge = await stripe.charges.retrieve(String(intent.latest_charge), {
      expand: ['balance_transaction'],
    });
    const transaction = charge.balance_transaction as Stripe.BalanceTransaction;
    expect(transaction).toMatchObject({ amount, currency, fee, net: amount - fee, source: charge.id });
    expect(transaction.available_on - transaction.created).toBe(2 * 86_400);
    expect(['charge', 'payment']).toContain(transaction.type);
    const listed = await stripe.balanceTransactions.list({ source: charge.id });
    expect(listed.data.map((each) => each.id)).toEqual([transaction.id]);
    expect(await stripe.balanceTransactions.retrieve(transaction.id)).toMatchObject({ id: transaction.id });
  });
});

describe('a refund', () => {
  it('is of all that is left by default', async () => {
    const { stripe } = opened.account();
    const intent = await paid(stripe);
    const part = await stripe.refunds.create({ payment_intent: intent.id, amount: 500 });
    expect(part).toMatchObject({
      object: 'refund',
      amount: 500,
      status: 'succeeded',
      payment_intent: intent.id,
    });
    const rest = await stripe.refunds.create({ charge: String(intent.latest_charge) });
    expect(rest.amount).toBe(1500);
    const charge = await stripe.charges.retrieve(String(intent.latest_charge), { expand: ['refunds'] });
    expect(charge).toMatchObject({ refunded: true, amount_refunded: 2000 });
    expect(charge.refunds?.data.map((each) => each.id)).toEqual([rest.id, part.id]);
    expect((await stripe.refunds.list({ payment_intent: intent.id })).data).toHaveLength(2);
    for (const type of ['charge.refunded', 'refund.created', 'refund.updated']) {
      expect(await typesOf(stripe)).toContain(type);
    }
    expect(await balance(stripe)).toBe(-55);
  });

  it('takes a reason and metadata, which can be changed later', async () => {
    const { stripe } = opened.account();
    const intent = await paid(stripe);
    const refund = await stripe.refunds.create({ payment_intent: intent.id, reason: 'duplicate' });
    expect(refund.reason).toBe('duplicate');
    const updated = await stripe.refunds.update(refund.id, { metadata: { a: 'b' } });
    expect(updated.metadata).toEqual({ a: 'b' });
    expect((await stripe.refunds.retrieve(refund.id)).metadata).toEqual({ a: 'b' });
  });

  it('is never of more than is left, nor of nothing', async () => {
    const { stripe } = opened.account();
    const { id } = await paid(stripe);
    expect((await refusal(stripe.refunds.create({ payment_intent: id, amount: 2001 }))).statusCode).toBe(400);
    await stripe.refunds.create({ payment_intent: id, amount: 1500 });
    expect((await refusal(stripe.refunds.create({ payment_intent: id, amount: 501 }))).statusCode).toBe(400);
    await stripe.refunds.create({ payment_intent: id });
    const error = await refusal(stripe.refunds.create({ payment_intent: id }));
    expect(error).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
  });

  it('of a card that keeps it pending succeeds later', async () => {
    const { stripe } = opened.account();
    const { id } = await paid(stripe, 'pm_card_pendingRefund');
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund.status).toBe('pending');
    await opened.advance(10);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
    expect(await typesOf(stripe)).toContain('refund.updated');
  });

  it('of a card that fails it fails later and gives the money back to the balance', async () => {
    const { stripe } = opened.account();
    const intent = await paid(stripe, 'pm_card_refundFail');
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    expect(refund.status).toBe('succeeded');
    await opened.advance(10);
    const failed = await stripe.refunds.retrieve(refund.id);
    expect(failed.status).toBe('failed');
    expect(failed.failure_reason).toBeTypeOf('string');
    expect(await typesOf(stripe)).toContain('refund.failed');
    expect(await balance(stripe)).toBe(2000 - 55);
    expect(await stripe.charges.retrieve(String(intent.latest_charge))).toMatchObject({ amount_refunded: 0 });
  });

  it('of a bank debit is pending and then succeeds', async () => {
    const { stripe } = opened.account();
    const { customer, payment_method } = await savedDebit(stripe, sepa('DE89370400440532013000'));
    const { id } = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'eur',
      customer,
      payment_method,
      allowed_payment_method_types: ['sepa_debit'],
      confirm: true,
      off_session: true,
    });
    await opened.advance(10);
    const refund = await stripe.refunds.create({ payment_intent: id, amount: 700 });
    expect(refund.status).toBe('pending');
    await opened.advance(10);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
  });

  it('of something unpaid is refused, and so is cancelling one that is done', async () => {
    const { stripe } = opened.account();
    const open = await unconfirmed(stripe, await savedCard(stripe, opened.sim));
    expect((await refusal(stripe.refunds.create({ payment_intent: open.id }))).statusCode).toBe(400);
    expect((await refusal(stripe.refunds.create({}))).statusCode).toBe(400);
    const refund = await stripe.refunds.create({ payment_intent: (await paid(stripe)).id });
    expect((await refusal(stripe.refunds.cancel(refund.id))).statusCode).toBe(400);
  });
});

describe('a dispute', () => {
  it.each([
    ['pm_card_createDispute', 'fraudulent', 'needs_response'],
    ['pm_card_createDisputeProductNotReceived', 'product_not_received', 'needs_response'],
    ['pm_card_createDisputeInquiry', undefined, 'warning_needs_response'],
  ])('follows a payment with %s', async (token, reason, status) => {
    const { stripe } = opened.account();
    const intent = await paid(stripe, token);
    const { data } = await stripe.disputes.list({ payment_intent: intent.id });
    expect(data).toMatchObject([{ object: 'dispute', status, amount: 2000, charge: intent.latest_charge }]);
    const [dispute] = data;
    if (reason !== undefined) expect(dispute?.reason).toBe(reason);
    const due = dispute?.evidence_details.due_by ?? 0;
    expect(Math.abs(due - (dispute?.created ?? 0) - 7 * 86_400)).toBeLessThan(86_400);
    const types = await typesOf(stripe);
    expect(types).toContain('charge.dispute.created');
    expect(types.includes('charge.dispute.funds_withdrawn')).toBe(status === 'needs_response');
    expect(await stripe.charges.retrieve(String(intent.latest_charge))).toMatchObject({ disputed: true });
  });

  it.each([
    ['winning_evidence', 'won', 2000],
    ['losing_evidence', 'lost', 0],
  ])('with %s is %s', async (uncategorized_text, status, kept) => {
    const { stripe } = opened.account();
    const intent = await paid(stripe, 'pm_card_createDispute');
    const [created] = (await stripe.disputes.list()).data;
    const id = created?.id ?? '';
    const afterWithdrawal = await balance(stripe);
    const saved = await stripe.disputes.update(id, { evidence: { uncategorized_text }, submit: false });
    expect(saved.status).toBe('needs_response');
    expect(saved.evidence.uncategorized_text).toBe(uncategorized_text);
    const submitted = await stripe.disputes.update(id, { submit: true });
    expect(['under_review', status]).toContain(submitted.status);
    await opened.advance(10);
    expect((await stripe.disputes.retrieve(id)).status).toBe(status);
    const types = await typesOf(stripe);
    expect(types).toContain('charge.dispute.closed');
    expect(types.includes('charge.dispute.funds_reinstated')).toBe(status === 'won');
    if (status === 'won') expect(await balance(stripe)).toBeGreaterThanOrEqual(afterWithdrawal + kept);
    else expect(await balance(stripe)).toBe(afterWithdrawal);
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
  });

  it('that is closed is lost', async () => {
    const { stripe } = opened.account();
    await paid(stripe, 'pm_card_createDispute');
    const [dispute] = (await stripe.disputes.list()).data;
    expect((await stripe.disputes.close(dispute?.id ?? '')).status).toBe('lost');
    expect((await refusal(stripe.disputes.close(dispute?.id ?? ''))).statusCode).toBe(400);
  });

  it('keeps the charge from being refunded', async () => {
    const { stripe } = opened.account();
    const { id } = await paid(stripe, 'pm_card_createDispute');
    const error = await refusal(stripe.refunds.create({ payment_intent: id }));
    expect(error).toMatchObject({ statusCode: 400, code: 'charge_disputed' });
  });

  it('is pushed by hand', async () => {
    const { stripe } = opened.account();
    const intent = await paid(stripe);
    await opened.sim.control.dispute(String(intent.latest_charge), 'duplicate');
    const [dispute] = (await stripe.disputes.list({ charge: String(intent.latest_charge) })).data;
    expect(dispute).toMatchObject({ reason: 'duplicate', status: 'needs_response' });
  });
});

describe('the sums', () => {
  it('agree: balance transactions equal what was captured, less refunds, disputes and fees', async () => {
    const { stripe } = opened.account();
    await paid(stripe, 'pm_card_visa', 10_000);
    const second = await paid(stripe, 'pm_card_visa', 5_000);
    await stripe.refunds.create({ payment_intent: second.id, amount: 1_000 });
    const disputed = await paid(stripe, 'pm_card_createDispute', 3_000);
    const { data } = await stripe.balanceTransactions.list({ limit: 100 });
    const sum = (pick: (each: Stripe.BalanceTransaction) => number) =>
      data.reduce((total, each) => total + pick(each), 0);
    expect(sum((each) => each.amount)).toBe(10_000 + 5_000 + 3_000 - 1_000 - 3_000);
    expect(sum((each) => each.net)).toBe(sum((each) => each.amount) - sum((each) => each.fee));
    for (const each of data) expect(each.net).toBe(each.amount - each.fee);
    expect(disputed.status).toBe('succeeded');
  });
});
