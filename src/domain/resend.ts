const RESEND_MIN_MS = 1_000;
const RESEND_MAX_MS = 60_000;

/** How long to wait before sending the same again: as long as we have tried already, between a second and a minute. */
export function resendInMs(first_sent_at: Date, now: Date): number {
  return Math.min(RESEND_MAX_MS, Math.max(RESEND_MIN_MS, now.getTime() - first_sent_at.getTime()));
}
