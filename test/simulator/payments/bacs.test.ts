/** Bacs, and what a table of schemes adds to every debit: days that are asked for, days that a scheme takes, disputes. */
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { acceptedOnline, bacs, becs, type Saved, savedDebit, sepa } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const strict = openSimulator({ pendingMandates: 'refused' });
const slow = openSimulator({ debitTiming: 'scheme_days' });

/** By hand from docs.stripe.com/payments/payment-methods/bacs-debit, "Test your integration". */
const accounts = {
  '00012345': { token: 'success', end: 'succeeded', code: null, mandate: 'active' },
  '90012345': { token: 'successDelayed', end: 'succeeded', code: null, mandate: 'active' },
  '33333335': {
    token: 'debitNotAuthorized',
    end: 'requires_payment_method',
    code: 'debit_not_authorized',
    mandate: 'inactive',
  },
  '93333335': {
    token: 'debitNotAuthorizedDelayed',
    end: 'requires_payment_method',
    code: 'debit_not_authorized',
    mandate: 'inactive',
  },
  '22222227': {
    token: 'insufficientFunds',
    end: 'requires_payment_method',
    code: 'insufficient_funds',
    mandate: 'active',
  },
  '92222227': {
    token: 'insufficientFundsDelayed',
    end: 'requires_payment_method',
    code: 'insufficient_funds',
    mandate: 'active',
  },
  '55555559': { token: 'dispute', end: 'succeeded', code: null, mandate: 'active' },
  '34343434': {
    token: 'exceedsWeeklyLimit',
    end: 'requires_payment_method',
    code: 'charge_exceeds_source_limit',
    mandate: 'active',
  },
  '12121212': {
    token: 'exceedsTransactionLimit',
    end: 'requires_payment_method',
    code: 'charge_exceeds_transaction_limit',
    mandate: 'active',
  },
} as const;

type Type = 'sepa_debit' | 'au_becs_debit' | 'bacs_debit';
const CURRENCIES = { sepa_debit: 'eur', au_becs_debit: 'aud', bacs_debit: 'gbp' } as const;

function debit(stripe: Stripe, saved: Saved, type: Type, target_date?: string) {
  const { customer, payment_method } = saved;
  return stripe.paymentIntents.create({
    amount: 2000,
    currency: CURRENCIES[type],
    ...{ customer, payment_method, confirm: true, off_session: true },
    allowed_payment_method_types: [type],
    ...(target_date === undefined ? {} : { payment_method_options: { [type]: { target_date } } }),
    expand: ['latest_charge'],
  });
}

const NO_DATE = 'a charge without an expected day';
const daysAhead = async (days: number) => {
  const { now } = await opened.sim.control.clock();
  return new Date((now + days * 86_400) * 1_000).toISOString().slice(0, 10);
};

describe('a Bacs debit', () => {
  it.each(Object.entries(accounts))(
    'from %s ends as its page says, and its mandate with it',
    async (number, row) => {
      const { stripe } = opened.account();
      const saved = await savedDebit(stripe, bacs(number));
      const network = async () => {
        const { status, payment_method_details } = await stripe.mandates.retrieve(saved.mandate);
        return [status, payment_method_details.bacs_debit?.network_status];
      };
      expect(await network()).toEqual(['pending', 'pending']);
      await opened.advance(5);
      expect(await network()).toEqual(['active', 'accepted']);
      const { id, status } = await debit(stripe, saved, 'bacs_debit');
      expect(status).toBe('processing');
      await opened.advance(200);
      const { latest_charge, ...intent } = await stripe.paymentIntents.retrieve(id, {
        expand: ['latest_charge'],
      });
      expect(intent.status).toBe(row.end);
      const charge = latest_charge as Stripe.Charge;
      expect([charge.failure_code, charge.disputed]).toEqual([row.code, row.token === 'dispute']);
      expect((await network())[0]).toBe(row.mandate);
      const fresh = await stripe.paymentMethods.retrieve(`pm_bacsDebit_${row.token}`);
      expect(fresh.bacs_debit).toMatchObject({ last4: number.slice(-4), sort_code: '108800' });
    },
  );

  it('whose mandate its bank refuses never moves money', async () => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, bacs('00033333'));
    const { id } = await debit(stripe, saved, 'bacs_debit');
    await opened.advance(10);
    const mandate = await stripe.mandates.retrieve(saved.mandate);
    expect(mandate).toMatchObject({
      status: 'inactive',
      payment_method_details: { bacs_debit: { network_status: 'refused' } },
    });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_payment_method');
    const updates = (await stripe.events.list({ type: 'mandate.updated' })).data;
    expect(updates.map(({ data }) => (data.object as Stripe.Mandate).status)).toEqual(['inactive']);
  });

  it('cannot be set up from a number that is none, and the SetupIntent waits for another', async () => {
    const { stripe } = opened.account();
    const setup = await stripe.setupIntents.create({ allowed_payment_method_types: ['bacs_debit'] });
    const sent = { payment_method_data: bacs('00044444'), mandate_data: acceptedOnline };
    const error = await refusal(stripe.setupIntents.confirm(setup.id, sent));
    expect(error).toMatchObject({ statusCode: 400, code: 'account_number_invalid' });
    expect((await stripe.setupIntents.retrieve(setup.id)).status).toBe('requires_payment_method');
    const other = { ...bacs('00012345'), bacs_debit: { sort_code: '000000', account_number: '00012345' } };
    expect((await refusal(stripe.paymentMethods.create(other))).statusCode).toBe(400);
  });

  it('on a pending mandate is refused where the option says so, without a reason, and taken once it stands', async () => {
    const { stripe } = strict.account();
    const saved = await savedDebit(stripe, bacs('00012345'));
    const error = await refusal(debit(stripe, saved, 'bacs_debit'));
    expect([error.statusCode, error.code, error.param]).toEqual([400, undefined, undefined]);
    await strict.advance(5);
    expect((await debit(stripe, saved, 'bacs_debit')).status).toBe('processing');
  });
});

