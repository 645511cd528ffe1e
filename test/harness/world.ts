/**
 * A small world in one process: a database, the simulator, and everything that a worker uses, driven by
 * once-functions. Nothing runs by itself: `work()` advances due rows until nothing is due, `webhooks()` takes in what
 * the simulator has delivered. So a scenario reads from top to bottom, and no test sleeps.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Stripe } from 'stripe';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/index.ts';
import { advance } from '../../src/billing/advance.ts';
import type { Dependencies } from '../../src/billing/dependencies.ts';
import type { RecoveryPorts } from '../../src/billing/recovery-ports.ts';
import { createLeases } from '../../src/billing/work/lease.ts';
import { createPacer, readBudget } from '../../src/billing/work/pace.ts';
import { randomId } from '../../src/platform/ids.ts';
import { createLog, silentLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { productionTimings, type Timings } from '../../src/platform/timings.ts';
import { createRecoveryPorts } from '../../src/recovery/mail/mailer.ts';
import { chargeStatements } from '../../src/store/charge/charge-statements.ts';
import { insertInboxEvents } from '../../src/store/door/inbox-intake.ts';
import { type Database, openDatabase, type Sql } from '../../src/store/postgres/database.ts';
import { readInstance } from '../../src/store/postgres/instance.ts';
import { noteEventsRead } from '../../src/store/postgres/loss.ts';
import { moveClock } from '../../src/store/work/clock-moves.ts';
import { createNewestWrite } from '../../src/store/work/newest-write.ts';
import { type Kind, kinds, obligationTables } from '../../src/store/work/obligations.ts';
import type { PaceRates } from '../../src/store/work/pace.ts';
import { createStripe } from '../../src/stripe/client.ts';
import { isFollowed } from '../../src/stripe/events/followed-events.ts';
import { verifyWebhook } from '../../src/stripe/events/webhook.ts';
import { countersOf } from '../../src/telemetry.ts';
import { LINK_KEYS, notifying, OPERATOR_EMAIL } from './notifying.ts';
import { recordedOptions } from './recorded.ts';
import { readCharge } from './rows.ts';
import { createTestDatabase } from './services/services.ts';

const [ROUNDS_MAX, SECRET_KEY] = [200, 'sk_test_world'];
const WEBHOOK_SECRET = 'whsec_world_0123456789abcdef';
export type WorldOptions = {
  readonly simulator?: SimulatorOptions;
  readonly timings?: Partial<Timings>;
  /** `host:port` of an SMTP server; mails are `unavailable` without one. */
  readonly smtp?: { readonly host: string; readonly port: number };
  readonly publicUrl?: string;
  /** Calls to Stripe a second; more than any test makes without it. */
  readonly rates?: PaceRates;
  /** How long a statement may take, and wait for a lock, where a test holds one; production's spans without it. */
  readonly patience_ms?: number;
  readonly refundOnFraudWarning?: boolean;
  /** The key that the product uses, where it is not the account's secret key; the test says what it may do. */
  readonly productKey?: string;
  /** Returns the address at which the world finds its database, for example a proxy's, given the real one. */
  readonly through?: (databaseUrl: string) => Promise<string>;
};

export type World = Awaited<ReturnType<typeof createWorld>>;

