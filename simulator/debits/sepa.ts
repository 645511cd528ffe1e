import type Stripe from 'stripe';
import { account, type BankAccount, type DebitScheme } from './scheme.ts';
import { SEPA_ACCOUNTS, type SepaOutcome } from './sepa-accounts.ts';

type Behaviour = readonly [
  outcome: BankAccount['outcome'],
  failureCode?: string | null,
  special?: { delayed: boolean },
];

const BEHAVIOURS: Readonly<Record<SepaOutcome, Behaviour>> = {
  success: ['succeeds'],
  successDelayed: ['succeeds', null, { delayed: true }],
  // Recorded: the bank names no reason.
  failed: ['fails'],
  failedDelayed: ['fails', null, { delayed: true }],
  disputed: ['disputed'],
  exceedsWeeklyVolumeLimit: ['fails', 'charge_exceeds_source_limit'],
  exceedsWeeklyTransactionLimit: ['fails', 'charge_exceeds_weekly_limit'],
  insufficientFunds: ['fails', 'insufficient_funds'],
};

/** https://docs.stripe.com/payments/sepa-debit, and https://docs.stripe.com/testing for its accounts. */
export const sepa = {
  type: 'sepa_debit',
  currency: 'eur',
  tokens: { name: 'sepaDebit', countries: true },
  accounts: SEPA_ACCOUNTS.map(([outcome, iban]) => account(outcome, iban, ...BEHAVIOURS[outcome])),
  fields: { bank: null, number: { name: 'iban', label: 'IBAN' } },
  newMandate: 'active',
  days: { answer: 6, newMandate: 0 },
  disputes: 'final',
  setupOptions: true,
  method: (iban, fingerprint) => ({
    type: 'sepa_debit',
    sepa_debit: {
      bank_code: iban.slice(4, 12),
      branch_code: '',
      country: iban.slice(0, 2),
      fingerprint,
      generated_from: { charge: null, setup_attempt: null },
      last4: iban.slice(-4),
    },
  }),
  charge: ({ sepa_debit }, mandate, expected_debit_date) => {
    const { bank_code, branch_code, country, fingerprint, last4 } =
      sepa_debit as Stripe.PaymentMethod.SepaDebit;
    const debited = { bank_code, branch_code, country, fingerprint, last4, mandate, expected_debit_date };
    return { type: 'sepa_debit', sepa_debit: debited };
  },
  mandate: ({ reference, url }) => ({ type: 'sepa_debit', sepa_debit: { reference, url } }),
} as const satisfies DebitScheme;
