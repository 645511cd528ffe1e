/**
 * When a recovery mails, charges a card that was saved for it, waits and ends (docs/protocol.md, 9 and 10.3). Pure: times
 * come from the business clock.
 *
 * If several mails fell due while no worker was running, the customer gets only the one that matters now. The last call is
 * never skipped, and the link outlives it by the grace time.
 */
import { isUnresolved } from '../charge/charge.ts';
import type { ChargeTerms } from '../charge/charge-terms.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations.ts';
import type { AttemptState, ChargeState, RecoveryState } from '../machines.ts';

export type RecoveryPolicy = {
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
  /** Opened beside automatic tries, which go on until the customer presses. */
  readonly is_early: boolean;
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
    /** An automatic try is to come. */
    readonly has_due_time: boolean;
    readonly terms: ChargeTerms;
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
  /** No automatic try is left: from now on it is the customer's time. */
  | { readonly do: 'begin'; readonly expires_at: Date }
  | { readonly do: 'expire' }
  | { readonly do: 'close'; readonly as: Exclude<RecoveryState, 'open'> };

/** While somebody else acts on the charge, and while it is parked: how soon to look again. */
const SUSPENDED_MS = 5 * MINUTE_MS;

/** What a live recovery owes now. */
export function decideRecovery(situation: RecoverySituation, policy: RecoveryPolicy): RecoveryAction {
  const { charge, now } = situation;
  if (charge.state === 'succeeded') return { do: 'close', as: 'completed' };
  if (charge.state === 'failed' || charge.state === 'canceled' || charge.close_requested)
    return { do: 'close', as: isOfExpiry(charge.close_detail) ? 'expired' : 'revoked' };
  if (charge.state !== 'action_required' || isUnresolved(situation.attempt_state))
    return { do: 'wait', until: new Date(now.getTime() + SUSPENDED_MS) };
  return decideStep(situation, policy);
}

/** The detail of a charge that ended because its customer's time was over. */
export function isOfExpiry(close_detail: string | null): boolean {
  return close_detail === 'recovery_expired' || close_detail === 'released';
}

function decideStep(situation: RecoverySituation, policy: RecoveryPolicy): RecoveryAction {
  const { now, expires_at, charge } = situation;
  if (situation.is_early && (!charge.has_due_time || now >= expires_at))
    return { do: 'begin', expires_at: new Date(now.getTime() + charge.terms.deadline_days * DAY_MS) };
  const due = dueStep(situation);
  if (due !== null) return mailFor(due, situation, policy);
  if (now < expires_at) return attemptOrWait(situation, policy);
  // The mail server may have been down when the last call was due: no customer is cut off unwarned.
  if (situation.last_call_unsent) return { do: 'wait', until: new Date(now.getTime() + SUSPENDED_MS) };
  return { do: 'expire' };
}

function attemptOrWait(situation: RecoverySituation, policy: RecoveryPolicy): RecoveryAction {
  const next_at = earlier(nextStepAt(situation), situation.expires_at);
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

/**
 * Hours after its opening at which a recovery mails: at once, after a day, after three, then once a week, and a last call a
 * day before the end (of a single day, in its middle). Beside automatic tries it mails once.
 */
function mailHours({ is_early, charge }: Pick<RecoverySituation, 'is_early' | 'charge'>): readonly number[] {
  const { mails, deadline_days } = charge.terms;
  if (!mails) return [];
  if (is_early) return [0];
  const last_call = Math.max(deadline_days - 1, deadline_days / 2) * 24;
  const reminders = [24, 72];
  for (let hours = 10 * 24; hours < last_call; hours += 7 * 24) reminders.push(hours);
  return [0, ...reminders.filter((hours) => hours < last_call), last_call];
}

/** The newest step that is due and not taken yet, or null. */
function dueStep(situation: RecoverySituation): number | null {
  if (situation.bounced) return null;
  const passed = mailHours(situation).filter(
    (hours) => situation.opened_at.getTime() + hours * HOUR_MS <= situation.now.getTime(),
  ).length;
  return passed > situation.step ? passed - 1 : null;
}

function mailFor(due: number, situation: RecoverySituation, policy: RecoveryPolicy): RecoveryAction {
  const { is_early } = situation;
  const is_last = !is_early && due === mailHours(situation).length - 1;
  const graced = new Date(situation.now.getTime() + policy.lastCallGraceMinutes * MINUTE_MS);
  const expires_at = is_last ? later(situation.expires_at, graced) : situation.expires_at;
  const next = nextStepAt({ ...situation, step: due + 1, expires_at });
  const attempt_at = attemptAt(situation, policy) ?? next;
  return {
    do: 'mail',
    message: is_early ? 'early' : messageStep(due, situation.step === 0, is_last),
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

function nextStepAt(situation: RecoverySituation): Date {
  const hours = situation.bounced ? undefined : mailHours(situation)[situation.step];
  if (hours === undefined) return situation.expires_at;
  return new Date(situation.opened_at.getTime() + hours * HOUR_MS);
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
const later = (a: Date, b: Date): Date => (a > b ? a : b);
