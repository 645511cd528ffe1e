import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';

const TELL_EVERY_MS = 1_000;

/** Counts what was turned away, by part; one log line a second for each, because a line for each would be the next burden. */
export function createShed({ log, metrics }: { readonly log: Log; readonly metrics: Metrics }) {
  const parts = new Map<string, { untold: number; tell_at_ms: number }>();
  return (part: string): void => {
    metrics.requestsShedTotal.inc({ room: part });
    const told = parts.get(part) ?? { untold: 0, tell_at_ms: 0 };
    parts.set(part, told);
    told.untold += 1;
    const now_ms = performance.now();
    if (now_ms < told.tell_at_ms) return;
    log.warn({ event: 'requests.shed', part, count: told.untold });
    told.untold = 0;
    told.tell_at_ms = now_ms + TELL_EVERY_MS;
  };
}
