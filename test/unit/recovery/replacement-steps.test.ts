import { expect, test } from 'vitest';
import {
  decideReplacement,
  type ReplacementSituation,
} from '../../../src/domain/recovery/replacement-steps.ts';
import { productionTimings } from '../../../src/platform/timings.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const minutesAgo = (count: number): Date => new Date(NOW.getTime() - count * 60_000);

function decide(change: Partial<ReplacementSituation>) {
  return decideReplacement(
    {
      state: 'completed',
      now: NOW,
      completed_at: minutesAgo(11),
      accepted: true,
      kept_by_consent: false,
      recovery_state: 'open',
      recovery_is_over: false,
      charge_state: 'action_required',
      close_requested: false,
      future_use_written: false,
      unresolved_attempt: null,
      method_attempt: null,
      ...change,
    },
    productionTimings,
  );
}

test('makes one attempt ten minutes after the card was saved, and not before', () => {
  expect(decide({ completed_at: minutesAgo(4) })).toEqual({ do: 'wait', due_in_ms: 6 * 60_000 });
  expect(decide({})).toEqual({ do: 'attempt' });
});

test.each([
  ['the amount was not accepted', { accepted: false }],
  ['future use was written', { future_use_written: true }],
  ['the recovery is past its time', { recovery_is_over: true }],
  ['the customer is at the bank', { unresolved_attempt: 'awaiting_customer' }],
  ['the card was tried already', { method_attempt: 'declined' }],
  ['the charge is parked', { charge_state: 'needs_review' }],
] as const)('makes no attempt when %s', (_why, change) => {
  expect(decide(change)).toMatchObject({ do: 'wait' });
});

test.each([
  [
    'paid with and ticked for',
    { charge_state: 'succeeded', method_attempt: 'succeeded', kept_by_consent: true },
    'keep',
  ],
  ['paid with', { charge_state: 'succeeded', method_attempt: 'succeeded' }, 'detach'],
  ['ticked for but paid otherwise', { charge_state: 'succeeded', kept_by_consent: true }, 'detach'],
  ['never used', { charge_state: 'failed', kept_by_consent: true }, 'detach'],
] as const)('lets go of a card that was %s, or keeps it', (_why, change, method) => {
  expect(decide({ recovery_state: 'completed', ...change })).toEqual({ do: 'close', method });
});

test('waits for the end of a closing charge before it lets go of the card', () => {
  expect(decide({ recovery_state: 'revoked', charge_state: 'closing' })).toMatchObject({ do: 'wait' });
  expect(decide({ close_requested: true, charge_state: 'closing' })).toMatchObject({ do: 'wait' });
});

test('expires the session of a closed recovery, looks at that of a live one', () => {
  expect(decide({ state: 'awaiting_customer' })).toEqual({ do: 'look' });
  expect(decide({ state: 'awaiting_customer', recovery_state: 'completed' })).toEqual({ do: 'expire' });
  expect(decide({ state: 'queued' })).toEqual({ do: 'create' });
  expect(decide({ state: 'closing' })).toEqual({ do: 'expire' });
});
