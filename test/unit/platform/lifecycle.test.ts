import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createLifecycle } from '../../../src/platform/lifecycle.ts';
import { silentLog } from '../../../src/platform/log.ts';

const options = { log: silentLog(), stopDeadlineMs: 200 };

function recorder() {
  const events: string[] = [];
  const part = (name: string) => ({
    start: () => void events.push(`start ${name}`),
    stop: () => void events.push(`stop ${name}`),
  });
  return { events, part };
}

test('parts start in order and stop in reverse, once', async () => {
  const { events, part } = recorder();
  const lifecycle = createLifecycle(options);
  await lifecycle.start('postgres', part('postgres'));
  await lifecycle.start('api', part('api'));

  expect(await lifecycle.stop()).toBe(true);
  expect(await lifecycle.stop()).toBe(true);
  expect(events).toEqual(['start postgres', 'start api', 'stop api', 'stop postgres']);
});

test('a part that fails to start stops what was started before it', async () => {
  const { events, part } = recorder();
  const lifecycle = createLifecycle(options);
  await lifecycle.start('postgres', part('postgres'));
  const failing = { start: () => Promise.reject(new Error('no port')), stop: () => {} };

  await expect(lifecycle.start('api', failing)).rejects.toThrow('no port');
  expect(events).toEqual(['start postgres', 'stop postgres']);
  await expect(lifecycle.start('late', part('late'))).rejects.toThrow('stopping');
});

test('a part that fails or hangs does not keep the others from stopping, and the result tells', async () => {
  const { events, part } = recorder();
  const lifecycle = createLifecycle(options);
  await lifecycle.start('postgres', part('postgres'));
  await lifecycle.start('throws', { start: () => {}, stop: () => Promise.reject(new Error('stuck')) });
  await lifecycle.start('hangs', { start: () => {}, stop: () => new Promise(() => {}) });

  expect(await lifecycle.stop()).toBe(false);
  expect(events).toContain('stop postgres');
});

test('a part that was still starting when the stop came is stopped too', async () => {
  const { events, part } = recorder();
  const lifecycle = createLifecycle(options);
  let finish = (): void => {};
  const slow = { ...part('slow'), start: () => new Promise<void>((resolve) => (finish = resolve)) };
  const started = lifecycle.start('slow', slow);
  await Promise.resolve();

  const stopped = lifecycle.stop();
  finish();
  await started;

  expect(await stopped).toBe(true);
  expect(events).toEqual(['stop slow']);
});

describe('on signals', () => {
  async function exitOf(stop: string, signal: NodeJS.Signals): Promise<[number | null, string | null]> {
    const script = `
      const { createLifecycle } = await import('./src/platform/lifecycle.ts');
      const { silentLog } = await import('./src/platform/log.ts');
      const lifecycle = createLifecycle({ log: silentLog(), stopDeadlineMs: 200 });
      await lifecycle.start('part', { start: () => setInterval(() => {}, 1000), stop: ${stop} });
      lifecycle.stopOnSignals();
      console.log('up');`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    child.kill(signal);
    const [code, by] = await once(child, 'exit');
    return [code, by];
  }

  test.each(['SIGTERM', 'SIGINT'] as const)('exits 0 after %s when all stopped', async (signal) => {
    expect(await exitOf('(timer) => clearInterval(timer)', signal)).toEqual([0, null]);
  });

  test('exits 1 when a part did not stop in time', async () => {
    expect(await exitOf('() => new Promise(() => {})', 'SIGTERM')).toEqual([1, null]);
  });
});
