/**
 * The API in front of a world: requests by `call`, keys of every scope, changes heard as in production. Nothing
 * works by itself; `world.work()` does what a worker would.
 */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';
import { createApiKey } from '../../../src/api/api-key.ts';
import { buildApp, type Limits } from '../../../src/api/app.ts';
import { loadConfig } from '../../../src/platform/config.ts';
import { watchRows } from '../../../src/platform/watched-metrics.ts';
import type { Scope } from '../../../src/store/door/api-keys.ts';
import { type Changes, openChanges } from '../../../src/store/work/changes.ts';
import { readMetricRows } from '../../../src/store/work/metric-rows.ts';
import { mustBeDescribed } from '../../harness/description/described-refusals.ts';
import { createWorld, type SavedCustomer, type World, type WorldOptions } from '../../harness/world.ts';

export const API_WEBHOOK_SECRET = 'whsec_api_0123456789abcdef';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export type Call = {
  readonly body?: unknown;
  readonly query?: Record<string, string>;
  /** Idempotency-Key; a fresh one by default on POST, null for none. */
  readonly key?: string | null;
  /** The bearer token; the key with every scope by default, null for none. */
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
};

/** What tests look at by name; the rest they compare whole. */
export type Body = {
  readonly id: string;
  readonly status: string | number;
  readonly detail: string | null;
  readonly code: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
  readonly existing: string;
  readonly data: readonly Body[];
  readonly next_cursor: string | null;
  readonly [field: string]: unknown;
};

export type Answer = {
  readonly status: number;
  readonly body: Body;
  readonly headers: LightMyRequestResponse['headers'];
  readonly text: string;
};

export type ApiWorld = Awaited<ReturnType<typeof createApiWorld>>;

/** On a busy machine turns of the event loop are late at any time: only what is about that has a clock that goes on. */
const STANDS_STILL = { now: () => 0 };

type ApiWorldOptions = WorldOptions & { readonly limits?: Limits; readonly env?: Record<string, string> };

/** Starts one; close it after the file. */
export async function createApiWorld(options: ApiWorldOptions = {}) {
  const world = await createWorld(options);
  const config = configOf(world, options.env);
  watchRows(world.deps.metrics.registry, () => readMetricRows(world.sql), { fresh_ms: 0 });
  const opened = openChanges({ databaseUrl: world.databaseUrl, log: world.deps.log });
  let waiting = 0;
  const changes: Changes = {
    ...opened,
    subscribe: (id, waiter) => {
      waiting += 1;
      const unsubscribe = opened.subscribe(id, waiter);
      return () => {
        waiting -= 1;
        unsubscribe();
      };
    },
  };
  const offered: string[] = [];
  const app = await buildApp(
    {
      ...world.deps,
      tables: world.tables,
      offer: async (kind, ids) => {
        offered.push(...ids.map((id) => `${kind} ${id}`));
      },
      config,
      changes,
      queueReady: async () => true,
    },
    { ...STANDS_STILL, ...options.limits },
  );
  await app.ready();
  const tokens = {
    all: await tokenOf(world, ['read', 'write', 'admin']),
    read: await tokenOf(world, ['read']),
    write: await tokenOf(world, ['write']),
    admin: await tokenOf(world, ['admin']),
  };
  const call = (method: Method, path: string, request: Call = {}) =>
    inject(app, tokens.all, method, path, request);
  return {
    world,
    app,
    changes,
    /** Requests that wait for a change right now. */
    waiting: () => waiting,
    /** `kind id` of every offer made, in order. */
    offered,
    tokens,
    get: (path: string, request?: Call) => call('GET', path, request),
    post: (path: string, body?: unknown, request: Call = {}) => call('POST', path, { ...request, body }),
    patch: (path: string, body?: unknown, request: Call = {}) => call('PATCH', path, { ...request, body }),
    erase: (path: string, request: Call = {}) => call('DELETE', path, request),
    count: async (table: string) => {
      const [row] = await world.sql<{ n: number }[]>`select count(*)::int as n from ${world.sql(table)}`;
      return row?.n ?? -1;
    },
    async close() {
      await app.close();
      await changes.close();
      await world.close();
    },
  };
}

