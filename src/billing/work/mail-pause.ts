import { MINUTE_MS } from '../../domain/durations.ts';

/** After a mail server's "not now": servers that greylist want a few minutes, an outage wants hours. */
const MINUTES = [1, 5, 15, 60] as const;

/** How long a mail waits after so many tries. */
export function mailPauseMs(tries: number): number {
  return (MINUTES[Math.min(tries, MINUTES.length - 1)] ?? 60) * MINUTE_MS;
}
