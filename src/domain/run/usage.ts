/**
 * What metered usage costs, exactly: quantities and unit prices are decimals of any length, each product is exact, and the sum is
 * rounded once. Nothing passes through a float.
 */

export type UsageLine = {
  readonly description: string;
  /** A decimal such as `1204.375`; negative for what is given back. */
  readonly quantity: string;
  /** In the currency's minor unit, as Stripe's field of this name: `31.25` of eur is 0.3125 EUR. */
  readonly unit_amount_decimal: string;
};

/** Digits, a sign and a fraction; no exponent. */
export const DECIMAL = /^-?\d{1,15}(?:\.\d{1,12})?$/;

type Exact = { readonly digits: bigint; readonly scale: number };

/**
 * The sum of the lines in minor units, rounded half up once.
 *
 * @throws RangeError for text that is no decimal: the caller has checked it by `DECIMAL`
 */
export function usageAmount(lines: readonly Pick<UsageLine, 'quantity' | 'unit_amount_decimal'>[]): bigint {
  const products = lines.map(({ quantity, unit_amount_decimal }) => {
    const [a, b] = [exactOf(quantity), exactOf(unit_amount_decimal)];
    return { digits: a.digits * b.digits, scale: a.scale + b.scale };
  });
  const scale = Math.max(0, ...products.map((product) => product.scale));
  const sum = products.reduce((all, { digits, scale: own }) => all + digits * 10n ** BigInt(scale - own), 0n);
  return roundHalfUp(sum, 10n ** BigInt(scale));
}

function exactOf(text: string): Exact {
  if (!DECIMAL.test(text)) throw new RangeError('usage is counted in decimals');
  const [whole = '', fraction = ''] = text.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

/** Halves go up, also below zero: -0.5 is 0. */
function roundHalfUp(numerator: bigint, denominator: bigint): bigint {
  const doubled = 2n * numerator + denominator;
  const quotient = doubled / (2n * denominator);
  return doubled < 0n && quotient * 2n * denominator !== doubled ? quotient - 1n : quotient;
}
