import { describe, expect, test } from 'vitest';
import { type Entity, type Machine, machines } from '../../../src/domain/machines.ts';
import {
  decideRelease,
  planResumed,
  RELEASE_WAYS,
  type ReviewedRow,
  type ReviewKind,
  reviewStates,
} from '../../../src/domain/releases.ts';
import { attempt, context, liveRecovery } from './charge-builders.ts';

const ROWS: readonly ReviewedRow[] = [null, 'canceled'].flatMap((close_as) =>
  [null, 'pi_1'].map((id) => ({
    close_as,
    stripe_payment_intent_id: id,
    stripe_setup_intent_id: id,
    stripe_checkout_session_id: null,
    create_number: 1,
    detach_number: 1,
  })),
);
const KINDS = Object.keys(reviewStates) as ReviewKind[];

test.each(KINDS)('every release of a %s is a move that its machine knows', (kind) => {
  const { moves }: Machine = machines[kind as Entity];
  let released = 0;
  for (const row of ROWS)
    for (const way of [null, ...RELEASE_WAYS]) {
      const decision = decideRelease(kind, row, way);
      if (decision.do === 'refuse') continue;
      released += 1;
      const to = decision.do === 'move' ? decision.state : 'closing';
      expect(moves[reviewStates[kind]]).toContain(to);
    }
  expect(released).toBeGreaterThan(0);
});

test.each(KINDS)('a %s has a way back without naming one', (kind) => {
  for (const row of ROWS) expect(decideRelease(kind, row, null).do).not.toBe('refuse');
});

describe('a charge', () => {
  const bound = { close_as: null, stripe_payment_intent_id: 'pi_1', create_number: 1 };

  test('with a PaymentIntent never goes where an attempt could open unasked', () => {
    expect(decideRelease('charge', bound, 'retry')).toEqual({ do: 'move', state: 'unknown' });
  });

  test('without one creates under the next key', () => {
    const unbound = { ...bound, stripe_payment_intent_id: null };
    expect(decideRelease('charge', unbound, null)).toEqual({
      do: 'move',
      state: 'queued',
      next: { create_number: 2 },
    });
  });

  test('whose end was asked for is never retried', () => {
    const closing = { ...bound, close_as: 'canceled' };
    expect(decideRelease('charge', closing, 'retry').do).toBe('refuse');
    expect(decideRelease('charge', closing, null)).toEqual({ do: 'move', state: 'closing' });
  });
});

test('a released charge that Stripe knows nothing new of goes on where it can', () => {
  const recovery = { ...liveRecovery, expires_at: new Date() };
  const at_bank = attempt({ state: 'awaiting_customer', kind: 'on_session' });
  const plans = [
    planResumed(context({ charge: { state: 'unknown' } }), 7),
    planResumed(context({ charge: { state: 'unknown' }, recovery }), 7),
    planResumed(context({ charge: { state: 'unknown' }, attempts: [at_bank], recovery }), 7),
  ];
  expect(plans.map(({ state, due_in_ms }) => [state, due_in_ms])).toEqual([
    ['queued', 0],
    ['action_required', null],
    ['action_required', 7],
  ]);
  for (const { state } of plans) expect(machines.charge.moves.unknown).toContain(state);
});
