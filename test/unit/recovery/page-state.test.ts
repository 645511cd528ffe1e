import { expect, test } from 'vitest';
import { pageView } from '../../../src/recovery/page/page-state.ts';
import type { RecoveryPageRow } from '../../../src/store/recovery/recovery-page.ts';

const BASE = {
  state: 'open',
  kind: 'authenticate',
  is_early: false,
  charge_state: 'action_required',
  close_requested: false,
  close_detail: null,
  contradiction: null,
  attempt_number: 1,
  replacement_refused: false,
  method_usable: true,
  future_use_covered: true,
  attempt_state: 'authentication_required',
  attempt_is_later: false,
  replacement_id: null,
  replacement_state: null,
  replacement_payment_method_id: null,
  replacement_type: null,
  replacement_last4: null,
  replacement_attempted: false,
  replacements_used: 0,
  saved_payment_method_id: null,
} as unknown as RecoveryPageRow;

const view = (change: Partial<RecoveryPageRow> = {}) =>
  pageView({ ...BASE, ...change }, { replacementSessionsMax: 5, confirmsMax: 8 });

const NEW_CARD = {
  replacement_id: 'set_new',
  replacement_state: 'succeeded',
  replacement_payment_method_id: 'pm_new',
  replacement_type: 'card',
  replacement_last4: '4444',
  replacements_used: 1,
} as const;

const NOTHING = {
  confirm: null,
  pay_replacement: null,
  pay_saved: null,
  replace: false,
  future_use_box: false,
};

test.each([
  ['paid', { charge_state: 'succeeded', state: 'completed' }],
  ['paid', { charge_state: 'succeeded', state: 'expired', close_detail: 'recovery_expired' }],
  ['canceled', { charge_state: 'canceled', state: 'revoked' }],
  ['canceled', { charge_state: 'failed', state: 'revoked', close_detail: 'canceled_at_stripe' }],
  ['expired', { charge_state: 'failed', state: 'expired', close_detail: 'recovery_expired' }],
] as const)('a final charge shows %s and nothing to press', (state, change) => {
  expect(view(change)).toMatchObject({ ...NOTHING, state, check_again: false });
});

test('nothing is told as final before Stripe’s answer is', () => {
  expect(view({ charge_state: 'closing', state: 'expired' })).toMatchObject({
    ...NOTHING,
    state: 'processing',
  });
  expect(view({ charge_state: 'closing', state: 'revoked', close_requested: true }).state).toBe('processing');
});

test.each(['in_flight', 'unknown', 'pending', 'retry_wait', 'queued', 'needs_review'] as const)(
  'a charge that is %s offers no press',
  (charge_state) => {
    expect(view({ charge_state })).toMatchObject({ ...NOTHING, state: 'processing', check_again: true });
  },
);

test('offers the bank first and another card second', () => {
  expect(view()).toMatchObject({
    state: 'to_confirm',
    confirm: 'offer',
    replace: true,
    future_use_box: false,
  });
  expect(view({ future_use_covered: false }).future_use_box).toBe(true);
});

test('offers only another card where the saved one is of no use', () => {
  expect(view({ kind: 'replace' })).toMatchObject({ confirm: null, replace: true, future_use_box: false });
  expect(view({ method_usable: false })).toMatchObject({ confirm: null, replace: true });
});

test('offers another card that is on file beside a new one, until a new one is ready', () => {
  const saved = { saved_payment_method_id: 'pm_saved' };
  expect(view({ ...saved, kind: 'replace' })).toMatchObject({
    pay_saved: 'pm_saved',
    replace: true,
    future_use_box: false,
  });
  expect(view(saved)).toMatchObject({ confirm: 'offer', pay_saved: 'pm_saved', replace: true });
  expect(view({ ...saved, ...NEW_CARD })).toMatchObject({ pay_saved: null, pay_replacement: 'set_new' });
  expect(view({ ...saved, attempt_state: 'awaiting_customer' })).toMatchObject({
    ...NOTHING,
    confirm: 'continue',
  });
});

test('leads back to the bank while an attempt waits there', () => {
  const at_bank = view({ attempt_state: 'awaiting_customer', attempt_is_later: true });
  expect(at_bank).toMatchObject({ ...NOTHING, state: 'at_bank', confirm: 'continue' });
});

test('says that a try failed until a new card is ready', () => {
  const failed = { attempt_state: 'declined', attempt_is_later: true } as const;
  expect(view(failed).state).toBe('failed_try');
  expect(view({ ...failed, ...NEW_CARD }).state).toBe('to_confirm');
  expect(view({ ...failed, ...NEW_CARD, replacement_attempted: true }).state).toBe('failed_try');
});

test('offers to pay with the new card, and a box that covers it alone', () => {
  expect(view(NEW_CARD)).toMatchObject({
    confirm: null,
    pay_replacement: 'set_new',
    replace: true,
    future_use_box: true,
  });
});

test('who left the bank’s page may still be let through there: that is no refusal', () => {
  for (const attempt_state of ['abandoned', 'lost', 'not_executed', 'canceled'] as const)
    expect(view({ attempt_state, attempt_is_later: true }).state).toBe('unfinished');
});

test('offers nothing that cannot help: no ninth confirm, no card that Stripe does not take', () => {
  expect(view({ attempt_number: 7, attempt_is_later: true })).toMatchObject({
    confirm: 'offer',
    replace: true,
  });
  expect(view({ attempt_number: 8, attempt_is_later: true })).toMatchObject({
    ...NOTHING,
    state: 'ask_merchant',
  });
  const refused = { replacement_state: 'failed', replacement_refused: true, replacements_used: 1 } as const;
  expect(view(refused)).toMatchObject({ confirm: 'offer', replace: false, replace_refused: true });
  expect(view({ ...refused, kind: 'replace' })).toMatchObject({ ...NOTHING, state: 'ask_merchant' });
  expect(view({ kind: 'replace', replacements_used: 5 })).toMatchObject({
    ...NOTHING,
    state: 'ask_merchant',
  });
});

test('an end that Stripe contradicts is checked until a person has found out', () => {
  for (const charge_state of ['succeeded', 'failed', 'canceled'] as const) {
    const ended = { charge_state, state: 'completed' } as const;
    expect(view({ ...ended, contradiction: 'open' })).toMatchObject({ ...NOTHING, state: 'processing' });
    expect(view({ ...ended, contradiction: 'ended' }).state).not.toBe('processing');
  }
});

test('offers no sixth session, but the fifth as long as it is open', () => {
  expect(view({ replacements_used: 5, replacement_state: 'expired' }).replace).toBe(false);
  expect(view({ replacements_used: 5, replacement_state: 'awaiting_customer' }).replace).toBe(true);
});
