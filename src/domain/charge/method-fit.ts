/**
 * What a type of payment method can be charged, as data: what does not fit is a merchant's mistake, and known before anybody is
 * asked for anything.
 */
import { SCHEMES } from '../debit/schemes.ts';

/**
 * Debits, each with the currencies that its scheme moves: those of the table of schemes, and those that are only adopted
 * (https://docs.stripe.com/payments/ach-direct-debit, /acss-debit, /nz-bank-account). None is charged without a mandate.
 */
export const DEBIT_CURRENCIES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.values(SCHEMES).map(({ type, currency }) => [type, [currency]])),
  us_bank_account: ['usd'],
  acss_debit: ['cad', 'usd'],
  nz_bank_account: ['nzd'],
};

/** Nine digits for American Express (docs.stripe.com/currencies, "Maximum charge amounts"); only rupiah come that far. */
export const AMEX_MAXIMUM_MINOR = 999_999_999;

/** Whether a charge of this type of method needs a mandate that its customer gave before. */
export function needsMandate(type: string): boolean {
  return type in DEBIT_CURRENCIES;
}

/** Why Stripe refuses what was asked for, by its code or our reason: amount or currency, which only its merchant can mend. */
export const MERCHANTS_MISTAKES: ReadonlySet<string> = new Set([
  'amount_too_large',
  'amount_too_small',
  'amount_refused',
  'currency_refused',
  'payment_method_currency_mismatch',
]);
