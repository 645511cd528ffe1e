/** What Stripe says after a payment: only what is kept of it. Ids stand for expanded objects, times are Unix seconds. */

export const REFUND_STATUSES = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** Why, in Stripe's words (https://docs.stripe.com/api/refunds/create). */
export const REFUND_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

/** A Refund (https://docs.stripe.com/api/refunds/object). */
export type RefundSnapshot = {
  readonly id: string;
  /** Null where Stripe shows a status that is not known. */
  readonly status: RefundStatus | null;
  readonly amount_minor: number;
  readonly currency: string | null;
  readonly payment_intent: string | null;
  readonly reason: string | null;
  readonly failure_reason: string | null;
  readonly created_s: number | null;
  readonly metadata: { readonly dc_refund?: string; readonly dc_instance?: string };
};

/** A Charge of Stripe's of which something went back: the PaymentIntent that it belongs to. */
export type RefundedSnapshot = { readonly id: string; readonly payment_intent: string | null };

/** A Dispute: money that was paid and is asked back. The last two are absent in events that earlier releases stored. */
export type DisputeSnapshot = {
  readonly id: string;
  readonly status: string | null;
  readonly reason: string | null;
  readonly charge: string | null;
  readonly payment_intent: string | null;
  readonly amount_minor: number | null;
  readonly currency: string | null;
  readonly livemode: boolean | null;
  readonly created_s?: number | null;
  readonly evidence_due_s?: number | null;
};

/** An early fraud warning (https://docs.stripe.com/api/radar/early_fraud_warnings/object). */
export type WarningSnapshot = {
  readonly id: string;
  readonly fraud_type: string | null;
  /** Whether a refund can still spare a dispute. */
  readonly actionable: boolean;
  readonly payment_intent: string | null;
  readonly livemode: boolean | null;
  readonly created_s: number | null;
};
