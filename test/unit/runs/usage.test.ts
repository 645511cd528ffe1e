/** Metered usage against exact rationals. `SEED=…` replays a run. */
import { describe, expect, test } from 'vitest';
import { usageAmount } from '../../../src/domain/run/usage.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** Marsaglia's xorshift: the same numbers for the same seed. */
function randoms(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Any decimal as a fraction, by another way than the code under test: scaled to twelve places. */
function fraction(text: string): bigint {
  const [, sign = '', whole = '', part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const scaled = BigInt(whole) * 10n ** 12n + BigInt(part.padEnd(12, '0'));
  return sign === '-' ? -scaled : scaled;
}

/** floor(x + 1/2) of a numerator over 10^24. */
function nearest(numerator: bigint): bigint {
  const one = 10n ** 24n;
  const shifted = numerator * 2n + one;
  const floor = shifted / (2n * one);
  return shifted % (2n * one) < 0n ? floor - 1n : floor;
}

describe('usage', () => {
  test('of 100,000 random lines costs what exact rationals say, line by line and in sum', () => {
    const random = randoms(SEED);
    const decimal = (digits: number) => {
      const places = random(13);
      const fractional = Array.from({ length: places }, () => random(10)).join('');
      return `${random(8) === 0 ? '-' : ''}${random(10 ** digits)}${places === 0 ? '' : `.${fractional}`}`;
    };
    let wrong = 0;
    for (let bill = 0; bill < 10_000; bill += 1) {
      const lines = Array.from({ length: 10 }, () => ({
        quantity: decimal(6),
        unit_amount_decimal: decimal(4),
      }));
      const exact = lines.map((line) => fraction(line.quantity) * fraction(line.unit_amount_decimal));
      if (usageAmount(lines) !== nearest(exact.reduce((sum, one) => sum + one, 0n))) wrong += 1;
      lines.forEach((line, place) => {
        if (usageAmount([line]) !== nearest(exact[place] ?? 0n)) wrong += 1;
      });
    }
    expect(wrong, `seed ${SEED}`).toBe(0);
  });

  test.each([
    ['a half goes up', [['1', '0.5']], 1n],
    ['also below zero', [['-1', '0.5']], 0n],
    ['less than a half goes down', [['1', '0.499999999999']], 0n],
    [
      'the sum is rounded once, not the lines',
      [
        ['1', '0.4'],
        ['1', '0.4'],
        ['1', '0.4'],
      ],
      1n,
    ],
    ['beyond what a float holds', [['123456789012345', '9999.999999999999']], 1_234_567_890_123_449_877n],
    [
      'what is given back is taken off',
      [
        ['10', '12.5'],
        ['-2', '12.5'],
      ],
      100n,
    ],
  ] as const)('%s', (_rule, lines, amount) => {
    const given = lines.map(([quantity, unit_amount_decimal]) => ({ quantity, unit_amount_decimal }));
    expect(usageAmount(given)).toBe(amount);
  });

  test.each(['1e3', '', '.5', '1,5', 'Infinity'])('of %j is none', (quantity) => {
    expect(() => usageAmount([{ quantity, unit_amount_decimal: '1' }])).toThrow(RangeError);
  });
});
