/**
 * The protocol's numbers, written down a second time: judged by the constants that the code runs on, any code would be
 * right.
 */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const promised = {
  /** Confirms of one PaymentIntent, those kept for the customer included. */
  confirms_max: 8,
  confirms_kept_for_customer: 3,
  automatic_attempts_max: 4,
  /** From the claim of an attempt on, its key is sent again for so long. */
  resend_ms: 23 * HOUR_MS,
  /** Behind a replayed 5xx Stripe may be at work for so long. */
  quiet_ms: 10 * MINUTE_MS,
  /** Between the two looks that prove that a confirm never ran. */
  recheck_ms: MINUTE_MS,
  /** How long a customer may stay at the bank. */
  press_ms: 30 * MINUTE_MS,
  /** No declined card is tried again sooner. */
  retry_ms: 15 * MINUTE_MS,
  /** How long a customer who saved a card has to press, before a worker charges it. */
  replacement_ms: 10 * MINUTE_MS,
  /** With nothing in the way, a wish to close is answered within this: the longest pause between two tries, thrice. */
  close_ms: 3 * HOUR_MS,
} as const;
