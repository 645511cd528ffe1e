/**
 * Our books against Stripe's, object by object and in sum, for a window of time. It reads both sides and writes
 * differences down; it never heals one, because which side is wrong is a question for a person.
 */

import type { PaymentSnapshot } from '../domain/payment-snapshot.ts';
import {
  type BookedCharge,
  compareIntent,
  type Difference,
  missingAtStripe,
} from '../domain/reconciliation.ts';
import { AppError } from '../platform/errors.ts';
import type { Sql } from '../store/database.ts';
import { readBooked, readSucceeded, recordDifferences, sumReceived } from '../store/reconciliation.ts';
import type { StripeClient } from '../stripe/client.ts';
import { listPaymentIntentPage } from '../stripe/payment-intents.ts';

export type Reconciliation = {
  readonly agree: boolean;
  readonly charges: number;
  readonly payment_intents: number;
  readonly sums: readonly { readonly currency: string; readonly database: number; readonly stripe: number }[];
  readonly differences: readonly Difference[];
};

export type ReconcileDependencies = {
  readonly sql: Sql;
  readonly stripe: StripeClient;
  readonly instance_id: string;
};

type Tally = {
  readonly seen: Set<string>;
  readonly paidFor: Map<string, string>;
  readonly sums: Map<string, number>;
  readonly differences: Difference[];
  intents: number;
};

const PAGE = 1_000;
const DAY_S = 86_400;
/** PaymentIntents are created before they succeed, by days where a bank or a customer takes its time. */
const LEAD_S = 35 * DAY_S;
const PAGES_MAX = 100_000;

/**
 * Compares everything since `from` (null: everything). Stripe's list is consistent; its search is not used.
 *
 * @throws AppError `stripe_unreadable` when a page of Stripe's list cannot be read: no verdict is better than half of one
 */
export async function reconcile(deps: ReconcileDependencies, from: Date | null): Promise<Reconciliation> {
  const tally: Tally = { seen: new Set(), paidFor: new Map(), sums: new Map(), differences: [], intents: 0 };
  await readStripe(deps, from, tally);
  const charges = await readBooks(deps, from, tally);
  const booked = await sumReceived(deps.sql, from);
  const currencies = new Set([...booked.map((sum) => sum.currency), ...tally.sums.keys()]);
  const sums = [...currencies].sort().map((currency) => ({
    currency,
    database: booked.find((sum) => sum.currency === currency)?.received_minor ?? 0,
    stripe: tally.sums.get(currency) ?? 0,
  }));
  await recordDifferences(deps.sql, tally.differences);
  const agree = tally.differences.length === 0 && sums.every((sum) => sum.database === sum.stripe);
  return { agree, charges, payment_intents: tally.intents, sums, differences: tally.differences };
}

async function readStripe(deps: ReconcileDependencies, from: Date | null, tally: Tally): Promise<void> {
  const created_gte_s = from === null ? 0 : Math.max(0, Math.floor(from.getTime() / 1_000) - LEAD_S);
  let after: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await listPaymentIntentPage(deps.stripe, { customer: null, created_gte_s }, after);
    if (answer.kind !== 'ok') throw new AppError('stripe_unreadable');
    await comparePage(deps, from, answer.value.data, tally);
    after = answer.value.next;
    if (after === null) return;
  }
}

async function comparePage(
  deps: ReconcileDependencies,
  from: Date | null,
  intents: readonly PaymentSnapshot[],
  tally: Tally,
): Promise<void> {
  const marks = intents.flatMap((intent) => (isOurs(deps, intent) ? [intent.metadata.dc_charge ?? ''] : []));
  const booked = await readBooked(
    deps.sql,
    intents.map((intent) => intent.id),
    marks,
  );
  const byIntent = new Map(booked.map((charge) => [charge.stripe_payment_intent_id, charge]));
  const byId = new Map(booked.map((charge) => [charge.id, charge]));
  for (const intent of intents) {
    const marked = isOurs(deps, intent) ? byId.get(intent.metadata.dc_charge ?? '') : undefined;
    const charge = byIntent.get(intent.id) ?? marked ?? null;
    if (charge === null && intent.status !== 'succeeded') continue;
    tally.intents += 1;
    tally.seen.add(intent.id);
    compareOne(intent, charge, from, tally);
  }
}

function compareOne(
  intent: PaymentSnapshot,
  charge: BookedCharge | null,
  from: Date | null,
  tally: Tally,
): void {
  const difference = compareIntent(intent, charge);
  // Stripe does not say when it succeeded: by our books where they know it, else by when it was created.
  const at_ms = charge?.settled_at?.getTime() ?? (intent.created_s ?? 0) * 1_000;
  const inWindow = from === null || at_ms >= from.getTime();
  // What is older than the window is an earlier run's to judge, unless it contradicts its charge.
  if (difference !== null && (inWindow || charge !== null)) tally.differences.push(difference);
  if (intent.status !== 'succeeded' || !inWindow) return;
  const currency = intent.currency ?? '';
  tally.sums.set(currency, (tally.sums.get(currency) ?? 0) + (intent.amount_received_minor ?? 0));
  const paid_by = charge === null ? undefined : tally.paidFor.get(charge.id);
  if (charge !== null && paid_by !== undefined)
    tally.differences.push({
      kind: 'charged_twice',
      charge: charge.id,
      payment_intent: intent.id,
      database: charge.stripe_payment_intent_id,
      stripe: paid_by,
    });
  if (charge !== null) tally.paidFor.set(charge.id, intent.id);
}

async function readBooks(deps: ReconcileDependencies, from: Date | null, tally: Tally): Promise<number> {
  let count = 0;
  let after = '';
  for (;;) {
    const charges = await readSucceeded(deps.sql, from, after, PAGE);
    count += charges.length;
    for (const charge of charges)
      if (!tally.seen.has(charge.stripe_payment_intent_id ?? ''))
        tally.differences.push(missingAtStripe(charge));
    const last = charges.at(-1);
    if (last === undefined || charges.length < PAGE) return count;
    after = last.id;
  }
}

function isOurs(deps: ReconcileDependencies, intent: PaymentSnapshot): boolean {
  return intent.metadata.dc_instance === deps.instance_id && intent.metadata.dc_charge !== undefined;
}
