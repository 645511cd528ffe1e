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

/** From https://docs.stripe.com/payments/sepa-debit and /au-becs-debit, testing sections. */
export const bankAccounts: readonly BankAccount[] = [
  sepa('success', 'DE89370400440532013000', 'succeeds'),
  sepa('successDelayed', 'DE08370400440532013003', 'succeeds', null, { delayed: true }),
  // Recorded: the bank names no reason.
  sepa('failed', 'DE62370400440532013001', 'fails'),
  sepa('failedDelayed', 'DE78370400440532013004', 'fails', null, { delayed: true }),
  sepa('disputed', 'DE35370400440532013002', 'disputed'),
  sepa('insufficientFunds', 'DE65370400440002222227', 'fails', 'insufficient_funds'),
  sepa('exceedsWeeklyVolumeLimit', 'DE65370400440000343434', 'fails', 'charge_exceeds_source_limit'),
  sepa('exceedsWeeklyTransactionLimit', 'DE27370400440000121212', 'fails', 'charge_exceeds_weekly_limit'),
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

/** The account of `pm_sepaDebit_success_de`, the older `pm_success_de`, or `pm_auBecsDebit_success`. */
export function bankAccountOfToken(token: string): BankAccount | undefined {
  const sepaName = /^pm_(?:sepaDebit_)?([A-Za-z]+)_de$/.exec(token)?.[1];
  if (sepaName !== undefined) return find('sepa_debit', sepaName);
  const becsName = /^pm_auBecsDebit_([A-Za-z]+)$/.exec(token)?.[1];
  return becsName === undefined ? undefined : find('au_becs_debit', becsName);
}

/** Any other account succeeds. */
export function bankAccountOf(type: BankAccount['type'], account: string): BankAccount {
  const plain = account.replaceAll(/\s/g, '').toUpperCase();
  const known = bankAccounts.find((row) => row.type === type && row.account === plain);
  return known ?? row(type, 'other', plain, 'succeeds', null, {});
}

function find(type: BankAccount['type'], token: string): BankAccount | undefined {
  return bankAccounts.find((account) => account.type === type && account.token === token);
}

type Timing = Partial<Pick<BankAccount, 'delayed' | 'endsMandate'>>;

function sepa(
  token: string,
  iban: string,
  outcome: BankAccount['outcome'],
  failureCode: string | null = null,
  timing: Timing = {},
): BankAccount {
  return row('sepa_debit', token, iban, outcome, failureCode, timing);
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
