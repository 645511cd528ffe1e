/**
 * Every kind of break that can stand open, in an operator's words, with the verbs that end it (docs/protocol.md, 13.4).
 * A kind without a way out does not compile; a test walks each of them to books that agree again.
 *
 * - `accept`: what Stripe took stands, beside what was asked.
 * - `write_off`: it ends as failed, with Stripe's proof or, where Stripe has none to give, on a person's word.
 * - `claim`: money that no row binds gets its charge. `refund`: it goes back.
 * - `release`: it goes on, or it is known and stays: the next comparison leaves it out while both sides say the same.
 */
import type { DifferenceKind } from './reconciliation.ts';

export const BREAK_VERBS = ['accept', 'write_off', 'claim', 'refund', 'release'] as const;
export type BreakVerb = (typeof BREAK_VERBS)[number];

/** Kinds that are written where they are met; those of `reconcile` have a rule of their own each. */
export const MET_KINDS = [
  'create_refused',
  'success_after_close',
  'canceled_after_success',
  'unexpected_status',
  'foreign_payment_intent',
  'illegal_transition',
  'unbound_payment_intent',
  'several_payment_intents',
  'request_differs',
  'reference_found',
  'dispute',
  'setup_saved_after_end',
] as const;
export type MetKind = (typeof MET_KINDS)[number];
export type BreakKind = DifferenceKind | MetKind;

export type BreakWays = {
  /** What has happened, for somebody who has to decide. */
  readonly means: string;
  /** The one that is usually right comes first. */
  readonly verbs: readonly [BreakVerb, ...BreakVerb[]];
};

const ofMoney = {
  success_without_charge: {
    means: 'Stripe took money that no charge here knows of: our row is lost, or it is not ours',
    verbs: ['claim', 'refund', 'release'],
  },
  success_of_unbound_payment_intent: {
    means: 'Stripe took money for a charge here by a PaymentIntent that the charge does not name',
    verbs: ['accept', 'refund', 'claim'],
  },
  unbound_payment_intent: {
    means: 'a PaymentIntent under our mark took money, or holds it, and no charge names it',
    verbs: ['claim', 'accept', 'refund', 'release'],
  },
  several_payment_intents: {
    means:
      'more than one PaymentIntent of ours took money for a charge that names none: refund all but one, accept that',
    verbs: ['accept', 'refund', 'write_off'],
  },
  request_differs: {
    means: 'Stripe has a PaymentIntent for another request under the key of this charge, whose row was lost',
    verbs: ['accept', 'refund'],
  },
  reference_found: {
    means:
      'Stripe has a PaymentIntent under the reference of this charge, made for a charge whose row was lost',
    verbs: ['write_off', 'release'],
  },
  charged_twice: {
    means: 'Stripe took money twice for one charge: this is the second time',
    verbs: ['refund', 'claim'],
  },
  success_after_close: {
    means: 'Stripe took money for a charge that the merchant was told had ended unpaid',
    verbs: ['refund', 'accept'],
  },
  succeeded_at_stripe_only: {
    means: 'Stripe took the money, and the charge here is not paid',
    verbs: ['accept', 'refund'],
  },
  succeeded_here_only: {
    means: 'the charge here is paid, and Stripe has not taken the money',
    verbs: ['write_off', 'release'],
  },
  canceled_after_success: {
    means: 'Stripe says canceled of a PaymentIntent that it had called paid',
    verbs: ['write_off', 'release'],
  },
  amount_differs: {
    means: 'Stripe took, or would take, other money than was asked',
    verbs: ['accept', 'refund', 'write_off'],
  },
  currency_differs: {
    means: 'the currency is another one at Stripe than here',
    verbs: ['write_off', 'release'],
  },
  customer_differs: {
    means: 'the PaymentIntent is of another customer at Stripe than the charge is',
    verbs: ['write_off', 'release'],
  },
  livemode_differs: {
    means: 'test and live money were mixed up',
    verbs: ['write_off', 'release'],
  },
  payment_intent_missing: {
    means: 'Stripe does not know the PaymentIntent that the charge names',
    verbs: ['write_off'],
  },
  closed_without_proof: {
    means: 'the charge was told as ended, and its PaymentIntent can still be paid',
    verbs: ['write_off'],
  },
  orphan_left: {
    means:
      'a PaymentIntent of ours that no charge names was never cancelled, or its charge is lost; it has taken nothing yet',
    verbs: ['write_off', 'release'],
  },
  refund_without_row: {
    means: 'Stripe has given money of a paid charge back, and no refund here says so',
    verbs: ['release'],
  },
  refund_here_only: {
    means: 'a refund here has gone back, and Stripe does not know it',
    verbs: ['release'],
  },
  refund_differs: {
    means: 'a refund is of another amount, or has come to another end, at Stripe than here',
    verbs: ['release'],
  },
  dispute: {
    means: 'the customer asks the money back through their bank',
    verbs: ['release'],
  },
} as const satisfies Partial<Record<BreakKind, BreakWays>>;

