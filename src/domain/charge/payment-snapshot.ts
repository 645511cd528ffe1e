/**
 * What we keep of Stripe's objects: whitelisted projections, so that no `client_secret`, `next_action`,
 * address or name can reach a row, a job or a log. A field Stripe left out is null: a missing amount must
 * compare as different, never pass a check by being absent (docs/protocol.md, 5.6).
 */

export const SETUP_INTENT_STATUSES = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'succeeded',
  'canceled',
] as const;
export type SetupIntentStatus = (typeof SETUP_INTENT_STATUSES)[number];

export const PAYMENT_INTENT_STATUSES = [...SETUP_INTENT_STATUSES, 'requires_capture'] as const;
export type PaymentIntentStatus = (typeof PAYMENT_INTENT_STATUSES)[number];

export const SESSION_STATUSES = ['open', 'complete', 'expired'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

export const FUTURE_USAGES = ['off_session', 'on_session'] as const;
/** `usage` of a SetupIntent, `setup_future_usage` of a PaymentIntent. */
export type FutureUsage = (typeof FUTURE_USAGES)[number];

/**
 * The codes of a decline, as in a 402 body, `last_payment_error` or `last_setup_error`. `payment_method` and
 * `charge` are ids. Stripe's message text is not kept: nothing may branch on it.
 */
export type PaymentError = {
  readonly code: string | null;
  readonly decline_code: string | null;
  readonly advice_code: string | null;
  readonly network_advice_code: string | null;
  readonly network_decline_code: string | null;
  readonly payment_method: string | null;
  readonly charge: string | null;
  /** `failure_code` of a failed debit's charge, null where that names no reason; absent of anything but a debit. */
  readonly failure_code?: string | null;
};

/** A decline that says nothing of itself. */
export const NO_CODES: PaymentError = {
  code: null,
  decline_code: null,
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  payment_method: null,
  charge: null,
};

/** A PaymentIntent. `created_s` is Stripe's clock in Unix seconds; ids stand for expanded objects. */
export type PaymentSnapshot = {
  readonly id: string;
  readonly status: PaymentIntentStatus;
  readonly amount_minor: number | null;
  readonly amount_received_minor: number | null;
  readonly currency: string | null;
  readonly customer: string | null;
  readonly livemode: boolean | null;
  readonly created_s: number | null;
  /** Null after a failed attempt: the method that failed is in `last_error` only. */
  readonly payment_method: string | null;
  readonly latest_charge: string | null;
  /** Why that charge failed; absent where Stripe showed its id alone, as in an event. */
  readonly latest_failure_code?: string | null;
  readonly cancellation_reason: string | null;
  readonly setup_future_usage: FutureUsage | null;
  /** The types of method that it takes; null where Stripe does not show them. */
  readonly types: readonly string[] | null;
  readonly metadata: {
    readonly dc_charge?: string;
    readonly dc_instance?: string;
    readonly dc_request?: string;
    readonly reference?: string;
  };
  readonly last_error: PaymentError | null;
};

/** Our mark on what was made for a setup. */
export type SetupMark = {
  readonly dc_setup?: string;
  readonly dc_instance?: string;
  readonly dc_request?: string;
};

/** A SetupIntent. */
export type SetupSnapshot = {
  readonly id: string;
  readonly status: SetupIntentStatus;
  readonly usage: FutureUsage | null;
  readonly payment_method: string | null;
  readonly mandate: string | null;
  readonly customer: string | null;
  readonly livemode: boolean | null;
  readonly created_s: number | null;
  readonly metadata: SetupMark;
  readonly last_error: PaymentError | null;
};

/** A Checkout Session in setup mode; its address is not part of it. */
export type SessionSnapshot = {
  readonly id: string;
  readonly status: SessionStatus | null;
  readonly setup_intent: string | null;
  readonly customer: string | null;
  readonly livemode: boolean | null;
  /** Unix seconds, Stripe's clock; null in what earlier releases stored. */
  readonly created_s: number | null;
  readonly expires_at: number | null;
  readonly metadata: SetupMark;
};

/** A PaymentMethod: what a page may show of it. Never the fingerprint, never billing details. */
export type PaymentMethodSnapshot = {
  readonly id: string;
  readonly type: string;
  readonly customer: string | null;
  readonly livemode: boolean | null;
  readonly allow_redisplay: string | null;
  readonly card: {
    readonly brand: string;
    readonly last4: string;
    readonly exp_month: number;
    readonly exp_year: number;
  } | null;
};

/** What customers know their bank account by. Never its number, never its holder. */
export type BankAccount = {
  readonly bank_name: string | null;
  readonly country: string | null;
  readonly last4: string;
};

/** One that was read at Stripe, with its account if it is one, and the keyed hash of its card's fingerprint; events tell none. */
export type ReadMethod = PaymentMethodSnapshot & {
  readonly bank: BankAccount | null;
  /** Its holder's street and country are known to Stripe; never which. */
  readonly has_address: boolean;
  readonly card_mark: string | null;
};

/** A Customer at Stripe: its id and our mark on it. Never the address or the name. */
export type CustomerSnapshot = {
  readonly id: string;
  readonly deleted: boolean;
  readonly livemode: boolean | null;
  readonly created_s: number | null;
  readonly metadata: { readonly dc_customer?: string; readonly dc_instance?: string };
};

export const MANDATE_STATUSES = ['active', 'inactive', 'pending'] as const;

export type MandateStatus = (typeof MANDATE_STATUSES)[number];

/** A debit's Mandate; `pending`: the bank has not confirmed it yet. Never its reference or its address. */
export type MandateSnapshot = {
  readonly id: string;
  readonly status: MandateStatus;
  readonly payment_method: string | null;
  readonly livemode: boolean | null;
};

/** One that was read at Stripe, with what its customer was shown of it; events tell neither. */
export type ReadMandate = MandateSnapshot & {
  readonly reference: string | null;
  readonly url: string | null;
};
