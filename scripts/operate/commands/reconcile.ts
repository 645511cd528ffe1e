/**
 * `npm run reconcile [-- --json] [--days N]`: compares our books with Stripe's and with their own rules. Exit 0 if all
 * of it agrees; otherwise 1, naming each differing charge. The differences stay open in the table `breaks` until
 * somebody closes them (`npm run review`). A success under the mark of a charge that was never bound is bound and settled.
 * Without an environment it reads the sandbox's `.sandbox/ready.json` and
 * compares everything there; in production it compares the last 35 days.
 */
import { parseArgs } from 'node:util';
import type { Instance } from '../../../src/billing/dependencies.ts';
import { bringMarked } from '../../../src/billing/janitor/bring-marked.ts';
import { type Reconciliation, reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { applyRefund } from '../../../src/billing/refund/apply-refund-event.ts';
import { breakKinds } from '../../../src/domain/break-kinds.ts';
import type { PaymentSnapshot } from '../../../src/domain/charge/payment-snapshot.ts';
import type { RefundSnapshot } from '../../../src/domain/charge/refund-snapshot.ts';
import { formatAmount } from '../../../src/domain/money.ts';
import { type Difference, invariants } from '../../../src/domain/reconciliation.ts';
import type { ReconcileConfig } from '../../../src/platform/config.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { chargeStatements } from '../../../src/store/charge/charge-statements.ts';
import type { Sql } from '../../../src/store/postgres/database.ts';
import { otherMode, readInstance, readNow } from '../../../src/store/postgres/instance.ts';
import type { StripeClient } from '../../../src/stripe/client.ts';
import type { OperatorCommand } from '../operator-command.ts';
import { atPlace, findPlace } from '../stripe-place.ts';

const DAY_MS = 86_400_000;
/** Some of the queries read every row. */
const STATEMENT_MS = 15 * 60_000;

function compare(place: ReconcileConfig, days: number | null): Promise<Reconciliation> {
  return atPlace(
    'reconcile',
    place,
    async ({ sql, stripe }) => {
      const { instance_id, derive_key, livemode } = await readInstance(sql);
      if (livemode !== null && livemode !== place.livemode) throw otherMode(place.livemode);
      const instance = { id: instance_id, deriveKey: derive_key, livemode: place.livemode };
      const bringing = bringer(sql, stripe, instance);
      const now = await readNow(sql);
      const from = days === null ? null : new Date(now.getTime() - days * DAY_MS);
      return reconcile({ sql, stripe, instance_id, ...bringing }, from);
    },
    STATEMENT_MS,
  );
}

/** Its log is the report: what is left after it was brought. */
function bringer(sql: Sql, stripe: StripeClient, instance: Instance) {
  const timings = productionTimings;
  const alone = { rows_max: 1, wait_ms: 0 };
  const charges = chargeStatements(sql, alone, () => {});
  const port = { log: silentLog(), metrics: createMetrics(), offer: async () => {} };
  const policies = { refund_on_fraud_warning: false };
  const deps = { sql, stripe, instance, timings, policies, charges, ...port };
  const by = { cause: 'janitor', cause_reference: 'reconcile' };
  return {
    bring: (intent: PaymentSnapshot) => bringMarked(deps, intent, 'reconcile'),
    bringRefund: (refund: RefundSnapshot) => applyRefund(deps, refund, by),
  };
}

function report(result: Reconciliation): string {
  const money = (minor: number, currency: string) => formatAmount(minor, currency, 'en');
  const sums = result.sums.map(
    ({ currency, database, stripe, refunded }) =>
      `  ${currency}  database ${money(database, currency)}  stripe ${money(stripe, currency)}${backOf(refunded, currency)}`,
  );
  const kinds = [...new Set(result.differences.map((difference) => difference.kind))];
  const differences = kinds.flatMap((kind) => [
    `  ${kind}, which breaks the rule "${invariants[kind]}":`,
    `    (${breakKinds[kind].means}; ends by review ${waysOf(result, kind)})`,
    ...result.differences.filter((difference) => difference.kind === kind).map(lineOf),
  ]);
  const unclaimed = result.unclaimed.map(
    ({ amount_minor, currency, payment_intent, charge, stripe_customer }) =>
      `    ${money(amount_minor, currency)}  ${payment_intent}  of ${stripe_customer ?? 'nobody'}  for ${charge ?? '-'}`,
  );
  const unbound = unclaimed.length === 0 ? [] : ['  Money of ours that no charge is bound to:', ...unclaimed];
  const verdict = result.agree
    ? `Database and Stripe agree on ${result.charges} charges.`
    : `Database and Stripe DIFFER in ${result.differences.length} places.`;
  return [verdict, ...sums, ...differences, ...unbound].join('\n');
}

/** What went back is taken off already. */
function backOf({ database, stripe }: { database: number; stripe: number }, currency: string): string {
  if (database === 0 && stripe === 0) return '';
  return `  (after refunds of ${formatAmount(database, currency, 'en')} and ${formatAmount(stripe, currency, 'en')})`;
}

function waysOf({ differences }: Reconciliation, kind: string): string {
  const verbs = differences.filter((difference) => difference.kind === kind).flatMap((one) => one.verbs);
  return [...new Set(verbs)].map((verb) => verb.replace('_', '-')).join(', ');
}

function lineOf(difference: Difference): string {
  const { charge, payment_intent, entity, database, stripe } = difference;
  const about = [...new Set([charge ?? entity, entity, payment_intent ?? ''])].join(' ').trim();
  return `    ${about}  database: ${database ?? '-'}  stripe: ${stripe ?? '-'}`;
}

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false }, days: { type: 'string' } },
  });
  const place = findPlace('reconcile', process.env);
  // The simulator's world is small: everything in it.
  const window = place.stripeApiUrl === null ? productionTimings.reconcileWindowDays : null;
  const result = await compare(place, values.days === undefined ? window : Number(values.days));
  process.stdout.write(`${values.json ? JSON.stringify(result) : report(result)}\n`);
  process.exitCode = result.agree ? 0 : 1;
}

export const reconcileCommand: OperatorCommand = { usage: 'usage: reconcile [--json] [--days N]', run: main };
