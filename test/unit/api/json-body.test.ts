import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/api/idempotency.ts';
import { faultOf, withIntegersOnly } from '../../../src/api/json-body.ts';

describe('numbers', () => {
  test.each([
    ['{"a":1.5}', '{"a":0.5}'],
    ['{"a":1e2}', '{"a":0.5}'],
    ['{"a":-1.0E+2,"b":[10,2.0]}', '{"a":0.5,"b":[10,0.5]}'],
    ['{"a":9007199254740993}', '{"a":0.5}'],
    ['{"a":9007199254740991}', '{"a":9007199254740991}'],
    ['{"a":"1.5 e2 9007199254740993"}', '{"a":"1.5 e2 9007199254740993"}'],
    ['{"a\\"1.5":"\\\\","b":1.5}', '{"a\\"1.5":"\\\\","b":0.5}'],
    ['{"a":100}', '{"a":100}'],
  ])('%s', (text, expected) => {
    expect(withIntegersOnly(text)).toBe(expected);
  });

  test('texts and safe integers are never touched', () => {
    const leaf = fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(leaf, fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))),
    }));
    fc.assert(
      fc.property(value, (drawn) => {
        const text = JSON.stringify(drawn);
        expect(withIntegersOnly(text)).toBe(text);
        expect(faultOf(text)).toBeNull();
      }),
    );
  });
});

describe('a field named twice', () => {
  test.each([
    '{"a":1,"a":1}',
    '{"a":{"b":1,"c":[{"d":1,"d":2}]}}',
    '{"a":1,"b":{"a":2},"\\u0061":3}',
    '[{"x":1},{"y":1,"y":1}]',
    '{"a":"}","a":1}',
    '{"a":["]"],"a":1}',
  ])('is found in %s', (text) => {
    expect(faultOf(text)).toBe('must not name a field twice');
  });

  test.each([
    '{}',
    '[]',
    '1',
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}',
    '["a","a"]',
    '{"a":"b","b":"a","c":["a","a"]}',
  ])('is not found in %s', (text) => {
    expect(faultOf(text)).toBeNull();
  });
});

describe('the size of a body', () => {
  test('is bounded in values and in depth, whatever its bytes', () => {
    const values = (count: number) => JSON.stringify({ a: Array(count).fill(1) });
    expect(faultOf(values(1_000))).toBeNull();
    expect(faultOf(values(1_001))).toBe('must have at most 1000 values');
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(faultOf(nested(32))).toBeNull();
    expect(faultOf(nested(33))).toBe('must be nested at most 32 deep');
  });
});

test('canonical JSON is the same for every spelling of a value, and another for another value', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (drawn) => {
      const reversed = Object.fromEntries(Object.entries(drawn).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(drawn));
      expect(JSON.parse(canonicalJson(drawn))).toEqual(JSON.parse(JSON.stringify(drawn)));
    }),
  );
  expect(canonicalJson({ a: 1, b: undefined })).toBe('{"a":1}');
  expect(canonicalJson({ a: ['b'] })).not.toBe(canonicalJson({ a: 'b' }));
});
