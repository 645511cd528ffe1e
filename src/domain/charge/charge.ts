/**
 * A charge as decisions see it: the row, its attempts, and what else the deciding statement read with it.
 * Times are the business clock's. The store reads it (`readCharges`), the model makes it up.
 */
import type { NoticePolicy } from '../debit/plan-collection.ts';
import type { LookPolicy, Loss } from '../loss.ts';
import type { AttemptState, ChargeState, NoticeState } from '../machines.ts';
import type { RunGate } from '../run/run-machine.ts';
import type { ChargeTerms, UsualTerms } from './charge-terms.ts';
import type { MandateStatus } from './payment-snapshot.ts';

export type AttemptKind = 'off_session' | 'on_session';

export type Attempt = {
  readonly number: number;
  readonly kind: AttemptKind;
  readonly state: AttemptState;
  readonly idempotency_key: string;
  readonly payment_method_id: string;
  /** The consent that it rests on; null where an earlier release opened it. */
  readonly consent_id: string | null;
  /** Whether that method may still be charged under that consent; false once it is resolved. */
  readonly method_usable: boolean;
  readonly request_body: string;
  readonly api_version: string;
  readonly lease_number: number;
  /** What the PaymentIntent's status was when the attempt opened; null where Stripe's list showed it at the bank. */
  readonly opened_status: string | null;
  /** What the PaymentIntent's `latest_charge` was when the attempt opened. */
  readonly opened_latest_charge: string | null;
  readonly send_count: number;
  /** When Stripe replayed a stored 5xx: sending the key again tells us nothing more. */
  readonly replayed_error_at: Date | null;
  /** When a look at Stripe first found nothing changed. */
  readonly looked_at: Date | null;
  readonly stripe_charge_id: string | null;
  readonly started_at: Date;
  /** When it was last let go. */
  readonly sent_at: Date;
};

export type LiveRecovery = {
  readonly id: string;
  readonly kind: 'authenticate' | 'replace';
  /** The card that was declined. */
  readonly payment_method_id: string;
  readonly expires_at: Date;
  /** It was opened beside automatic tries, which go on until the customer presses. */
  readonly is_early: boolean;
};

/** The newest notice of a debit. */
export type DebitNotice = {
  readonly id: string;
  readonly number: number;
  readonly state: NoticeState;
  readonly payment_method_id: string;
  readonly amount_minor: number;
  /** The wish that it was made for. */
  readonly scheduled_for: Date | null;
  /** `2026-11-30`. */
  readonly collect_on: string;
  readonly confirm_not_before: Date;
  readonly confirm_until: Date;
  /** An automatic try has begun since. */
  readonly is_used: boolean;
  /** Its address refused it, and the customer has another one by now. */
  readonly is_mended: boolean;
};

export type CloseAs = 'failed' | 'canceled';

export type Charge = {
  readonly id: string;
  readonly state: ChargeState;
  readonly revision: number;
  readonly lease_number: number;
  readonly due_at: Date | null;
  /** When it is to be charged; null: at once. */
  readonly scheduled_for: Date | null;
  readonly customer_id: string;
  /** The method of its newest automatic attempt, before the first that of its intake; so is the consent. */
  readonly payment_method_id: string;
  readonly consent_id: string;
  /** Each automatic attempt takes the customer's default of its moment. */
  readonly follows_customer: boolean;
  readonly amount_minor: number;
  readonly currency: string;
  readonly livemode: boolean;
  readonly description: string;
  readonly reference: string | null;
  readonly stripe_payment_intent_id: string | null;
  readonly create_number: number;
  readonly create_opened_at: Date | null;
  /** The type that the newest create names; null before the first, and for rows of an earlier release. */
  readonly create_type: string | null;
  readonly listed_at: Date | null;
  /** SHA-256 of what the merchant asked for; null for a row of an earlier release. */
  readonly request_hash: Buffer | null;
  readonly cancel_number: number;
  readonly close_requested_at: Date | null;
  readonly close_as: CloseAs | null;
  readonly close_detail: string | null;
  readonly future_use_at: Date | null;
  /** Null for a row of an earlier release. */
  readonly terms: ChargeTerms | null;
  readonly tries: number;
};

/** A network's verdict on a card, or on its owner's agreement: its code, and what the decline asked for. */
export type ClosedBy = { readonly reason: string; readonly asks: 'replace' | 'stop' };

