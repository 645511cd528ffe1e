import { describe, expect, it } from 'vitest';
import { type Consent, consentCovers, isSetUpForLess } from '../../../src/domain/consent.ts';

const given: Consent = {
  scope: 'off_session',
  frequency: 'recurring',
  accepted_at: new Date('2026-11-01T00:00:00Z'),
  revoked_at: null,
  used: false,
};

describe('consentCovers', () => {
  it.each<[string, Partial<Consent>, Consent['scope'], string]>([
    ['a charge while away, by a consent for that', {}, 'off_session', 'covered'],
    ['a charge in presence, by a consent for away', {}, 'on_session', 'covered'],
    [
      'a charge while away, by a consent for presence',
      { scope: 'on_session' },
      'off_session',
      'out_of_scope',
    ],
    ['a charge in presence, by a consent for presence', { scope: 'on_session' }, 'on_session', 'covered'],
    ['a charge by a revoked consent', { revoked_at: new Date() }, 'off_session', 'revoked'],
    ['a charge before the customer pressed', { accepted_at: null }, 'off_session', 'not_accepted'],
    [
      'a charge by a consent revoked before the press',
      { accepted_at: null, revoked_at: new Date() },
      'off_session',
      'revoked',
    ],
    ['a second charge by a one-time consent', { frequency: 'one_time', used: true }, 'off_session', 'used'],
    ['the first charge by a one-time consent', { frequency: 'one_time' }, 'off_session', 'covered'],
    ['a second charge by a recurring consent', { used: true }, 'off_session', 'covered'],
  ])('judges %s', (_sentence, change, scope, cover) => {
    expect(consentCovers({ ...given, ...change }, { scope })).toBe(cover);
  });
});

describe('isSetUpForLess', () => {
  it('warns only where the method was set up for presence and the consent goes further', () => {
    expect(isSetUpForLess('on_session', { scope: 'off_session' })).toBe(true);
    expect(isSetUpForLess('on_session', { scope: 'on_session' })).toBe(false);
    expect(isSetUpForLess('off_session', { scope: 'off_session' })).toBe(false);
    expect(isSetUpForLess(null, { scope: 'off_session' })).toBe(false);
  });
});
