/**
 * When a recovery mails, charges a card that was saved for it, waits and ends (docs/protocol.md, 9 and 10.3). Pure: times
 * come from the business clock.
 *
 * If several mails fell due while no worker was running, the customer gets only the one that matters now. The last call is
 * never skipped, and the link outlives it by the grace time.
 */
import { isUnresolved } from '../charge/charge.ts';
import { HOUR_MS, MINUTE_MS } from '../durations.ts';
import type { AttemptState, ChargeState, RecoveryState } from '../machines.ts';

export type RecoveryPolicy = {
  /** Hours after opening; the first is the first mail, the last the last call. */
  readonly recoveryMessageHours: readonly number[];
  readonly lastCallGraceMinutes: number;
  readonly replacementGraceMinutes: number;
};

/** A card that the customer saved to pay with, and has not given up for another. */
export type NewCard = {
  readonly payment_method_id: string;
  readonly saved_at: Date;
  /** The press that led to Checkout accepted this amount on the card to come. */
  readonly is_accepted: boolean;
  /** Confirmed with already, by whomever. */
  readonly is_tried: boolean;
};

export type RecoverySituation = {
  readonly now: Date;
  readonly opened_at: Date;
  readonly expires_at: Date;
  /** How many steps of the cadence are behind it. */
  readonly step: number;
  /** The address refused a mail for good: no more mails, but the recovery still ends at its time. */
  readonly bounced: boolean;
  /** The last call is written but not yet mailed. */
  readonly last_call_unsent: boolean;
  readonly charge: {
    readonly state: ChargeState;
    readonly close_requested: boolean;
    readonly close_detail: string | null;
  };
  /** Of the newest attempt; null when none was made. */
  readonly attempt_state: AttemptState | null;
  /** A confirm of this charge once carried `setup_future_usage`: it may never be confirmed off-session again. */
  readonly future_use_written: boolean;
  readonly new_card: NewCard | null;
};

export type RecoveryAction =
  | {
      readonly do: 'mail';
      readonly message: string;
      /** Steps behind it once this mail is written. */
      readonly step: number;
      readonly due_at: Date;
      readonly expires_at: Date;
    }
  /** Nobody pressed "Pay" in time: try once while the customer is away. */
  | { readonly do: 'attempt'; readonly payment_method_id: string; readonly next_at: Date }
  | { readonly do: 'wait'; readonly until: Date }
  | { readonly do: 'expire' }
  | { readonly do: 'close'; readonly as: Exclude<RecoveryState, 'open'> };

/** While somebody else acts on the charge, and while it is parked: how soon to look again. */
const SUSPENDED_MS = 5 * MINUTE_MS;

/** What a live recovery owes now. */
export function decideRecovery(situation: RecoverySituation, policy: RecoveryPolicy): RecoveryAction {
  const { charge, now } = situation;
  if (charge.state === 'succeeded') return { do: 'close', as: 'completed' };
  if (charge.state === 'failed' || charge.state === 'canceled' || charge.close_requested)
    return { do: 'close', as: charge.close_detail === 'recovery_expired' ? 'expired' : 'revoked' };
  if (charge.state !== 'action_required' || isUnresolved(situation.attempt_state))
    return { do: 'wait', until: new Date(now.getTime() + SUSPENDED_MS) };
  return decideStep(situation, policy);
}

function decideStep(situation: RecoverySituation, policy: RecoveryPolicy): RecoveryAction {
  const { now, expires_at } = situation;
  const due = dueStep(situation, policy);
  if (due !== null) return mailFor(due, situation, policy);
  if (now < expires_at) return attemptOrWait(situation, policy);
  // The mail server may have been down when the last call was due: no customer is cut off unwarned.
  if (situation.last_call_unsent) return { do: 'wait', until: new Date(now.getTime() + SUSPENDED_MS) };
  return { do: 'expire' };
}

function attemptOrWait(situation: RecoverySituation, policy: RecoveryPolicy): RecoveryAction {
  const next_at = earlier(nextStepAt(situation, policy), situation.expires_at);
  const attempt_at = attemptAt(situation, policy);
  if (situation.new_card === null || attempt_at === null) return { do: 'wait', until: next_at };
  if (attempt_at > situation.now) return { do: 'wait', until: earlier(attempt_at, next_at) };
  return { do: 'attempt', payment_method_id: situation.new_card.payment_method_id, next_at };
}

/** When the new card is charged if nobody presses; null for never. */
function attemptAt({ new_card, future_use_written }: RecoverySituation, policy: RecoveryPolicy): Date | null {
  if (new_card === null || !new_card.is_accepted || new_card.is_tried || future_use_written) return null;
  return new Date(new_card.saved_at.getTime() + policy.replacementGraceMinutes * MINUTE_MS);
}

/** The newest step that is due and not taken yet, or null. */
function dueStep(situation: RecoverySituation, policy: RecoveryPolicy): number | null {
  if (situation.bounced) return null;
  const passed = policy.recoveryMessageHours.filter(
    (hours) => situation.opened_at.getTime() + hours * HOUR_MS <= situation.now.getTime(),
  ).length;
  return passed > situation.step ? passed - 1 : null;
}

function mailFor(due: number, situation: RecoverySituation, policy: RecoveryPolicy): RecoveryAction {
  const is_last = due === policy.recoveryMessageHours.length - 1;
  const graced = new Date(situation.now.getTime() + policy.lastCallGraceMinutes * MINUTE_MS);
  const expires_at = is_last ? later(situation.expires_at, graced) : situation.expires_at;
  const next = nextStepAt({ ...situation, step: due + 1, expires_at }, policy);
  const attempt_at = attemptAt(situation, policy) ?? next;
  return {
    do: 'mail',
    message: messageStep(due, situation.step === 0, is_last),
    step: due + 1,
    due_at: earlier(attempt_at, earlier(next, expires_at)),
    expires_at,
  };
}

/** The name of a mail in `messages.step`. A customer who has had no mail yet gets the first one, however late. */
function messageStep(index: number, is_first: boolean, is_last: boolean): string {
  if (is_last) return 'last_call';
  return is_first ? 'opened' : `reminder_${index}`;
}

function nextStepAt(situation: RecoverySituation, policy: RecoveryPolicy): Date {
  const hours = situation.bounced ? undefined : policy.recoveryMessageHours[situation.step];
  if (hours === undefined) return situation.expires_at;
  return new Date(situation.opened_at.getTime() + hours * HOUR_MS);
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
const later = (a: Date, b: Date): Date => (a > b ? a : b);
