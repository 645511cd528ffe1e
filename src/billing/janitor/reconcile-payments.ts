/** Every PaymentIntent of the window beside its charge, and every charge of the window beside its PaymentIntent. */

import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { DAY_S, HOUR_S } from '../../domain/durations.ts';
import { isTerminal } from '../../domain/machines.ts';
import {
  aboutIntent,
  type BookedCharge,
  compareBound,
  type Difference,
  isOrphanLeft,
  missingAtStripe,
} from '../../domain/reconciliation.ts';
import { AppError } from '../../platform/errors.ts';
import { productionTimings } from '../../platform/timings.ts';
import { readBooked, readBoundCharges } from '../../store/janitor/reconciliation.ts';
import { paymentIntentsIn, retrievePaymentIntent } from '../../stripe/payment-intents.ts';
import { type Comparison, eachPage } from './reconcile-comparison.ts';

/** Amounts are integers in minor units, by currency. */
export type Payments = {
  readonly differences: readonly Difference[];
  /** Succeeded charges that were compared. */
  readonly charges: number;
  readonly payment_intents: number;
  /** What the compared charges received, by our books. */
  readonly booked: ReadonlyMap<string, number>;
  /** What succeeded PaymentIntents received, by Stripe's. */
  readonly at_stripe: ReadonlyMap<string, number>;
  /** Successes under the mark of a charge that is bound to nothing and may still bind them. */
  readonly unheard: readonly PaymentSnapshot[];
};

type Tally = {
  readonly comparison: Comparison;
  readonly differences: Difference[];
  readonly booked: Map<string, number>;
  readonly at_stripe: Map<string, number>;
  readonly seen: Set<string>;
  /** Charges whose bound PaymentIntent succeeded. */
  readonly paid: Set<string>;
  /** Successes that carry a charge's mark without being bound to it. */
  readonly strays: { readonly intent: PaymentSnapshot; readonly charge: BookedCharge }[];
  charges: number;
  intents: number;
};

const PAGE = 1_000;
/** How long before its success a PaymentIntent may have been created, when a bank or a customer takes days. */
const LEAD_S = 35 * DAY_S;

/** @throws AppError `stripe_unreadable` */
export async function comparePayments(comparison: Comparison): Promise<Payments> {
  const tally: Tally = {
    comparison,
    differences: [],
    booked: new Map(),
    at_stripe: new Map(),
    seen: new Set(),
    paid: new Set(),
    strays: [],
    charges: 0,
    intents: 0,
  };
  await readStripe(tally);
  await readBooks(tally);
  const strayed = new Set<string>();
  for (const { intent, charge } of tally.strays) {
    const twice = tally.paid.has(charge.id) || strayed.has(charge.id);
    strayed.add(charge.id);
    const kind = twice ? 'charged_twice' : 'success_of_unbound_payment_intent';
    tally.differences.push(aboutIntent(kind, intent, charge));
  }
  const unheard = tally.strays.filter(({ charge }) => mayBind(charge)).map(({ intent }) => intent);
  return { ...tally, payment_intents: tally.intents, unheard };
}

function mayBind({ stripe_payment_intent_id, state }: BookedCharge): boolean {
  return stripe_payment_intent_id === null && !isTerminal('charge', state);
}

async function readStripe(tally: Tally): Promise<void> {
  const { deps, from } = tally.comparison;
  const created_gte_s = from === null ? 0 : Math.max(0, Math.floor(from.getTime() / 1_000) - LEAD_S);
  const list = paymentIntentsIn({ customer: null, created_gte_s });
  await eachPage(deps.stripe, list, (intents) => comparePage(tally, intents));
}

async function comparePage(tally: Tally, intents: readonly PaymentSnapshot[]): Promise<void> {
  const marks = intents.flatMap((intent) => (isOurs(tally, intent) ? [intent.metadata.dc_charge ?? ''] : []));
  const ids = intents.map((intent) => intent.id);
  const booked = await readBooked(tally.comparison.deps.sql, ids, marks);
  const byIntent = new Map(booked.map((charge) => [charge.stripe_payment_intent_id, charge]));
  const byId = new Map(booked.map((charge) => [charge.id, charge]));
  for (const intent of intents) {
    const bound = byIntent.get(intent.id) ?? null;
    const marked = isOurs(tally, intent) ? (byId.get(intent.metadata.dc_charge ?? '') ?? null) : null;
    if (bound !== null) compareWithBound(tally, intent, bound);
    else compareUnbound(tally, intent, marked);
  }
}