const ofACharge = {
  create_refused: {
    means: 'Stripe refused to make the PaymentIntent, and would refuse the same again',
    verbs: ['release', 'write_off'],
  },
  unexpected_status: {
    means: 'the PaymentIntent is in a state that no step of ours leads to',
    verbs: ['release', 'write_off'],
  },
  foreign_payment_intent: {
    means: 'a PaymentIntent came up that is not of this charge',
    verbs: ['release', 'write_off'],
  },
  illegal_transition: {
    means: 'what Stripe says would move the charge where it may not go',
    verbs: ['release', 'write_off'],
  },
  setup_saved_after_end: {
    means: 'a method was saved for a set-up that had ended; it is not used',
    verbs: ['release'],
  },
} as const satisfies Partial<Record<BreakKind, BreakWays>>;

/** Our rows contradict themselves. Nothing at Stripe ends it: it is looked into, and then it is known. */
const withinTheBooks = {
  confirm_without_attempt: known('Stripe saw a confirm of ours that no row here wrote ahead'),
  sums_differ: known('paid charges of this currency are missing from the comparison'),
  two_open_attempts: known('a charge has two attempts whose outcome is open'),
  attempt_numbers_gap: known('attempts of a charge are missing'),
  attempt_key_differs: known('an attempt has the key of another'),
  attempt_of_other_payment_intent: known('an attempt was made on another PaymentIntent'),
  attempt_contradicts_charge: known('an attempt is paid and its charge is not'),
  closed_charge_with_open_attempt: known('a charge has ended with an attempt still open'),
  move_not_allowed: known('a row went where it may not go'),
  timeline_gap: known('a part of the timeline is missing'),
  state_differs_from_timeline: known('a row is not where its timeline leads'),
  told_twice: known('the merchant was told two ends of one charge'),
  told_differs: known('the merchant was told another end than the one it came to'),
  not_told: known('the merchant was not told of a change'),
  two_live_recoveries: known('a charge has two live links for its customer'),
  recovery_completed_unpaid: known('a link is done and its charge is not paid'),
  recovery_outlives_charge: known('a link is live and its charge has ended'),
  closed_row_leased: known('a row that has ended is held by a worker'),
  closed_row_due: known('a row that has ended is due'),
  overdue: known('a row is due and nobody works on it'),
  event_not_applied: known('an event of Stripe was stored and not applied'),
} as const satisfies Partial<Record<BreakKind, BreakWays>>;

function known(means: string) {
  return { means, verbs: ['release'] } as const satisfies BreakWays;
}

export const breakKinds: Readonly<Record<BreakKind, BreakWays>> = {
  ...ofMoney,
  ...ofACharge,
  ...withinTheBooks,
};

/**
 * The verbs that end a break; what an older release may have written under a name of its own can be released. Money that
 * carries our mark (`mark`: the charge that it names) is claimed or goes back: that it is known is no end of it.
 */
export function verbsOf(kind: string, mark: string | null = null): readonly BreakVerb[] {
  if (!isBreakKind(kind)) return ['release'];
  const { verbs } = breakKinds[kind];
  const is_ours = (kind === 'success_without_charge' || kind === 'unbound_payment_intent') && mark !== null;
  return is_ours ? verbs.filter((verb) => verb !== 'release') : verbs;
}

function isBreakKind(kind: string): kind is BreakKind {
  return Object.hasOwn(breakKinds, kind);
}