/** A charge as merchants ask for it. */
export const bodyOf = (customer: SavedCustomer, more: object = {}) => ({
  customer: customer.customer_id,
  amount: 1_250,
  currency: 'eur',
  description: 'Power in October',
  ...more,
});

const NO_BODY = {} as Body;

async function inject(
  app: FastifyInstance,
  token: string,
  method: Method,
  path: string,
  request: Call,
): Promise<Answer> {
  const bearer = request.token === undefined ? token : request.token;
  const key = request.key === undefined && method === 'POST' ? randomUUID() : request.key;
  const response = await app.inject({
    method,
    url: path,
    ...(request.query === undefined ? {} : { query: request.query }),
    headers: {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(key === null || key === undefined ? {} : { 'idempotency-key': key }),
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(request.body === undefined ? {} : { payload: payloadOf(request.body) }),
  });
  const isJson = String(response.headers['content-type']).includes('json');
  const body = isJson ? response.json<Body>() : NO_BODY;
  if (response.statusCode >= 400) mustBeDescribed(method, path, body.code);
  return {
    status: response.statusCode,
    body,
    headers: response.headers,
    text: response.body,
  };
}

/** A string is sent as it is, so that a test can send what is no JSON. */
function payloadOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

async function tokenOf(world: World, scopes: Scope[]): Promise<string> {
  const { token } = await createApiKey(world.tables, { name: 'test', scopes, livemode: false });
  return token;
}

export function configOf(world: World, env: Record<string, string> = {}) {
  return loadConfig({
    DATABASE_URL: world.databaseUrl,
    STRIPE_SECRET_KEY: world.secretKey,
    STRIPE_PUBLISHABLE_KEY: 'pk_test_world',
    STRIPE_WEBHOOK_SECRETS: API_WEBHOOK_SECRET,
    STRIPE_API_URL: world.simulator.url,
    PUBLIC_URL: 'http://127.0.0.1:1',
    LINK_KEYS: 'k1:a-link-secret-of-at-least-32-characters',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'Powerline <billing@example.test>',
    MERCHANT_NAME: 'Powerline',
    MERCHANT_SUPPORT_EMAIL: 'help@example.test',
    TEST_MODE: '1',
    ...env,
  });
}

/** The consent of most tests: charges at any time, evidence given. */
export const CONSENT = {
  scope: 'off_session',
  frequency: 'recurring',
  amount_basis: 'metered usage',
  text: 'I allow Powerline to charge this card for what I use.',
  version: '2026-01',
  accepted_at: '2026-01-15T10:00:00Z',
  ip_address: '203.0.113.7',
  user_agent: 'Mozilla/5.0',
} as const;

/**
 * Sends requests whose statements meet in the database: they queue up behind a lock on the table, each on its
 * own connection, and are let go together.
 */
export async function allAtOnce(
  { sql }: World,
  count: number,
  send: () => Promise<Answer>,
): Promise<Answer[]> {
  // The pool opens connections only when it must: make it, else all statements run one after another on one.
  await Promise.all(Array.from({ length: 8 }, () => sql`select pg_sleep(0.1)`));
  const gate = await sql.reserve();
  await gate`begin`;
  await gate`lock table charges in share mode`;
  const answers = Array.from({ length: count }, send);
  await expect
    .poll(async () => {
      const [row] =
        await gate`select count(*)::int as n from pg_locks where not granted and relation = 'charges'::regclass`;
      return row?.n;
    })
    .toBeGreaterThanOrEqual(2);
  await gate`commit`;
  gate.release();
  return Promise.all(answers);
}

/** Of a charge whose merchant has ruled nothing, and of which nothing has become yet. */
export const NO_RULINGS = {
  run: null,
  usage: null,
  amount_received: 0,
  amount_refunded: 0,
  refunds: [],
  disputes: [],
  early_fraud_warning: null,
  again_of: null,
  retry: { days: [1, 3, 7] },
  recovery_terms: { deadline_days: 7, on_expiry: 'close', mails: true, early_mail: false },
  receipt: false,
  notice: null,
  expected_at: null,
  document: null,
  detail: null,
  recovery: null,
  last_error: null,
  paid_with: null,
};
