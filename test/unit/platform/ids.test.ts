import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cardMark, derivedId, idPattern, randomId } from '../../../src/platform/ids.ts';

const key = Buffer.alloc(32, 7);

test('an id derived from the same parts is the same for ever', () => {
  // RFC 4648 base32 of the first 120 bits, computed independently of the code.
  const mac = createHmac('sha256', key).update('3:chg').update('1:a').digest();
  const bits = [...mac.subarray(0, 15)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits
    .match(/.{5}/g)
    ?.map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five, 2)]);

  expect(derivedId('chg', key, 'a')).toBe(`chg_${letters?.join('')}`);
});

test('another key, prefix or split of the parts gives another id', () => {
  const ids = [
    derivedId('chg', key, 'a', 'bc'),
    derivedId('chg', key, 'ab', 'c'),
    derivedId('chg', key, 'abc'),
    derivedId('set', key, 'a', 'bc'),
    derivedId('chg', Buffer.alloc(32, 8), 'a', 'bc'),
  ].map((id) => id.slice(4));

  expect(new Set(ids).size).toBe(ids.length);
});

test('every id, derived or random, has the one shape', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (parts) => {
      expect(derivedId('cst', key, ...parts)).toMatch(idPattern('cst'));
      expect(randomId('rec')).toMatch(idPattern('rec'));
    }),
  );
});

test.each(['chg_', 'chg_A', `chg_${'a'.repeat(25)}`, `xyz_${'a'.repeat(24)}`, `chg_${'a'.repeat(24)}\n`])(
  '%j is no id',
  (text) => {
    expect(text).not.toMatch(idPattern('chg'));
  },
);

test('a card is known again by its mark at this deployment, and at no other', () => {
  const mark = cardMark(key, 'Xt5EWLLDS7FJjR1c');
  expect(mark).toMatch(/^[a-z2-7]{24}$/);
  expect(cardMark(key, 'Xt5EWLLDS7FJjR1c')).toBe(mark);
  expect(cardMark(key, 'Xt5EWLLDS7FJjR1d')).not.toBe(mark);
  expect(cardMark(Buffer.alloc(32, 8), 'Xt5EWLLDS7FJjR1c')).not.toBe(mark);
  expect(cardMark(key, null)).toBeNull();
});
