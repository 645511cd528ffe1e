import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog, silentLog } from '../../../src/platform/log.ts';
import { startPollLoop } from '../../../src/platform/poll-loop.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const middle = { random: () => 0.5, log: silentLog(), name: 'sweep', intervalMs: 100 };

test('runs at once, then once an interval', async () => {
  const once = vi.fn(async () => false);
  const loop = startPollLoop({ ...middle, once });

  await vi.advanceTimersByTimeAsync(350);
  await loop.stop();

  expect(once).toHaveBeenCalledTimes(4);
});

test('runs again without waiting while there is more', async () => {
  let left = 5;
  const once = vi.fn(async () => --left > 0);
  const loop = startPollLoop({ ...middle, once });

  await vi.advanceTimersByTimeAsync(50);
  await loop.stop();

  expect(once).toHaveBeenCalledTimes(5);
});

test('never overlaps itself, and a wake during a round causes one more round', async () => {
  let running = 0;
  let most = 0;
  const once = vi.fn(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 500));
    running -= 1;
    return false;
  });
  const loop = startPollLoop({ ...middle, once });

  await vi.advanceTimersByTimeAsync(100);
  loop.wake();
  loop.wake();
  await vi.advanceTimersByTimeAsync(450);
  expect(once).toHaveBeenCalledTimes(2);

  const stopped = loop.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  await stopped;
  expect(most).toBe(1);
});

test('waits longer after each error, up to its bound, and recovers', async () => {
  const at: number[] = [];
  const start = Date.now();
  const once = async () => {
    at.push(Date.now() - start);
    if (at.length < 6) throw new Error('down');
    return false;
  };
  const loop = startPollLoop({ ...middle, once, backoffMaxMs: 800 });

  await vi.advanceTimersByTimeAsync(3_150);
  await loop.stop();

  expect(at).toEqual([0, 200, 600, 1_400, 2_200, 3_000, 3_100]);
});

test('asks for a person once its budget of errors is spent', async () => {
  const levels: number[] = [];
  const log = createLog({
    level: 'warn',
    role: 'test',
    destination: { write: (line) => levels.push(JSON.parse(line).level) },
  });
  const once = async () => {
    throw new Error('down');
  };
  const loop = startPollLoop({ ...middle, once, log, errorsMax: 2, backoffMaxMs: 100 });

  await vi.advanceTimersByTimeAsync(350);
  await loop.stop();

  expect(levels).toEqual([40, 40, 50, 50]);
});

test('stop aborts the round under way and waits for it', async () => {
  let isEnded = false;
  const once = (signal: AbortSignal) =>
    new Promise<boolean>((resolve) => {
      signal.addEventListener('abort', () => {
        isEnded = true;
        resolve(true);
      });
    });
  const loop = startPollLoop({ ...middle, once });

  await loop.stop();
  await loop.stop();

  expect(isEnded).toBe(true);
});
