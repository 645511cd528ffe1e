/**
 * The composition root: opens what a process stands on and wires the use cases to it, in the order in which they need
 * each other; closes it in reverse. The API and the workers differ in what they start on top.
 */

import { eventView } from './api/views/event.ts';
import type { Dependencies, Instance } from './billing/dependencies.ts';
import { resealSecrets } from './billing/notify/reseal-secrets.ts';
import type { NotifyPorts } from './billing/notify-ports.ts';
import { createLeases } from './billing/work/lease.ts';
import { createPacer, type Pacer, readBudget } from './billing/work/pace.ts';
import { meetDatabase, watchDatabaseOnce } from './billing/work/watch-database.ts';
import { endingCalendars } from './domain/debit/bank-days.ts';
import { refusedDays } from './domain/debit/plan-collection.ts';
import { schemeOf } from './domain/debit/schemes.ts';
import { outdatedNetworks } from './domain/decline/network-rules.ts';
import { createSender, type Sender } from './notify/sender.ts';
import type { Config } from './platform/config.ts';
import { AppError } from './platform/errors.ts';
import type { Log } from './platform/log.ts';
import { createMetrics } from './platform/metrics.ts';
import { type PollLoop, startPollLoop } from './platform/poll-loop.ts';
import type { Timings } from './platform/timings.ts';
import { openQueue, type Queue } from './queue/backend.ts';
import { createOffer } from './queue/offer.ts';
import { createRecoveryPorts } from './recovery/mail/mailer.ts';
import { chargeStatements } from './store/charge/charge-statements.ts';
import { deliveryStatements } from './store/notify/deliveries.ts';
import { type Database, openDatabase } from './store/postgres/database.ts';
import type { GatherOptions } from './store/postgres/gather.ts';
import { noteMode, otherMode, readInstance, readNow } from './store/postgres/instance.ts';
import { schemaLag } from './store/postgres/migrate.ts';
import { CLOCK_DIFFERENCE_MAX_MS, clockDifferenceMs } from './store/postgres/readiness.ts';
import { createNewestWrite } from './store/work/newest-write.ts';
import type { StripeCall } from './stripe/call.ts';
import { createStripe, type StripeClient } from './stripe/client.ts';
import { countersOf, watch } from './telemetry.ts';

export type ComposeOptions = {
  /** Which process this is; connections carry it in their name. */
  readonly role: 'api' | 'worker';
  readonly log: Log;
  readonly timings: Timings;
};

export type Composition = {
  readonly deps: Dependencies;
  readonly database: Database;
  readonly queue: Queue;
  /** Ends what is held and closes every connection; begin nothing afterwards. */
  close(): Promise<void>;
};

/** Time servers keep machines within milliseconds. A larger difference means that one machine has none. */
const CLOCK_DIFFERENCE_WARN_MS = 2_000;

/**
 * Opens database, queue and Stripe client.
 *
 * @throws AppError `schema_behind` before the migrations have run, `clock_moved` outside test mode when the database's
 *   clock has been moved, `mode_differs` on a database of the other mode, `clock_differs` when the database's and ours disagree,
 *   `redis_evicts`
 */
