/** `npm run dev` in a clone, and the commands that find the sandbox by its ready.json. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { copyProject, isAlive, lastLine, type Running, run, start } from './outside-commands.ts';
import { consent } from './outside-merchant.ts';
import { ask, eventually, fresh } from './outside-world.ts';

const readyShape = z.strictObject({
  api_url: z.url(),
  api_key: z.string(),
  stripe_url: z.url(),
  stripe_secret_key: z.string().startsWith('sk_test_'),
  stripe_publishable_key: z.string().startsWith('pk_test_'),
  stripe_webhook_secret: z.string().startsWith('whsec_'),
  inbox_url: z.url(),
  database_url: z.string(),
  redis_url: z.string().nullable(),
  test_clock_url: z.url(),
  pids: z.strictObject({
    sandbox: z.int(),
    api: z.int(),
    workers: z.array(z.int()).length(2),
    simulator: z.int(),
    postgres: z.int(),
  }),
});
type Ready = z.infer<typeof readyShape>;

let folder = '';
let dev: Running;
let ready: Ready;

const file = () => join(folder, '.sandbox', 'ready.json');
const readReady = () => readyShape.parse(JSON.parse(readFileSync(file(), 'utf8')));

async function untilReady(): Promise<Ready> {
  await eventually(
    () => Promise.resolve(existsSync(file())),
    (isThere) => isThere,
    90,
  );
  return readReady();
}

beforeAll(async () => {
  folder = copyProject();
  dev = start(folder, ['dev', '--', '--fresh']);
  ready = await untilReady();
});

afterAll(async () => {
  await dev?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function call(key: string, method: string, path: string, body?: object) {
  return ask(new URL(path, ready.api_url), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': fresh('k'),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

test('ready.json tells where everything is, and everything is there', async () => {
  const { sandbox, api, workers, simulator, postgres: server } = ready.pids;
  for (const pid of [sandbox, api, ...workers, simulator, server]) expect(isAlive(pid)).toBe(true);
  expect((await ask(new URL('/readyz', ready.api_url))).status).toBe(200);
  expect((await ask(new URL('/_sim/health', ready.stripe_url))).status).toBe(200);
  expect(JSON.parse((await ask(new URL(`${ready.inbox_url}/messages`))).text)).toEqual([]);
});

test('keys makes one that opens what its scopes say, lists it, and revokes it', async () => {
  const made = await run(folder, ['keys', '--', 'create', '--scopes', 'read', '--name', 'outsider']);
  expect([made.code, made.stdout.trim().split('\n').length]).toEqual([0, 1]);
  const key = made.stdout.trim();
  expect((await call(key, 'GET', '/v1/charges')).status).toBe(200);
  const refused = await call(key, 'POST', '/v1/customers', { email: 'a@example.com' });
  expect([refused.status, JSON.parse(refused.text).code]).toEqual([403, 'forbidden']);
  const list = await run(folder, ['keys', '--', 'list']);
  expect(list.stdout).toContain('outsider');
  expect(list.stdout).not.toContain(key);
  const id = /^(\S+).*outsider/m.exec(list.stdout)?.[1] ?? '';
  expect((await run(folder, ['keys', '--', 'revoke', id])).code).toBe(0);
  const gone = await call(key, 'GET', '/v1/charges');
  expect([gone.status, JSON.parse(gone.text).code]).toEqual([401, 'unauthenticated']);
  expect((await run(folder, ['keys', '--', 'revoke', 'nobody'])).code).toBe(1);
  expect((await run(folder, ['keys', '--', 'create', '--scopes', 'all'])).code).toBe(1);
});

async function madeAtStripe(path: string, fields: Record<string, string>): Promise<string> {
  const headers = { authorization: `Bearer ${ready.stripe_secret_key}` };
  const body = new URLSearchParams(fields);
  const answer = await ask(new URL(path, ready.stripe_url), { method: 'POST', headers, body });
  return JSON.parse(answer.text).id;
}

async function made(path: string, body: object): Promise<string> {
  const answer = await call(ready.api_key, 'POST', path, body);
  return z.object({ id: z.string() }).parse(JSON.parse(answer.text)).id;
}

test('reconcile agrees, and names each success that was forged in the database', async () => {
  const account = await madeAtStripe('/v1/customers', { name: 'A' });
  const method = await madeAtStripe('/v1/payment_methods/pm_card_visa/attach', { customer: account });
  const customer = await made('/v1/customers', { email: 'a@example.com', stripe_customer_id: account });
  await made('/v1/payment_methods', { customer, stripe_payment_method_id: method, consent });
  const charge = { customer, amount: 1_000, currency: 'eur', description: 'x' };
  const paid = await made('/v1/charges', charge);
  const more = await made('/v1/charges', charge);
  const waiting = await made('/v1/charges', { ...charge, due_at: '2099-01-01T00:00:00Z' });
  const canceled = await made('/v1/charges', { ...charge, due_at: '2099-01-01T00:00:00Z' });
  await made(`/v1/charges/${canceled}/cancel`, {});
  for (const id of [paid, more, canceled]) {
    await eventually(
      async () => JSON.parse((await call(ready.api_key, 'GET', `/v1/charges/${id}`)).text),
      ({ status }: { status: string }) => ['succeeded', 'canceled'].includes(status),
    );
  }
  const good = await run(folder, ['reconcile', '--', '--json']);
  expect([good.code, lastLine(good)]).toMatchObject([0, { agree: true }]);

  const sql = postgres(ready.database_url, { max: 1, onnotice: () => {} });
  await sql`set session_replication_role = replica`;
  await sql`
    update charges set state = 'succeeded', amount_received_minor = amount_minor
     where id in ${sql([waiting, canceled])}`;
  await sql`update charges set amount_received_minor = amount_received_minor + 1 where id = ${more}`;
  await sql.end();
  const bad = await run(folder, ['reconcile', '--', '--json']);
  expect([bad.code, lastLine(bad)]).toMatchObject([1, { agree: false }]);
  const told = await run(folder, ['reconcile']);
  expect(told.code).toBe(1);
  for (const text of [bad.stdout, told.stdout]) {
    expect([waiting, canceled, more, paid].map((id) => text.includes(id))).toEqual([true, true, true, false]);
  }
});

test('a killed worker comes back by itself, under a new pid', async () => {
  const [first = 0, second = 0] = readReady().pids.workers;
  process.kill(first, 'SIGKILL');
  const begin_ms = performance.now();
  const { pids } = await eventually(
    () => Promise.resolve(readReady()),
    (seen) => !seen.pids.workers.includes(first),
  );
  console.log(`a killed worker was back after ${Math.round(performance.now() - begin_ms)} ms`);
  expect(pids.workers).toContain(second);
  for (const pid of pids.workers) expect(isAlive(pid)).toBe(true);
});

test('SIGTERM to the sandbox stops all of it and removes the file', async () => {
  const { sandbox, api, workers, simulator, postgres: server } = readReady().pids;
  process.kill(sandbox, 'SIGTERM');
  expect(await dev.exited).toBe(0);
  expect(existsSync(file())).toBe(false);
  await eventually(
    () => Promise.resolve([sandbox, api, ...workers, simulator, server].filter(isAlive)),
    (alive) => alive.length === 0,
  );
});

test('the next one begins empty, as Stripe’s stand-in does, without being asked to', async () => {
  dev = start(folder, ['dev']);
  ready = await untilReady();
  const charges = await call(ready.api_key, 'GET', '/v1/charges');
  expect([charges.status, JSON.parse(charges.text).data]).toEqual([200, []]);
});
