import { expect, test } from 'vitest';
import { numbersByType } from '../../../src/platform/config-values.ts';

test('what was agreed by type of debit is a list of numbers, each type once', () => {
  const parsed = numbersByType('amount').parse('sepa_debit:2500000, bacs_debit:1');
  expect(Object.fromEntries(parsed)).toEqual({ sepa_debit: 2_500_000, bacs_debit: 1 });
  for (const wrong of ['sepa_debit', 'sepa_debit:-1', 'sepa_debit:1,sepa_debit:2', 'sepa_debit:1000000000'])
    expect(numbersByType('amount').safeParse(wrong).success).toBe(false);
});
