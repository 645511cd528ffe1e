/**
 * The whole of Duecourse on one machine, from nothing and with nothing installed: embedded Postgres (with the queue on
 * it, or on a private Redis), the Stripe simulator, a mail catcher, the API, two workers and a test clock.
 *
 *   Postgres, Redis, inbox, simulator ─▶ API ─▶ workers ─▶ clock ─▶ ready.json      stopped in reverse
 *
 * `npm run dev` runs it until Ctrl-C; the demo and tests call it with options. It starts empty each time: the simulator
 * keeps everything in memory, and a database with cards that Stripe does not know could only fail.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApiKey } from '../src/api/api-key.ts';
import { openDatabase, type Sql } from '../src/store/postgres/database.ts';
import { freePort } from './child-process.ts';
import { clearLeftovers, forgetProcesses, noteProcesses } from './leftovers.ts';
import type { Exit } from './node-process.ts';
import { type Ready, removeReady, writeReady } from './ready-file.ts';
import { processEnvironment, type Secrets, sandboxSecrets } from './sandbox-environment.ts';
import {
  API_PROGRAM,
  type FirstEnvironment,
  type ProcessEnvironment,
  type Processes,
  startProcesses,
  WORKER_PROGRAM,
} from './sandbox-processes.ts';
import { type Servers, startServers, type WebhookWeather } from './sandbox-servers.ts';
import { type Moved, startTestClock, type TestClock } from './test-clock.ts';

export type SandboxOptions = {
  /** Data, logs and `ready.json`; `.sandbox` of the project by default. */
  readonly folder?: string;
  /** The queue on Redis instead of on Postgres: a private one, or an existing one. */
  readonly redis?: boolean | { readonly url: string };
  /** The API's port; a free one by default. */
  readonly port?: number;
  readonly workers?: number;
  /** `chaos`: leases, sweeps and offers an order of magnitude faster. */
  readonly timings?: 'production' | 'chaos';
  /** The API and the workers are built already; they are built first without it. */
  readonly built?: boolean;
  /** false: the simulator sends no webhook, and the janitor has to find everything. */
  readonly webhooks?: boolean;
  /** Whether webhooks are duplicated, shuffled, delayed or held back. */
  readonly weather?: WebhookWeather;
  readonly seed?: number;
  readonly simulatorArgs?: readonly string[];
  readonly secrets?: Partial<Secrets>;
  /** For the API and all workers. */
  readonly env?: ProcessEnvironment;
  /** For the first incarnation of each only, e.g. DUECOURSE_FAILPOINTS; workers by their index. */
  readonly firstEnv?: FirstEnvironment;
  /** false for tests: Postgres syncs nothing to disk. */
  readonly durable?: boolean;
  readonly say?: (line: string) => void;
};

export type Sandbox = {
  /** As `ready.json` has them now: a restarted worker has another pid. */
  ready(): Ready;
  /** Every process of ours that ended, in order. */
  exits(): readonly Exit[];
  /** The same as the test clock over HTTP. */
  advance(seconds: number): Promise<Moved>;
  readonly folder: string;
  /** Stops everything and removes `ready.json`; idempotent. */
  stop(): Promise<void>;
};

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Starts everything and resolves when all is up.
 *
 * @throws AppError `sandbox_in_use`, `process_not_started`, and what Postgres or Redis throw; nothing is left running
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const stops: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= stopAll(stops);
    return stopped;
  };
  try {
    return await start(options, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: SandboxOptions,
  stops: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<Sandbox> {
  const folder = options.folder ?? join(ROOT, '.sandbox');
  const logFolder = join(folder, 'logs');
  clearLeftovers(folder);
  rmSync(logFolder, { recursive: true, force: true });
  mkdirSync(logFolder, { recursive: true, mode: 0o755 });
  stops.push(async () => forgetProcesses(folder));
  const secrets = sandboxSecrets(options.secrets);
  const port = options.port || (await freePort());
  const api_url = `http://127.0.0.1:${port}`;
  const servers = await startServers(
    {
      folder,
      root: ROOT,
      logFolder,
      secrets,
      redis: options.redis ?? false,
      durable: options.durable ?? true,
      seed: options.seed,
      weather: options.weather,
      webhook_url: options.webhooks === false ? null : `${api_url}/webhooks/stripe`,
      simulatorArgs: options.simulatorArgs ?? [],
      say: options.say ?? (() => {}),
    },
    stops,
  );
  const { sql, api_key } = await prepareDatabase(servers, stops);
  const env = processEnvironment({ ...servers, api_url, port }, secrets, options.env);
  const exits: Exit[] = [];
  let isUp = false;
  const processes = await startProcesses(
    { ...options, root: ROOT, env, logFolder, api_url, onExit: (exit) => exits.push(exit), onRestart: tell },
    stops,
  );
  const clock = await startTestClock(sql, servers.stripe_url);
  stops.push(clock.close);

  const ready = (): Ready => readyOf(servers, secrets, processes, clock, { api_url, api_key });
  function tell(): void {
    if (isUp) publish(folder, ready());
  }
  stops.push(async () => {
    isUp = false;
    removeReady(folder);
  });
  isUp = true;
  tell();
  return { ready, exits: () => exits, advance: clock.advance, folder, stop };
}

/** The sandbox's own connection, the clocks together, and an API key for callers. */
async function prepareDatabase(
  servers: Servers,
  stops: (() => Promise<unknown>)[],
): Promise<{ sql: Sql; api_key: string }> {
  const { sql, tables, close } = openDatabase({
    url: servers.database_url,
    applicationName: 'duecourse-sandbox',
    connectionsMax: 2,
  });
  stops.push(close);
  const scopes = ['read', 'write', 'admin'] as const;
  const { token } = await createApiKey(tables, { name: 'sandbox', scopes, livemode: false });
  return { sql, api_key: token };
}

function readyOf(
  servers: Servers,
  secrets: Secrets,
  processes: Processes,
  clock: TestClock,
  api: { readonly api_url: string; readonly api_key: string },
): Ready {
  return {
    api_url: api.api_url,
    api_key: api.api_key,
    stripe_url: servers.stripe_url,
    stripe_secret_key: secrets.stripe_secret_key,
    stripe_publishable_key: secrets.stripe_publishable_key,
    stripe_webhook_secret: secrets.stripe_webhook_secret,
    inbox_url: servers.inbox_url,
    database_url: servers.database_url,
    redis_url: servers.redis_url,
    test_clock_url: clock.url,
    pids: {
      sandbox: process.pid,
      api: processes.api.pid(),
      workers: processes.workers.map((worker) => worker.pid()),
      simulator: servers.pids.simulator,
      postgres: servers.pids.postgres,
    },
  };
}

function publish(folder: string, ready: Ready): void {
  const { api, workers, simulator } = ready.pids;
  noteProcesses(folder, [
    { pid: api, script: API_PROGRAM },
    ...workers.map((pid) => ({ pid, script: WORKER_PROGRAM })),
    { pid: simulator, script: 'simulator/cli.ts' },
  ]);
  writeReady(folder, ready);
}

/** Stops them in reverse order; one that fails does not keep the others from stopping. */
async function stopAll(stops: (() => Promise<unknown>)[]): Promise<void> {
  for (;;) {
    const last = stops.pop();
    if (last === undefined) return;
    await last().catch(() => {});
  }
}
