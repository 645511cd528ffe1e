/** The sandbox as `npm run dev` starts it: real processes on the project's backend, killed and stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ready } from '../../../sandbox/ready-file.ts';
import { redisServerPath } from '../../../sandbox/redis.ts';
import { markStartsWorker, queueBackend, redisUrl } from '../../harness/services/services.ts';

const START_MS = 90_000;
const TEST_MS = 180_000;
const FIELDS = [
  'api_url',
  'api_key',
  'stripe_url',
  'stripe_secret_key',
  'stripe_publishable_key',
  'stripe_webhook_secret',
  'inbox_url',
  'database_url',
  'redis_url',
  'test_clock_url',
  'pids',
];

let folder: string;
let sandbox: ChildProcess | null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'duecourse-sandbox-'));
  sandbox = null;
});
afterEach(async () => {
  if (sandbox !== null) await stop();
  rmSync(folder, { recursive: true, force: true });
});

const file = (): string => join(folder, 'ready.json');
const read = (): Ready => JSON.parse(readFileSync(file(), 'utf8')) as Ready;

async function start(): Promise<Ready> {
  markStartsWorker();
  const args = ['--import', 'tsx', 'sandbox/main.ts', '--folder', folder];
  // Where this machine has a Redis to start, as a person would ask for it; else on what is lent to the tests.
  const redis = redisUrl();
  const isAskedFor = queueBackend() === 'redis' && redisServerPath() !== null;
  if (redis !== null) args.push(...(isAskedFor ? ['--redis'] : ['--redis-url', redis]));
  sandbox = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  await expect.poll(() => existsSync(file()), { timeout: START_MS, interval: 100 }).toBe(true);
  return read();
}

/** As Ctrl-C does. Answers the exit code. */
async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  const child = sandbox;
  sandbox = null;
  if (child === null || child.exitCode !== null || child.signalCode !== null) return null;
  const exited = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exited) as [number | null];
  return code;
}

function pidsOf({ pids }: Ready): number[] {
  return [pids.sandbox, pids.api, ...pids.workers, pids.simulator, pids.postgres];
}

function alive(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    try {
      process.kill(pid, 0);
      // A zombie that nobody has collected is no running process.
      return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  });
}

async function api(
  ready: Ready,
  method: string,
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${ready.api_url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${ready.api_key}`,
      'content-type': 'application/json',
      'idempotency-key': `${method}-${path}-once`,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  expect(response.status, JSON.stringify(answer)).toBeLessThan(300);
  return answer;
}

/** A customer whose card was saved in the browser, as Stripe.js would. */
async function saveCard(ready: Ready): Promise<{ customer: unknown; payment_method: unknown }> {
  const { id: customer } = await api(ready, 'POST', '/v1/customers', { email: 'ada@example.test' });
  const consent = {
    scope: 'off_session',
    frequency: 'recurring',
    amount_basis: 'metered usage',
    text: 'I agree.',
    version: '1',
    accepted_at: '2026-01-01T00:00:00Z',
    ip_address: '127.0.0.1',
    user_agent: 'test',
  };
  const { id } = await api(ready, 'POST', '/v1/setups', {
    customer,
    payment_method_types: ['card'],
    return_url: 'https://shop.example/back',
    consent,
  });
  const setup = await api(ready, 'GET', `/v1/setups/${id}?wait=20`);
  const confirm = await fetch(
    `${ready.stripe_url}/v1/setup_intents/${setup.stripe_setup_intent_id}/confirm`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${ready.stripe_publishable_key}` },
      body: new URLSearchParams({
        client_secret: String(setup.client_secret),
        payment_method: 'pm_card_visa',
        return_url: 'https://shop.example/back',
      }),
    },
  );
  expect(confirm.status).toBe(200);
  const saved = () => api(ready, 'GET', `/v1/setups/${id}`);
  await expect.poll(async () => (await saved()).status).toBe('succeeded');
  return { customer, payment_method: (await saved()).payment_method };
}

const clockOf = async (ready: Ready): Promise<number> => {
  const response = await fetch(`${ready.stripe_url}/_sim/clock`);
  return ((await response.json()) as { now: number }).now;
};

describe('the sandbox', () => {
  it(
    'charges a saved card, today and when its day has come, with a worker killed in between; then stops whole',
    async () => {
      const ready = await start();
      expect(Object.keys(ready).sort()).toEqual([...FIELDS].sort());
      expect(ready.redis_url === null).toBe(queueBackend() === 'postgres');
      expect(ready.pids.workers.length).toBe(2);
      expect(alive(pidsOf(ready))).toEqual(pidsOf(ready));

      const { customer, payment_method } = await saveCard(ready);
      const charge = { customer, payment_method, amount: 1_250, currency: 'eur', description: 'Water' };
      const { id: now } = await api(ready, 'POST', '/v1/charges', charge);
      expect(await api(ready, 'GET', `/v1/charges/${now}?wait=20`)).toMatchObject({ status: 'succeeded' });

      const killed = ready.pids.workers[0] ?? 0;
      const killed_ms = performance.now();
      process.kill(killed, 'SIGKILL');
      await expect.poll(() => read().pids.workers.includes(killed)).toBe(false);
      console.log(`a killed worker was back after ${Math.round(performance.now() - killed_ms)} ms`);

      const asked_ms = performance.now();
      const stripe_s = await clockOf(ready);
      const moved = await fetch(ready.test_clock_url, {
        method: 'POST',
        body: JSON.stringify({ advance_seconds: 3 * 86_400 }),
      });
      expect(await moved.json()).toMatchObject({ advanced_seconds: 3 * 86_400, still_due: 0 });
      const moved_s = (await clockOf(ready)) - stripe_s;
      const passed_s = (performance.now() - asked_ms) / 1_000;
      expect(moved_s).toBeGreaterThanOrEqual(3 * 86_400);
      expect(moved_s).toBeLessThanOrEqual(3 * 86_400 + passed_s + 1);
      const refused = await fetch(ready.test_clock_url, { method: 'POST', body: '{"advance_seconds": -1}' });
      expect(refused.status).toBe(400);

      expect(await stop()).toBe(0);
      expect(existsSync(file())).toBe(false);
      await expect.poll(() => alive(pidsOf(ready))).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'killed, takes everything with it, and starts again on what it left',
    async () => {
      const ready = await start();
      await stop('SIGKILL');
      await expect.poll(() => alive(pidsOf(ready))).toEqual([]);
      expect(existsSync(file())).toBe(true);
      rmSync(file());
      const again = await start();
      expect(again.pids.sandbox).not.toBe(ready.pids.sandbox);
      expect(await api(again, 'GET', '/v1/charges')).toMatchObject({ data: [] });
    },
    TEST_MS,
  );
});
