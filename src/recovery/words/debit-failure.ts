/**
 * What a failed debit is called before its customer: only what the bank's code says.
 *
 * - `unpaid`: the bank sent it back;
 * - `not_authorized`: the bank says that its customer has not agreed to it, or no longer does;
 * - `account`: the bank says that this account takes no debit;
 * - `failed`: we know no more.
 */
export type DebitFailure = 'unpaid' | 'not_authorized' | 'account' | 'failed';

/** By the `failure_code` of Stripe's charge: docs.stripe.com/payments/sepa-debit, /au-becs-debit, /bacs-debit, failure codes. */
const CODES: Readonly<Record<string, DebitFailure>> = {
  insufficient_funds: 'unpaid',
  refer_to_customer: 'unpaid',
  generic_could_not_process: 'unpaid',
  debit_not_authorized: 'not_authorized',
  authorization_revoked: 'not_authorized',
  debit_authorization_not_match: 'not_authorized',
  debit_disputed: 'not_authorized',
  incorrect_account_holder_name: 'account',
  account_closed: 'account',
  no_account: 'account',
  bank_account_restricted: 'account',
  invalid_account_number: 'account',
  branch_does_not_exist: 'account',
  recipient_deceased: 'account',
};

export function debitFailureOf(code: string | null): DebitFailure {
  return code !== null && Object.hasOwn(CODES, code) ? (CODES[code] ?? 'failed') : 'failed';
}
