import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { shared } from '../../../src/platform/shared.ts';
import { type RowReading, watchQueue, watchRows } from '../../../src/platform/watched-metrics.ts';

const DUE: RowReading = { metric: 'due_rows', label: 'charge', value: 3 };
const ON: RowReading = { metric: 'charging_enabled', label: null, value: 1 };

/** The samples of a registry, without help and types. */
async function samples(registry: Registry): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('what the rows say', () => {
  test('is read once for all metrics, however many scrape at once, and again when it is old', async () => {
    const registry = new Registry();
    let readings = 0;
    const read = async () => {
      readings += 1;
      return [{ ...DUE, value: readings }, ON];
    };
    watchRows(registry, read, { fresh_ms: 0 });
    const [one, other] = await Promise.all([samples(registry), samples(registry)]);
    expect(one).toEqual([
      'duecourse_due_rows{kind="charge"} 1',
      'duecourse_charging_enabled 1',
      'duecourse_rows_read 1',
    ]);
    expect(other).toEqual(one);
    expect(readings).toBe(1);
    await expect.poll(() => samples(registry)).toContain('duecourse_due_rows{kind="charge"} 2');
  });

  test('is absent when it cannot be read, what was read before included, and that is told', async () => {
    const registry = new Registry();
    let isDown = false;
    const read = async () => {
      if (isDown) throw new Error('down');
      return [DUE, ON];
    };
    watchRows(registry, read, { fresh_ms: -1 });
    expect(await samples(registry)).toHaveLength(3);
    isDown = true;
    expect(await samples(registry)).toEqual(['duecourse_rows_read 0']);
    isDown = false;
    expect(await samples(registry)).toContain('duecourse_charging_enabled 1');
  });

  test('keeps nobody waiting past its deadline, and is not asked again while it hangs', async () => {
    const registry = new Registry();
    let readings = 0;
    let answer = (_rows: readonly RowReading[]): void => {};
    const read = () => {
      readings += 1;
      return new Promise<readonly RowReading[]>((resolve) => {
        answer = resolve;
      });
    };
    watchRows(registry, read, { fresh_ms: 0, deadline_ms: 20 });
    expect(await samples(registry)).toEqual(['duecourse_rows_read 0']);
    expect(await samples(registry)).toEqual(['duecourse_rows_read 0']);
    expect(readings).toBe(1);
    answer([ON]);
    await expect.poll(async () => (await samples(registry)) && readings).toBe(2);
  });
});

test('a queue that is away leaves its depth out, and nothing else', async () => {
  const registry = new Registry();
  let isAway = false;
  watchQueue(registry, async () => (isAway ? Promise.reject(new Error('away')) : { charge: 2, setup: 0 }), {
    fresh_ms: -1,
  });
  watchRows(registry, async () => [ON]);
  const rows = ['duecourse_charging_enabled 1', 'duecourse_rows_read 1'];
  const depths = [
    'duecourse_queue_waiting_jobs{kind="charge"} 2',
    'duecourse_queue_waiting_jobs{kind="setup"} 0',
  ];
  expect(await samples(registry)).toEqual([...depths, ...rows]);
  isAway = true;
  expect(await samples(registry)).toEqual(rows);
});

test('a call that is shared is shared with its failure, and made again later', async () => {
  let calls = 0;
  const ask = shared(60_000, async () => {
    calls += 1;
    throw new Error('down');
  });
  await expect(ask()).rejects.toThrow('down');
  await expect(ask()).rejects.toThrow('down');
  expect(calls).toBe(1);
});
