/**
 * What becomes of a replacement (docs/protocol.md, 10): the card that a customer saved to pay one charge with. Pure.
 */
import { MINUTE_MS } from '../durations.ts';
import type { AttemptState, ChargeState, RecoveryState, ReplacementState } from '../machines.ts';

export type ReplacementSituation = {
  readonly state: ReplacementState;
  readonly now: Date;
  readonly completed_at: Date | null;
  /** The press that opened the session recorded the acceptance of this amount on the card to come. */
  readonly accepted: boolean;
  /** The customer ticked, for this card, that later bills may use it. */
  readonly kept_by_consent: boolean;
  readonly recovery_state: RecoveryState;
  readonly recovery_is_over: boolean;
  readonly charge_state: ChargeState;
  readonly close_requested: boolean;
  /** A confirm of this charge once carried `setup_future_usage`: it may never be confirmed off-session again. */
  readonly future_use_written: boolean;
  readonly unresolved_attempt: AttemptState | null;
  /** Of the newest attempt with this card. */
  readonly method_attempt: AttemptState | null;
};

export type ReplacementAction =
  /** The Checkout Session is still owed. */
  | { readonly do: 'create' }
  /** Read the session: its event may have been missed. */
  | { readonly do: 'look' }
  /** Nobody pressed "Pay" in time: try once while the customer is away. */
  | { readonly do: 'attempt' }
  | { readonly do: 'wait'; readonly due_in_ms: number }
  /** Expire the session; with a card saved in it all the same, detach that. */
  | { readonly do: 'expire' }
  | { readonly do: 'close'; readonly method: 'keep' | 'detach' };

/** Nothing is expected before the recovery closes, which makes the row due itself. */
const LONG_WAIT_MS = 60 * MINUTE_MS;
/** Stripe's answer to the closing of the charge decides whether the card paid. */
const CLOSING_WAIT_MS = MINUTE_MS;

/** The next step of a replacement whose lease is held. */
export function decideReplacement(
  situation: ReplacementSituation,
  policy: { readonly replacementGraceMinutes: number },
): ReplacementAction {
  const is_live = situation.recovery_state === 'open' && !situation.close_requested;
  switch (situation.state) {
    case 'queued':
      return { do: 'create' };
    case 'awaiting_customer':
      return is_live ? { do: 'look' } : { do: 'expire' };
    case 'completed':
    case 'used':
      return is_live ? decideLive(situation, policy) : decideEnded(situation);
    case 'closing':
      return { do: 'expire' };
    case 'closed':
    case 'needs_review':
      return { do: 'wait', due_in_ms: LONG_WAIT_MS };
    default:
      return situation.state satisfies never;
  }
}

function decideLive(
  situation: ReplacementSituation,
  policy: { readonly replacementGraceMinutes: number },
): ReplacementAction {
  const { completed_at, now } = situation;
  const mayAttempt =
    situation.accepted &&
    !situation.future_use_written &&
    !situation.recovery_is_over &&
    situation.charge_state === 'action_required' &&
    situation.unresolved_attempt === null &&
    situation.method_attempt === null;
  if (!mayAttempt || completed_at === null) return { do: 'wait', due_in_ms: LONG_WAIT_MS };
  const left_ms = completed_at.getTime() + policy.replacementGraceMinutes * MINUTE_MS - now.getTime();
  return left_ms > 0 ? { do: 'wait', due_in_ms: left_ms } : { do: 'attempt' };
}

function decideEnded(situation: ReplacementSituation): ReplacementAction {
  const { charge_state, method_attempt } = situation;
  const settled = charge_state === 'succeeded' || charge_state === 'failed' || charge_state === 'canceled';
  if (!settled) return { do: 'wait', due_in_ms: CLOSING_WAIT_MS };
  const paid = charge_state === 'succeeded' && method_attempt === 'succeeded';
  return { do: 'close', method: paid && situation.kept_by_consent ? 'keep' : 'detach' };
}
