/**
 * What a play about lost rows stands on: the API and two workers as they are built, a queue, a mail catcher, the
 * simulator, and a Postgres behind an address that can be made to lead to another one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../sandbox/child-process.ts';
import { type Inbox, startInbox } from '../../../sandbox/inbox.ts';
import { processEnvironment } from '../../../sandbox/sandbox-environment.ts';
import { type Simulator, startSimulator } from '../../../simulator/index.ts';
import { createApiKey } from '../../../src/api/api-key.ts';
import { migrateQueue } from '../../../src/queue/postgres.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { readNow } from '../../../src/store/postgres/instance.ts';
import { migrate } from '../../../src/store/postgres/migrate.ts';
import { moveClock } from '../../../src/store/work/clock-moves.ts';
import { LISTED_EVENT_TYPES } from '../../../src/stripe/events/followed-events.ts';
import { type Crew, startCrew } from '../../../test/chaos/crew.ts';
import { stripeOf } from '../../../test/chaos/payers.ts';
import { openProxy, type TcpProxy } from '../../../test/chaos/proxy.ts';
import { type RedisServer, startRedisServer } from '../../../test/chaos/redis-server.ts';
import { callerOf } from '../../../test/harness/api-caller.ts';
import { onServer } from '../../../test/harness/services/on-server.ts';

export type Ground = {
  readonly queue: 'postgres' | 'redis';
  readonly database: Database;
  /** Where everybody's connections to Postgres lead. */
  readonly door: TcpProxy;
  readonly simulator: Simulator;
  readonly secret_key: string;
  readonly sdk: ReturnType<typeof stripeOf>;
  readonly inbox: Inbox;
  readonly api_url: string;
  readonly api: ReturnType<typeof callerOf>;
  /** Of the API, the workers and the operator's commands. */
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
  startCrew(): Promise<Crew>;
  /** Kills the API and the workers. */
  stopCrew(): Promise<void>;
  /** Moves business time and Stripe's together. */
  advance(seconds: number): Promise<void>;
  /** Sets the business clock of a database that was put back to Stripe's. */
  setClock(): Promise<void>;
  close(keep: { readonly logs: boolean }): Promise<void>;
};

const SECRETS = {
  stripe_secret_key: 'sk_test_loss',
  stripe_publishable_key: 'pk_test_loss',
  stripe_webhook_secret: 'whsec_loss_0123456789abcdef',
  link_secret: 'a-link-secret-of-at-least-32-characters',
} as const;
const DATABASE = 'duecourse';

export type GroundOptions = {
  /** A Postgres server, as superuser. */
  readonly server_url: string;
  readonly redis: boolean;
  /** How long Stripe takes, in milliseconds: between the two. */
  readonly latency_ms: readonly [number, number];
};

/** Opens it on an empty server; nothing of ours runs yet. */
export async function openGround(options: GroundOptions): Promise<Ground> {
  const { server_url } = options;
  const address = new URL(server_url);
  await onServer(server_url, (sql) => sql`create database ${sql(DATABASE)}`);
  const door = await openProxy();
  door.aim(Number(address.port));
  address.pathname = `/${DATABASE}`;
  address.port = String(door.port);
  const database_url = address.href;
  await migrate(database_url);
  await migrateQueue(database_url);
  const database = openDatabase({ url: database_url, applicationName: 'prove-loss', connectionsMax: 3 });
  const redis = options.redis ? await startRedisServer() : null;
  const inbox = await startInbox();
  const port = await freePort();
  const api_url = `http://127.0.0.1:${port}`;
  const simulator = await openSimulator(api_url, options.latency_ms);
  const addresses = { database_url, redis_url: urlOf(redis), api_url, port };
  const { smtp_url } = inbox;
  const env = processEnvironment({ ...addresses, stripe_url: simulator.url, smtp_url }, SECRETS, {
    LOG_LEVEL: 'info',
    STRIPE_RATE_PER_ENDPOINT: '1000',
    STRIPE_RATE_GLOBAL: '4000',
  });
  const logFolder = mkdtempSync(join(tmpdir(), 'duecourse-loss-logs-'));
  let crew: Crew | null = null;
  const stopCrew = async (): Promise<void> => {
    await crew?.stop();
    crew = null;
  };
  return {
    queue: redis === null ? 'postgres' : 'redis',
    database,
    door,
    simulator,
    secret_key: SECRETS.stripe_secret_key,
    sdk: stripeOf(simulator, SECRETS.stripe_secret_key),
    inbox,
    api_url,
    api: callerOf(api_url, await apiKey(database)),
    env,
    logFolder,
    startCrew: async () => {
      crew = await startCrew({ env, api_url, logFolder });
      return crew;
    },
    stopCrew,
    ...clockOf(database, simulator),
    close: async ({ logs }) => {
      await stopCrew();
      await database.close();
      await simulator.close();
      await inbox.close();
      await redis?.stop();
      await door.close();
      if (!logs) rmSync(logFolder, { recursive: true, force: true });
    },
  };
}

function openSimulator(api_url: string, latencyMs: GroundOptions['latency_ms']): Promise<Simulator> {
  const door = {
    url: `${api_url}/webhooks/stripe`,
    secret: SECRETS.stripe_webhook_secret,
    enabled_events: LISTED_EVENT_TYPES,
  };
  // A test card stands for the cards of many payers: declined as one, it would be closed for all of them.
  return startSimulator({ seed: 1, latencyMs, webhooks: [door], fingerprints: 'of_method' });
}

const urlOf = (redis: RedisServer | null): string | null => redis?.url(redis.port) ?? null;

async function apiKey({ tables }: Database): Promise<string> {
  const scopes = ['read', 'write', 'admin'] as const;
  const { token } = await createApiKey(tables, { name: 'prove-loss', scopes, livemode: false });
  return token;
}

function clockOf({ sql }: Database, { control }: Simulator): Pick<Ground, 'advance' | 'setClock'> {
  return {
    advance: async (seconds) => {
      // Move our clock first: a worker must not think that Stripe remembers for longer than it does.
      await moveClock(sql, seconds * 1_000);
      await control.clock({ advance: seconds });
      // Again, to wake the workers for what Stripe's timers have reported meanwhile.
      await moveClock(sql, 0);
    },
    setClock: async () => {
      const { now } = await control.clock();
      await moveClock(sql, now * 1_000 - (await readNow(sql)).getTime());
    },
  };
}
