import { expect, test } from 'vitest';
import { advanceCharge } from '../../../src/billing/charge/run-charge.ts';
import type { ChargePlan } from '../../../src/domain/charge/charge-facts.ts';
import { noFaults } from '../../model/people/faults.ts';
import type { Setting } from '../../model/stage.ts';
import { createWorld } from '../../model/world.ts';

const DAY_MS = 86_400_000;

const CALM: Setting = {
  seed: 1,
  faults: noFaults,
  calm_at_ms: 0,
  temper: { ok: 1, authenticate: 0, issuer: 0, technical: 0, replace: 0, stop: 0 },
  skew_s: 0,
  dark: null,
  debit: false,
  announced: false,
  follows: false,
  bills: false,
  other_max_charges: null,
  terms: null,
  confirms_max: 1_000,
  trace: null,
};

const RETRY_TOMORROW: ChargePlan = {
  state: 'action_required',
  due_in_ms: DAY_MS,
  detail: 'retry_scheduled',
  attempt: null,
  recovery: null,
};

test('whoever claimed a charge before its answer was written does not bring tomorrow’s retry forward', async () => {
  const { scheduler, deps, tables } = createWorld(CALM, null);
  const { id, revision } = tables.charge();
  const due_at: (Date | null)[] = [];
  scheduler.spawn('worker', 0, async () => {
    const claimed = await deps.leases.claimDue('charge', id);
    if (claimed === null) throw new Error('the charge is due');
    await deps.charges.settle({
      charge_id: id,
      revision,
      plan: RETRY_TOMORROW,
      cause: 'webhook',
      cause_reference: null,
      stripe_request_id: null,
    });
    tables.write('charge', id, { state: 'in_flight' });
    tables.write('charge', id, { state: 'retry_wait' });
    tables.paused_at = tables.now();
    due_at.push(tables.charge().due_at);

    await advanceCharge(deps, claimed.row, claimed.lease);

    due_at.push(tables.charge().due_at);
  });

  await scheduler.run(12);

  expect(due_at[0]?.getTime()).toBeGreaterThan(DAY_MS);
  expect(due_at[1]).toEqual(due_at[0]);
});
