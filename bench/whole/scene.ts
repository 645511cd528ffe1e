/**
 * One measurement's processes, on a database of its own: a Stripe, workers, and the API where it is asked for. Nothing of
 * an earlier measurement is left, so that the order of measurements makes no difference.
 */
import { freePort } from '../../sandbox/child-process.ts';
import { startPrivateRedis } from '../../sandbox/redis.ts';
import {
  processEnvironment,
  type Secrets,
  sandboxSecrets,
  shellEnvironment,
} from '../../sandbox/sandbox-environment.ts';
import { createApiKey } from '../../src/api/api-key.ts';
import { openDatabase, type Sql } from '../../src/store/postgres/database.ts';
import { FOLLOWED_EVENT_TYPES } from '../../src/stripe/events/followed-events.ts';
import { cpuOf, cpuWithChildren } from '../charges/cpu.ts';
import { type Child, startChild } from './child.ts';
import type { Ground } from './ground.ts';
import { inventedPayers, type Payer, payersAt, writePayers } from './payers.ts';
import type { CpuClock } from './readings.ts';

export type Backend = 'postgres' | 'redis';

export type SceneOptions = {
  readonly backend?: Backend;
  readonly stripe: 'canned' | 'simulator' | 'simulator with webhooks';
  /** One for all calls; the simulator draws each call's from a span. */
  readonly latency_ms?: number | readonly [from: number, to: number];
  /** Of the simulator: those of an account in live mode, with a log of what was asked. */
  readonly limits?: 'live';
  readonly workers?: number;
  readonly api?: boolean;
  /** The API's old space. */
  readonly api_memory_mb?: number;
  /** Calls to Stripe a second and endpoint; more than any machine makes without it. */
  readonly rate_per_s?: number;
  /** Fills the database before anybody works on it. */
  readonly prepare?: (sql: Sql) => Promise<void>;
};

export type Scene = {
  readonly sql: Sql;
  readonly database_url: string;
  readonly api_url: string;
  readonly api_key: string;
  readonly stripe_url: string;
  readonly secrets: Secrets;
  readonly payers: readonly Payer[];
  readonly workers: readonly Child[];
  readonly api: Child | null;
  readonly clocks: Readonly<Record<string, CpuClock>>;
  close(): Promise<void>;
};

type Stops = (() => unknown)[];
type Addresses = Parameters<typeof processEnvironment>[0];

const RATE_PER_S = 10_000;
const POLL_MS = 50;

