/**
 * Real processes on real services: the API and workers as children of the test, against a database of its own, the
 * queue's backend of this run, and simulator and inbox in this process, where their control is at hand.
 *
 * A process is started where the test wants it, because what these tests are about is how processes die.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stripe } from 'stripe';
import { freePort } from '../../sandbox/child-process.ts';
import { startInbox } from '../../sandbox/inbox.ts';
import { type Exit, type NodeProcess, startNodeProcess } from '../../sandbox/node-process.ts';
import { processEnvironment, type Secrets } from '../../sandbox/sandbox-environment.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/index.ts';
import { createApiKey } from '../../src/api/api-key.ts';
import type { Variable } from '../../src/platform/config.ts';
import { openDatabase } from '../../src/store/database.ts';
import { advanceClock } from '../../src/store/instance.ts';
import { callerOf } from './api-caller.ts';
import { createTestDatabase, markStartsWorker, redisUrl, wipeRedis } from './services.ts';
import { until } from './until.ts';
import { savedCustomer } from './world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STOP_MS = 8_000;
const START_MS = 30_000;

export type StackOptions = {
  readonly simulator?: SimulatorOptions;
  /** false: the simulator has no endpoint, and nothing is ever told by webhook. */
  readonly webhooks?: boolean;
  readonly secrets?: Partial<Secrets>;
  readonly env?: Partial<Record<Variable, string>>;
};

export type ProcessOptions = {
  /** As in DUECOURSE_FAILPOINTS. */
  readonly failpoints?: string;
  /** Of a worker; all of them by default. */
  readonly roles?: string;
};

export type Stack = Awaited<ReturnType<typeof startStack>>;

const SECRETS: Secrets = {
  stripe_secret_key: 'sk_test_stack',
  stripe_publishable_key: 'pk_test_stack',
  stripe_webhook_secret: 'whsec_stack_0123456789abcdef',
  link_secret: 'a-link-secret-of-at-least-32-characters',
};

/** Starts everything but our processes; close it after the file. */
export async function startStack(options: StackOptions = {}) {
  await wipeRedis();
  const secrets = { ...SECRETS, ...options.secrets };
  const port = await freePort();
  const api_url = `http://127.0.0.1:${port}`;
  const database = await createTestDatabase();
  const store = openDatabase({ url: database.url, applicationName: 'test-stack', connectionsMax: 4 });
  const inbox = await startInbox();
  const endpoint = {
    url: `${api_url}/webhooks/stripe`,
    secret: secrets.stripe_webhook_secret,
    enabled_events: ['*'],
  };
  const simulator = await startSimulator({
    webhooks: options.webhooks === false ? [] : [endpoint],
    ...options.simulator,
  });
  const key = await createApiKey(store.sql, {
    name: 'test',
    scopes: ['read', 'write', 'admin'],
    livemode: false,
  });
  const addresses = {
    database_url: database.url,
    redis_url: redisUrl(),
    stripe_url: simulator.url,
    smtp_url: inbox.smtp_url,
    api_url,
    port,
  };
  const sdk = sdkOf(simulator, secrets.stripe_secret_key);
  const env = processEnvironment(addresses, secrets, {
    LOG_LEVEL: 'debug',
    STRIPE_RATE_PER_ENDPOINT: '1000',
    STRIPE_RATE_GLOBAL: '4000',
    ...options.env,
  });
  const family = childrenOf(env);
  return {
    sql: store.sql,
    database_url: database.url,
    api_url,
    api_key: key.token,
    secrets,
    simulator,
    inbox,
    api: callerOf(api_url, key.token),
    sdk,
    /** A customer whose card is saved for off-session use. */
    customer: (token: string, script?: Parameters<typeof simulator.control.script>[1]) =>
      savedCustomer(store.sql, sdk, simulator, token, script),
    ...family,
    startApi: (given: ProcessOptions = {}) => startApi(family, api_url, given),
    startWorker: (given: ProcessOptions = {}) => startWorker(family, given),
    /** Moves business time and the simulator's clock together. */
    async advance(seconds: number): Promise<void> {
      await advanceClock(store.sql, seconds * 1_000);
      await simulator.control.clock({ advance: seconds });
    },
    /** The PaymentIntents that the simulator has for a charge, oldest first. */
    async ledger(charge_id: string) {
      const { payment_intents } = await simulator.control.ledger(secrets.stripe_secret_key);
      return payment_intents.filter((intent) => intent.metadata.dc_charge === charge_id);
    },
    async close(): Promise<void> {
      await family.stopAll();
      await simulator.close();
      await inbox.close();
      await store.close();
      await database.drop();
    },
  };
}

