import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchTurns } from '../../../src/api/admission/late-turns.ts';

const LATE_MS = 200;
const ON_TIME_MS = 10;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Turns of the event loop that take as long as they are told to. */
function watched() {
  let now_ms = 0;
  const share = watchTurns({ addHook: () => {} } as unknown as FastifyInstance, () => now_ms);
  const turn = (took_ms: number): void => {
    now_ms += took_ms;
    vi.advanceTimersToNextTimer();
  };
  return { share, turn };
}

test('two late turns take no place away, a third one does', () => {
  const { share, turn } = watched();

  turn(LATE_MS);
  expect(share()).toBe(1);
  turn(LATE_MS);
  expect(share()).toBe(1);
  turn(LATE_MS);
  expect(share()).toBeLessThan(0.2);
});

test('each turn on time cancels one late turn, and no more', () => {
  const { share, turn } = watched();
  for (let late = 0; late < 5; late += 1) turn(LATE_MS);

  turn(ON_TIME_MS);
  turn(ON_TIME_MS);
  expect(share()).toBeLessThan(1);
  turn(ON_TIME_MS);
  expect(share()).toBe(1);
});

test('however late the machine is, some place is left, and it takes no longer to recover than twenty turns', () => {
  const { share, turn } = watched();
  for (let late = 0; late < 500; late += 1) turn(60_000);
  expect(share()).toBe(0.04);

  for (let on_time = 0; on_time < 20; on_time += 1) turn(ON_TIME_MS);
  expect(share()).toBe(1);
});
