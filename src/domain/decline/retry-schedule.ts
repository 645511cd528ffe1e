/** Why we may try again: the bank said no for now, or something between us and it broke. */
const RETRY_KINDS = ['issuer', 'technical'] as const;
export type RetryKind = (typeof RETRY_KINDS)[number];

/**
 * When declined charges are tried again automatically. Delays count from the decline
 * that asks for them. Configuration; the defaults are those of docs/protocol.md, 8.2.
 */
export type RetrySchedule = {
  readonly issuer_delays_s: readonly number[];
  readonly technical_delays_s: readonly number[];
  /** Automatic attempts in all, the first one included. */
  readonly automatic_attempts_max: number;
};

/**
 * Seconds until the next automatic attempt, or null when none is left.
 * `automatic_attempts_used` counts the off-session attempts made so far, the declined one included; the
 * customer's own presses do not count (docs/protocol.md, 3.3). A network's stated delay is a minimum. Whoever names fewer
 * delays gets fewer attempts.
 */
export function nextRetryDelay_s(asked: {
  readonly retry_kind: RetryKind;
  readonly automatic_attempts_used: number;
  readonly minimum_delay_s: number;
  readonly schedule: RetrySchedule;
}): number | null {
  const { retry_kind, automatic_attempts_used, minimum_delay_s, schedule } = asked;
  if (automatic_attempts_used >= schedule.automatic_attempts_max) return null;
  const delays = retry_kind === 'issuer' ? schedule.issuer_delays_s : schedule.technical_delays_s;
  const delay_s = delays[Math.max(0, automatic_attempts_used - 1)];
  return delay_s === undefined ? null : Math.max(delay_s, minimum_delay_s);
}