export async function compose(config: Config, options: ComposeOptions): Promise<Composition> {
  const { role, log } = options;
  const timings = timingsFor(config, options.timings);
  await refuseOldSchema(config.databaseUrl);
  const database = openDatabase({ url: config.databaseUrl, applicationName: `duecourse-${role}` });
  const { sql } = database;
  const metrics = createMetrics({ processMetrics: true });
  const counters = countersOf(metrics);
  try {
    const instance = await identify(config, database);
    await refuseWrongClock(database, log);
    await warnOfOldRules(database, log);
    const queue = await openQueue({
      redisUrl: config.redisUrl,
      databaseUrl: config.databaseUrl,
      timings,
      log,
    });
    const rates = { per_endpoint: config.stripeRatePerEndpoint, global: config.stripeRateGlobal };
    const pacer = createPacer(sql, { rates, blockMs: timings.paceBlockMs, told: counters.wait });
    const stripe = openStripe(config, timings, instance.deriveKey, pacer, counters.call);
    const recovery = openRecovery(config);
    const sender = openSender(config, timings);
    const gathered = { rows_max: timings.gatherRowsMax, wait_ms: timings.gatherMs };
    const newest = createNewestWrite();
    const statements = (company: GatherOptions) => chargeStatements(sql, company, counters.settled, newest);
    const leases = createLeases(sql, timings, log, counters.lease, newest);
    watch(metrics, { sql, queue, rates });
    const deps: Dependencies = {
      sql,
      charges: statements(gathered),
      chargesNow: statements({ rows_max: 1, wait_ms: 0 }),
      stripe,
      instance,
      timings,
      policies: { refund_on_fraud_warning: config.refundOnFraudWarning },
      leases,
      newest,
      pacer,
      recovery,
      deliveries: deliveryStatements(sql, gathered, timings),
      notify: { ...sender, renderEvent: renderer(config.livemode) },
      log,
      metrics,
      offer: createOffer(sql, queue, log, timings),
    };
    await resealSecrets(deps);
    const watching = await watchDatabase(deps);
    return {
      deps,
      database,
      queue,
      close: () => closeAll({ watching, leases, recovery, sender, stripe, queue, database }),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The spans that an operator may set. A type's own span is kept where it is the longer one. */
function timingsFor(config: Config, timings: Timings): Timings {
  const { card, sepa_debit } = timings.historyMonths;
  const other = config.historyKeptMonths;
  return {
    ...timings,
    lossListFirstDays: config.lossListFirstDays,
    eventsKeptDays: config.eventsKeptDays,
    debitNotice: noticePolicyOf(config),
    debitLimits: limitsOf(config),
    historyMonths: { card: Math.max(card, other), sepa_debit: Math.max(sepa_debit, other), other },
  };
}

/** @throws AppError `config_invalid` for days that a scheme does not allow */
function noticePolicyOf({ debits: { sent_by, days } }: Config): Timings['debitNotice'] {
  for (const [type, agreed] of days) {
    const refusal = refusedDays(type, agreed, sent_by);
    if (refusal !== null) throw new AppError('config_invalid', { message: `DEBIT_NOTICE_DAYS: ${refusal}` });
  }
  return { sent_by, days: Object.fromEntries(days) };
}

/** @throws AppError `config_invalid` for a limit of what is no scheme */
function limitsOf({ debits: { limits } }: Config): Timings['debitLimits'] {
  for (const type of limits.keys())
    if (schemeOf(type) === null)
      throw new AppError('config_invalid', { message: `DEBIT_LIMITS: ${type} is no scheme of debits` });
  return Object.fromEntries(limits);
}

async function closeAll(opened: {
  readonly watching: PollLoop;
  readonly leases: Dependencies['leases'];
  readonly recovery: { close(): void };
  readonly sender: Sender;
  readonly stripe: StripeClient;
  readonly queue: Queue;
  readonly database: Database;
}): Promise<void> {
  await opened.watching.stop();
  opened.leases.abortAll();
  opened.leases.close();
  opened.recovery.close();
  opened.sender.close();
  opened.stripe.close();
  await opened.queue.close();
  await opened.database.close();
}

async function watchDatabase(deps: Dependencies): Promise<PollLoop> {
  const { timings, log } = deps;
  await meetDatabase(deps);
  return startPollLoop({
    name: 'watch-database',
    intervalMs: timings.dispatchIntervalMs,
    log,
    once: async () => {
      await watchDatabaseOnce(deps);
      return false;
    },
  });
}

function openStripe(
  config: Config,
  timings: Timings,
  instanceKey: Buffer,
  pacer: Pacer,
  told: (call: StripeCall) => void,
): StripeClient {
  return createStripe({
    secretKey: config.stripeSecretKey,
    apiUrl: config.stripeApiUrl ?? undefined,
    timeoutMs: timings.stripeTimeoutMs,
    livemode: config.livemode,
    instanceKey,
    budget: readBudget(pacer),
    told,
  });
}

function openRecovery(config: Config): ReturnType<typeof createRecoveryPorts> {
  return createRecoveryPorts({
    smtp: config.smtp,
    from: config.mailFrom,
    merchant: config.merchant,
    link_keys: config.linkKeys,
    public_url: config.publicUrl,
    operator_email: config.operatorEmail,
  });
}

function openSender(config: Config, timings: Timings): Sender {
  return createSender({
    rules: { private_hosts: config.notifyPrivateHosts, is_sandbox: config.testMode },
    keys: config.linkKeys,
    timings,
  });
}

/** Events go out as `GET /v1/events` shows them. */
function renderer(livemode: boolean): NotifyPorts['renderEvent'] {
  return (event) => JSON.stringify(eventView(event, livemode));
}

/** Reads which deployment this is. Only a test moves the clock: in production a moved clock would charge people early. */
async function identify(config: Config, database: Database): Promise<Instance> {
  const row = await readInstance(database.sql);
  if (row.clock_offset_ms !== 0 && !config.testMode) {
    throw new AppError('clock_moved', {
      message: 'The clock of this database was moved by a test: it must not serve outside TEST_MODE',
    });
  }
  if (!(await noteMode(database.sql, config.livemode))) throw otherMode(config.livemode);
  return { id: row.instance_id, deriveKey: row.derive_key, livemode: config.livemode };
}

/** The database's clock rules due times, ours judges signatures: both must show the same time. */
async function refuseWrongClock(database: Database, log: Log): Promise<void> {
  const difference_ms = Math.round(await clockDifferenceMs(database.sql));
  if (difference_ms >= CLOCK_DIFFERENCE_MAX_MS) {
    throw new AppError('clock_differs', {
      message: `The clocks of this machine and of Postgres differ by ${Math.round(difference_ms / 1_000)} s: set them right`,
    });
  }
  if (difference_ms > CLOCK_DIFFERENCE_WARN_MS) log.warn({ event: 'clock.differs', delayMs: difference_ms });
}

/** What networks bill for changes every year or two, and no answer of Stripe's tells of it. */
async function warnOfOldRules(database: Database, log: Log): Promise<void> {
  const now = await readNow(database.sql);
  for (const network of outdatedNetworks(now)) log.warn({ event: 'decline_table.old', part: network });
  for (const calendar of endingCalendars(now.toISOString().slice(0, 10)))
    log.warn({ event: 'bank_days.ending', part: calendar });
}

/** One migration ahead is a rollback in progress: a release works with its own schema and the next. */
async function refuseOldSchema(databaseUrl: string): Promise<void> {
  const { known, applied } = await schemaLag(databaseUrl);
  if (applied >= known) return;
  throw new AppError('schema_behind', { message: 'The database is behind: run npm run migrate' });
}
