import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CURRENCIES, LARGEST_MAXIMUM_MINOR, SHOWN_CURRENCIES } from '../../../src/domain/currencies.ts';
import { checkAmount, decimalText, formatAmount } from '../../../src/domain/money.ts';

const currencies = [...CURRENCIES.values()];
const anyCurrency = fc.constantFrom(...currencies);
const anyShown = fc.constantFrom(...SHOWN_CURRENCIES.values());
const anyAmount = fc.oneof(
  fc.integer({ min: 0, max: 200_000_000 }),
  fc.integer({ min: 0, max: LARGEST_MAXIMUM_MINOR + 10 }),
);

describe('the currency table', () => {
  it('has every currency that Stripe lists, and each once', () => {
    expect(currencies.filter(({ stripe_exponent }) => stripe_exponent === 0)).toHaveLength(15);
    expect(currencies.filter(({ stripe_exponent }) => stripe_exponent === 3)).toHaveLength(5);
    expect(currencies).toHaveLength(140);
    for (const { code } of currencies) expect(code).toMatch(/^[a-z]{3}$/);
  });

  it.each(
    'kpw irr cup syp bov usn xad uyi btn ghs ern iqd lyd mru sdg ssp stn svc tmt ved ves zwg che chw cou mxv'
      .split(' ')
      .map((code) => [code]),
  )('has no %s, which is on the list of ISO 4217 alone, and can still show it', (code) => {
    expect(checkAmount(5_000, code)).toBe('currency_unknown');
    expect(() => formatAmount(5_000, code, 'en')).not.toThrow();
  });

  it.each([
    'jpy',
    'krw',
    'clp',
    'vnd',
    'bif',
    'djf',
    'gnf',
    'kmf',
    'pyg',
    'rwf',
    'vuv',
    'xaf',
    'xof',
    'xpf',
    'mga',
  ])('counts %s in whole units, as Stripe lists it among the zero-decimal ones', (code) =>
    expect(CURRENCIES.get(code)).toMatchObject({ stripe_exponent: 0, step_minor: 1 }),
  );

  it.each(['bhd', 'jod', 'kwd', 'omr', 'tnd'])('takes %s in thousandths that end in 0', (code) => {
    expect(CURRENCIES.get(code)).toMatchObject({ stripe_exponent: 3, step_minor: 10 });
    expect(checkAmount(5120, code)).toBe('ok');
    expect(checkAmount(5124, code)).toBe('amount_not_a_multiple');
  });

  it.each(['isk', 'ugx'])('takes %s in hundredths that are always 00', (code) => {
    expect(CURRENCIES.get(code)).toMatchObject({ iso_exponent: 0, stripe_exponent: 2 });
    expect(checkAmount(500, code)).toBe('ok');
    expect(checkAmount(550, code)).toBe('amount_not_a_multiple');
  });

  it.each(['huf', 'twd'])('takes any two-decimal amount of %s: its rule is for payouts', (code) => {
    expect(checkAmount(17_545, code)).toBe('ok');
  });
});

