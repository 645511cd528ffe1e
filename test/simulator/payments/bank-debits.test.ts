import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { acceptedOnline, becs, type Saved, savedDebit, sepa } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();

/** By hand from docs.stripe.com/testing, the tab of bank debits. */
const ibans = {
  DE89370400440532013000: { token: 'success', end: 'succeeded', delayed: false, code: null },
  DE08370400440532013003: { token: 'successDelayed', end: 'succeeded', delayed: true, code: null },
  DE62370400440532013001: { token: 'failed', end: 'requires_payment_method', delayed: false, code: null },
  DE78370400440532013004: {
    token: 'failedDelayed',
    end: 'requires_payment_method',
    delayed: true,
    code: null,
  },
  DE35370400440532013002: { token: 'disputed', end: 'succeeded', delayed: false, code: null },
  DE65370400440002222227: {
    token: 'insufficientFunds',
    end: 'requires_payment_method',
    delayed: false,
    code: 'insufficient_funds',
  },
  DE65370400440000343434: {
    token: 'exceedsWeeklyVolumeLimit',
    end: 'requires_payment_method',
    delayed: false,
    code: 'charge_exceeds_source_limit',
  },
} as const;

const accounts = {
  '000123456': { end: 'succeeded', delayed: false, code: null },
  '900123456': { end: 'succeeded', delayed: true, code: null },
  '111111113': { end: 'requires_payment_method', delayed: false, code: 'account_closed' },
  '111111116': { end: 'requires_payment_method', delayed: false, code: 'no_account' },
  '222222227': { end: 'requires_payment_method', delayed: false, code: 'refer_to_customer' },
  '922222227': { end: 'requires_payment_method', delayed: true, code: 'refer_to_customer' },
  '333333335': { end: 'requires_payment_method', delayed: false, code: 'debit_not_authorized' },
  '666666660': { end: 'succeeded', delayed: false, code: null },
} as const;

type Row = { end: string; delayed: boolean; code: string | null };

function debit(stripe: Stripe, saved: Saved, type: string, currency: string): Promise<Stripe.PaymentIntent> {
  const { customer, payment_method } = saved;
  return stripe.paymentIntents.create({
    amount: 2000,
    currency,
    customer,
    payment_method,
    allowed_payment_method_types: [type as 'sepa_debit'],
    confirm: true,
    off_session: true,
  });
}

async function expectRow(stripe: Stripe, intent: Stripe.PaymentIntent, row: Row): Promise<void> {
  const retrieve = () => stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
  expect(await retrieve()).toMatchObject({
    status: 'processing',
    amount_received: 0,
    latest_charge: { status: 'pending', paid: false },
  });
  await opened.advance(5);
  expect((await retrieve()).status).toBe(row.delayed ? 'processing' : row.end);
  await opened.advance(180);
  const ended = await retrieve();
  const succeeded = row.end === 'succeeded';
  expect(ended).toMatchObject({
    status: row.end,
    amount_received: succeeded ? 2000 : 0,
    latest_charge: { status: succeeded ? 'succeeded' : 'failed' },
  });
  if (!succeeded) {
    expect(ended).toMatchObject({ payment_method: null, latest_charge: { failure_code: row.code } });
    // As recorded of a SEPA debit (The Guardian's support-frontend, 2021): no decline code, no charge.
    expect(ended.last_payment_error).toEqual({
      code: 'payment_intent_payment_attempt_failed',
      message: expect.any(String),
      payment_method: expect.objectContaining({ object: 'payment_method' }),
      type: 'invalid_request_error',
    });
  }
  const types = (await stripe.events.list({ limit: 100 })).data.map((each) => each.type);
  for (const type of ['charge.pending', 'payment_intent.processing']) expect(types).toContain(type);
  const [good, bad] = [
    'charge.succeeded,payment_intent.succeeded',
    'charge.failed,payment_intent.payment_failed',
  ];
  for (const type of (succeeded ? good : bad).split(',')) expect(types).toContain(type);
}

/** As docs.stripe.com/payments/ach-direct-debit prints it: neither code nor parameter. */
function expectNoMandate(error: Stripe.errors.StripeError): void {
  expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' });
  expect([error.code, error.param]).toEqual([undefined, undefined]);
  expect(error.payment_intent?.status).toBe('requires_confirmation');
}

