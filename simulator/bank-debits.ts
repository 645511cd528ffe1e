import { SEPA_ACCOUNTS, type SepaOutcome } from './sepa-accounts.ts';

/** What a test bank account does once a debit is under way. */
export interface BankAccount {
  type: 'sepa_debit' | 'au_becs_debit';
  /** The last part of its token: `pm_sepaDebit_<token>_de`, `pm_auBecsDebit_<token>`. */
  token: string;
  /** IBAN, or account number of BSB 000000. */
  account: string;
  outcome: 'succeeds' | 'fails' | 'disputed';
  failureCode: string | null;
  /** At least three minutes of simulator time. */
  delayed: boolean;
  /** A refused debit may end the mandate. */
  endsMandate: boolean;
}

const SEPA_BEHAVIOURS: Readonly<
  Record<SepaOutcome, readonly [BankAccount['outcome'], failureCode: string | null, delayed: boolean]>
> = {
  success: ['succeeds', null, false],
  successDelayed: ['succeeds', null, true],
  // Recorded: the bank names no reason.
  failed: ['fails', null, false],
  failedDelayed: ['fails', null, true],
  disputed: ['disputed', null, false],
  exceedsWeeklyVolumeLimit: ['fails', 'charge_exceeds_source_limit', false],
  exceedsWeeklyTransactionLimit: ['fails', 'charge_exceeds_weekly_limit', false],
  insufficientFunds: ['fails', 'insufficient_funds', false],
};

/** From https://docs.stripe.com/testing, its tabs of SEPA and BECS. */
export const bankAccounts: readonly BankAccount[] = [
  ...SEPA_ACCOUNTS.map(([outcome, iban]) => sepa(outcome, iban)),
  becs('success', '000123456', 'succeeds'),
  becs('successDelayed', '900123456', 'succeeds', null, { delayed: true }),
  becs('accountClosed', '111111113', 'fails', 'account_closed', { endsMandate: true }),
  becs('noAccount', '111111116', 'fails', 'no_account', { endsMandate: true }),
  becs('referToCustomer', '222222227', 'fails', 'refer_to_customer'),
  becs('referToCustomerDelayed', '922222227', 'fails', 'refer_to_customer', { delayed: true }),
  becs('debitNotAuthorized', '333333335', 'fails', 'debit_not_authorized', { endsMandate: true }),
  becs('dispute', '666666660', 'disputed'),
  becs('exceedsWeeklyLimit', '343434343', 'fails', 'charge_exceeds_source_limit'),
  becs('exceedsTransactionLimit', '121212121', 'fails', 'charge_exceeds_transaction_limit'),
];

/** Simulator time that a "delayed" account takes. */
export const DELAYED_DEBIT_MS = 180_000;

/** The only currency that a debit scheme supports. */
export const DEBIT_CURRENCY = { sepa_debit: 'eur', au_becs_debit: 'aud' } as const;

/** The account of `pm_sepaDebit_success_fr`, the older `pm_success_fr`, or `pm_auBecsDebit_success`. */
export function bankAccountOfToken(token: string): BankAccount | undefined {
  const [, sepaName, country] = /^pm_(?:sepaDebit_)?([A-Za-z]+)_([a-z]{2})$/.exec(token) ?? [];
  if (sepaName !== undefined && country !== undefined)
    return find('sepa_debit', sepaName, country.toUpperCase());
  const becsName = /^pm_auBecsDebit_([A-Za-z]+)$/.exec(token)?.[1];
  return becsName === undefined ? undefined : find('au_becs_debit', becsName);
}

/** A test account by its number; no other account is taken, so that none is silently good. */
export function bankAccountOf(type: BankAccount['type'], account: string): BankAccount | undefined {
  const plain = account.replaceAll(/\s/g, '').toUpperCase();
  return bankAccounts.find((row) => row.type === type && row.account === plain);
}

function find(type: BankAccount['type'], token: string, country = ''): BankAccount | undefined {
  return bankAccounts.find(
    (row) => row.type === type && row.token === token && row.account.startsWith(country),
  );
}

type Timing = Partial<Pick<BankAccount, 'delayed' | 'endsMandate'>>;

function sepa(token: SepaOutcome, iban: string): BankAccount {
  const [outcome, failureCode, delayed] = SEPA_BEHAVIOURS[token];
  return row('sepa_debit', token, iban, outcome, failureCode, { delayed });
}

function becs(
  token: string,
  account: string,
  outcome: BankAccount['outcome'],
  failureCode: string | null = null,
  timing: Timing = {},
): BankAccount {
  return row('au_becs_debit', token, account, outcome, failureCode, timing);
}

function row(
  type: BankAccount['type'],
  token: string,
  account: string,
  outcome: BankAccount['outcome'],
  failureCode: string | null,
  timing: Timing,
): BankAccount {
  return { type, token, account, outcome, failureCode, delayed: false, endsMandate: false, ...timing };
}
