import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { silentLog } from '../../../src/platform/log.ts';
import type { Belt, Consumer } from '../../../src/queue/belt.ts';
import { consumeQueue } from '../../../src/queue/consume.ts';

/** A consumer as BullMQ's on a database that does not answer in time, or does. */
function consumer(connects: boolean, told: string[]): Consumer {
  return Object.assign(new EventEmitter(), {
    waitUntilReady: async () => {
      if (!connects) throw new Error('timeout exceeded when trying to connect');
    },
    run: async () => void told.push(connects ? 'runs' : 'runs without a connection'),
    close: async () => void told.push(connects ? 'closes' : 'is given up'),
    cancelJob: () => true,
    cancelAllJobs: () => {},
  }) as unknown as Consumer;
}

test('a consumer that could not connect never runs: another takes its place, until one connects', async () => {
  const told: string[] = [];
  const answers = [false, false, true];
  const belt = { openConsumer: () => consumer(answers.shift() ?? true, told) } as unknown as Belt;

  const consumption = consumeQueue(belt, silentLog(), 'charge', { concurrency: 1 }, async () => {});

  await expect.poll(() => told, { timeout: 30_000 }).toEqual(['is given up', 'is given up', 'runs']);
  await consumption.close();
  expect(told.at(-1)).toBe('closes');
});
