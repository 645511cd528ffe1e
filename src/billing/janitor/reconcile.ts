/**
 * Compares our books with Stripe's, object by object and in sum, and our books with their own rules, for a window of
 * time. It reads both sides and reports differences; it never heals one, because a person has to decide which side is
 * wrong. Only what Stripe says of a charge that has not heard it yet is brought to the charge, as any carrier would.
 *
 * Both sides move while they are read. So we look a second time, a little later, and report only what differs both
 * times.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { type BreakVerb, verbsOf } from '../../domain/break-kinds.ts';
import { DAY_MS } from '../../domain/durations.ts';
import type { Difference } from '../../domain/reconciliation.ts';
import { productionTimings } from '../../platform/timings.ts';
import { readBrokenRows } from '../../store/janitor/invariants.ts';
import { closeFoundBreaks } from '../../store/janitor/orphans.ts';
import {
  type DifferenceName,
  readKnown,
  recordDifferences,
  sumReceived,
} from '../../store/janitor/reconciliation.ts';
import type { Sql } from '../../store/postgres/database.ts';
import { readNow } from '../../store/postgres/instance.ts';
import { type LossCause, noteLoss } from '../../store/postgres/loss.ts';
import type { ReconcileDependencies } from './reconcile-comparison.ts';
import { compareConfirms } from './reconcile-confirms.ts';
import { comparePayments, type Payments, type Unclaimed } from './reconcile-payments.ts';
import { compareRefunds, type Refunds } from './reconcile-refunds.ts';

export type Reconciliation = {
  readonly agree: boolean;
  /** Succeeded charges that were compared. */
  readonly charges: number;
  readonly payment_intents: number;
  readonly sums: readonly Sum[];
  readonly differences: readonly Named[];
  /** Money under our mark that no charge is bound to, each to the cent. */
  readonly unclaimed: readonly Unclaimed[];
};

type Sides = { readonly database: number; readonly stripe: number };
/** By currency, in minor units: `database` and `stripe` are net, what was received less what went back of it. */
export type Sum = Sides & { readonly currency: string; readonly received: Sides; readonly refunded: Sides };

/** A difference with the verbs that end it, the usual one first. */
export type Named = Difference & { readonly verbs: readonly BreakVerb[] };

/** Longer than a statement, a webhook and a settle take together. */
const RECHECK_MS = 3_000;

/**
 * Compares everything since `from` (null: everything). Stripe's lists are consistent; its search is not used.
 *
 * @throws AppError `stripe_unreadable` when a page of Stripe's lists cannot be read: half a verdict is worse than none
 */
export async function reconcile(deps: ReconcileDependencies, from: Date | null): Promise<Reconciliation> {
  let result = await compareOnce(deps, from);
  if (result.differences.length > 0) {
    await bringUnheard(deps, result.payments.unheard);
    for (const refund of result.refunds.unheard) await deps.bringRefund?.(refund);
    const seen = new Set(result.differences.map(nameOf));
    await wait(deps.recheck_ms ?? RECHECK_MS);
    const again = await compareOnce(deps, from);
    result = { ...again, differences: again.differences.filter((one) => seen.has(nameOf(one))) };
  }
  const { payments, sums } = result;
  await closeFoundBreaks(deps.sql);
  const differences = await leaveOutKnown(deps, result.differences);
  await recordDifferences(deps.sql, differences);
  await noteMissing(deps.sql, 'payment_intent_without_row', payments.missing_s);
  await noteMissing(deps.sql, 'key_without_row', result.confirm_missing_s);
  return {
    agree: differences.length === 0,
    charges: payments.charges,
    payment_intents: payments.payment_intents,
    sums,
    differences: differences.map((difference) => ({
      ...difference,
      verbs: verbsOf(difference.kind, difference.charge),
    })),
    unclaimed: payments.unclaimed,
  };
}

async function bringUnheard(deps: ReconcileDependencies, unheard: Payments['unheard']): Promise<void> {
  if (deps.bring === undefined) return;
  for (const intent of unheard) await deps.bring(intent);
}

/** What a person has closed by a verb of its kind is theirs to know, as long as both sides say what they said then. */
async function leaveOutKnown(
  { sql }: ReconcileDependencies,
  differences: readonly Difference[],
): Promise<Difference[]> {
  const known = await readKnown(sql, differences);
  const closed = known.filter(({ kind, mark, verb }) => verbsOf(kind, mark).some((ends) => ends === verb));
  const names = new Set(closed.map(nameOf));
  return differences.filter((difference) => !names.has(nameOf(difference)));
}

type Once = {
  readonly differences: readonly Difference[];
  readonly payments: Payments;
  readonly refunds: Refunds;
  readonly confirm_missing_s: number | null;
  readonly sums: Reconciliation['sums'];
};

async function compareOnce(deps: ReconcileDependencies, from: Date | null): Promise<Once> {
  const comparison = { deps, from, to: await readNow(deps.sql) };
  const payments = await comparePayments(comparison);
  const booked = new Map(
    (await sumReceived(deps.sql, comparison)).map((sum) => [sum.currency, sum.received_minor]),
  );
  const refunds = await compareRefunds(comparison);
  const confirms = await compareConfirms(comparison);
  // Charges are created before they settle: by weeks if they are scheduled or their customer takes time.
  const since = from && new Date(from.getTime() - productionTimings.reconcileWindowDays * DAY_MS);
  const rows = await readBrokenRows(deps.sql, since);
  const currencies = [
    ...new Set(
      [booked, payments.at_stripe, payments.booked, refunds.at_stripe, refunds.booked].flatMap((sums) => [
        ...sums.keys(),
      ]),
    ),
  ];
  const sums = currencies.sort().map((currency) =>
    sumOf(currency, {
      received: { database: booked.get(currency) ?? 0, stripe: payments.at_stripe.get(currency) ?? 0 },
      refunded: {
        database: refunds.booked.get(currency) ?? 0,
        stripe: refunds.at_stripe.get(currency) ?? 0,
      },
    }),
  );
  const unequal = sums
    .filter(({ currency, received }) => received.database !== (payments.booked.get(currency) ?? 0))
    .map((sum) => sumDiffers(sum, payments.booked.get(sum.currency) ?? 0));
  return {
    differences: [
      ...payments.differences,
      ...refunds.differences,
      ...confirms.differences,
      ...rows,
      ...unequal,
    ],
    payments,
    refunds,
    confirm_missing_s: confirms.missing_s,
    sums,
  };
}

function sumOf(currency: string, { received, refunded }: Pick<Sum, 'received' | 'refunded'>): Sum {
  return {
    currency,
    database: received.database - refunded.database,
    stripe: received.stripe - refunded.stripe,
    received,
    refunded,
  };
}

/** Stripe shows what a row must have asked for, and the row is missing: rows were lost (docs/protocol.md, 2.11). */
async function noteMissing(sql: Sql, cause: LossCause, seen_s: number | null): Promise<void> {
  if (seen_s === null) return;
  await noteLoss(sql, { cause, seen_at: new Date(seen_s * 1_000), since: null, stops: true });
}

function sumDiffers(sum: Reconciliation['sums'][number], compared: number): Difference {
  return {
    kind: 'sums_differ',
    charge: null,
    payment_intent: null,
    entity: sum.currency,
    // No running total: a person may know this much, and it is a difference again when it is more.
    database: `${sum.received.database - compared} ${sum.currency} more than was compared`,
    stripe: null,
  };
}

function nameOf(difference: DifferenceName): string {
  return `${difference.kind} ${difference.entity} ${difference.payment_intent ?? ''}`;
}
