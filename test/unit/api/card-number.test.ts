import { describe, expect, test } from 'vitest';
import { looksLikeCardNumber } from '../../../src/api/card-number.ts';

describe('a card number is found', () => {
  test.each([
    '4242424242424242',
    'card 4242 4242 4242 4242!',
    '4000-0025-0000-3155',
    '5555.5555.5555.4444',
    'AmEx 3782 822463 10005',
    '6011111111111117',
    '3056 9300 0902 0004',
    '3566002020360505',
    '6200000000000005',
    '2026-11-23 4242424242424242 paid',
    '１２ ４２４２ ４２４２ ４２４２ ４２４２',
    '4222222222222',
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
});
