import { expect, test } from 'vitest';
import { isSetUpForLess } from '../../../src/domain/consent.ts';

test('a method is set up for less only where the method was set up for presence and the consent goes further', () => {
  expect(isSetUpForLess('on_session', { scope: 'off_session' })).toBe(true);
  expect(isSetUpForLess('on_session', { scope: 'on_session' })).toBe(false);
  expect(isSetUpForLess('off_session', { scope: 'off_session' })).toBe(false);
  expect(isSetUpForLess(null, { scope: 'off_session' })).toBe(false);
});