export type ChargeContext = {
  readonly now: Date;
  readonly charge: Charge;
  /** In order of their numbers. */
  readonly attempts: readonly Attempt[];
  /** The highest number of a confirm, by our rows or, where rows were lost, by Stripe's events. */
  readonly numbers_used: number;
  readonly recovery: LiveRecovery | null;
  /** Null for a card. */
  readonly debit: {
    readonly notice: DebitNotice | null;
    /** How often its mandate was presented again lately, over all charges. */
    readonly repetitions: number;
    /** Null where none is known: one that an earlier release adopted was not looked for. */
    readonly mandate_id: string | null;
  } | null;
  /** The choice for the next automatic attempt, and whether it may be charged. */
  readonly method: {
    readonly id: string;
    readonly type: string;
    readonly consent_id: string;
    readonly usable: boolean;
    /** What Stripe last said of a debit's mandate; null of what has none, and where it was never asked. */
    readonly mandate_status: MandateStatus | null;
    /** When its data last changed, for the same card. */
    readonly renewed_at: Date | null;
    /** The verdict that closes it to automatic attempts; null while it is open. */
    readonly closed: ClosedBy | null;
    /** Until when it has been declined as often as its network permits; null: it may be tried. */
    readonly limited_until: Date | null;
  };
  /** Why the consent that the charge rests on permits nothing any more; null while it lives. */
  readonly consent_gone: 'consent_revoked' | 'consent_expired' | null;
  readonly stripe_customer_id: string | null;
  /** False while the kill switch is on. */
  readonly charging_enabled: boolean;
  /** Why its run does not let it go; null: it may, or belongs to none. */
  readonly run_gate: RunGate | null;
  readonly loss: Loss | null;
  /** When Stripe's events were last read to their end. */
  readonly events_read_at: Date;
};

/** The numbers of docs/protocol.md, 2.6, 3.6, 3.7, 6.5 and 8.2; `productionTimings` has them all. */
export type ChargePolicy = {
  readonly automaticAttemptsMax: number;
  readonly confirmsMax: number;
  readonly confirmsKeptForCustomer: number;
  readonly technicalRetryMinutes: readonly number[];
  readonly pressMinutes: number;
  readonly unknownQuietMinutes: number;
  readonly unknownRecheckSeconds: number;
  readonly debitNotice: NoticePolicy;
} & LookPolicy &
  UsualTerms;

/**
 * Why the charge has to end for want of permission; null if it may go on. A consent whose time is over ends no charge
 * that may go on under its customer's present default: it was not withdrawn.
 */
export function permissionGone(context: ChargeContext): ChargeContext['consent_gone'] {
  const { charge, method, consent_gone } = context;
  const goes_on = consent_gone === 'consent_expired' && charge.follows_customer && method.usable;
  return goes_on ? null : consent_gone;
}

/** The type that the create names: what was written ahead with its key, though the default may be another by now. */
export function createTypeOf({ charge, method }: ChargeContext): string {
  return charge.create_opened_at === null ? method.type : (charge.create_type ?? method.type);
}

/** Whether Stripe's last word on an attempt is still to come. */
export function isUnresolved(state: AttemptState | null): boolean {
  return state === 'open' || state === 'awaiting_customer' || state === 'processing';
}

/** The one attempt that is not resolved, or null. */
export function openAttemptOf(context: ChargeContext): Attempt | null {
  const newest = context.attempts.at(-1);
  return newest !== undefined && isUnresolved(newest.state) ? newest : null;
}

/** The customer was told early, and has neither pressed nor entered another card: automatic tries go on as announced. */
export function isBesideRetries({
  charge,
  recovery,
  attempts,
}: Pick<ChargeContext, 'charge' | 'recovery' | 'attempts'>): boolean {
  const isOwn = attempts.at(-1)?.payment_method_id === charge.payment_method_id;
  return recovery?.is_early === true && isOwn && attempts.every(({ kind }) => kind === 'off_session');
}

/** Automatic attempts that reached Stripe, or may have. */
export function automaticAttempts(attempts: readonly Attempt[]): number {
  return attempts.filter((a) => a.kind === 'off_session' && a.state !== 'not_executed').length;
}

/** Whether another confirm of this kind fits under Stripe's and our own limits. */
export function confirmsLeft(
  { numbers_used }: Pick<ChargeContext, 'numbers_used'>,
  kind: AttemptKind,
  policy: ChargePolicy,
): number {
  const kept = kind === 'off_session' ? policy.confirmsKeptForCustomer : 0;
  return Math.max(0, policy.confirmsMax - kept - numbers_used);
}

/** Stripe's charge as the outcome of this attempt, unless it is known as another attempt's. */
export function unownedStripeCharge(
  attempts: readonly Attempt[],
  number: number,
  stripe_charge_id: string | null,
): string | null {
  const owned = attempts.some((a) => a.number !== number && a.stripe_charge_id === stripe_charge_id);
  return owned ? null : stripe_charge_id;
}

/** Milliseconds from `from` to `to`. */
export function elapsedMs(from: Date, to: Date): number {
  return to.getTime() - from.getTime();
}