describe('checkAmount', () => {
  it.each([
    ['usd', 50],
    ['eur', 50],
    ['gbp', 30],
    ['chf', 50],
    ['czk', 1_500],
    ['dkk', 250],
    ['hkd', 400],
    ['huf', 17_500],
    ['jpy', 50],
    ['krw', 50],
    ['mxn', 1_000],
    ['myr', 200],
    ['nok', 300],
    ['pln', 200],
    ['ron', 200],
    ['sek', 300],
    ['thb', 1_000],
    ['aed', 200],
  ])('has the documented minimum of %s at %i', (currency, minimum_minor) => {
    expect(checkAmount(minimum_minor, currency)).toBe('ok');
    expect(checkAmount(minimum_minor - 1, currency)).toBe('amount_too_small');
  });

  it.each([
    [Number.NaN, 'eur', 'amount_not_integer'],
    [Number.POSITIVE_INFINITY, 'eur', 'amount_not_integer'],
    [100.5, 'eur', 'amount_not_integer'],
    [2 ** 53, 'eur', 'amount_not_integer'],
    [0, 'eur', 'amount_too_small'],
    [-100, 'eur', 'amount_too_small'],
    [99_999_999, 'eur', 'ok'],
    [100_000_000, 'eur', 'amount_too_large'],
    [100_000_000, 'idr', 'ok'],
    [2_500_000_000, 'idr', 'ok'],
    [999_999_999_999, 'idr', 'ok'],
    [1_000_000_000_000, 'idr', 'amount_too_large'],
    [100_000_000, 'kwd', 'amount_too_large'],
    [1_000, 'EUR', 'currency_unknown'],
    [1_000, 'xau', 'currency_unknown'],
    [1_000, 'xts', 'currency_unknown'],
    [1_000, 'clf', 'currency_unknown'],
    [1_000, 'constructor', 'currency_unknown'],
    [1_000, '', 'currency_unknown'],
  ])('says of %d %s: %s', (amount_minor, currency, verdict) => {
    expect(checkAmount(amount_minor, currency)).toBe(verdict);
  });

  it('accepts exactly the multiples of the step between minimum and maximum, in every currency', () => {
    fc.assert(
      fc.property(anyCurrency, anyAmount, (currency, amount_minor) => {
        const fits =
          amount_minor >= currency.minimum_minor &&
          amount_minor <= (currency.code === 'idr' ? 999_999_999_999 : 99_999_999) &&
          amount_minor % currency.step_minor === 0;
        expect(checkAmount(amount_minor, currency.code) === 'ok').toBe(fits);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('formatAmount', () => {
  it.each([
    [1299, 'eur', 'en', '€12.99'],
    [1299, 'eur', 'de', '12,99\u00a0€'],
    [500, 'jpy', 'en', '¥500'],
    [500, 'isk', 'en', 'ISK\u00a05'],
    [1230, 'kwd', 'en', 'KWD\u00a01.230'],
    [123456, 'huf', 'en', 'HUF\u00a01,234.56'],
    [1500, 'mga', 'en', 'MGA\u00a01,500'],
    [9007199254740993n, 'usd', 'en', '$90,071,992,547,409.93'],
  ])('writes %d %s in %s as %s', (amount_minor, currency, locale, text) => {
    expect(formatAmount(amount_minor, currency, locale)).toBe(text);
  });

  it('loses no digit of any amount in any currency', () => {
    const safe = fc.bigInt({ min: 0n, max: 10n ** 24n });
    fc.assert(
      fc.property(anyShown, safe, (currency, amount) => {
        const amount_minor = amount - (amount % BigInt(currency.step_minor));
        const digits = formatAmount(amount_minor, currency.code, 'en').replace(/[^0-9]/g, '');
        const hidden = currency.iso_exponent === 0 && currency.stripe_exponent === 2 ? '00' : '';
        expect(BigInt(digits + hidden)).toBe(amount_minor);
      }),
      { numRuns: 2_000 },
    );
  });

  it('shows hundredths of a króna where somebody put them, rather than a wrong amount', () => {
    expect(formatAmount(550, 'isk', 'en')).toBe('ISK\u00a05.50');
  });

  it('refuses what is no amount of a known currency', () => {
    expect(() => formatAmount(100, 'xau', 'en')).toThrow(RangeError);
    expect(() => formatAmount(1.5, 'eur', 'en')).toThrow(RangeError);
    expect(() => formatAmount(100, 'eur', 'not a tag')).toThrow(RangeError);
  });
});

describe('decimalText', () => {
  it.each([
    [-5n, 2, '-0.05'],
    [0n, 2, '0.00'],
    [7n, 0, '7'],
    [1_005n, 3, '1.005'],
    [-1_234n, 2, '-12.34'],
  ])('writes %d with %i decimals as %s', (amount_minor, exponent, text) => {
    expect(decimalText(amount_minor, exponent)).toBe(text);
  });
});
