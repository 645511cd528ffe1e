/**
 * What to do next about a charge whose lease is held. Pure: the worker calls it with what its claim read, the
 * protocol model with what it imagines.
 *
 * The order of the questions is the protocol: an attempt that may have reached Stripe comes before everything,
 * a close request comes before opening anything, and an attempt opens only when nothing else is left to do.
 */

import { type DebitNext, decideDebit, isCollected } from '../debit/decide-debit.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations.ts';
import { EVENTS_WAIT_MS, isEventsRead, type LookFirst, lookFirst } from '../loss.ts';
import { isTerminal } from '../machines.ts';
import type { RunGate } from '../run/run-machine.ts';
import {
  type Attempt,
  automaticAttempts,
  type ChargeContext,
  type ChargePolicy,
  type CloseAs,
  type ClosedBy,
  confirmsLeft,
  elapsedMs,
  openAttemptOf,
  permissionGone,
} from './charge.ts';
import { whyNoRetry } from './waking.ts';

export type ChargeAction =
  | { readonly do: 'nothing' }
  /** Not yet: the customer has no Stripe customer, charging is switched off, or Stripe's events were not read lately. */
  | {
      readonly do: 'wait';
      readonly reason:
        | 'customer_unbound'
        | 'charging_paused'
        | 'events_unread'
        | 'card_limited'
        | 'day_to_come';
      readonly due_in_ms: number;
    }
  /** Its run does not let it go; null: the run lets it come due when it does. */
  | {
      readonly do: 'hold';
      readonly gate: RunGate;
      readonly due_in_ms: number | null;
    }
  /** Create the PaymentIntent unconfirmed; with `look_first` only look whether one exists already. */
  /** A debit that is not announced yet, or whose notice has not passed; its mandate may be used up. */
  | DebitNext
  | { readonly do: 'create'; readonly number: number; readonly look_first: LookFirst | null }
  /** Open the next attempt with the charge's own method and confirm it. */
  | { readonly do: 'attempt' }
  /** Send the open attempt again: same key, same bytes. */
  | { readonly do: 'resend'; readonly attempt: Attempt }
  /** The key tells us nothing more: look for it in Stripe's events, then read the PaymentIntent. */
  | { readonly do: 'look'; readonly attempt: Attempt }
  /** GET the PaymentIntent and apply what it says. */
  | { readonly do: 'read'; readonly attempt: Attempt | null }
  | { readonly do: 'cancel'; readonly number: number }
  /** Nothing was ever bound: closed without asking Stripe. */
  | { readonly do: 'close_unbound'; readonly as: CloseAs; readonly detail: string | null }
  /** The method is gone or the confirms are used up: only the customer can help now. */
  | {
      readonly do: 'ask_customer';
      readonly reason: 'payment_method_unusable' | 'attempts_exhausted' | 'card_limited';
    }
  /** Its bank had not confirmed the debit's mandate when Stripe was last asked: ask again before anything is sent. */
  | { readonly do: 'read_mandate' }
  /** Its network has closed the card: as after that decline, and nothing is sent. */
  | { readonly do: 'heed_verdict'; readonly closed: ClosedBy }
  /** Consent was withdrawn: no attempt will ever open, and none is sent again. */
  | { readonly do: 'close'; readonly as: CloseAs; readonly detail: string };

const CUSTOMER_WAIT_MS = 5_000;
const PAUSED_WAIT_MS = 30_000;
const HELD_WAIT_MS = 15 * MINUTE_MS;
/** A bank takes days to confirm a mandate, and an event says when it has. */
export const MANDATE_WAIT_MS = 6 * HOUR_MS;

/** Decides the next step of a leased charge. */
export function decideCharge(context: ChargeContext, policy: ChargePolicy): ChargeAction {
  const { charge } = context;
  if (isTerminal('charge', charge.state) || charge.state === 'needs_review') return { do: 'nothing' };
  const attempt = openAttemptOf(context);
  if (charge.close_requested_at !== null) return decideClosing(context, attempt, policy);
  // A debit under way was confirmed while the consent lived; anything else without one ends.
  const gone = attempt === null ? permissionGone(context) : context.consent_gone;
  if (gone !== null && charge.state !== 'pending') return { do: 'close', as: 'canceled', detail: gone };
  if (attempt !== null) return decideOpenAttempt(context, attempt, policy);
  // A debit on its way, or a charge that a person has just released: ask Stripe before opening anything.
  if (charge.state === 'pending' || charge.state === 'unknown') return { do: 'read', attempt: null };
  // Due all the same, it may have been woken: then there is a card that was not tried yet.
  if (charge.state === 'action_required' && whyNoRetry(context, policy) !== null) return { do: 'nothing' };
  if (context.run_gate !== null) return hold(context, context.run_gate);
  return decideNextAttempt(context, policy);
}

/** What has not begun is fed by its run; what has begun is looked at again, and comes due with the run's going on. */
function hold({ charge }: ChargeContext, gate: RunGate): ChargeAction {
  return { do: 'hold', gate, due_in_ms: charge.state === 'queued' ? null : HELD_WAIT_MS };
}

function decideClosing(context: ChargeContext, attempt: Attempt | null, policy: ChargePolicy): ChargeAction {
  const { charge } = context;
  if (charge.stripe_payment_intent_id === null) return decideClosingUnbound(context, policy);
  // A debit on its way cannot be cancelled; we read it until it lands.
  if (charge.state === 'pending') return { do: 'read', attempt };
  return { do: 'cancel', number: charge.cancel_number };
}

/**
 * That nothing was ever bound is the proof that no money will move, once Stripe shows nothing either: the binding may have
 * been lost with its commit, and nobody noticed yet. Before its time nothing was asked for.
 */
