/**
 * The protocol's numbers (docs/protocol.md), written down a second time: judged by the code's own constants, any code
 * would be right.
 */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const promised = {
  /** Confirms of one PaymentIntent, including those kept for the customer. */
  confirms_max: 8,
  confirms_kept_for_customer: 3,
  automatic_attempts_max: 4,
  /** How long, from the claim of an attempt, its key is sent again. */
  resend_ms: 23 * HOUR_MS,
  /** How long Stripe may still be at work behind a replayed 5xx. */
  quiet_ms: 10 * MINUTE_MS,
  /** The time between the two looks that prove that a confirm never ran. */
  recheck_ms: MINUTE_MS,
  /** How long a customer may stay at the bank. */
  press_ms: 30 * MINUTE_MS,
  /** No declined card is tried again sooner. */
  retry_ms: 15 * MINUTE_MS,
  /** How long a customer who saved a card has to press before a worker charges it. */
  replacement_ms: 10 * MINUTE_MS,
  /**
   * With nothing in the way, a wish to close is answered within this: three times the longest pause between two tries.
   */
  close_ms: 3 * HOUR_MS,
} as const;
