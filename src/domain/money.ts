import { CURRENCIES, SHOWN_CURRENCIES } from './currencies.ts';

export type AmountCheck =
  | 'ok'
  | 'currency_unknown'
  | 'amount_not_integer'
  | 'amount_too_small'
  | 'amount_too_large'
  /** Stripe takes this currency only in multiples of its `step_minor`. */
  | 'amount_not_a_multiple';

/**
 * Whether Stripe can be asked for this amount, else the first reason why not. `amount_minor` is in Stripe's
 * minor unit of the currency (cents, yen, fils; krónur times 100), `currency` a lower-case code.
 */
export function checkAmount(amount_minor: number, currency: string): AmountCheck {
  const known = CURRENCIES.get(currency);
  if (known === undefined) return 'currency_unknown';
  if (!Number.isSafeInteger(amount_minor)) return 'amount_not_integer';
  if (amount_minor < known.minimum_minor) return 'amount_too_small';
  if (amount_minor > known.maximum_minor) return 'amount_too_large';
  if (amount_minor % known.step_minor !== 0) return 'amount_not_a_multiple';
  return 'ok';
}

/**
 * The amount in the reader's language, every digit kept: `formatAmount(1299, 'eur', 'en')` is `€12.99`.
 * Works on digits, never on floats. Throws a RangeError for an unknown currency, an amount that is no
 * integer, or a locale that is no language tag.
 */
export function formatAmount(amount_minor: number | bigint, currency: string, locale: string): string {
  const known = SHOWN_CURRENCIES.get(currency);
  if (known === undefined) throw new RangeError('an amount to show needs a known currency');
  const text = decimalText(BigInt(amount_minor), known.stripe_exponent);
  // Stripe counts krónur in hundredths that are always 00; do not print them.
  const has_whole_units = BigInt(amount_minor) % 10n ** BigInt(known.stripe_exponent) === 0n;
  const digits = known.iso_exponent === 0 && has_whole_units ? 0 : known.stripe_exponent;
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(text);
}

/** Minor units as an exact decimal: `decimalText(-5n, 2)` is `-0.05`. */
export function decimalText(amount_minor: bigint, exponent: number): `${number}` {
  const sign = amount_minor < 0n ? '-' : '';
  const digits = (amount_minor < 0n ? -amount_minor : amount_minor).toString().padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent);
  return (exponent === 0 ? `${sign}${whole}` : `${sign}${whole}.${fraction}`) as `${number}`;
}
