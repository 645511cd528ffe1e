import type Stripe from 'stripe';
import { account, type DebitScheme } from './scheme.ts';

const BSB = '000000';
const ENDS = { endsMandate: true };

/** https://docs.stripe.com/payments/au-becs-debit, and https://docs.stripe.com/testing for its accounts. */
export const becs = {
  type: 'au_becs_debit',
  currency: 'aud',
  tokens: { name: 'auBecsDebit', countries: false },
  accounts: [
    account('success', '000123456', 'succeeds'),
    account('successDelayed', '900123456', 'succeeds', null, { delayed: true }),
    account('accountClosed', '111111113', 'fails', 'account_closed', ENDS),
    account('noAccount', '111111116', 'fails', 'no_account', ENDS),
    account('referToCustomer', '222222227', 'fails', 'refer_to_customer'),
    account('referToCustomerDelayed', '922222227', 'fails', 'refer_to_customer', { delayed: true }),
    account('debitNotAuthorized', '333333335', 'fails', 'debit_not_authorized', ENDS),
    account('dispute', '666666660', 'disputed'),
    account('exceedsWeeklyLimit', '343434343', 'fails', 'charge_exceeds_source_limit'),
    account('exceedsTransactionLimit', '121212121', 'fails', 'charge_exceeds_transaction_limit'),
  ],
  fields: {
    bank: { name: 'bsb_number', label: 'BSB', is: BSB },
    number: { name: 'account_number', label: 'Account number' },
  },
  newMandate: 'active',
  days: { answer: 2, newMandate: 0 },
  disputes: 'closed_at_once',
  setupOptions: false,
  method: (number, fingerprint) => ({
    type: 'au_becs_debit',
    au_becs_debit: { bsb_number: BSB, fingerprint, last4: number.slice(-4) },
  }),
  charge: ({ au_becs_debit }, mandate, expected_debit_date) => {
    const { bsb_number, fingerprint, last4 } = au_becs_debit as Stripe.PaymentMethod.AuBecsDebit;
    const signed = mandate === null ? {} : { mandate };
    return {
      type: 'au_becs_debit',
      au_becs_debit: { bsb_number, fingerprint, last4, expected_debit_date, ...signed },
    };
  },
  mandate: ({ url }) => ({ type: 'au_becs_debit', au_becs_debit: { url } }),
} as const satisfies DebitScheme;
