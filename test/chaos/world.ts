/** The world of one schedule: its data, its Stripe, its processes; and how it is put in order again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Stripe } from 'stripe';
import { processEnvironment } from '../../sandbox/sandbox-environment.ts';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { createApiKey } from '../../src/api/api-key.ts';
import { openDatabase, type Sql } from '../../src/store/postgres/database.ts';
import type { Tables } from '../../src/store/postgres/tables.ts';
import { moveClock } from '../../src/store/work/clock-moves.ts';
import { LISTED_EVENT_TYPES } from '../../src/stripe/events/followed-events.ts';
import { callerOf } from '../harness/api-caller.ts';
import { seedOf } from './chance.ts';
import { type Crew, startCrew } from './crew.ts';
import type { DatabaseServer } from './database-server.ts';
import { allHave, type EarlierBuild } from './earlier-build.ts';
import { type Buyer, savePayers, stripeOf } from './payers.ts';
import type { Refunded } from './people/after-payment.ts';
import type { Foreign } from './people/foreign.ts';
import type { Loss } from './people/losing.ts';
import { openReceiver, type Receiver } from './people/receiver.ts';
import type { Plan } from './plan.ts';
import type { RedisServer } from './redis-server.ts';
import type { Proxies, Stage } from './stage.ts';

export type World = {
  readonly plan: Plan;
  /** Straight to the database, past the proxies. */
  readonly sql: Sql;
  readonly tables: Tables;
  readonly database: Pick<DatabaseServer, 'crash' | 'forget'>;
  readonly redis: RedisServer | null;
  readonly simulator: Simulator;
  readonly secret_key: string;
  /** Stripe as others reach it who have the account's key. */
  readonly stripe: Stripe;
  /** What another program has made on the same account. */
  readonly foreign: Foreign[];
  /** Refunds that our API accepted. */
  readonly refunded: Refunded[];
  /** Commits that were acknowledged and are gone. */
  readonly losses: Loss[];
  readonly proxies: Proxies;
  readonly inbox: Stage['inbox'];
  /** The merchant's endpoint for notifications. */
  readonly receiver: Receiver;
  readonly crew: Crew;
  /** The other build that some of the crew are of. */
  readonly earlier: EarlierBuild | null;
  readonly api: ReturnType<typeof callerOf>;
  readonly buyers: readonly Buyer[];
  /** Moves business time and Stripe's together. */
  advance(seconds: number): Promise<void>;
  /** Business time, in milliseconds, of a moment of real time. */
  businessTime(real_ms: number): number;
  /** The same, and of what happened while the clock was moved: as if afterwards. */
  latestBusinessTime(real_ms: number): number;
  /**
   * Ends all faults: every proxy passes, every process is up. Stripe's webhooks keep their weather, at the door too.
   */
  calm(): Promise<void>;
  readonly logFolder: string;
  close(keep: { readonly logs: boolean }): Promise<void>;
};

/** Every answer from Stripe takes a while, so that something can happen meanwhile. */
const LATENCY_MS = [10, 80] as const;
/** Agreed so short that their weekends and repetitions fit into a few weeks. */
const NOTICE_DAYS = 'sepa_debit:2,au_becs_debit:1';
const UP_MS = 30_000;
const POLL_MS = 20;
const SECRETS = {
  stripe_secret_key: 'sk_test_chaos',
  stripe_publishable_key: 'pk_test_chaos',
  stripe_webhook_secret: 'whsec_chaos_0123456789abcdef',
  link_secret: 'a-link-secret-of-at-least-32-characters',
} as const;

/** Starts the world: everything is up, every payer has a card on file, nothing is owed. */
export async function openWorld(stage: Stage, plan: Plan): Promise<World> {
  const { server, redis, inbox, proxies, api_port } = stage;
  const name = await emptyData(stage, plan);
  const store = openDatabase({ url: server.url(name), applicationName: 'chaos', connectionsMax: 3 });
  const { sql } = store;
  const simulator = await openSimulator(stage, plan);
  const receiver = await openReceiver();
  const stripe = stripeOf(simulator, SECRETS.stripe_secret_key);
  const api_url = `http://127.0.0.1:${api_port}`;
  const logFolder = mkdtempSync(join(tmpdir(), `duecourse-chaos-${plan.backend}-${plan.name}-`));
  const scopes = ['read', 'write', 'admin'] as const;
  const [{ token }, buyers, crew] = await Promise.all([
    createApiKey(store.tables, { name: 'chaos', scopes, livemode: false }),
    savePayers(sql, simulator, stripe, plan.payers),
    startCrew({
      env: environmentOf(stage, name, api_url, receiver),
      api_url,
      logFolder,
      earlier_root: stage.earlier?.root ?? null,
    }),
  ]);
  const api = callerOf(api_url, token);
  if (allHave('endpoints', stage.earlier)) await subscribe(api, receiver);
  return {
    plan,
    sql,
    tables: store.tables,
    database: server,
    redis,
    simulator,
    secret_key: SECRETS.stripe_secret_key,
    stripe,
    ...{ foreign: [], refunded: [], losses: [] },
    proxies,
    inbox,
    crew,
    earlier: stage.earlier,
    api,
    receiver,
    buyers,
    logFolder,
    ...clockOf(sql, simulator),
    calm: async () => {
      for (const fault of await simulator.control.listFaults()) await simulator.control.removeFault(fault.id);
      for (const proxy of [proxies.postgres, proxies.redis, proxies.stripe, proxies.smtp])
        proxy?.weather({ kind: 'pass' });
      await untilUp(crew);
    },
    close: async ({ logs }) => {
      await crew.stop();
      await simulator.close();
      await receiver.close();
      await store.close();
      proxies.door.weather({ kind: 'pass' });
      await server.drop(name);
      if (!logs) rmSync(logFolder, { recursive: true, force: true });
    },
  };
}

