/** Every refund of the window at Stripe beside its row, and every row of the window beside its refund. */
import { aboutRefund, type BookedRefund, compareRefund, givenBack } from '../../domain/booked-refund.ts';
import type { RefundSnapshot } from '../../domain/charge/refund-snapshot.ts';
import type { Difference } from '../../domain/reconciliation.ts';
import { AppError } from '../../platform/errors.ts';
import { readRefundedCharges } from '../../store/charge/refunds.ts';
import { readBookedRefunds, readRefundsOf } from '../../store/janitor/booked-refunds.ts';
import { refundsSince, retrieveRefund } from '../../stripe/refunds/refunds.ts';
import { type Comparison, eachPage } from './reconcile-comparison.ts';

/** Amounts are integers in minor units, by currency: what has gone back, or is on its way, of paid charges. */
export type Refunds = {
  readonly differences: readonly Difference[];
  readonly booked: ReadonlyMap<string, number>;
  readonly at_stripe: ReadonlyMap<string, number>;
  /** Those that no row here has: whoever may, brings them. */
  readonly unheard: readonly RefundSnapshot[];
};

type Tally = {
  readonly comparison: Comparison;
  readonly differences: Difference[];
  readonly booked: Map<string, number>;
  readonly at_stripe: Map<string, number>;
  readonly unheard: RefundSnapshot[];
  readonly seen: Set<string>;
};

/** @throws AppError `stripe_unreadable` */
export async function compareRefunds(comparison: Comparison): Promise<Refunds> {
  const tally: Tally = {
    comparison,
    differences: [],
    booked: new Map(),
    at_stripe: new Map(),
    unheard: [],
    seen: new Set(),
  };
  const { deps, from } = comparison;
  const since_s = from === null ? 0 : Math.max(0, Math.floor(from.getTime() / 1_000));
  await eachPage(deps.stripe, refundsSince(since_s), (refunds) => comparePage(tally, refunds));
  await readBooks(tally);
  return tally;
}

async function comparePage(tally: Tally, refunds: readonly RefundSnapshot[]): Promise<void> {
  const { sql } = tally.comparison.deps;
  const intents = refunds.flatMap(({ payment_intent }) => payment_intent ?? []);
  const charges = await readRefundedCharges(sql, intents);
  const ids = refunds.map(({ id }) => id);
  const booked = await readBookedRefunds(sql, ids);
  const byId = new Map(booked.map((row) => [row.stripe_refund_id, row]));
  for (const refund of refunds) {
    const charge = charges.get(refund.payment_intent ?? '');
    tally.seen.add(refund.id);
    // Of what is not paid here, or not bound, the PaymentIntents are compared.
    if (charge?.is_succeeded !== true) continue;
    const row = byId.get(refund.id);
    if (row !== undefined) {
      compareOne(tally, refund, row);
      continue;
    }
    add(tally.at_stripe, refund.currency, givenBack(refund, refund.status));
    tally.unheard.push(refund);
    tally.differences.push(aboutRefund('refund_without_row', refund, null, charge.charge_id));
  }
}

function compareOne(tally: Tally, refund: RefundSnapshot, row: BookedRefund): void {
  add(tally.at_stripe, refund.currency, givenBack(refund, refund.status));
  add(tally.booked, row.currency, givenBack(row, row.state));
  const difference = compareRefund(refund, row);
  if (difference !== null) tally.differences.push(difference);
}

/** The other direction: a row whose refund the list did not have is looked up by its id. */
async function readBooks(tally: Tally): Promise<void> {
  const { deps } = tally.comparison;
  let after: string | null = '';
  while (after !== null) {
    const page = await readRefundsOf(deps.sql, tally.comparison, after);
    for (const row of page.rows) if (!tally.seen.has(row.stripe_refund_id)) await compareUnlisted(tally, row);
    after = page.next;
  }
}

async function compareUnlisted(tally: Tally, row: BookedRefund): Promise<void> {
  const answer = await retrieveRefund(tally.comparison.deps.stripe, row.stripe_refund_id);
  if (answer.kind === 'ok') return compareOne(tally, answer.value, row);
  if (answer.kind !== 'refused' || answer.reason !== 'resource_missing')
    throw new AppError('stripe_unreadable');
  add(tally.booked, row.currency, givenBack(row, row.state));
  tally.differences.push(aboutRefund('refund_here_only', null, row));
}

function add(sums: Map<string, number>, currency: string | null, minor: number): void {
  sums.set(currency ?? '', (sums.get(currency ?? '') ?? 0) + minor);
}
