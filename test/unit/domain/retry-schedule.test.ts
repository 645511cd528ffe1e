import { describe, expect, it } from 'vitest';
import { nextRetryDelay_s } from '../../../src/domain/decline/retry-schedule.ts';

// docs/protocol.md, 8.2.
const schedule = {
  issuer_delays_s: [86_400, 259_200, 604_800],
  technical_delays_s: [900, 7_200, 86_400],
  automatic_attempts_max: 4,
};

describe('the schedule', () => {
  it.each([
    ['issuer', 1, 86_400],
    ['issuer', 2, 259_200],
    ['issuer', 3, 604_800],
    ['issuer', 4, null],
    ['technical', 1, 900],
    ['technical', 2, 7_200],
    ['technical', 3, 86_400],
    ['technical', 4, null],
    ['technical', 9, null],
  ] as const)(
    'after an %s decline of attempt %i waits %s seconds',
    (retry_kind, automatic_attempts_used, delay_s) => {
      const asked = { retry_kind, automatic_attempts_used, minimum_delay_s: 0, schedule };
      expect(nextRetryDelay_s(asked)).toBe(delay_s);
    },
  );
});

describe('a stated minimum', () => {
  const asked = { retry_kind: 'technical', automatic_attempts_used: 1, schedule } as const;

  it('lengthens a shorter delay', () => {
    expect(nextRetryDelay_s({ ...asked, minimum_delay_s: 864_000 })).toBe(864_000);
  });

  it('does not shorten a longer one', () => {
    expect(nextRetryDelay_s({ ...asked, minimum_delay_s: 60 })).toBe(900);
  });

  it('adds no attempt', () => {
    expect(nextRetryDelay_s({ ...asked, automatic_attempts_used: 4, minimum_delay_s: 60 })).toBeNull();
  });
});

describe('other schedules', () => {
  it('end with their last delay, however many attempts are left', () => {
    const shorter = { ...schedule, issuer_delays_s: [172_800] };
    const asked = { retry_kind: 'issuer', minimum_delay_s: 0, schedule: shorter } as const;
    expect(nextRetryDelay_s({ ...asked, automatic_attempts_used: 1 })).toBe(172_800);
    expect(nextRetryDelay_s({ ...asked, automatic_attempts_used: 2 })).toBeNull();
  });

  it('without delays never retry', () => {
    const none = { issuer_delays_s: [], technical_delays_s: [], automatic_attempts_max: 4 };
    const asked = { retry_kind: 'issuer', minimum_delay_s: 60, schedule: none } as const;
    expect(nextRetryDelay_s({ ...asked, automatic_attempts_used: 1 })).toBeNull();
  });
});
