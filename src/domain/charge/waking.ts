/**
 * Which charge is tried anew because its customer's default is another, or its card was renewed (docs/protocol.md, 8.4):
 * one at a time for a card, the next after a success, each once for a method and a version of its data. Pure.
 */
import { MINUTE_MS } from '../durations.ts';
import {
  automaticAttempts,
  type ChargeContext,
  type ChargePolicy,
  confirmsLeft,
  isBesideRetries,
  openAttemptOf,
  permissionGone,
} from './charge.ts';

export type Waking =
  /** Make this charge due. */
  | { readonly do: 'wake'; readonly charge: ChargeContext['charge'] }
  /** The one that was woken last is under way. */
  | { readonly do: 'wait' }
  /** Nothing is left to wake for this method, or the last was not paid. */
  | { readonly do: 'end' };

/** Whatever holds a due charge up (charging is off, events are unread) makes it due again sooner than this; no retry is. */
const HELD_UP_MS = 5 * MINUTE_MS;

/**
 * What follows for `method_id`, given the charge that was woken for it last and those of its customer that wait, in the
 * order in which they were taken in.
 */
export function decideWaking(
  method_id: string,
  woken: ChargeContext | null,
  waiting: readonly ChargeContext[],
  policy: ChargePolicy,
): Waking {
  if (woken !== null && woken.charge.state !== 'succeeded') {
    if (isUnderWay(woken, method_id)) return { do: 'wait' };
    // Tried meanwhile with another card, which was the default at its turn, it waits for its retry again.
    const isStill = isToBeWoken(woken, method_id, policy);
    return isStill ? { do: 'wake', charge: woken.charge } : { do: 'end' };
  }
  const next = waiting.find((context) => isToBeWoken(context, method_id, policy));
  return next === undefined ? { do: 'end' } : { do: 'wake', charge: next.charge };
}

/**
 * Its try has no outcome yet, or is still to come: with whatever card is the default at its turn. Forgotten before that, it
 * could be tried with this card after all, beside the next.
 */
function isUnderWay(context: ChargeContext, method_id: string): boolean {
  const { charge } = context;
  if (charge.state === 'needs_review' || charge.state === 'pending') return false;
  // Also one that is to be closed: its try may still arrive.
  if (openAttemptOf(context) !== null) return true;
  if (charge.close_requested_at !== null) return false;
  const isDue = charge.due_at !== null && charge.due_at.getTime() <= context.now.getTime() + HELD_UP_MS;
  const isDone = context.method.id === method_id && isTried(context);
  return waits(context) && isDue && !isDone;
}

/** It names the card that was renewed, or follows the customer whose default the card now is. */
function isToBeWoken(context: ChargeContext, method_id: string, policy: ChargePolicy): boolean {
  const { charge, method } = context;
  return (
    method.id === method_id &&
    // A debit waits for its notice; there is none yet.
    method.type === 'card' &&
    (charge.follows_customer || method.renewed_at !== null) &&
    waits(context) &&
    !isTried(context) &&
    whyNoAttempt(context, policy) === null
  );
}

/** For a retry, or for another card; not for its customer's word at their bank. */
function waits({ charge, recovery }: ChargeContext): boolean {
  return (
    charge.state === 'retry_wait' || (charge.state === 'action_required' && recovery?.kind !== 'authenticate')
  );
}

/** The method of the next attempt was tried for this charge since its data last changed. */
function isTried({ attempts, method }: ChargeContext): boolean {
  return attempts.some(
    ({ payment_method_id, started_at }) =>
      payment_method_id === method.id && (method.renewed_at === null || started_at >= method.renewed_at),
  );
}

/** Why no automatic attempt may follow; null where one may. */
type NoAttempt =
  | 'closing'
  | 'attempt_open'
  | 'future_use'
  | 'attempts_exhausted'
  | 'payment_method_unusable'
  | 'card_closed'
  | 'card_limited';

function whyNoAttempt(context: ChargeContext, policy: ChargePolicy): NoAttempt | null {
  const { charge, attempts, method } = context;
  if (charge.close_requested_at !== null || permissionGone(context) !== null) return 'closing';
  if (openAttemptOf(context) !== null) return 'attempt_open';
  if (charge.future_use_at !== null) return 'future_use';
  const used_up =
    confirmsLeft(context, 'off_session', policy) === 0 ||
    automaticAttempts(attempts) >= policy.automaticAttemptsMax;
  if (used_up) return 'attempts_exhausted';
  if (!method.usable) return 'payment_method_unusable';
  if (method.closed !== null) return 'card_closed';
  return method.limited_until === null ? null : 'card_limited';
}

/** Why a merchant's wish to try now cannot be met; null where the charge may come due now. */
export type NoRetry = NoAttempt | 'never_tried' | 'under_review' | 'customer_needed';

export function whyNoRetry(context: ChargeContext, policy: ChargePolicy): NoRetry | null {
  const { state } = context.charge;
  if (state === 'needs_review') return 'under_review';
  const refusal = whyNoAttempt(context, policy);
  if (refusal !== null || state === 'retry_wait') return refusal;
  if (state !== 'action_required') return 'never_tried';
  if (isBesideRetries(context)) return null;
  return waits(context) && !isTried(context) ? null : 'customer_needed';
}