/** Resolves when all is up; the caller closes it. */
export async function openScene(ground: Ground, options: SceneOptions): Promise<Scene> {
  const stops: Stops = [];
  const close = async (): Promise<void> => {
    for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop();
  };
  try {
    return { ...(await start(ground, options, stops)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(ground: Ground, options: SceneOptions, stops: Stops): Promise<Omit<Scene, 'close'>> {
  const secrets = sandboxSecrets(undefined);
  const database = await ground.freshDatabase();
  stops.push(database.drop);
  const redis = options.backend === 'redis' ? await startPrivateRedis() : null;
  if (redis !== null) stops.push(redis.stop);
  const port = await freePort();
  const api_url = `http://127.0.0.1:${port}`;
  const stripe = startStripe(ground, options, secrets, `${api_url}/webhooks/stripe`);
  stops.push(stripe.stop);
  const { url: stripe_url } = await stripe.line<{ url: string }>();
  const canned = options.stripe === 'canned';
  const payers = canned ? inventedPayers() : await payersAt(stripe_url, secrets.stripe_secret_key);
  await writePayers(database.sql, payers);
  const api_key = await makeKey(database.url);
  await options.prepare?.(database.sql);
  const addresses = {
    database_url: database.url,
    redis_url: redis?.url ?? null,
    stripe_url,
    smtp_url: ground.smtp_url,
    api_url,
    port,
  };
  const { workers, api } = await startOurs(ground, options, addresses, secrets, stops);
  const clocks: Record<string, CpuClock> = {
    postgres: () => cpuWithChildren(ground.postgres_pid),
    [canned ? 'canned_stripe' : 'simulator']: () => cpuOf(stripe.pid),
    bench: () => cpuOf(process.pid),
  };
  if (workers.length > 0) clocks.worker = () => sum(workers.map(({ pid }) => cpuOf(pid)));
  if (api !== null) clocks.api = () => cpuOf(api.pid);
  if (redis !== null) clocks.redis = () => cpuOf(redis.pid);
  return {
    sql: database.sql,
    database_url: database.url,
    api_url,
    api_key,
    stripe_url,
    secrets,
    payers,
    workers,
    api,
    clocks,
  };
}

function startStripe(ground: Ground, options: SceneOptions, secrets: Secrets, webhook_url: string): Child {
  const shared = { env: shellEnvironment(), logFolder: ground.folder };
  const latency = ['--latency', [options.latency_ms ?? 0].flat().join('-')];
  if (options.stripe === 'canned') {
    return startChild({ ...shared, name: 'canned-stripe', script: 'bench/canned-stripe.ts', args: latency });
  }
  const keys = ['--secret-key', secrets.stripe_secret_key, '--webhook-secret', secrets.stripe_webhook_secret];
  const events = ['--webhook-url', webhook_url, '--webhook-events', FOLLOWED_EVENT_TYPES.join(',')];
  const args = [
    ...['--port', '0', '--fingerprints', 'of_method', '--limits', options.limits ?? 'off'],
    ...['--logs', options.limits === undefined ? 'off' : 'on'],
    ...latency,
    ...keys,
    ...(options.stripe === 'simulator' ? [] : events),
  ];
  return startChild({ ...shared, name: 'simulator', script: 'simulator/cli.ts', args });
}

async function makeKey(database_url: string): Promise<string> {
  const database = openDatabase({ url: database_url, applicationName: 'bench-key', connectionsMax: 1 });
  const scopes = ['read', 'write', 'admin'] as const;
  const { token } = await createApiKey(database.tables, { name: 'bench', scopes, livemode: false });
  await database.close();
  return token;
}

/** The API and the workers, as they are deployed; workers say so when they work. */
async function startOurs(
  ground: Ground,
  options: SceneOptions,
  addresses: Addresses,
  secrets: Secrets,
  stops: Stops,
): Promise<{ workers: Child[]; api: Child | null }> {
  const rate_per_s = options.rate_per_s ?? RATE_PER_S;
  const env = processEnvironment(addresses, secrets, {
    STRIPE_RATE_PER_ENDPOINT: String(rate_per_s),
    STRIPE_RATE_GLOBAL: String(Math.min(RATE_PER_S, 4 * rate_per_s)),
  });
  const shared = { env, logFolder: ground.folder };
  let api: Child | null = null;
  if (options.api === true) {
    const { api_memory_mb: mb } = options;
    const memory = mb === undefined ? {} : { NODE_OPTIONS: `--max-old-space-size=${mb}` };
    api = startChild({ ...shared, env: { ...env, ...memory }, name: 'api', script: 'dist/src/server.js' });
    stops.push(api.stop);
    await untilAnswers(`${addresses.api_url}/readyz`);
  }
  const workers = Array.from({ length: options.workers ?? 1 }, (_, index) => {
    const worker = startChild({ ...shared, name: `worker-${index + 1}`, script: 'dist/workers/main.js' });
    stops.push(worker.stop);
    return worker;
  });
  await Promise.all(workers.map((worker) => untilSays(worker, 'worker.started')));
  return { workers, api };
}

async function untilSays(child: Child, event: string): Promise<void> {
  while ((await child.line<{ event?: string }>()).event !== event);
}

async function untilAnswers(url: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  for (;;) {
    const response = await fetch(url, { signal }).catch(() => null);
    await response?.arrayBuffer().catch(() => {});
    if (response?.ok === true) return;
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function sum(values: readonly (number | null)[]): number | null {
  return values.some((value) => value === null)
    ? null
    : values.reduce<number>((all, each) => all + (each ?? 0), 0);
}
