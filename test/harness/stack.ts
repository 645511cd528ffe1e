/**
 * Real processes on real services: the API and workers as children of the test, on a database of their own and the
 * queue backend of this run. Simulator and inbox run in this process, where the test can control them.
 *
 * The test starts each process itself, because these tests are about how processes die.
 */
import { Stripe } from 'stripe';
import { freePort } from '../../sandbox/child-process.ts';
import { startInbox } from '../../sandbox/inbox.ts';
import { processEnvironment, type Secrets } from '../../sandbox/sandbox-environment.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/index.ts';
import { createApiKey } from '../../src/api/api-key.ts';
import type { Variable } from '../../src/platform/config.ts';
import { openDatabase } from '../../src/store/postgres/database.ts';
import { moveClock } from '../../src/store/work/clock-moves.ts';
import { callerOf } from './api-caller.ts';
import { childrenOf, type ProcessOptions, startApi, startWorker } from './children.ts';
import { createTestDatabase, redisUrl, wipeRedis } from './services/services.ts';
import { savedCustomer } from './world.ts';

export type StackOptions = {
  readonly simulator?: SimulatorOptions;
  /** false: the simulator has no endpoint and sends no webhooks. */
  readonly webhooks?: boolean;
  readonly secrets?: Partial<Secrets>;
  /** `user:password` for the mail server. */
  readonly smtp_auth?: string;
  /** NODE_EXTRA_CA_CERTS is Node's own: a private authority that a process trusts. */
  readonly env?: Partial<Record<Variable | 'NODE_EXTRA_CA_CERTS', string>>;
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
  const services = await startServices(options);
  const { store, database, simulator, inbox, secrets, api_url } = services;
  const { token } = await createApiKey(store.tables, {
    name: 'test',
    scopes: ['read', 'write', 'admin'],
    livemode: false,
  });
  const sdk = sdkOf(simulator, secrets.stripe_secret_key);
  const family = childrenOf(environmentOf(services, options));
  return {
    sql: store.sql,
    database_url: database.url,
    api_url,
    api_key: token,
    secrets,
    simulator,
    inbox,
    api: callerOf(api_url, token),
    sdk,
    /** A customer whose card is saved for off-session use. */
    customer: (card: string, script?: Parameters<typeof simulator.control.script>[1]) =>
      savedCustomer(store.sql, sdk, simulator, card, script),
    ...family,
    startApi: (given: ProcessOptions = {}) => startApi(family, api_url, given),
    startWorker: (given: ProcessOptions = {}) => startWorker(family, given),
    /** Moves business time and the simulator's clock together. */
    async advance(seconds: number): Promise<void> {
      await moveClock(store.sql, seconds * 1_000);
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

type Services = Awaited<ReturnType<typeof startServices>>;

/** The services that our processes need. */
async function startServices(options: StackOptions) {
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
  return { secrets, port, api_url, database, store, inbox, simulator };
}

function environmentOf(services: Services, options: StackOptions): Record<string, string> {
  const { secrets, port, api_url, database, inbox, simulator } = services;
  const smtp_url = new URL(inbox.smtp_url);
  [smtp_url.username = '', smtp_url.password = ''] = options.smtp_auth?.split(':') ?? [];
  const addresses = {
    database_url: database.url,
    redis_url: redisUrl(),
    stripe_url: simulator.url,
    smtp_url: smtp_url.href,
    api_url,
    port,
  };
  return processEnvironment(addresses, secrets, {
    LOG_LEVEL: 'debug',
    STRIPE_RATE_PER_ENDPOINT: '1000',
    STRIPE_RATE_GLOBAL: '4000',
    ...options.env,
  });
}

/** Stripe's own SDK as a merchant has it, for what a merchant does at Stripe without us. */
function sdkOf(simulator: Simulator, secret_key: string): Stripe {
  return new Stripe(secret_key, {
    ...simulator.stripeOptions,
    maxNetworkRetries: 0,
    telemetry: false,
  });
}
