import { expect, test } from 'vitest';
import { deadlineIn } from '../../../src/platform/clock.ts';
import { invariant, unreachable } from '../../../src/platform/errors.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { chaosTimings, productionTimings, timingsOf } from '../../../src/platform/timings.ts';

test.each([
  ['production', productionTimings],
  ['chaos', chaosTimings],
])('%s timings keep the order that the protocol needs', (_name, timings) => {
  expect(timings.stripeTimeoutMs).toBeLessThan(timings.leaseMs);
  expect(timings.leaseRenewIntervalMs * 2).toBeLessThan(timings.leaseMs);
  expect(timings.stripeTimeoutMs).toBeLessThan(timings.workerDrainMs);
  expect(timings.workerDrainMs).toBeLessThan(timings.stopDeadlineMs);
  expect(timings.resendWindowHours).toBeLessThan(24);
  expect(timings.confirmsKeptForCustomer + timings.automaticAttemptsMax).toBeLessThanOrEqual(
    timings.confirmsMax,
  );
});

test('production timings settle a killed worker within 45 s and a wiped queue within 60 s', () => {
  const { leaseMs, offerStaleMs, dispatchIntervalMs, stripeTimeoutMs } = productionTimings;

  expect(leaseMs + dispatchIntervalMs + stripeTimeoutMs).toBeLessThan(45_000);
  expect(offerStaleMs + dispatchIntervalMs + stripeTimeoutMs).toBeLessThan(60_000);
});

test('shorter spans are for test mode alone', () => {
  expect(timingsOf(undefined, false)).toBe(productionTimings);
  expect(timingsOf('chaos', true)).toBe(chaosTimings);
  expect(() => timingsOf('chaos', false)).toThrow('only with TEST_MODE=1');
  expect(() => timingsOf('hasty', true)).toThrow('--timings takes chaos');
});

test('a deadline runs down to zero and not below', () => {
  const deadline = deadlineIn(-1);

  expect(deadline.isOver()).toBe(true);
  expect(deadline.leftMs()).toBe(0);
  expect(deadlineIn(60_000).isOver()).toBe(false);
});

test('an impossible state is an error with a code that says so', () => {
  expect(() => invariant(false, 'amount_negative')).toThrow('Bug: amount negative');
  expect(() => unreachable('later' as never)).toThrow('Bug: a value arrived');
});

test('two registries in one process do not share counts', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.breaksTotal.inc({ kind: 'livemode' });

  expect(await one.registry.metrics()).toContain('duecourse_breaks_total{kind="livemode"} 1');
  expect(await other.registry.metrics()).toContain('duecourse_breaks_total{kind="livemode"} 0');
});
