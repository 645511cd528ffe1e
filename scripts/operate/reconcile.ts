/**
 * `npm run reconcile [-- --json] [--days N]`: compares our books with Stripe's and with their own rules. Exit 0 if all
 * of it agrees; otherwise 1, naming each differing charge. The differences stay open in the table `breaks` until
 * somebody closes them (`npm run review`). A success under the mark of a charge that was never bound is bound and settled.
 * Without an environment it reads the sandbox's `.sandbox/ready.json` and
 * compares everything there; in production it compares the last 35 days.
 */
import { parseArgs } from 'node:util';
import type { Instance } from '../../src/billing/dependencies.ts';
import { bringMarked } from '../../src/billing/janitor/bring-marked.ts';
import { type Reconciliation, reconcile } from '../../src/billing/janitor/reconcile.ts';
import type { PaymentSnapshot } from '../../src/domain/charge/payment-snapshot.ts';
import { formatAmount } from '../../src/domain/money.ts';
import { type Difference, invariants } from '../../src/domain/reconciliation.ts';
import { loadReconcileConfig, type ReconcileConfig } from '../../src/platform/config.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { productionTimings } from '../../src/platform/timings.ts';
import { chargeStatements } from '../../src/store/charge/charge-statements.ts';
import { openDatabase, type Sql } from '../../src/store/postgres/database.ts';
import { readInstance, readNow } from '../../src/store/postgres/instance.ts';
import { createStripe, type StripeClient } from '../../src/stripe/client.ts';
import { readRunningSandbox } from './running-sandbox.ts';

const DAY_MS = 86_400_000;
/** Some of the queries read every row. */
const STATEMENT_MS = 15 * 60_000;

type Place = ReconcileConfig & {
  /** How far back; null for everything. */
  readonly days: number | null;
};

/** Where to look: the environment if there is one, otherwise the running sandbox. */
function findPlace(env: NodeJS.ProcessEnv): Place | null {
  if (env.DATABASE_URL && env.STRIPE_SECRET_KEY)
    return {
      ...loadReconcileConfig(env),
      days: env.STRIPE_API_URL ? null : productionTimings.reconcileWindowDays,
    };
  const ready = readRunningSandbox();
  if (ready === null) return null;
  const config = loadReconcileConfig({
    DATABASE_URL: ready.database_url,
    STRIPE_SECRET_KEY: ready.stripe_secret_key,
    STRIPE_API_URL: ready.stripe_url,
  });
  return { ...config, days: null };
}

async function compare(place: Place, days: number | null): Promise<Reconciliation> {
  const database = openDatabase({
    url: place.databaseUrl,
    applicationName: 'reconcile',
    connectionsMax: 2,
    statementTimeout_ms: STATEMENT_MS,
  });
  const stripe = createStripe({
    secretKey: place.stripeSecretKey,
    apiUrl: place.stripeApiUrl ?? undefined,
    timeoutMs: productionTimings.stripeTimeoutMs,
    livemode: place.livemode,
  });
  try {
    const { instance_id, derive_key } = await readInstance(database.sql);
    const instance = { id: instance_id, deriveKey: derive_key, livemode: place.livemode };
    const bring = bringer(database.sql, stripe, instance);
    const now = await readNow(database.sql);
    const from = days === null ? null : new Date(now.getTime() - days * DAY_MS);
    return await reconcile({ sql: database.sql, stripe, instance_id, bring }, from);
  } finally {
    stripe.close();
    await database.close();
  }
}

/** Its log is the report: what is left after it was brought. */
function bringer(sql: Sql, stripe: StripeClient, instance: Instance) {
  const timings = productionTimings;
  const alone = { rows_max: 1, wait_ms: 0 };
  const charges = chargeStatements(sql, alone, timings.recoveryDays * DAY_MS, () => {});
  const port = { log: silentLog(), metrics: createMetrics(), offer: async () => {} };
  const deps = { sql, stripe, instance, timings, charges, ...port };
  return (intent: PaymentSnapshot) => bringMarked(deps, intent, 'reconcile');
}

function report(result: Reconciliation): string {
  const money = (minor: number, currency: string) => formatAmount(minor, currency, 'en');
  const sums = result.sums.map(
    ({ currency, database, stripe }) =>
      `  ${currency}  database ${money(database, currency)}  stripe ${money(stripe, currency)}`,
  );
  const kinds = [...new Set(result.differences.map((difference) => difference.kind))];
  const differences = kinds.flatMap((kind) => [
    `  ${kind}, which breaks the rule "${invariants[kind]}":`,
    ...result.differences.filter((difference) => difference.kind === kind).map(lineOf),
  ]);
  const verdict = result.agree
    ? `Database and Stripe agree on ${result.charges} charges.`
    : `Database and Stripe DIFFER in ${result.differences.length} places.`;
  return [verdict, ...sums, ...differences].join('\n');
}

function lineOf(difference: Difference): string {
  const { charge, payment_intent, entity, database, stripe } = difference;
  const about = [...new Set([charge ?? entity, entity, payment_intent ?? ''])].join(' ').trim();
  return `    ${about}  database: ${database ?? '-'}  stripe: ${stripe ?? '-'}`;
}

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, days: { type: 'string' } },
});
const place = findPlace(process.env);
if (place === null) {
  process.stderr.write(
    'reconcile needs DATABASE_URL and STRIPE_SECRET_KEY, or a running sandbox (npm run dev).\n',
  );
  process.exitCode = 1;
} else {
  const days = values.days === undefined ? place.days : Number(values.days);
  const result = await compare(place, days);
  process.stdout.write(`${values.json ? JSON.stringify(result) : report(result)}\n`);
  process.exitCode = result.agree ? 0 : 1;
}
