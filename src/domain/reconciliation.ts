/**
 * What must hold between our books and Stripe's, and within our books. Pure; `src/billing/janitor/reconcile.ts` brings both sides,
 * `src/store/janitor/invariants.ts` asks the rows.
 */

import { decideOrphan } from './charge/orphans.ts';
import type { PaymentSnapshot } from './charge/payment-snapshot.ts';
import { type ChargeState, isTerminal } from './machines.ts';

/** A charge as the books have it. */
export type BookedCharge = {
  readonly id: string;
  readonly state: ChargeState;
  readonly amount_minor: number;
  readonly amount_received_minor: number | null;
  /** What a person accepted as it was taken, where that is not what was asked. */
  readonly accepted_minor: number | null;
  /** Whether its end rests on a person's word (docs/protocol.md, 13.5). */
  readonly on_word: boolean;
  readonly currency: string;
  readonly livemode: boolean;
  readonly stripe_customer_id: string | null;
  readonly stripe_payment_intent_id: string | null;
  readonly settled_at: Date | null;
};

/** The rule that each kind of difference breaks. A test corrupts one thing for each. */
export const invariants = {
  // Between us and Stripe.
  success_without_charge: 'every success at Stripe belongs to a charge',
  success_of_unbound_payment_intent: 'only the PaymentIntent that a charge is bound to succeeds',
  charged_twice: 'a charge succeeds at Stripe at most once',
  succeeded_at_stripe_only: 'what succeeded at Stripe is succeeded here',
  succeeded_here_only: 'what is succeeded here succeeded at Stripe',
  closed_without_proof: 'a failed or canceled charge has its PaymentIntent canceled',
  payment_intent_missing: 'Stripe knows every PaymentIntent that is bound',
  amount_differs: 'amount and amount received are the same on both sides',
  currency_differs: 'the currency is the same on both sides',
  customer_differs: 'the PaymentIntent is of the customer that the charge is of',
  livemode_differs: 'the mode is the same on both sides',
  orphan_left:
    'an unconfirmed PaymentIntent of a charge that is closed or bound to another is canceled within a day',
  confirm_without_attempt: 'every confirm at Stripe was written ahead as an attempt on that PaymentIntent',
  refund_without_row: 'every refund at Stripe of a paid charge is written down here',
  refund_here_only: 'what has gone back by our books has gone back at Stripe',
  refund_differs: 'a refund is of the same amount and has come to the same on both sides',
  sums_differ: 'the books add up to the charges that were compared',
  // Attempts.
  two_open_attempts: 'a charge has at most one unresolved attempt',
  attempt_numbers_gap: "a charge's attempts are numbered 1 to n",
  attempt_key_differs: 'the key of an attempt is that of its charge and number',
  attempt_of_other_payment_intent: 'an attempt confirms the PaymentIntent that its charge is bound to',
  attempt_contradicts_charge: 'a charge with a succeeded attempt is succeeded',
  closed_charge_with_open_attempt: 'a settled charge has no unresolved attempt',
  // History and what was told.
  move_not_allowed: 'every transition is one that its machine knows',
  timeline_gap: 'versions run 1 to n, each from the state that the one before led to',
  state_differs_from_timeline: 'a row is where its newest transition led',
  told_twice: 'the merchant is told one end of a charge, once',
  told_differs: 'the end that was told is the end that it came to',
  not_told: 'every change that the merchant can see is owed to them as a notification',
  // What surrounds a charge, and rows that rest or run.
  two_live_recoveries: 'a charge has at most one live recovery',
  recovery_completed_unpaid: 'the charge of a completed recovery is succeeded',
  recovery_outlives_charge: 'a settled charge has no live recovery',
  closed_row_leased: 'nobody holds a lease on a row that is over',
  closed_row_due: 'a row that is over owes nothing',
  overdue: 'what is due is worked on',
  event_not_applied: 'what Stripe told is applied',
} as const;
export type DifferenceKind = keyof typeof invariants;

