/**
 * What follows for a setup from what Stripe says of it. Pure: the same view and the same facts always lead to the same
 * decision, so a webhook, a worker and the janitor may come in any order and any number.
 */

import type { PaymentError, SessionStatus, SetupSnapshot } from '../charge/payment-snapshot.ts';
import { MINUTE_MS } from '../durations.ts';
import type { KeyVerb } from '../keys.ts';
import type { SetupState } from '../machines.ts';

export const SETUP_ENDS = ['canceled', 'expired', 'failed'] as const;
/** How a setup that is being closed shall end, once Stripe has answered. */
export type SetupEnd = (typeof SETUP_ENDS)[number];

/** What a merchant is shown of the last failed try. */
export type SetupError = Pick<PaymentError, 'code' | 'decline_code'>;

/** The setup's row, as far as a decision rests on it. */
export type SetupSituation = {
  readonly state: SetupState;
  readonly close_as: SetupEnd | null;
  readonly failed_tries: number;
  readonly last_error: SetupError | null;
  /** The customer at Stripe to whom the method must belong, in our mode. */
  readonly stripe_customer_id: string | null;
  readonly livemode: boolean;
  /** We are ending its SetupIntent because a Checkout Session takes its place: that end is not the setup's end. */
  readonly is_switching: boolean;
};

/** What Stripe says now. */
export type SetupFacts = {
  /** Null for a Checkout Session that has made no SetupIntent yet. */
  readonly intent: SetupSnapshot | null;
  /** Null where the setup has no Session. */
  readonly session: SessionStatus | null;
  /** Failed confirms as Stripe counts them; null where nobody needed to ask. */
  readonly failed_tries: number | null;
};

/**
 * - `stay`: nothing new.
 * - `move`: the customer is trying, failed a try, or their bank works on it.
 * - `succeed`: saved. Not `in_time` when we were closing: the method waits for the merchant's word.
 * - `end`: Stripe has answered that it is over; that answer is the proof.
 * - `close`: too many failed tries, so Stripe must end it now.
 * - `contradiction`: saved after we had told the merchant that it was over. Never healed silently.
 * - `review`: Stripe's object is not the one we asked for; a person looks.
 */
export type SetupDecision =
  | { readonly kind: 'stay' }
  | {
      readonly kind: 'move';
      readonly to: 'awaiting_customer' | 'processing';
      readonly failed_tries: number;
      readonly last_error: SetupError | null;
    }
  | {
      readonly kind: 'succeed';
      readonly setup_intent_id: string;
      readonly payment_method_id: string;
      readonly mandate_id: string | null;
      readonly in_time: boolean;
    }
  | { readonly kind: 'end'; readonly as: SetupEnd; readonly detail: string | null }
  | { readonly kind: 'close'; readonly failed_tries: number; readonly last_error: SetupError | null }
  | { readonly kind: 'contradiction' }
  | { readonly kind: 'review'; readonly detail: string };

const STAY: SetupDecision = { kind: 'stay' };

/** What follows. `tries_max`: after this many failed tries the setup is closed as failed. */
export function decideSetup(view: SetupSituation, facts: SetupFacts, tries_max: number): SetupDecision {
  const { intent, session } = facts;
  const saved = intent?.status === 'succeeded';
  switch (view.state) {
    case 'succeeded':
    case 'queued':
      return STAY;
    case 'failed':
    case 'canceled':
    case 'expired':
      return saved ? { kind: 'contradiction' } : STAY;
    case 'needs_review':
      return saved && isOurs(view, intent) ? decideSaved(view, intent) : STAY;
    case 'awaiting_customer':
    case 'processing':
    case 'closing':
      break;
  }
  if (intent !== null && !isOurs(view, intent)) return { kind: 'review', detail: 'setup_intent_mismatch' };
  if (intent !== null && saved) return decideSaved(view, intent);
  if (isOver(facts)) return view.is_switching ? STAY : decideEnd(view, facts);
  if (session === 'complete' && intent?.status !== 'processing') {
    return { kind: 'review', detail: 'session_without_method' };
  }
  return view.state === 'closing' || intent === null ? STAY : decideTry(view, intent, facts, tries_max);
}

function isOurs(view: SetupSituation, intent: SetupSnapshot): boolean {
  return intent.customer === view.stripe_customer_id && intent.livemode === view.livemode;
}

function decideSaved(view: SetupSituation, intent: SetupSnapshot): SetupDecision {
  if (intent.payment_method === null) return { kind: 'review', detail: 'setup_intent_without_method' };
  return {
    kind: 'succeed',
    setup_intent_id: intent.id,
    payment_method_id: intent.payment_method,
    mandate_id: intent.mandate,
    in_time: view.state !== 'closing',
  };
}

