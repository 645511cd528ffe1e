/** Building and running it as in production: dist, a migrated database, the API, workers, beside the simulator alone. */
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { copyProject, type Environment, lastLine, type Running, run, start } from './outside-commands.ts';
import { consent } from './outside-merchant.ts';
import { ask, eventually, fresh } from './outside-world.ts';

const SIMULATOR = z.strictObject({
  url: z.url(),
  secret_key: z.string().startsWith('sk_test_'),
  publishable_key: z.string().startsWith('pk_test_'),
  webhook_secret: z.string().startsWith('whsec_'),
});

const name = `outside_${randomBytes(4).toString('hex')}`;
const running: Running[] = [];
let folder = '';
let sim: z.infer<typeof SIMULATOR>;
let env: Environment = {};
let api_url = '';

async function onServer(work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(inject('databaseServerUrl'), { max: 1, onnotice: () => {} });
  await work(sql).finally(() => sql.end());
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

beforeAll(async () => {
  folder = copyProject();
  const simPort = await freePort();
  const simulator = start(folder, ['simulator', '--', '--port', String(simPort)]);
  running.push(simulator);
  sim = SIMULATOR.parse(JSON.parse(await simulator.firstLine));
  expect(new URL(sim.url).port).toBe(String(simPort));
  const port = await freePort();
  api_url = `http://127.0.0.1:${port}`;
  const endpoint = await stripe('/v1/webhook_endpoints', {
    url: `${api_url}/webhooks/stripe`,
    'enabled_events[0]': '*',
  });
  const url = new URL(inject('databaseServerUrl'));
  url.pathname = `/${name}`;
  await onServer((sql) => sql`create database ${sql(name)}`);
  env = {
    DATABASE_URL: url.href,
    STRIPE_SECRET_KEY: sim.secret_key,
    STRIPE_PUBLISHABLE_KEY: sim.publishable_key,
    STRIPE_WEBHOOK_SECRETS: endpoint.secret ?? '',
    STRIPE_API_URL: sim.url,
    PUBLIC_URL: api_url,
    LINK_KEYS: `k1:${randomBytes(24).toString('hex')}`,
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'Outside <billing@outside.example>',
    MERCHANT_NAME: 'Outside',
    MERCHANT_SUPPORT_EMAIL: 'help@outside.example',
    PORT: String(port),
  };
});

afterAll(async () => {
  await Promise.all(running.map((each) => each.stop()));
  await onServer((sql) => sql`drop database if exists ${sql(name)} with (force)`);
  rmSync(folder, { recursive: true, force: true });
});

async function stripe(path: string, fields: Record<string, string>): Promise<Record<string, string>> {
  const headers = { authorization: `Bearer ${sim.secret_key}` };
  const body = new URLSearchParams(fields);
  return JSON.parse((await ask(new URL(path, sim.url), { method: 'POST', headers, body })).text);
}

test('build, migrate, start and worker carry a set-up and a charge to their ends', async () => {
  const built = await run(folder, ['build']);
  expect([built.code, existsSync(join(folder, 'dist'))]).toEqual([0, true]);
  expect((await run(folder, ['migrate'], env)).code).toBe(0);
  expect((await run(folder, ['migrate'], env)).code).toBe(0);
  const key = (
    await run(folder, ['keys', '--', 'create', '--scopes', 'read,write,admin'], env)
  ).stdout.trim();
  const api = start(folder, ['start'], env);
  const worker = start(folder, ['worker', '--', '--roles', 'charge,setup'], env);
  running.push(api, worker);
  await eventually(
    async () => (await ask(new URL('/readyz', api_url)).catch(() => null))?.status,
    (status) => status === 200,
  );

  const call = async (method: string, path: string, body?: object) => {
    const answer = await ask(new URL(path, api_url), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'idempotency-key': fresh('k'),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return JSON.parse(answer.text);
  };
  const { id: customer } = await call('POST', '/v1/customers', { email: 'a@example.com' });
  const asked = { customer, consent, return_url: 'https://shop.example/done' };
  const { id: setup } = await call('POST', '/v1/setups', asked);
  const waiting = await call('GET', `/v1/setups/${setup}?wait=20`);
  expect(waiting).toMatchObject({ status: 'awaiting_customer' });
  await stripe(`/v1/setup_intents/${waiting.stripe_setup_intent_id}/confirm`, {
    payment_method: 'pm_card_visa',
    return_url: 'https://shop.example/done',
  });
  await eventually(
    () => call('GET', `/v1/setups/${setup}`),
    ({ status }) => status === 'succeeded',
  );
  const charge = { customer, amount: 1_000, currency: 'eur', description: 'x' };
  const { id } = await call('POST', '/v1/charges', charge);
  expect(await call('GET', `/v1/charges/${id}?wait=20`)).toMatchObject({ status: 'succeeded' });

  const compared = await run(folder, ['reconcile', '--', '--json'], env);
  expect([compared.code, lastLine(compared)]).toMatchObject([0, { agree: true }]);
  expect(await Promise.all([worker.stop(), api.stop()])).toEqual([0, 0]);
  await expect(ask(new URL('/livez', api_url))).rejects.toThrow();
});

test('a configuration that is missing is told by name', async () => {
  const { LINK_KEYS: _, ...rest } = env;
  const failed = await run(folder, ['start'], rest);
  expect(failed.code).not.toBe(0);
  expect(failed.stderr).toContain('LINK_KEYS');
});

test('the simulator’s benchmark prints its figures', async () => {
  const { code, ...rest } = await run(folder, ['bench:simulator', '--', '--json', '--size', '200']);
  const shape = z.object({ confirms_per_s: z.number().positive(), reads_per_s: z.number().positive() });
  expect([code, shape.safeParse(lastLine({ code, ...rest })).success]).toEqual([0, true]);
});
