import type Stripe from 'stripe';
import { account, type DebitScheme } from './scheme.ts';

const SORT_CODE = '108800';
const ENDS = { endsMandate: true };

/** https://docs.stripe.com/payments/payment-methods/bacs-debit, with its accounts. */
export const bacs = {
  type: 'bacs_debit',
  currency: 'gbp',
  tokens: { name: 'bacsDebit', countries: false },
  accounts: [
    account('success', '00012345', 'succeeds'),
    account('successDelayed', '90012345', 'succeeds', null, { delayed: true }),
    account('debitNotAuthorized', '33333335', 'fails', 'debit_not_authorized', ENDS),
    account('debitNotAuthorizedDelayed', '93333335', 'fails', 'debit_not_authorized', {
      ...ENDS,
      delayed: true,
    }),
    account('insufficientFunds', '22222227', 'fails', 'insufficient_funds'),
    account('insufficientFundsDelayed', '92222227', 'fails', 'insufficient_funds', { delayed: true }),
    account('dispute', '55555559', 'disputed', null, { delayed: true }),
    account('mandateRefused', '00033333', 'succeeds', null, { setup: 'mandate_refused' }),
    account('setupRejected', '00044444', 'succeeds', null, { setup: 'rejected' }),
    account('exceedsWeeklyLimit', '34343434', 'fails', 'charge_exceeds_source_limit'),
    account('exceedsTransactionLimit', '12121212', 'fails', 'charge_exceeds_transaction_limit'),
  ],
  fields: {
    bank: { name: 'sort_code', label: 'Sort code', is: SORT_CODE },
    number: { name: 'account_number', label: 'Account number' },
  },
  newMandate: 'pending',
  days: { answer: 3, newMandate: 3 },
  disputes: 'closed_at_once',
  setupOptions: true,
  method: (number, fingerprint) => ({
    type: 'bacs_debit',
    bacs_debit: { fingerprint, last4: number.slice(-4), sort_code: SORT_CODE },
  }),
  charge: ({ bacs_debit }, mandate, expected_debit_date) => {
    const { fingerprint, last4, sort_code } = bacs_debit as Stripe.PaymentMethod.BacsDebit;
    return {
      type: 'bacs_debit',
      bacs_debit: { fingerprint, last4, sort_code, mandate, expected_debit_date },
    };
  },
  mandate: ({ reference, url, status, was }) => ({
    type: 'bacs_debit',
    bacs_debit: {
      display_name: null,
      network_status: networkStatus(status, was),
      reference,
      revocation_reason: status === 'inactive' && was === 'active' ? 'debit_not_authorized' : null,
      service_user_number: null,
      url,
    },
  }),
} as const satisfies DebitScheme;

/** A mandate that was never active was refused by its bank. */
function networkStatus(status: 'active' | 'inactive' | 'pending', was: string | null) {
  if (status === 'active') return 'accepted';
  if (status === 'pending') return 'pending';
  return was === 'pending' ? 'refused' : 'revoked';
}
