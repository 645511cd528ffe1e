import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { configureFailpoints, failpoint } from '../../../src/platform/failpoints.ts';

afterEach(() => configureFailpoints(null, { testMode: false }));

/** Runs a process that passes `confirm.before` twice, printing a line after each. */
async function runWith(
  spec: string,
): Promise<{ code: number | null; signal: string | null; out: string; err: string }> {
  const script = `
    const { configureFailpoints, failpoint } = await import('./src/platform/failpoints.ts');
    configureFailpoints(${JSON.stringify(spec)}, { testMode: true });
    for (const n of [1, 2]) { await failpoint('confirm.before'); console.log('passed ' + n); }`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  const [out, err, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, signal, out, err };
}

test('a failpoint that is not configured does nothing', async () => {
  expect(await failpoint('confirm.before')).toBeUndefined();
});

test('kill ends the process by signal, after saying where', async () => {
  const { signal, out, err } = await runWith('confirm.before:kill@2');

  expect(signal).toBe('SIGKILL');
  expect(out).toBe('passed 1\n');
  expect(err).toContain('{"event":"failpoint.hit","failpoint":"confirm.before"}\n');
});

test('stop suspends the process until it is continued', async () => {
  const script = `
    const { configureFailpoints, failpoint } = await import('./src/platform/failpoints.ts');
    configureFailpoints('bind.after:stop', { testMode: true });
    await failpoint('bind.after'); console.log('continued');`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  const out = text(child.stdout);
  await once(child.stderr, 'data');
  expect(child.exitCode).toBeNull();

  const again = setInterval(() => child.kill('SIGCONT'), 20);
  await once(child, 'exit');
  clearInterval(again);

  expect(await out).toBe('continued\n');
});

describe('in this process', () => {
  test('throw throws an error with a code, on every hit', async () => {
    configureFailpoints('settle.before:throw, bind.after:delay:1', { testMode: true });

    await expect(failpoint('settle.before')).rejects.toMatchObject({ code: 'failpoint_thrown' });
    await expect(failpoint('settle.before')).rejects.toMatchObject({ code: 'failpoint_thrown' });
    await expect(failpoint('bind.after')).resolves.toBeUndefined();
  });

  test('@n acts on the n-th hit only', async () => {
    configureFailpoints('settle.before:throw@2', { testMode: true });

    await failpoint('settle.before');
    await expect(failpoint('settle.before')).rejects.toThrow();
    await failpoint('settle.before');
  });

  test('hang never comes back', async () => {
    configureFailpoints('settle.before:hang', { testMode: true });
    const passed = failpoint('settle.before').then(() => 'passed');

    const first = await Promise.race([passed, new Promise((resolve) => setTimeout(resolve, 30, 'hanging'))]);
    expect(first).toBe('hanging');
  });
});

test('outside test mode every specification is refused, and nothing is armed', async () => {
  expect(() => configureFailpoints('confirm.before:kill', { testMode: false })).toThrow('failpoints refused');
  expect(await failpoint('confirm.before')).toBeUndefined();
});

test.each([
  '',
  'confirm',
  'confirm:explode',
  'confirm:delay',
  'confirm:kill:3',
  'confirm:kill@0',
  'a:kill,,b:kill',
])('the specification %j is refused', (spec) => {
  expect(() => configureFailpoints(spec, { testMode: true })).toThrow('Failpoints must be');
});
