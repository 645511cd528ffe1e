/** The processes themselves: `npm start` from its environment to its end by signal, and `npm run keys`. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtScript } from '../../harness/built.ts';
import {
  createTestDatabase,
  redisUrl,
  type TestDatabase,
  wipeRedis,
} from '../../harness/services/services.ts';

const run = promisify(execFile);
let database: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  await wipeRedis();
  database = await createTestDatabase();
  const redis = redisUrl();
  env = {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: database.url,
    ...(redis === null ? {} : { REDIS_URL: redis }),
    STRIPE_SECRET_KEY: 'sk_test_process',
    STRIPE_PUBLISHABLE_KEY: 'pk_test_process',
    STRIPE_WEBHOOK_SECRETS: 'whsec_process_canary',
    STRIPE_API_URL: 'http://127.0.0.1:1',
    PUBLIC_URL: 'http://127.0.0.1:1',
    LINK_KEYS: 'k1:a-link-secret-of-at-least-32-characters',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'billing@example.test',
    MERCHANT_NAME: 'Powerline',
    MERCHANT_SUPPORT_EMAIL: 'help@example.test',
    PORT: '0',
    TEST_MODE: '1',
  };
});
afterAll(() => database.drop());

const keys = (...args: string[]) =>
  run(process.execPath, [builtScript('scripts/operate/keys.ts'), ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );

type Line = { readonly event?: string; readonly port?: number };

async function startServer(more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [builtScript('src/server.ts')], { env: { ...env, ...more } });
  const lines: string[] = [];
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      lines.push(text);
      const line = JSON.parse(text) as Line;
      if (line.event === 'api.started' && line.port !== undefined) resolve(line.port);
    });
    child.on('exit', (code) => reject(new Error(`exit ${code}: ${errors.join('')}`)));
  });
  return { child, port, lines };
}

async function stop(child: ChildProcess): Promise<number | null> {
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

test('keys are made, listed and revoked, and shown once', async () => {
  const created = await keys('create', '--scopes', 'read,write', '--name', 'laptop', '--json');
  const { id, key } = JSON.parse(created.stdout) as { id: string; key: string };
  expect(key).toMatch(/^dc_test_[a-z2-7]{24}_[A-Za-z0-9_-]{43}$/);

  const listed = await keys('list');
  expect(listed.stdout).toContain(`${id}  read,write  live  laptop`);
  expect(listed.stdout).not.toContain(key);
  expect((await keys('revoke', id)).stdout).toBe('revoked\n');
  expect((await keys('list')).stdout).toContain('revoked');
  expect((await keys('create', '--scopes', 'read')).stdout).toMatch(/^dc_test_\S+\n$/);
});

test.each([
  [[]],
  [['create']],
  [['create', '--scopes', 'read,root']],
  [['revoke']],
  [['create', '--scope', 'read']],
])('keys %j says how it is used', async (args) => {
  const answer = await keys(...args);
  expect(answer.code).toBe(1);
  expect(answer.stderr).toContain('usage:');
});

describe('the API process', () => {
  test('serves, and ends by a signal with 0 while somebody waits', async () => {
    const { stdout } = await keys('create', '--scopes', 'read,write');
    const headers = { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/json' };
    const { child, port, lines } = await startServer();
    const url = `http://127.0.0.1:${port}`;
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);

    const body = JSON.stringify({ email: 'canary@example.test' });
    const created = await fetch(`${url}/v1/customers`, { method: 'POST', headers, body });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    const setup = await fetch(`${url}/v1/setups`, {
      method: 'POST',
      headers: { ...headers, 'idempotency-key': 'process-1' },
      body: JSON.stringify({
        customer: id,
        return_url: 'https://merchant.example.test/back',
        consent: {
          scope: 'off_session',
          frequency: 'recurring',
          amount_basis: 'usage',
          text: 'I agree.',
          version: '1',
          collect: true,
        },
      }),
    });
    expect(setup.status).toBe(202);
    const { id: setupId } = (await setup.json()) as { id: string };
    const waited = fetch(`${url}/v1/setups/${setupId}?wait=20`, { headers });
    await fetch(`${url}/r/v1.canary`, { redirect: 'manual' });

    const code = await stop(child);

    expect(code).toBe(0);
    // 503 only if the request came after the signal.
    expect([200, 503]).toContain((await waited).status);
    const log = lines.join('\n');
    expect(log).toContain('"route":"/v1/customers"');
    expect(log).not.toMatch(/canary|dc_test_|readyz/);
  });

  test('does not start on a database of another schema, nor without its environment, and says why', async () => {
    await expect(
      startServer({ DATABASE_URL: database.url.replace(/\/[^/]+$/, '/postgres') }),
    ).rejects.toThrow('npm run migrate');
    await expect(startServer({ LINK_KEYS: '' })).rejects.toThrow('LINK_KEYS');
  });
});
