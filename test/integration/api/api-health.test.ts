/** `/livez`, `/readyz`, `/metrics`: truthful in each way in which things go wrong. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../../src/api/app.ts';
import { examine } from '../../../src/doctor/examine.ts';
import { openDatabase } from '../../../src/store/postgres/database.ts';
import { readiness } from '../../../src/store/postgres/readiness.ts';
import { openChanges } from '../../../src/store/work/changes.ts';
import { openProxy } from '../../harness/cut-off-proxy.ts';
import { type ApiWorld, configOf, createApiWorld } from './api-world.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

const GOOD = { postgres: true, queue: true, schema: true, clock: true, stripe: true };

test('all is well when all is well', async () => {
  expect((await api.get('/livez', { token: null })).status).toBe(200);
  expect(await api.get('/readyz', { token: null })).toMatchObject({ status: 200, body: GOOD });
  const metrics = await api.get('/metrics', { token: null });
  expect(metrics.status).toBe(200);
  expect(metrics.text).toContain('duecourse_http_request_seconds');
  expect(metrics.text).not.toMatch(/(cst|chg|set)_[a-z2-7]{24}/);
});

test('a key that Stripe refuses is told, takes nothing out of service, and heals by itself', async () => {
  const { world } = api;
  const match = { route: '/v1/payment_intents', method: 'POST' };
  const action = { type: 'status', status: 401 } as const;
  await world.simulator.control.faults({ match, action, times: 1 });
  await world.charge(await world.customer('pm_card_visa'));
  await world.work(['charge']);
  const ready = () => api.get('/readyz', { token: null });
  await expect.poll(ready).toMatchObject({ status: 200, body: { ...GOOD, stripe: false } });
  await world.advance(60);
  await world.work(['charge']);
  // One that is due soon, and waits for nothing but its time.
  const next = await world.charge(await world.customer('pm_card_visa'));
  await world.sql`update charges set due_at = dc_now() + interval '1 minute', revision = revision + 1 where id = ${next}`;
  await expect.poll(ready).toMatchObject({ status: 200, body: GOOD });
});

test('metrics are told to nobody on a port that was not named for them', async () => {
  const { config, ...deps } = { ...api.world.deps, config: configOf(api.world) };
  const app = await buildApp({
    ...deps,
    tables: api.world.tables,
    config: { ...config, servesMetrics: false },
    changes: api.changes,
    queueReady: async () => true,
  });
  expect((await app.inject('/metrics')).statusCode).toBe(404);
  expect((await app.inject('/readyz')).statusCode).toBe(200);
  await app.close();
});

test('what the doctor finds is for a key with the scope admin alone, and is what the command prints', async () => {
  const deep = (token: string | null, value = '1') => api.get(`/readyz?deep=${value}`, { token });
  expect(await deep(null)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  expect(await deep(api.tokens.read)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect(await deep(api.tokens.admin, 'yes')).toMatchObject({
    status: 400,
    body: { code: 'invalid_request' },
  });
  const { status, body } = await deep(api.tokens.admin);
  expect({ status, body }).toEqual({ status: 503, body: await examine({ config: configOf(api.world) }) });
  const checks = body.checks as { check: string; state: string }[];
  const stateOf = (name: string) => checks.find(({ check }) => check === name)?.state;
  expect([stateOf('database.migrations'), stateOf('stripe.key'), stateOf('mail.login')]).toEqual([
    'ok',
    'ok',
    'wrong',
  ]);
  expect((await api.get('/readyz?deep=0', { token: null })).body).toEqual(GOOD);
});

describe('not ready', () => {
  test('while the schema is behind; one ahead of it serves, as in a rollback', async () => {
    const { sql, databaseUrl } = api.world;
    const [newest] = await sql<{ id: number; hash: string; created_at: number }[]>`
      delete from drizzle.__drizzle_migrations
      where id = (select max(id) from drizzle.__drizzle_migrations) returning *`;
    expect(await readiness(sql, databaseUrl)).toEqual({ postgres: true, schema: false, clock: true });
    await sql`insert into drizzle.__drizzle_migrations ${sql(newest ?? {})}`;
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 1)`;
    expect(await readiness(sql, databaseUrl)).toEqual({ postgres: true, schema: true, clock: true });
  });

  test('while the database takes no writes', async () => {
    const { sql, databaseUrl } = api.world;
    const name = new URL(databaseUrl).pathname.slice(1);
    await sql`alter database ${sql(name)} set default_transaction_read_only = on`;
    const readOnly = openDatabase({ url: databaseUrl, applicationName: 'read-only', connectionsMax: 1 });
    try {
      expect((await readiness(readOnly.sql, databaseUrl)).postgres).toBe(false);
    } finally {
      await readOnly.close();
      await sql`set transaction_read_only = off`;
      await sql`alter database ${sql(name)} reset default_transaction_read_only`;
    }
  });

  test('while the queue does not answer, or the database is gone', async () => {
    const proxy = await openProxy(api.world.databaseUrl);
    const database = openDatabase({ url: proxy.url, applicationName: 'proxied' });
    const changes = openChanges({ databaseUrl: proxy.url, log: api.world.deps.log });
    let isQueueUp = true;
    const app = await buildApp({
      ...api.world.deps,
      sql: database.sql,
      tables: database.tables,
      offer: async () => {},
      config: { ...configOf(api.world), databaseUrl: proxy.url },
      changes,
      queueReady: async () => isQueueUp,
    });
    const ready = async () => {
      const { statusCode, body } = await app.inject('/readyz');
      return { statusCode, body: JSON.parse(body) };
    };
    try {
      await expect.poll(ready).toEqual({ statusCode: 200, body: GOOD });
      isQueueUp = false;
      await expect.poll(ready).toEqual({ statusCode: 503, body: { ...GOOD, queue: false } });
      isQueueUp = true;
      proxy.cut();
      await expect.poll(ready).toEqual({
        statusCode: 503,
        body: { postgres: false, queue: true, schema: false, clock: false, stripe: true },
      });
      expect((await app.inject('/livez')).statusCode).toBe(200);

      const call = await app.inject({
        url: '/v1/charges',
        headers: { authorization: `Bearer ${api.tokens.all}` },
      });
      expect([call.statusCode, call.json().code]).toEqual([503, 'unavailable']);
      expect(call.headers['retry-after']).toMatch(/^[1-4]$/);

      proxy.restore();
      await expect.poll(ready).toEqual({ statusCode: 200, body: GOOD });
    } finally {
      proxy.restore();
      await app.close();
      await changes.close();
      await database.close();
      await proxy.close();
    }
  });
});
