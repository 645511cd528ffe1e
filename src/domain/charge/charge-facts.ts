/**
 * Facts about a charge, from any carrier: the worker with Stripe's answer, a worker that lost its lease, a webhook, the
 * janitor. And the plan that follows: one statement writes the fact and the decision together.
 */

import type { Verdict } from '../decline/verdict.ts';
import type { AttemptState, ChargeState } from '../machines.ts';
import type { Disagreement } from './agreement.ts';
import type { CloseAs } from './charge.ts';
import type { PaymentError, PaymentSnapshot } from './payment-snapshot.ts';

export type Carrier = 'worker' | 'customer' | 'webhook' | 'janitor' | 'operator';

export type ChargeFact =
  /** Stripe says so of the PaymentIntent; `key` names the request that it answers, if one does. */
  | {
      readonly fact: 'payment_intent';
      readonly snapshot: PaymentSnapshot;
      readonly key: string | null;
      /** True when the PaymentIntent was read just now, not told by an event of some past moment. */
      readonly current: boolean;
    }
  /** The request of this key was declined; `snapshot` where the answer carried it. */
  | { readonly fact: 'declined'; readonly key: string; readonly error: PaymentError }
  /** The request of this key was refused for good: another method can pay, the bank has yet to confirm
   *  the mandate, only the merchant can mend it, or a person must look. */
  | {
      readonly fact: 'refused';
      readonly key: string;
      readonly reason: 'payment_method_unusable' | 'mandate_pending' | 'merchant_mistake' | 'needs_review';
      readonly code: string | null;
    }
  /** Unknown whether the request of this key was executed. */
  | { readonly fact: 'indeterminate'; readonly key: string; readonly replayed: boolean }
  /** The request of this key was not executed this time and may be sent again later; Stripe may have refused our API key. */
  | {
      readonly fact: 'postponed';
      readonly key: string;
      readonly due_in_ms: number;
      readonly is_api_key_refused: boolean;
    }
  /** A look at Stripe past the key's use found nothing that this attempt did. */
  | { readonly fact: 'unchanged'; readonly key: string }
  /** The customer went to the bank and did not come back within the time. */
  | { readonly fact: 'abandoned'; readonly key: string };

export type AttemptCodes = {
  readonly code: string | null;
  readonly decline_code: string | null;
  readonly advice_code: string | null;
};

export type AttemptChange = {
  readonly number: number;
  readonly state: AttemptState;
  readonly codes: AttemptCodes | null;
  readonly stripe_charge_id: string | null;
  /** Counts one more sending, notes a replayed error, notes a look that found nothing. */
  readonly note: 'sent' | 'replayed_error' | 'looked' | null;
};

export type RecoveryChange =
  | {
      readonly open: 'authenticate' | 'replace';
      readonly payment_method_id: string;
      readonly is_early: boolean;
      readonly expires_in_ms: number;
    }
  /** The live one is about this decline now. */
  | {
      readonly turn: 'authenticate' | 'replace';
      readonly payment_method_id: string;
      /** It was early, and the customer's own time begins; null: it goes on as it is. */
      readonly begins_for_ms: number | null;
    }
  | { readonly close: 'completed' | 'revoked' | 'expired' };

/** What a settlement says of the card that was tried, for others too. */
export type CardChange = {
  readonly payment_method_id: string;
  /** When the try began, where no row of an attempt says it; what was known of the card later stands. */
  readonly tried_at: Date;
  /** The first that fits its network closes the card, or the agreement; or its owner has paid with it. */
  readonly said: readonly Verdict[] | 'paid_by_owner';
};

/** The change of one charge; absent fields stay as they are. */
export type ChargePlan = {
  readonly state: ChargeState;
  /** Milliseconds from now, null for never. */
  readonly due_in_ms: number | null;
  readonly detail: string | null;
  readonly bind?: string;
  /** Later use was written to the PaymentIntent: no confirm may follow with its customer away. */
  readonly future_use?: true;
  readonly last_error?: { code: string | null; decline_code: string | null; advice: string | null };
  readonly amount_received_minor?: number;
  /** The method that Stripe names in the success. */
  readonly paid_with?: string;
  readonly payment_intent_canceled?: true;
  readonly close?: { readonly as: CloseAs; readonly detail: string | null };
  readonly attempt: AttemptChange | null;
  readonly recovery: RecoveryChange | null;
  readonly card?: CardChange;
};

export type Settlement =
  | { readonly settle: 'apply'; readonly plan: ChargePlan }
  /** Nothing to write: we know it already, or the attempt is resolved. */
  | { readonly settle: 'stale' }
  /** An event shows a past moment, which is not enough: read the PaymentIntent and bring that. */
  | { readonly settle: 'read_first' }
  /** Stripe contradicts what is final here, or itself: write a break, and park what can still be parked. */
  | {
      readonly settle: 'break';
      readonly kind: 'success_after_close' | 'canceled_after_success' | 'unexpected_status';
      readonly park: boolean;
    }
  /** The PaymentIntent is not what was agreed. */
  | { readonly settle: 'differs'; readonly differs: Disagreement };
