import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { looksLikeCardNumber } from '../../../src/api/card-number.ts';

describe('a card number is found', () => {
  test.each([
    '4242424242424242',
    'card 4242 4242 4242 4242!',
    '4000-0025-0000-3155',
    '5555.5555.5555.4444',
    'AmEx 3782 822463 10005',
    '378282246310005',
    '6011111111111117',
    '3056 9300 0902 0004',
    '3622 720627 1667',
    '36227206271667',
    '3566002020360505',
    '6200000000000005',
    '2223003122003222',
    '2026-11-23 4242424242424242 paid',
    'from 30.01.2026 4242 4242 4242 4242',
    '１２ ４２４２ ４２４２ ４２４２ ４２４２',
    '４２４２４２４２４２４２４２４２',
    '4242_4242_4242_4242',
    '4242/4242/4242/4242',
    '4242–4242–4242–4242',
    '4242\u20114242\u20114242\u20114242',
    '4242\u00a04242\u202f4242\u20094242',
    '4242 - 4242 - 4242 - 4242',
    '4242\u200b4242\u200b4242\u200b4242',
    '42\u200d4242\u20604242\ufeff4242\u00ad42',
    'Visa4242424242424242',
    'IBAN DE89 3704 0044 0532 0130 00, card 4242 4242 4242 4242',
    'DE00 4242 4242 4242 4242',
  ])('%s', (text) => {
    expect(looksLikeCardNumber(text)).toBe(true);
  });
});

