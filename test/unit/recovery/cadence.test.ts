import { expect, test } from 'vitest';
import { termsOf } from '../../../src/domain/charge/charge-terms.ts';
import { decideRecovery, type RecoverySituation } from '../../../src/domain/recovery/recovery-steps.ts';
import { productionTimings } from '../../../src/platform/timings.ts';

const NO_DUE_TIME = { has_due_time: false, terms: termsOf(null, productionTimings) };
const OPENED = new Date('2026-03-01T12:00:00Z');
const hours = (count: number): Date => new Date(OPENED.getTime() + count * 3_600_000);

function situation(change: Partial<RecoverySituation> = {}): RecoverySituation {
  return {
    now: OPENED,
    opened_at: OPENED,
    expires_at: hours(168),
    is_early: false,
    step: 0,
    bounced: false,
    last_call_unsent: false,
    charge: { state: 'action_required', close_requested: false, close_detail: null, ...NO_DUE_TIME },
    attempt_state: 'authentication_required',
    future_use_written: false,
    new_card: null,
    ...change,
  };
}
const decide = (change: Partial<RecoverySituation>) => decideRecovery(situation(change), productionTimings);

test('mails at once, after 24 h, after 72 h, a last call after 6 d, and ends after 7 d', () => {
  const told: string[] = [];
  let row = situation();
  for (let hour = 0; hour <= 168; hour += 1) {
    row = { ...row, now: hours(hour) };
    const action = decideRecovery(row, productionTimings);
    if (action.do === 'wait') continue;
    told.push(action.do === 'mail' ? `${hour} ${action.message}` : `${hour} ${action.do}`);
    if (action.do === 'mail') row = { ...row, step: action.step, expires_at: action.expires_at };
  }
  expect(told).toEqual(['0 opened', '24 reminder_1', '72 reminder_2', '144 last_call', '168 expire']);
});

test('comes due exactly when the next step is', () => {
  expect(decide({})).toMatchObject({ do: 'mail', due_at: hours(24) });
  expect(decide({ step: 1, now: hours(23) })).toEqual({ do: 'wait', until: hours(24) });
  expect(decide({ step: 3, now: hours(144) })).toMatchObject({ message: 'last_call', due_at: hours(168) });
});

test('mails once for steps that fell due together, and never skips the last call', () => {
  expect(decide({ step: 1, now: hours(100) })).toMatchObject({ message: 'reminder_2', step: 3 });
  expect(decide({ step: 0, now: hours(100) })).toMatchObject({ message: 'opened', step: 3 });
  expect(decide({ step: 1, now: hours(150) })).toMatchObject({ message: 'last_call', step: 4 });
});

test('keeps the link alive for an hour after a late last call', () => {
  expect(decide({ step: 3, now: hours(170) })).toMatchObject({
    do: 'mail',
    message: 'last_call',
    expires_at: hours(171),
    due_at: hours(171),
  });
  expect(decide({ step: 4, now: hours(171), expires_at: hours(171) })).toEqual({ do: 'expire' });
});

test('does not end while the last call is still on its way', () => {
  expect(decide({ step: 4, now: hours(168), last_call_unsent: true })).toMatchObject({ do: 'wait' });
});

test('sends nothing more to an address that bounced, and ends in time', () => {
  expect(decide({ step: 1, now: hours(30), bounced: true })).toEqual({ do: 'wait', until: hours(168) });
  expect(decide({ step: 1, now: hours(168), bounced: true })).toEqual({ do: 'expire' });
});

test('waits while anybody acts on the charge, even past its end', () => {
  const states = [
    'queued',
    'in_flight',
    'unknown',
    'pending',
    'retry_wait',
    'needs_review',
    'closing',
  ] as const;
  for (const state of states) {
    const charge = { state, close_requested: false, close_detail: null, ...NO_DUE_TIME };
    expect(decide({ charge, now: hours(200), step: 4 })).toMatchObject({ do: 'wait' });
    expect(decide({ charge })).toMatchObject({ do: 'wait' });
  }
  for (const attempt_state of ['open', 'awaiting_customer', 'processing'] as const)
    expect(decide({ attempt_state, now: hours(200), step: 4 })).toMatchObject({ do: 'wait' });
});

test('closes with its charge', () => {
  const closedBy = (state: 'succeeded' | 'failed' | 'canceled', close_detail: string | null = null) =>
    decide({ charge: { state, close_requested: state !== 'succeeded', close_detail, ...NO_DUE_TIME } });
  expect(closedBy('succeeded')).toEqual({ do: 'close', as: 'completed' });
  expect(closedBy('canceled')).toEqual({ do: 'close', as: 'revoked' });
  expect(closedBy('failed', 'recovery_expired')).toEqual({ do: 'close', as: 'expired' });
  expect(closedBy('canceled', 'released')).toEqual({ do: 'close', as: 'expired' });
  const wished = { state: 'closing', close_requested: true, close_detail: null, ...NO_DUE_TIME } as const;
  expect(decide({ charge: wished })).toEqual({ do: 'close', as: 'revoked' });
});

test('beside automatic tries mails once, and begins the customer’s own time when none is left', () => {
  const charge = { state: 'action_required', close_requested: false, close_detail: null } as const;
  const { terms } = NO_DUE_TIME;
  const early = { is_early: true, charge: { ...charge, has_due_time: true, terms } };
  expect(decide(early)).toMatchObject({ do: 'mail', message: 'early', step: 1, due_at: hours(168) });
  expect(decide({ ...early, step: 1, now: hours(100) })).toEqual({ do: 'wait', until: hours(168) });
  const left = { ...early, charge: { ...early.charge, has_due_time: false }, step: 1, now: hours(30) };
  expect(decide(left)).toEqual({ do: 'begin', expires_at: hours(30 + 168) });
});