/** Stripe's own SDK as a merchant has it, for what a merchant does at Stripe without us. */
function sdkOf(simulator: Simulator, secret_key: string): Stripe {
  return new Stripe(secret_key, {
    ...simulator.stripeOptions,
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

type Family = ReturnType<typeof childrenOf>;

/** The processes that a test has started, and every line that any of them wrote. */
function childrenOf(env: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-stack-'));
  const started: NodeProcess[] = [];
  return {
    spawn(script: string, failpoints: string | undefined, args: readonly string[]): NodeProcess {
      const child = startNodeProcess({
        name: `${started.length}`,
        script,
        args,
        env: failpoints === undefined ? env : { ...env, DUECOURSE_FAILPOINTS: failpoints },
        root: ROOT,
        logFolder: folder,
      });
      started.push(child);
      return child;
    },
    /** What a process wrote to stdout and stderr, line by line. */
    linesOf: (child: NodeProcess): string[] => read(folder, child),
    /** What all of them wrote. */
    allLines: (): string[] => started.flatMap((child) => read(folder, child)),
    async stopAll(): Promise<void> {
      const running = started.filter((child) => child.isRunning());
      // One that was stopped by a signal would never see the next.
      for (const child of running) process.kill(child.pid, 'SIGCONT');
      await Promise.all(running.map((child) => child.stop(STOP_MS)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function read(folder: string, child: NodeProcess): string[] {
  try {
    return readFileSync(join(folder, `${child.name}.log`), 'utf8')
      .split('\n')
      .filter(Boolean);
  } catch {
    return [];
  }
}

async function startApi(family: Family, api_url: string, given: ProcessOptions): Promise<NodeProcess> {
  const child = family.spawn('src/server.ts', given.failpoints, ['--timings', 'chaos']);
  await until(
    'the API answers',
    async () => {
      if (!child.isRunning()) throw new Error(`the API ended:\n${child.lastLines().join('\n')}`);
      const response = await fetch(`${api_url}/readyz`).catch(() => null);
      await response?.arrayBuffer();
      return response?.ok === true;
    },
    { most_ms: START_MS },
  );
  return child;
}

/** Resolves once it has begun to work, or has died of a failpoint before it could say so. */
async function startWorker(family: Family, given: ProcessOptions): Promise<NodeProcess> {
  markStartsWorker();
  const roles = given.roles === undefined ? [] : ['--roles', given.roles];
  const child = family.spawn('workers/main.ts', given.failpoints, ['--timings', 'chaos', ...roles]);
  await until(
    'the worker works',
    () => {
      const lines = child.lastLines().join('\n');
      if (!child.isRunning() && !lines.includes('failpoint.hit'))
        throw new Error(`a worker ended:\n${lines}`);
      return !child.isRunning() || lines.includes('"worker.started"');
    },
    { most_ms: START_MS },
  );
  return child;
}

/** How a process ended. */
export async function endOf(child: NodeProcess, most_ms = 20_000): Promise<Exit> {
  let exit: Exit | null = null;
  void child.exited.then((told) => {
    exit = told;
  });
  return until('the process ends', () => exit, { most_ms, tell: () => child.lastLines() });
}