export type Difference = {
  readonly kind: DifferenceKind;
  readonly charge: string | null;
  readonly payment_intent: string | null;
  /** The row, PaymentIntent or currency concerned, if it is not a charge. */
  readonly entity: string;
  readonly database: string | null;
  readonly stripe: string | null;
};

/** Compares a PaymentIntent with the charge that is bound to it, and reports the first difference. */
export function compareBound(intent: PaymentSnapshot, charge: BookedCharge): Difference | null {
  const kind = differenceOf(intent, charge);
  return kind === null ? null : aboutIntent(kind, intent, charge);
}

function differenceOf(intent: PaymentSnapshot, charge: BookedCharge): DifferenceKind | null {
  const paid = intent.status === 'succeeded';
  if (paid && charge.state !== 'succeeded') return 'succeeded_at_stripe_only';
  if (!paid && charge.state === 'succeeded') return 'succeeded_here_only';
  const closed = charge.state === 'failed' || charge.state === 'canceled';
  if (closed) return intent.status === 'canceled' ? null : 'closed_without_proof';
  if (intent.livemode !== charge.livemode) return 'livemode_differs';
  if (intent.currency !== charge.currency) return 'currency_differs';
  if (charge.accepted_minor === null && intent.amount_minor !== charge.amount_minor) return 'amount_differs';
  if (paid && intent.amount_received_minor !== charge.amount_received_minor) return 'amount_differs';
  return intent.customer === charge.stripe_customer_id ? null : 'customer_differs';
}

/** A difference of this kind about a PaymentIntent, with what each side says. */
export function aboutIntent(
  kind: DifferenceKind,
  intent: PaymentSnapshot,
  charge: BookedCharge | null,
): Difference {
  // Of several PaymentIntents under one mark each is a difference of its own.
  const is_bound = charge !== null && charge.stripe_payment_intent_id === intent.id;
  return {
    kind,
    charge: charge?.id ?? intent.metadata.dc_charge ?? null,
    payment_intent: intent.id,
    entity: is_bound ? charge.id : intent.id,
    database: charge === null ? null : sideOf(charge, charge.state),
    stripe: stripeSide(intent),
  };
}

function sideOf(
  side: {
    readonly amount_minor: number | null;
    readonly amount_received_minor: number | null;
    readonly currency: string | null;
  },
  state: string,
): string {
  const { amount_minor, amount_received_minor, currency } = side;
  return `${state} ${amount_received_minor ?? 0} of ${amount_minor ?? '?'} ${currency ?? ''}`;
}

/** Stripe's side of a difference about a PaymentIntent, as it stands now. */
export function stripeSide(intent: PaymentSnapshot): string {
  return sideOf(intent, intent.status);
}

/** A charge whose PaymentIntent Stripe does not know. */
export function missingAtStripe(charge: BookedCharge): Difference {
  return {
    kind: charge.state === 'succeeded' ? 'succeeded_here_only' : 'payment_intent_missing',
    charge: charge.id,
    payment_intent: charge.stripe_payment_intent_id,
    entity: charge.id,
    database: sideOf(charge, charge.state),
    stripe: null,
  };
}

export type OrphanTimes = { readonly now_s: number; readonly orphan_age_s: number };

/**
 * Whether this PaymentIntent of ours should have come to its end long ago: the sweep should have cancelled it, or its
 * charge is missing, so that nobody ever will, while a customer who is still at their bank's page could pay it. Seconds
 * as in `decideOrphan`.
 */
export function isOrphanLeft(
  intent: PaymentSnapshot,
  charge: BookedCharge | null,
  times: OrphanTimes,
): boolean {
  const { created_s } = intent;
  if (created_s === null || times.now_s - created_s < times.orphan_age_s + SWEEP_S) return false;
  const bound = charge && {
    stripe_payment_intent_id: charge.stripe_payment_intent_id,
    terminal: isTerminal('charge', charge.state),
  };
  const { kind } = decideOrphan(intent, bound);
  return kind === 'cancel' || kind === 'lost';
}

/** The sweep comes every minute; an hour allows for an outage. */
const SWEEP_S = 3_600;
