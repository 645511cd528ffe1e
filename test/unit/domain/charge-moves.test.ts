import { expect, test } from 'vitest';
import type { ChargeFact } from '../../../src/domain/charge/charge-facts.ts';
import { settleCharge } from '../../../src/domain/charge/settle-charge.ts';
import { type ChargeState, machines, mayMove } from '../../../src/domain/machines.ts';
import { productionTimings as policy } from '../../../src/platform/timings.ts';
import { attempt, closeRequest, context, KEY, minutesAgo, paymentError, told } from './charge-builders.ts';

test('no plan ever asks for a move that the machine does not know', () => {
  const states = Object.keys(machines.charge.moves) as ChargeState[];
  const attempts = [
    [],
    [attempt()],
    [attempt({ kind: 'on_session', state: 'awaiting_customer' })],
    [attempt({ state: 'processing' })],
    [attempt({ looked_at: minutesAgo(2) })],
  ];
  const facts: ChargeFact[] = [
    ...(
      ['succeeded', 'canceled', 'processing', 'requires_action', 'requires_payment_method'] as const
    ).flatMap((status) => [
      told({ status, last_error: paymentError() }),
      told({ status, last_error: paymentError() }, KEY),
    ]),
    { fact: 'declined', key: KEY, error: paymentError() },
    { fact: 'refused', key: KEY, reason: 'needs_review', code: null },
    { fact: 'refused', key: KEY, reason: 'payment_method_unusable', code: null },
    { fact: 'indeterminate', key: KEY, replayed: true },
    { fact: 'postponed', key: KEY, due_in_ms: 1, is_api_key_refused: true },
    { fact: 'unchanged', key: KEY },
    { fact: 'abandoned', key: KEY },
  ];
  // What a charge can be while an attempt of each kind is unresolved; the rest never meet.
  const meets = (state: ChargeState, count: number, attemptState: string | undefined) =>
    count === 0 ||
    // `unknown` is also where a person's release leads.
    ['closing', 'needs_review', 'unknown'].includes(state) ||
    (attemptState === 'open' && state === 'in_flight') ||
    (attemptState === 'awaiting_customer' && state === 'action_required') ||
    (attemptState === 'processing' && state === 'pending');
  let plans = 0;
  for (const state of states)
    for (const list of attempts)
      for (const fact of facts)
        for (const close of [{}, closeRequest]) {
          if (!meets(state, list.length, list[0]?.state)) continue;
          // A closing charge carries its close request: a CHECK of the table.
          if (state === 'closing' && !('close_as' in close)) continue;
          const settlement = settleCharge(
            context({ charge: { state, ...close }, attempts: list }),
            fact,
            policy,
          );
          if (settlement.settle !== 'apply') continue;
          plans += 1;
          expect(
            mayMove('charge', state, settlement.plan.state),
            `${state} -> ${settlement.plan.state}`,
          ).toBe(true);
        }
  expect(plans).toBeGreaterThan(100);
});
