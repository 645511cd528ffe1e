import { expect, test } from 'vitest';
import { paymentPage } from '../../../src/recovery/page/page-answers.tsx';
import type { RecoveryPageRow } from '../../../src/store/recovery/recovery-page.ts';
import { STATES } from '../../browser/gallery-states.ts';

const KEYS = [{ kid: 'k1', secret: 'a-link-secret-of-at-least-32-characters' }] as const;

/** What the page says of a row. */
function said(change: Partial<RecoveryPageRow>, looks_again = true): string {
  const base = STATES.to_confirm?.row as RecoveryPageRow;
  const { html } = paymentPage([{ ...base, ...change }], {
    merchant: { name: 'Powerline', support_email: 'help@example.test' },
    keys: KEYS,
    door: base,
    path: (id) => `/r/page/${id}`,
    policy: { replacementSessionsMax: 5, confirmsMax: 8 },
    looks_again,
  });
  return html;
}

const ENDED = { charge_state: 'failed', state: 'revoked' } as const;
const OVER = { ...ENDED, state: 'expired', close_detail: 'recovery_expired' } as const;

test('says that nothing was charged with Stripe’s proof only, and never after a contradiction', () => {
  for (const end of [ENDED, OVER]) {
    expect(said(end)).toContain('You were not charged');
    expect(said({ ...end, end_is_proven: false })).not.toContain('not charged');
    expect(said({ ...end, contradiction: 'ended' })).not.toContain('not charged');
    expect(said({ ...end, contradiction: 'open' })).not.toContain('not charged');
  }
});

test('says what Stripe took, where that is not what was asked', () => {
  const paid = { charge_state: 'succeeded', state: 'completed' } as const;
  expect(said({ ...paid, amount_received_minor: 4_299 })).toContain('has received €42.99');
  expect(said({ ...paid, amount_received_minor: 4_000 })).toContain('has received €40.00');
});

test('says that it looks again by itself while it does, and afterwards what to do instead', () => {
  const checked = { charge_state: 'in_flight', attempt_state: 'open' } as const;
  expect(said(checked)).toContain('This page looks again by itself.');
  expect(said(checked, false)).not.toContain('by itself');
  expect(said(checked, false)).toContain('open the link in our mail again');
});

test('tells of no attempt that was never made', () => {
  const never = { was_tried: false, attempt_state: null, attempt_number: 0 } as const;
  for (const kind of ['authenticate', 'replace'] as const)
    expect(said({ ...never, kind })).not.toMatch(/tried to charge|could not be charged/);
});