function decideClosingUnbound(context: ChargeContext, policy: ChargePolicy): ChargeAction {
  const { charge, stripe_customer_id, now } = context;
  const isLost = lookFirst(charge, context, policy) === 'rows_lost';
  if (!isLost && !isEventsRead(context, policy))
    return { do: 'wait', reason: 'events_unread', due_in_ms: EVENTS_WAIT_MS };
  const isBegun =
    stripe_customer_id !== null && (charge.scheduled_for === null || charge.scheduled_for <= now);
  if (!isLost && (!isBegun || isLookedFor(charge)))
    return { do: 'close_unbound', as: charge.close_as ?? 'failed', detail: charge.close_detail };
  if (stripe_customer_id === null)
    return { do: 'wait', reason: 'customer_unbound', due_in_ms: CUSTOMER_WAIT_MS };
  return { do: 'create', number: charge.create_number, look_first: 'rows_lost' };
}

function isLookedFor({ listed_at, close_requested_at }: ChargeContext['charge']): boolean {
  return listed_at !== null && close_requested_at !== null && listed_at >= close_requested_at;
}

function decideOpenAttempt(context: ChargeContext, attempt: Attempt, policy: ChargePolicy): ChargeAction {
  if (attempt.state !== 'open') return { do: 'read', attempt };
  if (!context.charging_enabled) return { do: 'read', attempt };
  if (context.run_gate !== null) return { do: 'read', attempt };
  if (maybeResent(context, attempt, policy)) return { do: 'resend', attempt };
  return isQuiet(context, attempt, policy) ? { do: 'look', attempt } : { do: 'read', attempt };
}

/**
 * Stripe may still be at work on a request, behind a stored error or a lost answer, so an effect that is missing now
 * proves nothing yet.
 */
function isQuiet(context: ChargeContext, attempt: Attempt, policy: ChargePolicy): boolean {
  const { replayed_error_at, sent_at } = attempt;
  return elapsedMs(replayed_error_at ?? sent_at, context.now) >= policy.unknownQuietMinutes * MINUTE_MS;
}

/**
 * Sending again is allowed while its method may be charged and Stripe surely keeps the key, and useful until it replays
 * a stored error.
 */
function maybeResent(context: ChargeContext, attempt: Attempt, policy: ChargePolicy): boolean {
  const age_ms = elapsedMs(attempt.started_at, context.now);
  return (
    attempt.method_usable && attempt.replayed_error_at === null && age_ms < policy.resendWindowHours * HOUR_MS
  );
}

function decideNextAttempt(context: ChargeContext, policy: ChargePolicy): ChargeAction {
  const { charge } = context;
  if (context.stripe_customer_id === null)
    return { do: 'wait', reason: 'customer_unbound', due_in_ms: CUSTOMER_WAIT_MS };
  const is_unbound = charge.stripe_payment_intent_id === null;
  const look_first = is_unbound ? lookFirst(charge, context, policy) : null;
  // Looking takes no money: a charge that was paid before its row was lost settles while charging is off.
  if (!context.charging_enabled && look_first === null)
    return { do: 'wait', reason: 'charging_paused', due_in_ms: PAUSED_WAIT_MS };
  // Nothing new is sent: a create may be a second one, and an attempt may be of a customer who has withdrawn since.
  if (look_first === null && !isEventsRead(context, policy))
    return { do: 'wait', reason: 'events_unread', due_in_ms: EVENTS_WAIT_MS };
  if (is_unbound && look_first !== null) return { do: 'create', number: charge.create_number, look_first };
  if (isMandatePending(context)) return { do: 'read_mandate' };
  const debit = decideDebit(context, policy);
  if (debit !== null) return debit;
  if (isBeforeItsDay(context)) return { do: 'wait', reason: 'day_to_come', due_in_ms: untilItsDay(context) };
  if (is_unbound) return { do: 'create', number: charge.create_number, look_first };
  const { usable, closed, limited_until } = context.method;
  if (!usable) return { do: 'ask_customer', reason: 'payment_method_unusable' };
  if (closed !== null) return { do: 'heed_verdict', closed };
  const exhausted =
    confirmsLeft(context, 'off_session', policy) === 0 ||
    automaticAttempts(context.attempts) >= policy.automaticAttemptsMax ||
    charge.future_use_at !== null;
  if (exhausted) return { do: 'ask_customer', reason: 'attempts_exhausted' };
  return limited_until === null ? { do: 'attempt' } : decideLimited(context, limited_until, policy);
}

function isMandatePending({ method }: ChargeContext): boolean {
  return method.usable && method.mandate_status === 'pending';
}

/**
 * Planned for a debit, which is confirmed before the day on which its money moves, a charge may be due early: whatever else it is
 * charged to by now waits for that day.
 */
function isBeforeItsDay(context: ChargeContext): boolean {
  const { charge } = context;
  return charge.state === 'queued' && untilItsDay(context) > 0 && !isCollected(context);
}

function untilItsDay({ charge, now }: ChargeContext): number {
  return charge.scheduled_for === null ? 0 : charge.scheduled_for.getTime() - now.getTime();
}

/**
 * The card was declined as often as its network permits. Its charges wait no longer than they would for a retry; after that
 * another card is quicker.
 */
function decideLimited({ now }: ChargeContext, until: Date, policy: ChargePolicy): ChargeAction {
  const due_in_ms = elapsedMs(now, until);
  const isWithinSchedule = due_in_ms <= Math.max(...policy.issuerRetryDays) * DAY_MS;
  return isWithinSchedule
    ? { do: 'wait', reason: 'card_limited', due_in_ms }
    : { do: 'ask_customer', reason: 'card_limited' };
}
