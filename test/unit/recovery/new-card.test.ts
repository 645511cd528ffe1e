/** The card that a customer saved to pay with: when a worker charges it because nobody pressed. */
import { expect, test } from 'vitest';
import { termsOf } from '../../../src/domain/charge/charge-terms.ts';
import {
  decideRecovery,
  type NewCard,
  type RecoverySituation,
} from '../../../src/domain/recovery/recovery-steps.ts';
import { productionTimings } from '../../../src/platform/timings.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const minutesAgo = (count: number): Date => new Date(NOW.getTime() - count * 60_000);
const hours = (count: number): Date => new Date(NOW.getTime() + count * 3_600_000);

const CARD: NewCard = {
  payment_method_id: 'pm_new',
  saved_at: minutesAgo(11),
  is_accepted: true,
  is_tried: false,
};

const CHARGE = {
  close_requested: false,
  close_detail: null,
  has_due_time: false,
  terms: termsOf(null, productionTimings),
} as const;

function decide(change: Partial<RecoverySituation>, card: Partial<NewCard> = {}) {
  return decideRecovery(
    {
      now: NOW,
      opened_at: hours(-1),
      expires_at: hours(167),
      is_early: false,
      step: 1,
      bounced: false,
      last_call_unsent: false,
      charge: { state: 'action_required', ...CHARGE },
      attempt_state: 'declined',
      future_use_written: false,
      new_card: { ...CARD, ...card },
      ...change,
    },
    productionTimings,
  );
}

test('makes one attempt ten minutes after the card was saved, and not before', () => {
  expect(decide({}, { saved_at: minutesAgo(4) })).toEqual({ do: 'wait', until: minutesAgo(-6) });
  expect(decide({})).toEqual({ do: 'attempt', payment_method_id: 'pm_new', next_at: hours(23) });
});

test.each([
  ['the amount was not accepted', {}, { is_accepted: false }],
  ['future use was written', { future_use_written: true }, {}],
  ['the recovery is past its time', { expires_at: NOW, last_call_unsent: true }, {}],
  ['the customer is at the bank', { attempt_state: 'awaiting_customer' }, {}],
  ['the card was tried already', {}, { is_tried: true }],
  ['the charge is parked', { charge: { ...CHARGE, state: 'needs_review' } }, {}],
] as const)('makes no attempt when %s', (_why, change, card) => {
  expect(decide(change, card)).toMatchObject({ do: 'wait' });
});

test('neither mails late nor ends late for the sake of a card', () => {
  const saved_at = minutesAgo(1);
  expect(decide({ opened_at: minutesAgo(24 * 60 - 5) }, { saved_at })).toEqual({
    do: 'wait',
    until: minutesAgo(-5),
  });
  expect(decide({ opened_at: hours(-24) }, { saved_at })).toMatchObject({
    do: 'mail',
    message: 'reminder_1',
    due_at: minutesAgo(-9),
  });
  expect(decide({ expires_at: NOW })).toEqual({ do: 'expire' });
});
