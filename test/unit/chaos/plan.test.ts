import { expect, test } from 'vitest';
import { buildEarlier } from '../../chaos/earlier-build.ts';
import { DEEDS, faultNames } from '../../chaos/faults/names.ts';
import { planOf } from '../../chaos/plan.ts';

const SCHEDULES = 100;

test('a plan is the same whenever it is drawn, and another one for another number', () => {
  expect(planOf(7, 3, 'redis')).toEqual(planOf(7, 3, 'redis'));
  expect(planOf(7, 3, 'redis').faults).not.toEqual(planOf(7, 4, 'redis').faults);
});

test.each(['postgres', 'redis'] as const)('a hundred schedules on %s deal every kind of fault', (backend) => {
  const dealt = Array.from({ length: SCHEDULES }, (_, index) => planOf(11, index, backend)).flatMap((plan) =>
    plan.faults.map((fault) => fault.kind),
  );

  for (const kind of faultNames(backend))
    expect(dealt.filter((each) => each === kind).length, kind).toBeGreaterThanOrEqual(12);
});

test.each(['postgres', 'redis'] as const)(
  'a hundred schedules on %s deal every deed ten times',
  (backend) => {
    const plans = Array.from({ length: SCHEDULES }, (_, index) => planOf(11, index, backend));
    const dealt = plans.flatMap(({ deeds }) => deeds.map(({ kind }) => kind));

    for (const kind of DEEDS)
      expect(dealt.filter((each) => each === kind).length, kind).toBeGreaterThanOrEqual(10);
    expect(plans.filter(({ deeds }) => deeds.some(({ moves }) => moves)).length).toBeGreaterThanOrEqual(5);
    for (const { deeds, payers } of plans) {
      expect(new Set(deeds.map(({ payer }) => payer)).size).toBe(deeds.length);
      expect(deeds.every(({ payer }) => payers[payer] !== undefined)).toBe(true);
    }
  },
);

test('everybody who pays is asked to, at a time when there are faults', () => {
  const { orders, payers, faults } = planOf(11, 5, 'postgres');

  expect(orders.length).toBeGreaterThanOrEqual(50);
  expect(new Set(orders.map((order) => order.payer)).size).toBeGreaterThan(payers.length / 2);
  expect(faults.length).toBeGreaterThanOrEqual(3);
  expect(orders.every((order) => payers[order.payer] !== undefined)).toBe(true);
});

test('beside an earlier build both kinds of processes are deployed, and no deed is done that it cannot keep', () => {
  const beside = (migrations: number) =>
    Array.from({ length: SCHEDULES }, (_, index) => planOf(11, index, 'postgres', { migrations }));
  const deedsIn = (plans: ReturnType<typeof beside>) =>
    new Set(plans.flatMap(({ deeds }) => deeds.map(({ kind }) => kind)));

  for (const { faults } of beside(3))
    expect(faults.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['workers_deployed', 'api_deployed']),
    );
  expect(deedsIn(beside(3))).not.toContain('commits_lost');
  expect(deedsIn(beside(3))).not.toContain('consent_revoked');
  expect(deedsIn(beside(3))).toContain('method_adopted');
  expect(deedsIn(beside(6))).not.toContain('commits_lost');
  expect(deedsIn(beside(7))).not.toContain('default_changed');
  expect(deedsIn(beside(8))).toContain('default_changed');
  expect(deedsIn(beside(25))).not.toContain('charge_refunded');
  expect(deedsIn(beside(26))).toEqual(new Set(DEEDS));
});

test('an earlier build that git does not know is named', () => {
  expect(() => buildEarlier('no-such-commit')).toThrow('no-such-commit is no commit that can be built here');
});