/** Starts a world; close it after the file. */
export async function createWorld(options: WorldOptions = {}) {
  const database = await createTestDatabase();
  const url = (await options.through?.(database.url)) ?? database.url;
  const { patience_ms } = options;
  const patience =
    patience_ms === undefined ? {} : { statementTimeout_ms: patience_ms, lockTimeout_ms: patience_ms };
  const store = openDatabase({ url, applicationName: 'world', connectionsMax: 8, ...patience });
  const door = await openDoor(store.sql);
  const simulator = await startSimulator({
    port: 0,
    webhooks: [{ url: door.url, secret: WEBHOOK_SECRET, enabled_events: ['*'] }],
    ...recordedOptions(),
    // A test card stands for the cards of many customers, unless the test is about that.
    fingerprints: 'of_method',
    ...options.simulator,
  });
  const deps = await dependencies(store, simulator, options);
  const sdk = new Stripe(SECRET_KEY, { ...simulator.stripeOptions, maxNetworkRetries: 0, telemetry: false });
  return {
    sql: store.sql,
    tables: store.tables,
    deps,
    simulator,
    sdk,
    secretKey: SECRET_KEY,
    databaseUrl: database.url,
    /** Advances everything that is due, of these kinds or of all, until nothing is. */
    work: (only: readonly Kind[] = kinds) => work(deps, only),
    /** Moves business time and the simulator's clock together. */
    async advance(seconds: number) {
      await moveClock(store.sql, seconds * 1_000);
      // As if the janitor had been at work all that time.
      await noteEventsRead(store.sql);
      await simulator.control.clock({ advance: seconds });
    },
    /** The same, with nobody at work meanwhile. */
    async advanceQuietly(seconds: number) {
      await moveClock(store.sql, seconds * 1_000);
      await simulator.control.clock({ advance: seconds });
    },
    customer: (token: string, script?: Parameters<Simulator['control']['script']>[1]) =>
      savedCustomer(store.sql, sdk, simulator, token, script),
    charge: (customer: SavedCustomer, amount_minor = 1_250, currency = 'eur') =>
      newCharge(store.sql, customer, amount_minor, currency),
    read: async (id: string) => {
      const context = await readCharge(store.sql, id);
      if (context === null) throw new Error(`no charge ${id}`);
      return context;
    },
    /** The PaymentIntents that the simulator has for a charge. */
    async ledger(charge_id: string) {
      const { payment_intents } = await simulator.control.ledger(SECRET_KEY);
      return payment_intents.filter((intent) => intent.metadata.dc_charge === charge_id);
    },
    async close() {
      deps.leases.close();
      deps.stripe.close();
      await simulator.close();
      await door.close();
      await store.close();
      await database.drop();
    },
  };
}

async function dependencies(
  store: Database,
  simulator: Simulator,
  options: WorldOptions,
): Promise<Dependencies> {
  const timings = { ...productionTimings, gatherMs: 0, mailGatherMinMs: 0, ...options.timings };
  const log = process.env.WORLD_LOG ? createLog({ level: 'debug', role: 'world' }) : silentLog();
  const row = await readInstance(store.sql);
  const [metrics, newest] = [createMetrics(), createNewestWrite()];
  const counters = countersOf(metrics);
  const rates = options.rates ?? { per_endpoint: 10_000, global: 100_000 };
  const pacer = createPacer(store.sql, { rates, blockMs: 250, told: counters.wait });
  const gather = { rows_max: 100, wait_ms: 0 };
  const statements = () => chargeStatements(store.sql, gather, counters.settled, newest);
  return {
    sql: store.sql,
    charges: statements(),
    chargesNow: statements(),
    stripe: createStripe({
      secretKey: options.productKey ?? SECRET_KEY,
      apiUrl: simulator.url,
      timeoutMs: timings.stripeTimeoutMs,
      livemode: false,
      instanceKey: row.derive_key,
      budget: readBudget(pacer),
      told: counters.call,
    }),
    instance: { id: row.instance_id, deriveKey: row.derive_key, livemode: false },
    timings,
    policies: { refund_on_fraud_warning: options.refundOnFraudWarning ?? false },
    leases: createLeases(store.sql, timings, log, counters.lease, newest),
    newest,
    pacer,
    recovery: ports(options),
    ...notifying(store.sql, timings),
    log,
    metrics,
    offer: async () => {},
  };
}

function ports(options: WorldOptions): RecoveryPorts {
  return createRecoveryPorts({
    smtp: {
      host: options.smtp?.host ?? '127.0.0.1',
      port: options.smtp?.port ?? 1,
      secure: false,
      requireTls: false,
      auth: null,
    },
    from: 'Powerline <billing@example.test>',
    merchant: { name: 'Powerline', support_email: 'help@example.test' },
    link_keys: LINK_KEYS,
    operator_email: OPERATOR_EMAIL,
    public_url: options.publicUrl ?? 'http://127.0.0.1:1',
  });
}

