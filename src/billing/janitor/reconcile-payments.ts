/** Every PaymentIntent of the window beside its charge, and every charge of the window beside its PaymentIntent. */

import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { DAY_MS, DAY_S, HOUR_S } from '../../domain/durations.ts';
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
import {
  type BoundCharge,
  readBooked,
  readBoundCharges,
  readEnded,
  readNotEnded,
  readSpokenOf,
} from '../../store/janitor/reconciliation.ts';
import { paymentIntentsIn, retrievePaymentIntent } from '../../stripe/payment-intents.ts';
import { listRefunds, refundedOf } from '../../stripe/refunds/refunds.ts';
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
  /** Money under our mark that no charge is bound to. */
  readonly unclaimed: readonly Unclaimed[];
  /** When the youngest PaymentIntent of ours was made whose charge is missing; Unix seconds. */
  readonly missing_s: number | null;
};

/** Minor units; `charge` is the one that the mark names, whether or not its row is there. */
export type Unclaimed = {
  readonly payment_intent: string;
  readonly charge: string | null;
  readonly stripe_customer: string | null;
  readonly amount_minor: number;
  readonly currency: string;
};

type Tally = {
  readonly comparison: Comparison;
  readonly differences: Difference[];
  readonly booked: Map<string, number>;
  readonly at_stripe: Map<string, number>;
  readonly seen: Set<string>;
  /** Charges whose bound PaymentIntent succeeded. */
  readonly paid: Set<string>;
  readonly unclaimed: Unclaimed[];
  /** Successes that carry a charge's mark without being bound to it. */
  readonly strays: { readonly intent: PaymentSnapshot; readonly charge: BookedCharge }[];
  charges: number;
  intents: number;
  missing_s: number | null;
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
    unclaimed: [],
    charges: 0,
    intents: 0,
    missing_s: null,
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
    if (bound !== null) await compareWithBound(tally, intent, bound);
    else await compareUnbound(tally, intent, marked);
  }
}

async function compareWithBound(tally: Tally, intent: PaymentSnapshot, charge: BookedCharge): Promise<void> {
  tally.seen.add(intent.id);
  tally.intents += 1;
  const has_closed = charge.state === 'failed' || charge.state === 'canceled';
  if (has_closed && (await wentBack(tally, intent))) return;
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
async function compareUnbound(
  tally: Tally,
  intent: PaymentSnapshot,
  marked: BookedCharge | null,
): Promise<void> {
  if (marked === null && isOurs(tally, intent))
    tally.missing_s = Math.max(tally.missing_s ?? 0, intent.created_s ?? 0);
  if (intent.status !== 'succeeded') {
    if (isOurs(tally, intent) && isOrphanLeft(intent, marked, timesOf(tally)))
      tally.differences.push(aboutIntent('orphan_left', intent, marked));
    return;
  }
  const isNew = isInWindow(tally, null, intent.created_s);
  // Without a charge, an earlier run judged what is older than the window.
  if (marked === null && !isNew) return;
  const { sql } = tally.comparison.deps;
  // Whose money others took is theirs to give back: we look only at what is ours, or was named by a person.
  const concerns = isOurs(tally, intent) || (await readSpokenOf(sql, [intent.id])).has(intent.id);
  if (concerns && (await wentBack(tally, intent))) return;
  tally.intents += 1;
  if (isNew) add(tally.at_stripe, intent.currency, intent.amount_received_minor);
  if (isOurs(tally, intent)) tally.unclaimed.push(unclaimedOf(intent));
  if (marked === null) tally.differences.push(withoutCharge(tally, intent));
  else tally.strays.push({ intent, charge: marked });
}

/** A mark that another deployment left, or that was copied, makes it no money of ours. */
function withoutCharge(tally: Tally, intent: PaymentSnapshot): Difference {
  const difference = aboutIntent('success_without_charge', intent, null);
  return isOurs(tally, intent) ? difference : { ...difference, charge: null };
}

function unclaimedOf(intent: PaymentSnapshot): Unclaimed {
  return {
    payment_intent: intent.id,
    charge: intent.metadata.dc_charge ?? null,
    stripe_customer: intent.customer,
    amount_minor: intent.amount_received_minor ?? 0,
    currency: intent.currency ?? '',
  };
}

/** Whether all that a success took has gone back to the customer, so that it is nobody's money here any more. */
async function wentBack({ comparison }: Tally, intent: PaymentSnapshot): Promise<boolean> {
  if (intent.status !== 'succeeded') return false;
  const answer = await listRefunds(comparison.deps.stripe, intent.id);
  if (answer.kind !== 'ok') throw new AppError('stripe_unreadable');
  return refundedOf(answer.value) >= (intent.amount_received_minor ?? 0);
}

/** The other direction: a charge whose PaymentIntent was not in Stripe's list is looked up by its id. */
async function readBooks(tally: Tally): Promise<void> {
  const { deps, from, to } = tally.comparison;
  if (from === null) return readAllBooks(tally);
  // What ends meanwhile is found among what has ended.
  await readUnlisted(tally, await readNotEnded(deps.sql));
  for (let day_ms = from.getTime(); day_ms < to.getTime(); day_ms += DAY_MS) {
    const next = day_ms + DAY_MS < to.getTime() ? new Date(day_ms + DAY_MS) : null;
    await readUnlisted(tally, await readEnded(deps.sql, new Date(day_ms), next));
  }
}

async function readAllBooks(tally: Tally): Promise<void> {
  let after = '';
  for (;;) {
    const charges = await readBoundCharges(tally.comparison.deps.sql, after, PAGE);
    for (const charge of charges) if (isUnlisted(tally, charge)) await compareUnlisted(tally, charge);
    const last = charges.at(-1);
    if (last === undefined || charges.length < PAGE) return;
    after = last.id;
  }
}

/** Of these, the charges that Stripe's list did not have, a page at a time. */
async function readUnlisted(tally: Tally, bound: readonly BoundCharge[]): Promise<void> {
  const ids = bound.filter((charge) => isUnlisted(tally, charge)).map(({ id }) => id);
  for (let first = 0; first < ids.length; first += PAGE) {
    const charges = await readBooked(tally.comparison.deps.sql, [], ids.slice(first, first + PAGE));
    for (const charge of charges) await compareUnlisted(tally, charge);
  }
}

function isUnlisted({ seen }: Tally, { stripe_payment_intent_id: intent }: BoundCharge): boolean {
  return intent === null || !seen.has(intent);
}

async function compareUnlisted(tally: Tally, charge: BookedCharge): Promise<void> {
  const id = charge.stripe_payment_intent_id;
  const answer = id === null ? null : await retrievePaymentIntent(tally.comparison.deps.stripe, id);
  if (answer?.kind === 'ok') return compareWithBound(tally, answer.value, charge);
  if (answer !== null && (answer.kind !== 'refused' || answer.reason !== 'resource_missing'))
    throw new AppError('stripe_unreadable');
  if (charge.state !== 'failed' || !charge.on_word) tally.differences.push(missingAtStripe(charge));
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