describe('what merchants number otherwise is let through', () => {
  test.each([
    'order 1763861234567',
    '2026-11-23T10:00:00.000Z',
    '4242424242424241',
    '42424242424242424242',
    'usage-2026-10-000123',
    '0000 0000 0000 0000',
    'DE89 3704 0044 0532 0130 00',
    '',
    'c0ffee00-4242-4242-4242-424242424242',
    'Rental 30.01.2026-03.02.2026',
    '42 4242 4242 4242 42',
    '4242-42424242-4242',
    '42424 24242 42424 2',
    'EAN 4006381333931',
    // Maestro: no shape of its own.
    '6759649826438453',
    '5018 0000 0009',
  ])('%s', (text) => {
    expect(looksLikeCardNumber(text)).toBe(false);
  });

  test('every millisecond of an hour', () => {
    const begin = Date.parse('2026-11-23T10:00:00Z');
    const refused = Array.from(
      { length: 3_600 },
      (_, second) => `order-${begin + second * 1_000 + (second % 1_000)}`,
    );
    expect(refused.filter(looksLikeCardNumber)).toEqual([]);
  });

  test('rental periods, however they are written', () => {
    const day = fc.date({
      min: new Date('2024-01-01T00:00:00Z'),
      max: new Date('2035-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    const period = fc.tuple(
      day,
      day,
      fc.constantFrom(...WRITTEN),
      fc.constantFrom('', '-', ' - ', '–', ' – ', ' ', ' to ', '/', ' bis ', '_', '..'),
    );
    fc.assert(
      fc.property(period, ([from, to, write, between]) => {
        const text = `Rental ${write(from)}${between}${write(to)}`;
        expect(looksLikeCardNumber(text) ? text : null).toBeNull();
      }),
      { numRuns: 20_000 },
    );
  });

  test('every rental period that begins on a 30th', () => {
    const two = (n: number) => String(n).padStart(2, '0');
    const periods: string[] = [];
    for (let month = 1; month <= 12; month += 1) {
      for (let day = 1; day <= 31; day += 1) {
        const end = `${two(day)}.${two((month % 12) + 1)}.${month === 12 ? 2027 : 2026}`;
        periods.push(`30.${two(month)}.2026-${end}`, `${two(day)}.${two(month)}.2026-30.${two(month)}.2026`);
      }
    }
    expect(periods.filter(looksLikeCardNumber)).toEqual([]);
  });

  test('account numbers by ISO 13616, in groups of four or unbroken, with words behind them', () => {
    fc.assert(
      fc.property(
        iban,
        fc.boolean(),
        fc.constantFrom('', ' paid', ' Miete 2026', ', 3 nights'),
        (number, grouped, tail) => {
          const text = `${grouped ? number.replace(/(.{4})(?=.)/g, '$1 ') : number}${tail}`;
          expect(looksLikeCardNumber(text) ? text : null).toBeNull();
        },
      ),
      { numRuns: 20_000 },
    );
  });
});

const pad = (n: number, length = 2) => String(n).padStart(length, '0');
const parts = (date: Date) =>
  [pad(date.getUTCDate()), pad(date.getUTCMonth() + 1), String(date.getUTCFullYear())] as const;
/** How people write a day. */
const WRITTEN: readonly ((date: Date) => string)[] = [
  ...['.', '/', '-', ' ', '_', ''].flatMap((between) => [
    (date: Date) => parts(date).join(between),
    (date: Date) => parts(date).toReversed().join(between),
    (date: Date) => [parts(date)[1], parts(date)[0], parts(date)[2]].join(between),
  ]),
  (date) => parts(date).slice(0, 2).join('') + parts(date)[2].slice(2),
  (date) => `${parts(date).slice(0, 2).join('')} ${parts(date)[2]}`,
  (date) => `${parts(date).join('.')} ${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`,
  (date) => date.toISOString(),
];

/** Digits only but for the country, as in Germany, Belgium, Spain or Poland: these look most like card numbers. */
const iban = fc
  .tuple(
    fc.constantFrom(
      ['DE', 18],
      ['BE', 12],
      ['ES', 20],
      ['PL', 24],
      ['AT', 16],
      ['FR', 23],
      ['NO', 11],
      ['HU', 24],
    ),
    fc.bigInt({ min: 0n, max: 10n ** 24n - 1n }),
  )
  .map(([[country, length], drawn]) => {
    const account = pad(0, Number(length)).concat(String(drawn)).slice(-Number(length));
    const spelled = [...String(country)].map((letter) => Number.parseInt(letter, 36)).join('');
    const check = 98n - (BigInt(`${account}${spelled}00`) % 97n);
    return `${country}${pad(Number(check))}${account}`;
  });

test('the numbers of every network are found in each of its groupings, between any separators', () => {
  const cards = fc.tuple(
    fc.constantFrom(
      ['4', 16, [4, 4, 4, 4]],
      ['5105', 16, [4, 4, 4, 4]],
      ['2720', 16, [4, 4, 4, 4]],
      ['6011', 16, [4, 4, 4, 4]],
      ['3528', 16, [4, 4, 4, 4]],
      ['62', 16, [4, 4, 4, 4]],
      ['62', 19, [4, 4, 4, 4, 3]],
      ['37', 15, [4, 6, 5]],
      ['36', 14, [4, 6, 4]],
    ),
    fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }),
    fc.constantFrom('', ' ', '-', '.', '–', '_', '/', '\u200b', '\u00a0', ' - '),
  );
  fc.assert(
    fc.property(cards, ([[prefix, length, groups], drawn, between]) => {
      const number = withLuhnDigit(
        String(prefix) +
          pad(0, 18)
            .concat(String(drawn))
            .slice(-(Number(length) - String(prefix).length - 1)),
      );
      const starts = (groups as readonly number[]).map((_, place) =>
        sumOf((groups as readonly number[]).slice(0, place)),
      );
      const text = starts.map((start, place) => number.slice(start, starts[place + 1])).join(between);
      expect(looksLikeCardNumber(`paid with ${text} today`) ? null : text).toBeNull();
    }),
    { numRuns: 5_000 },
  );
});

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0);

function withLuhnDigit(number: string): string {
  const sum = [...number].toReversed().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return number + ((10 - (sum % 10)) % 10);
}
