/** What the sandbox's processes need: database, queue, Stripe simulator, mail catcher. */
import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '../src/store/postgres/migrate.ts';
import { FOLLOWED_EVENT_TYPES } from '../src/stripe/events/followed-events.ts';
import { startInbox } from './inbox.ts';
import { type NodeProcess, startNodeProcess } from './node-process.ts';
import { startEmbeddedPostgres } from './postgres.ts';
import { startPrivateRedis } from './redis.ts';
import { type Secrets, shellEnvironment } from './sandbox-environment.ts';

/** As `PATCH /_sim/webhooks` takes it. */
export type WebhookWeather = {
  readonly shuffle?: boolean;
  /** 0 to 1. */
  readonly duplicateRate?: number;
  /** Simulator time before the first try, in milliseconds. */
  readonly delayMs?: number;
  /** Holds everything back. */
  readonly paused?: boolean;
};

export type ServersOptions = {
  readonly folder: string;
  readonly root: string;
  readonly logFolder: string;
  /** A private one, or an existing one. */
  readonly redis: boolean | { readonly url: string };
  readonly durable: boolean;
  readonly seed?: number | undefined;
  readonly secrets: Secrets;
  /** Where the simulator sends webhooks; null sends none. */
  readonly webhook_url: string | null;
  /** How webhooks are delivered from the first one on; without faults by default. */
  readonly weather: WebhookWeather | undefined;
  /** Further arguments of the simulator's command line. */
  readonly simulatorArgs: readonly string[];
  readonly say: (line: string) => void;
};

export type Servers = {
  readonly database_url: string;
  readonly redis_url: string | null;
  readonly stripe_url: string;
  readonly smtp_url: string;
  readonly inbox_url: string;
  readonly pids: { readonly postgres: number; readonly simulator: number };
};

/** Something to stop when the sandbox stops. */
export type Stops = { push(stop: () => Promise<unknown>): unknown };

const STOP_MS = 5_000;
const SEED_MAX = 2 ** 31;

/** Starts them and puts each on `stops` as soon as it runs, so that a failure half-way leaves nothing behind. */
export async function startServers(options: ServersOptions, stops: Stops): Promise<Servers> {
  mkdirSync(options.logFolder, { recursive: true });
  const postgres = await startEmbeddedPostgres({
    dataDir: join(options.folder, 'postgres'),
    fresh: true,
    durable: options.durable,
    log: options.say,
  });
  stops.push(postgres.stop);
  await migrate(postgres.url);
  const redis = options.redis === true ? await startPrivateRedis() : null;
  if (redis !== null) stops.push(redis.stop);
  const lent_url = typeof options.redis === 'object' ? options.redis.url : null;
  const inbox = await startInbox();
  stops.push(inbox.close);
  const simulator = await startSimulator(options);
  stops.push(() => simulator.process.stop(STOP_MS));
  if (options.weather !== undefined) await bringWeather(simulator.url, options.weather);
  return {
    database_url: postgres.url,
    redis_url: redis?.url ?? lent_url,
    stripe_url: simulator.url,
    smtp_url: inbox.smtp_url,
    inbox_url: inbox.inbox_url,
    pids: { postgres: postgres.pid, simulator: simulator.process.pid },
  };
}

async function startSimulator(options: ServersOptions): Promise<{ url: string; process: NodeProcess }> {
  const { secrets, webhook_url } = options;
  // Ids repeat for the same seed, and one noted from the last sandbox must not name something else in this one.
  const seed = options.seed ?? randomInt(SEED_MAX);
  // As an operator sets up the endpoint at Stripe: types that nobody follows are not even sent.
  const events = ['--webhook-events', FOLLOWED_EVENT_TYPES.join(',')];
  const webhooks = webhook_url === null ? [] : ['--webhook-url', webhook_url, ...events];
  const keys = ['--secret-key', secrets.stripe_secret_key, '--webhook-secret', secrets.stripe_webhook_secret];
  let tell: (line: string) => void = () => {};
  const firstLine = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const child = startNodeProcess({
    name: 'simulator',
    script: 'simulator/cli.ts',
    // Every payer has a card of their own, though all of them type in the same test numbers.
    args: [
      '--port',
      '0',
      '--seed',
      String(seed),
      '--fingerprints',
      'of_method',
      ...keys,
      ...webhooks,
      ...options.simulatorArgs,
    ],
    env: shellEnvironment(),
    root: options.root,
    logFolder: options.logFolder,
    isSecret: (line) => line.includes(secrets.stripe_webhook_secret),
    onLine: (line) => tell(line),
  });
  const ended = child.exited.then(() => {
    throw new Error(`the simulator ended:\n${child.lastLines().join('\n')}`);
  });
  ended.catch(() => {});
  const { url } = JSON.parse(await Promise.race([firstLine, ended])) as { url: string };
  return { url, process: child };
}

async function bringWeather(url: string, weather: WebhookWeather): Promise<void> {
  const response = await fetch(`${url}/_sim/webhooks`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(weather),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the simulator answered ${response.status} to the weather`);
}
