/** What a process refuses to start on, each time with one sentence and an exit code: in the very processes. */
import { spawn } from 'node:child_process';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisServerPath, startPrivateRedis } from '../../../sandbox/redis.ts';
import { processEnvironment } from '../../../sandbox/sandbox-environment.ts';
import { builtScript } from '../../harness/built.ts';
import { onServer } from '../../harness/services/on-server.ts';
import {
  createTestDatabase,
  redisUrl,
  type TestDatabase,
  wipeRedis,
} from '../../harness/services/services.ts';

/** Each with one wrong clock and one way of evicting; both meet the same code. */
const PROCESSES = [
  { script: 'src/server.ts', clock: 31, policy: 'allkeys-lru' },
  { script: 'workers/main.ts', clock: -31, policy: 'volatile-lru' },
] as const;
const STARTED = /"event":"(api|worker)\.started"/;
const START_MS = 30_000;
let database: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  await wipeRedis();
  database = await createTestDatabase();
  const nowhere = 'http://127.0.0.1:1';
  env = processEnvironment(
    {
      database_url: database.url,
      redis_url: redisUrl(),
      stripe_url: nowhere,
      smtp_url: 'smtp://127.0.0.1:1',
      api_url: nowhere,
      port: 0,
    },
    {
      stripe_secret_key: 'sk_test_start',
      stripe_publishable_key: 'pk_test_start',
      stripe_webhook_secret: 'whsec_start_0123456789',
      link_secret: 'a-link-secret-of-at-least-32-characters',
    },
  );
});
afterAll(() => database.drop());

/** What a machine's clock that is wrong by so much does to a process on it. */
function clockOff(seconds: number): Record<string, string> {
  const script = `const now = Date.now; Date.now = () => now() + ${seconds * 1_000};`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
}

/** Runs it until it has started or ended; one that started is stopped. */
async function startOf(script: string, more: Record<string, string>) {
  const child = spawn(process.execPath, [builtScript(script)], { env: { ...env, ...more } });
  let stdout = '';
  let stderr = '';
  let isAsked = false;
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    // Once: a second signal means at once.
    if (!isAsked && STARTED.test(stdout)) isAsked = child.kill('SIGTERM');
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  return { started: STARTED.test(stdout), code, stdout, stderr };
}

/** It must not have started, and must have said why in one line. */
async function refusal(script: string, more: Record<string, string>): Promise<string> {
  const { started, code, stdout, stderr } = await startOf(script, more);
  expect({ started, code }, stderr).toEqual({ started: false, code: 1 });
  expect(stdout).toContain('"event":"process.failed"');
  const lines = stderr.trim().split('\n');
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

describe.each(PROCESSES)('$script', ({ script, clock, policy }) => {
  test('starts on a sound deployment and ends by a signal', async () => {
    expect(await startOf(script, {})).toMatchObject({ started: true, code: 0 });
    await onServer(database.url, async (sql) => {
      expect([...(await sql`select livemode from instance`)]).toEqual([{ livemode: false }]);
    });
  });

  test('refuses a schema that is behind', async () => {
    const old = await createTestDatabase();
    await onServer(
      old.url,
      (sql) => sql`
        delete from drizzle.__drizzle_migrations
        where id = (select max(id) from drizzle.__drizzle_migrations)`,
    );
    expect(await refusal(script, { DATABASE_URL: old.url })).toBe(
      'The database is behind: run npm run migrate',
    );
    await old.drop();
  });

  test(`refuses a clock that is off by ${clock} s`, async () => {
    expect(await refusal(script, clockOff(clock))).toMatch(
      /^The clocks of this machine and of Postgres differ by 3[01] s: set them right$/,
    );
  });

  test('starts with a clock that is off by five seconds, and says so', async () => {
    const { started, code, stdout } = await startOf(script, clockOff(5));
    expect({ started, code }).toEqual({ started: true, code: 0 });
    expect(stdout).toMatch(/"event":"clock\.differs","delayMs":(4\d|50)\d\d/);
  });

  test('refuses a database whose clock a test has moved, unless it is a test itself', async () => {
    const moved = await createTestDatabase();
    await onServer(moved.url, (sql) => sql`update instance set clock_offset_ms = 1`);
    const production = { DATABASE_URL: moved.url, TEST_MODE: '0' };
    expect(await refusal(script, production)).toContain('was moved by a test');
    await moved.drop();
  });

  test('refuses the database of a live deployment with a test key', async () => {
    const live = await createTestDatabase();
    await onServer(live.url, (sql) => sql`update instance set livemode = true`);
    expect(await refusal(script, { DATABASE_URL: live.url })).toBe(
      'STRIPE_SECRET_KEY is a test key, and this is the database of a live deployment: they never share one',
    );
    await live.drop();
  });

  test.skipIf(redisServerPath() === null)(`refuses a Redis that evicts by ${policy}`, async () => {
    const server = await startPrivateRedis();
    const redis = new Redis(server.url);
    await redis.config('SET', 'maxmemory-policy', policy);
    redis.disconnect();
    try {
      expect(await refusal(script, { REDIS_URL: server.url })).toBe(
        'This Redis evicts keys when its memory is full: set maxmemory-policy to noeviction',
      );
    } finally {
      await server.stop();
    }
  });
});