describe('a SEPA debit', () => {
  it.each(Object.entries(ibans))('from %s is processing and then ends as it must', async (iban, row) => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, sepa(iban));
    const method = await stripe.paymentMethods.retrieve(saved.payment_method);
    expect(method).toMatchObject({ type: 'sepa_debit', sepa_debit: { last4: iban.slice(-4) } });
    await expectRow(stripe, await debit(stripe, saved, 'sepa_debit', 'eur'), row);
    const disputes = (await stripe.disputes.list()).data;
    expect(disputes).toHaveLength(row.token === 'disputed' ? 1 : 0);
  });

  it.each(Object.values(ibans).flatMap(({ token }) => [`pm_sepaDebit_${token}_de`, `pm_${token}_de`]))(
    'can be taken from the token %s',
    async (token) => {
      const { stripe } = opened.account();
      const method = await stripe.paymentMethods.retrieve(token);
      const [iban] = Object.entries(ibans).find(([, row]) => token.includes(`_${row.token}_`)) ?? [''];
      expect(method).toMatchObject({
        type: 'sepa_debit',
        sepa_debit: { last4: iban.slice(-4), country: 'DE' },
      });
    },
  );

  it('is in euro only', async () => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, sepa('DE89370400440532013000'));
    const error = await refusal(debit(stripe, saved, 'sepa_debit', 'usd'));
    expect(error).toMatchObject({ statusCode: 400, code: 'payment_method_currency_mismatch' });
  });

  it('carries its mandate on the charge', async () => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, sepa('DE89370400440532013000'));
    const intent = await debit(stripe, saved, 'sepa_debit', 'eur');
    const charge = await stripe.charges.retrieve(String(intent.latest_charge));
    expect(charge.payment_method_details?.sepa_debit?.mandate).toBe(saved.mandate);
  });

  it('without a mandate is refused, and takes one with the confirm', async () => {
    const { stripe } = opened.account();
    const params = {
      amount: 2000,
      currency: 'eur',
      payment_method_data: sepa('DE89370400440532013000'),
      allowed_payment_method_types: ['sepa_debit'],
      confirm: true,
    } satisfies Stripe.PaymentIntentCreateParams;
    expectNoMandate(await refusal(stripe.paymentIntents.create(params)));
    const intent = await stripe.paymentIntents.create({ ...params, mandate_data: acceptedOnline });
    expect(intent.status).toBe('processing');
  });

  it('on a mandate that is inactive is refused', async () => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, sepa('DE89370400440532013000'));
    await opened.sim.control.mandate(saved.mandate, 'inactive');
    expect((await stripe.mandates.retrieve(saved.mandate)).status).toBe('inactive');
    const [event] = (await stripe.events.list({ type: 'mandate.updated' })).data;
    expect(event?.data).toMatchObject({
      object: { status: 'inactive' },
      previous_attributes: { status: 'active' },
    });
    expectNoMandate(await refusal(debit(stripe, saved, 'sepa_debit', 'eur')));
  });

  it('in progress can be neither cancelled, captured, confirmed again nor refunded', async () => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, sepa('DE08370400440532013003'));
    const { id } = await debit(stripe, saved, 'sepa_debit', 'eur');
    for (const call of [
      stripe.paymentIntents.cancel(id),
      stripe.paymentIntents.capture(id),
      stripe.paymentIntents.confirm(id, { off_session: true }),
    ]) {
      const error = await refusal(call);
      expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    }
    expect((await refusal(stripe.refunds.create({ payment_intent: id }))).statusCode).toBe(400);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('processing');
  });

  it.each([
    ['succeed', 'succeeded', null],
    ['fail', 'requires_payment_method', 'debit_disputed'],
  ] as const)('is settled by hand: %s', async (result, status, code) => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, sepa('DE08370400440532013003'));
    const { id } = await debit(stripe, saved, 'sepa_debit', 'eur');
    await opened.sim.control.settle(id, result, code ?? undefined);
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(intent).toMatchObject({ status, latest_charge: { failure_code: code } });
    await opened.advance(3_600);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe(status);
  });
});

describe('a debit that follows one settled by hand', () => {
  it('ends when its own bank answers, not when that of the first would have', async () => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, sepa('DE78370400440532013004'));
    const { id } = await debit(stripe, saved, 'sepa_debit', 'eur');
    await opened.sim.control.settle(id, 'fail', 'refer_to_customer');
    await opened.advance(100);
    const again = await stripe.paymentIntents.confirm(id, {
      payment_method_data: sepa('DE08370400440532013003'),
      mandate_data: acceptedOnline,
    });
    expect(again.status).toBe('processing');
    await opened.advance(100);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('processing');
    await opened.advance(100);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
  });
});

describe('a debit that failed, where the error names the reasons that the SDK lists', () => {
  const named = openSimulator({ debitFailureShape: 'in_code' });

  it.each([
    ['account_closed', 'account_closed'],
    ['debit_disputed', 'payment_intent_payment_attempt_failed'],
  ])('%s: the code is %s', async (failure, code) => {
    const { stripe } = named.account();
    const saved = await savedDebit(stripe, sepa('DE08370400440532013003'));
    const { id } = await debit(stripe, saved, 'sepa_debit', 'eur');
    await named.sim.control.settle(id, 'fail', failure);
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(intent).toMatchObject({
      last_payment_error: { code, type: 'invalid_request_error' },
      latest_charge: { failure_code: failure },
    });
  });
});

describe('a BECS debit', () => {
  it.each(Object.entries(accounts))('from %s is processing and then ends as it must', async (number, row) => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, becs(number));
    const method = await stripe.paymentMethods.retrieve(saved.payment_method);
    expect(method.au_becs_debit).toMatchObject({ last4: number.slice(-4), bsb_number: '000000' });
    await expectRow(stripe, await debit(stripe, saved, 'au_becs_debit', 'aud'), row);
    expect((await stripe.disputes.list()).data).toHaveLength(number === '666666660' ? 1 : 0);
  });

  it('is in Australian dollars only', async () => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, becs('000123456'));
    const error = await refusal(debit(stripe, saved, 'au_becs_debit', 'eur'));
    expect(error).toMatchObject({ statusCode: 400, code: 'payment_method_currency_mismatch' });
  });
});