function compareWithBound(tally: Tally, intent: PaymentSnapshot, charge: BookedCharge): void {
  tally.seen.add(intent.id);
  tally.intents += 1;
  // Report a contradiction whenever the charge was settled.
  const difference = compareBound(intent, charge);
  if (difference !== null) tally.differences.push(difference);
  if (intent.status === 'succeeded') tally.paid.add(charge.id);
  if (!isInWindow(tally, charge.settled_at, intent.created_s)) return;
  if (intent.status === 'succeeded') add(tally.at_stripe, intent.currency, intent.amount_received_minor);
  countBooked(tally, charge);
}

/**
 * No charge is bound to it: it may belong to another deployment, be a create that lost its race, or be unknown money.
 */
function compareUnbound(tally: Tally, intent: PaymentSnapshot, marked: BookedCharge | null): void {
  if (intent.status !== 'succeeded') {
    if (isOurs(tally, intent) && isOrphanLeft(intent, marked, timesOf(tally)))
      tally.differences.push(aboutIntent('orphan_left', intent, marked));
    return;
  }
  const isNew = isInWindow(tally, null, intent.created_s);
  // Without a charge, an earlier run judged what is older than the window.
  if (marked === null && !isNew) return;
  tally.intents += 1;
  if (isNew) add(tally.at_stripe, intent.currency, intent.amount_received_minor);
  if (marked === null) tally.differences.push(aboutIntent('success_without_charge', intent, null));
  else tally.strays.push({ intent, charge: marked });
}

/** The other direction: a charge whose PaymentIntent was not in Stripe's list is looked up by its id. */
async function readBooks(tally: Tally): Promise<void> {
  const { deps } = tally.comparison;
  let after = '';
  for (;;) {
    const charges = await readBoundCharges(deps.sql, tally.comparison, after, PAGE);
    for (const charge of charges) {
      if (charge.stripe_payment_intent_id !== null && tally.seen.has(charge.stripe_payment_intent_id))
        continue;
      await compareUnlisted(tally, charge);
    }
    const last = charges.at(-1);
    if (last === undefined || charges.length < PAGE) return;
    after = last.id;
  }
}

async function compareUnlisted(tally: Tally, charge: BookedCharge): Promise<void> {
  const id = charge.stripe_payment_intent_id;
  const answer = id === null ? null : await retrievePaymentIntent(tally.comparison.deps.stripe, id);
  if (answer?.kind === 'ok') return compareWithBound(tally, answer.value, charge);
  if (answer !== null && (answer.kind !== 'refused' || answer.reason !== 'resource_missing'))
    throw new AppError('stripe_unreadable');
  tally.differences.push(missingAtStripe(charge));
  if (isInWindow(tally, charge.settled_at, null)) countBooked(tally, charge);
}

function countBooked(tally: Tally, charge: BookedCharge): void {
  if (charge.state !== 'succeeded') return;
  tally.charges += 1;
  add(tally.booked, charge.currency, charge.amount_received_minor);
}

/** Stripe does not say when it succeeded: use our books if they know, or else the time of its creation. */
function isInWindow({ comparison }: Tally, settled_at: Date | null, created_s: number | null): boolean {
  const { from, to } = comparison;
  const at_ms = settled_at?.getTime() ?? (created_s ?? 0) * 1_000;
  if (settled_at !== null && settled_at >= to) return false;
  return from === null || at_ms >= from.getTime();
}

function add(sums: Map<string, number>, currency: string | null, minor: number | null): void {
  sums.set(currency ?? '', (sums.get(currency ?? '') ?? 0) + (minor ?? 0));
}

function timesOf({ comparison }: Tally) {
  const now_s = comparison.to.getTime() / 1_000;
  return { now_s, orphan_age_s: productionTimings.orphanAgeHours * HOUR_S };
}

function isOurs({ comparison }: Tally, intent: PaymentSnapshot): boolean {
  return (
    intent.metadata.dc_instance === comparison.deps.instance_id && intent.metadata.dc_charge !== undefined
  );
}