/** A database, a queue and an inbox, all empty; returns the database's name. */
async function emptyData({ server, redis, inbox }: Stage, plan: Plan): Promise<string> {
  const name = `chaos_${plan.name.replace(/\W/g, '_')}`;
  await server.drop(name);
  await server.create(name);
  await redis?.wipe();
  await fetch(`${inbox.inbox_url}/messages`, { method: 'DELETE' });
  return name;
}

async function subscribe(api: World['api'], receiver: Receiver): Promise<void> {
  const wanted = { url: receiver.url, events: ['*'] };
  const { status, body } = await api.post('/v1/webhook_endpoints', wanted, 'endpoint');
  if (status >= 300) throw new Error(`no endpoint: ${status} ${body.code}`);
  receiver.listenWith(String(body.secret));
}

async function openSimulator({ proxies }: Stage, plan: Plan): Promise<Simulator> {
  const door = {
    url: `http://127.0.0.1:${proxies.door.port}/webhooks/stripe`,
    secret: SECRETS.stripe_webhook_secret,
    enabled_events: LISTED_EVENT_TYPES,
  };
  const simulator = await startSimulator({
    seed: seedOf(plan.name),
    latencyMs: LATENCY_MS,
    webhooks: [door],
  });
  proxies.stripe.aim(Number(new URL(simulator.url).port));
  return simulator;
}

function clockOf(
  sql: Sql,
  simulator: Simulator,
): Pick<World, 'advance' | 'businessTime' | 'latestBusinessTime'> {
  const moves = [{ began_ms: 0, at_ms: 0, offset_ms: 0 }];
  return {
    advance: async (seconds) => {
      const began_ms = Date.now();
      const before_ms = moves.at(-1)?.offset_ms ?? 0;
      // Move our clock first: a worker must not think that Stripe remembers for longer than it does.
      await moveClock(sql, seconds * 1_000);
      moves.push({ began_ms, at_ms: Date.now(), offset_ms: before_ms + seconds * 1_000 });
      await simulator.control.clock({ advance: seconds });
      // Again, to wake the workers for what Stripe's timers have reported meanwhile.
      await moveClock(sql, 0);
    },
    businessTime: (real_ms) => real_ms + (moves.findLast((move) => move.at_ms <= real_ms)?.offset_ms ?? 0),
    latestBusinessTime: (real_ms) =>
      real_ms + (moves.findLast((move) => move.began_ms <= real_ms)?.offset_ms ?? 0),
  };
}

function environmentOf(
  stage: Stage,
  database: string,
  api_url: string,
  receiver: Receiver,
): Record<string, string> {
  const { server, redis, proxies, api_port } = stage;
  const addresses = {
    database_url: server.url(database, proxies.postgres.port),
    redis_url: redis?.url(proxies.redis?.port ?? 0) ?? null,
    stripe_url: `http://127.0.0.1:${proxies.stripe.port}`,
    smtp_url: `smtp://127.0.0.1:${proxies.smtp.port}`,
    api_url,
    port: api_port,
  };
  return processEnvironment(addresses, SECRETS, {
    LOG_LEVEL: 'info',
    STRIPE_RATE_PER_ENDPOINT: '1000',
    STRIPE_RATE_GLOBAL: '4000',
    NOTIFY_PRIVATE_HOSTS: receiver.host,
    // What was kept is evidence, and debits take weeks.
    EVENTS_KEPT_DAYS: '365',
    ...(allHave('debits', stage.earlier) ? { DEBIT_NOTICE_DAYS: NOTICE_DAYS } : {}),
  });
}

async function untilUp(crew: Crew): Promise<void> {
  const end_ms = performance.now() + UP_MS;
  while (!crew.isUp() && performance.now() < end_ms) await wait(POLL_MS);
}