async function work(deps: Dependencies, only: readonly Kind[]): Promise<number> {
  let advanced = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    let progress = 0;
    for (const kind of only) {
      const rows = await deps.sql<{ id: string }[]>`
        select id from ${deps.sql(obligationTables[kind] as string)}
        where due_at <= dc_now() and (lease_until is null or lease_until <= clock_timestamp())
        order by due_at limit 200`;
      const ids = rows.map((row) => row.id);
      const result = await advance(deps, kind, ids);
      progress += result.advanced;
    }
    advanced += progress;
    if (progress === 0) return advanced;
  }
  throw new Error('the world does not come to rest');
}

export type SavedCustomer = {
  readonly customer_id: string;
  readonly consent_id: string;
  readonly payment_method_id: string;
  readonly stripe_customer_id: string;
};

/** A customer whose card was saved for off-session use at the simulator, as if by one of our setups. */
export async function savedCustomer(
  sql: Sql,
  sdk: Stripe,
  simulator: Simulator,
  token: string,
  script?: Parameters<Simulator['control']['script']>[1],
): Promise<SavedCustomer> {
  const customer_id = randomId('cst');
  const consent_id = randomId('cns');
  const { id: stripe_customer_id } = await sdk.customers.create({}, key(customer_id));
  const intent = await sdk.setupIntents.create(
    {
      customer: stripe_customer_id,
      payment_method: token,
      confirm: true,
      usage: 'off_session',
      allowed_payment_method_types: ['card'],
      return_url: 'https://merchant.example.test/back',
    },
    key(randomId('set')),
  );
  if (intent.status === 'requires_action') await simulator.control.authenticate(intent.id, 'succeed');
  const saved = await sdk.setupIntents.retrieve(intent.id);
  const payment_method_id = String(saved.payment_method);
  if (script !== undefined) await simulator.control.script(payment_method_id, script);
  await sql`
    insert into customers (id, state, email, name, stripe_customer_id, default_payment_method_id)
    values (${customer_id}, 'bound', ${`${customer_id}@example.test`}, 'Robin', ${stripe_customer_id},
            ${payment_method_id})`;
  await sql`
    insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at)
    values (${consent_id}, ${customer_id}, 'off_session', 'recurring', 'usage', 'I agree.', '1', dc_now())`;
  await sql`
    insert into payment_methods (id, state, customer_id, consent_id, type, usage, card_brand, card_last4)
    values (${payment_method_id}, 'usable', ${customer_id}, ${consent_id}, 'card', 'off_session', 'visa', '4242')`;
  return { customer_id, consent_id, payment_method_id, stripe_customer_id };
}

const key = (row: string) => ({ idempotencyKey: `test:${row}` });

async function newCharge(
  sql: Sql,
  customer: SavedCustomer,
  amount_minor: number,
  currency: string,
): Promise<string> {
  const id = randomId('chg');
  await sql`
    insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id, amount_minor, currency,
                         livemode, description)
    values (${id}, 'queued', dc_now(), ${customer.customer_id}, ${customer.payment_method_id},
            ${customer.consent_id}, ${amount_minor}, ${currency}, false, 'Power in October')`;
  return id;
}

/** Where the simulator's webhooks arrive: verified and stored as the API does it. */
async function openDoor(sql: Sql): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    void receive(sql, request).then(
      (status) => response.writeHead(status).end(),
      () => response.writeHead(503).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhooks/stripe`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(sql: Sql, request: IncomingMessage): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const header = request.headers['stripe-signature'];
  const verdict = verifyWebhook({
    raw: Buffer.concat(chunks),
    header: Array.isArray(header) ? header.join(',') : header,
    secrets: [WEBHOOK_SECRET],
    now_ms: Date.now(),
  });
  if (verdict.kind !== 'verified') return 400;
  const { event } = verdict;
  if (isFollowed(event.type))
    await insertInboxEvents(sql, [{ ...event, livemode: event.livemode === true }], 'webhook');
  return 200;
}
