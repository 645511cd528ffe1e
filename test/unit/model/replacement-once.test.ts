import { expect, test } from 'vitest';
import { attemptWithMethod, type Pressed } from '../../../src/billing/recovery/press.ts';
import { noFaults } from '../../model/people/faults.ts';
import type { Setting } from '../../model/stage.ts';
import { CHARGE, createWorld } from '../../model/world.ts';

const CALM_AND_DECLINING: Setting = {
  seed: 1,
  faults: noFaults,
  calm_at_ms: 0,
  temper: { ok: 0, authenticate: 0, issuer: 0, technical: 0, replace: 1, stop: 0 },
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

test('a saved card that was declined is not charged again in the customer’s absence, however late a worker wakes', async () => {
  const world = createWorld(CALM_AND_DECLINING, null);
  const { scheduler, tables, deps } = world;
  const card = {
    type: 'card',
    state: 'usable',
    consent_id: null,
    exp_year: 2_030,
    renewed_at: null,
  } as const;
  tables.methods.set('pm_new', { ...card, id: 'pm_new' });
  const heard: Pressed['outcome'][] = [];
  world.invited = (recovery_id) => {
    const asked = { charge_id: tables.charge().id, recovery_id, payment_method_id: 'pm_new' };
    for (const delay_ms of [1_000, 60_000])
      scheduler.spawn('worker', delay_ms, async () => {
        heard.push((await attemptWithMethod(deps, asked)).outcome);
      });
  };

  await scheduler.run(20_000);

  expect(heard).toEqual(['declined', 'closed']);
  expect(tables.attemptsOf(CHARGE).map(({ payment_method_id }) => payment_method_id)).toEqual([
    'pm_own',
    'pm_new',
  ]);
});