/** A Session that expired takes its SetupIntent with it, unless the bank has it already. */
function isOver({ intent, session }: SetupFacts): boolean {
  return intent?.status === 'canceled' || (session === 'expired' && intent?.status !== 'processing');
}

function decideEnd(view: SetupSituation, { session }: SetupFacts): SetupDecision {
  if (view.close_as !== null) return { kind: 'end', as: view.close_as, detail: null };
  return session === 'expired'
    ? { kind: 'end', as: 'expired', detail: 'expired_at_stripe' }
    : { kind: 'end', as: 'canceled', detail: 'canceled_at_stripe' };
}

function decideTry(
  view: SetupSituation,
  intent: SetupSnapshot,
  facts: SetupFacts,
  tries_max: number,
): SetupDecision {
  // Counted by Stripe and never lowered: a doubled or late webhook cannot count a try twice.
  const failed_tries = Math.max(view.failed_tries, facts.failed_tries ?? 0);
  const seen = intent.last_error;
  const last_error = seen === null ? view.last_error : { code: seen.code, decline_code: seen.decline_code };
  if (failed_tries >= tries_max) return { kind: 'close', failed_tries, last_error };
  const to = intent.status === 'processing' ? 'processing' : 'awaiting_customer';
  const is_news =
    to !== view.state ||
    failed_tries !== view.failed_tries ||
    last_error?.code !== view.last_error?.code ||
    last_error?.decline_code !== view.last_error?.decline_code;
  return is_news ? { kind: 'move', to, failed_tries, last_error } : STAY;
}

/** Which object at Stripe a setup makes, and what it has. */
type SetupObjects = {
  readonly state: string;
  readonly via: string;
  readonly session_instead_at: Date | null;
  readonly stripe_setup_intent_id: string | null;
  readonly stripe_checkout_session_id: string | null;
  readonly create_opened_at: Date | null;
};

/** Whether its create makes a Checkout Session: because the merchant asked for one, or the customer pressed on our page. */
export function opensSession(setup: Pick<SetupObjects, 'via' | 'session_instead_at'>): boolean {
  return setup.via === 'checkout' || setup.session_instead_at !== null;
}

/**
 * What its create is called in a key. A Session that takes the place of a SetupIntent is another body than that one. The
 * number cannot tell them apart: where rows were lost it counts anew, and Stripe remembers both.
 */
export function createVerb({ session_instead_at }: Pick<SetupObjects, 'session_instead_at'>): KeyVerb {
  return session_instead_at === null ? 'create' : 'replace';
}

/** Whether something may exist at Stripe that the setup has not bound: a create was begun and not yet bound. */
export function hasOpenCreate(setup: SetupObjects): boolean {
  if (setup.create_opened_at === null || setup.stripe_checkout_session_id !== null) return false;
  return setup.stripe_setup_intent_id === null || setup.session_instead_at !== null;
}

/** Whether it is switching from its SetupIntent to a Session. A closing setup is, as long as a Session may come of it. */
export function isSwitching(setup: SetupObjects): boolean {
  if (setup.session_instead_at === null || setup.stripe_checkout_session_id !== null) return false;
  return setup.state !== 'closing' || hasOpenCreate(setup);
}

/** Whether a try may have failed, so that it is worth asking Stripe how many did. */
export function mayHaveFailed(intent: SetupSnapshot): boolean {
  const is_open = intent.status !== 'succeeded' && intent.status !== 'canceled';
  return is_open && (intent.last_error !== null || intent.status !== 'requires_payment_method');
}

export type SetupClock = {
  readonly state: SetupState;
  /** When the customer could begin. */
  readonly opened_at: Date;
  readonly expires_at: Date;
  readonly now: Date;
};

/**
 * In how many milliseconds we ask Stripe again if no webhook comes: at each of the given ages in minutes, then at
 * intervals of the last one, and in any case when the setup expires. A setup that the bank is working on outlives its
 * expiry.
 */
export function nextReadInMs(clock: SetupClock, read_minutes: readonly number[]): number {
  const age_ms = clock.now.getTime() - clock.opened_at.getTime();
  const step = read_minutes.find((minutes) => age_ms < minutes * MINUTE_MS);
  const last_ms = (read_minutes.at(-1) ?? 60) * MINUTE_MS;
  const wait_ms = step === undefined ? last_ms : step * MINUTE_MS - age_ms;
  const left_ms = clock.expires_at.getTime() - clock.now.getTime();
  return clock.state === 'processing' ? wait_ms : Math.max(0, Math.min(wait_ms, left_ms));
}
