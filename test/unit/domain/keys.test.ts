import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildKey, chargeMetadata, KEY_VERBS, parseKey, setupMetadata } from '../../../src/domain/keys.ts';

describe('idempotency keys', () => {
  it('name the row, the verb and the number', () => {
    expect(buildKey({ row: 'chg_01', verb: 'confirm', n: 3 })).toBe('dc1:chg_01:confirm:3');
  });

  it('read back as what they were built from', () => {
    const rows = fc.stringMatching(/^[A-Za-z0-9_-]{1,200}$/);
    const parts = fc.record({
      row: rows,
      verb: fc.constantFrom(...KEY_VERBS),
      n: fc.integer({ min: 1, max: 999_999_999 }),
    });
    fc.assert(
      fc.property(parts, (given) => {
        expect(parseKey(buildKey(given))).toEqual(given);
      }),
    );
  });

  it.each([
    null,
    '',
    'stripe-node-retry-1f3a',
    'dc2:chg_01:confirm:1',
    'dc1:chg_01:confirm:0',
    'dc1:chg_01:confirm:01',
    'dc1:chg_01:confirm:1 ',
    'dc1:chg_01:steal:1',
    'dc1::confirm:1',
    'dc1:a:b:confirm:1',
    `dc1:${'x'.repeat(250)}:confirm:1`,
  ])('are not what %j is', (text) => expect(parseKey(text)).toBeNull());

  it.each([
    { row: '', verb: 'create', n: 1 },
    { row: 'someone@example.org', verb: 'create', n: 1 },
    { row: 'chg_01', verb: 'create', n: 0 },
    { row: 'chg_01', verb: 'create', n: 1.5 },
  ] as const)('are refused for %j', (parts) => expect(() => buildKey(parts)).toThrow(RangeError));

  it('keep to the metadata names that the sweeps look for', () => {
    const marks = { id: 'chg_01', customer_id: 'cst_01', reference: 'May', request: 'abc' };
    expect(chargeMetadata(marks, 'shop')).toEqual({
      dc_charge: 'chg_01',
      dc_customer: 'cst_01',
      dc_request: 'abc',
      dc_instance: 'shop',
      reference: 'May',
    });
  });

  it('leave the merchant’s labels room, and none takes the name of a mark', () => {
    const labels = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`label_${n}`, `${n}`]));
    const metadata = { ...labels, dc_charge: 'chg_99', reference: 'June' };
    const marks = { id: 'chg_01', customer_id: 'cst_01', reference: 'May', request: 'abc', metadata };
    const made = chargeMetadata(marks, 'shop');
    expect(Object.keys(made)).toHaveLength(50);
    expect(made).toMatchObject({ dc_charge: 'chg_01', reference: 'May', label_0: '0', label_44: '44' });
    const setup = { id: 'stp_01', customer_id: 'cst_01', recovery_id: null, request: null, metadata };
    expect(setupMetadata(setup, 'shop')).toMatchObject({ dc_setup: 'stp_01', label_0: '0' });
  });
});