describe('a debit for a day', () => {
  it('says that day, and its bank is not asked before', async () => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, sepa('DE89370400440532013000'));
    const day = await daysAhead(5);
    const { id, latest_charge, payment_method_options } = await debit(stripe, saved, 'sepa_debit', day);
    expect(payment_method_options?.sepa_debit).toEqual({ target_date: day });
    const details = (latest_charge as Stripe.Charge).payment_method_details;
    expect(details?.sepa_debit?.expected_debit_date ?? NO_DATE).toBe(day);
    await opened.advance(3 * 86_400);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('processing');
    await opened.advance(3 * 86_400);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
  });

  it.each([2, 16])('%i days ahead is refused', async (days) => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, becs('000123456'));
    const error = await refusal(debit(stripe, saved, 'au_becs_debit', await daysAhead(days)));
    expect(error).toMatchObject({
      statusCode: 400,
      param: 'payment_method_options[au_becs_debit][target_date]',
    });
  });

  it.each([3, 15])('%i days ahead is taken', async (days) => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, becs('000123456'));
    const { status } = await debit(stripe, saved, 'au_becs_debit', await daysAhead(days));
    expect(status).toBe('processing');
  });
});

describe('a dispute of a debit', () => {
  it.each([
    ['SEPA', 'sepa_debit', sepa('DE35370400440532013002'), ['charge.dispute.created']],
    ['BECS', 'au_becs_debit', becs('666666660'), ['charge.dispute.closed', 'charge.dispute.created']],
    ['Bacs', 'bacs_debit', bacs('55555559'), ['charge.dispute.closed', 'charge.dispute.created']],
  ] as const)('by %s is lost when it is told', async (_scheme, type, data, told) => {
    const { stripe } = opened.account();
    const saved = await savedDebit(stripe, data);
    await debit(stripe, saved, type);
    await opened.advance(200);
    const [dispute] = (await stripe.disputes.list()).data;
    expect(dispute?.status).toBe('lost');
    const types = (await stripe.events.list({ limit: 100 })).data.map((event) => event.type);
    const ends = ['charge.dispute.created', 'charge.dispute.closed'];
    expect(types.filter((type) => ends.includes(type)).sort()).toEqual(told);
    expect((await refusal(stripe.disputes.close(dispute?.id ?? ''))).statusCode).toBe(400);
  });
});

describe('where banks take the days of their scheme', () => {
  it.each([
    ['SEPA', 'sepa_debit', sepa('DE65370400440002222227'), 6],
    ['BECS', 'au_becs_debit', becs('222222227'), 2],
    ['Bacs on a new mandate', 'bacs_debit', bacs('22222227'), 6],
  ] as const)('%s fails after its bank days', async (_scheme, type, data, days) => {
    const { stripe } = slow.account();
    const saved = await savedDebit(stripe, data);
    const { id } = await debit(stripe, saved, type);
    const statusAfter = async (seconds: number) => {
      await slow.advance(seconds);
      return (await stripe.paymentIntents.retrieve(id)).status;
    };
    // So many weekdays are more than that number less one, and less than that number with two weekends and a day.
    expect(await statusAfter((days - 1) * 86_400)).toBe('processing');
    expect(await statusAfter(6 * 86_400)).toBe('requires_payment_method');
  });
});
