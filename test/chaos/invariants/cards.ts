/** Whether a network's verdict on a card was heeded: by its number, as Stripe shows it, and not by our rows. */
import { chaosTimings } from '../../../src/platform/timings.ts';
import type { AttemptRow, Evidence } from '../evidence.ts';
import type { Invariant } from './breach.ts';
import { confirmsOf, isPressed } from './permission.ts';

/** No other charge fares better after these, until the network renews the card: nobody does that here. */
const OF_CARD: ReadonlySet<string | null> = new Set(['lost_card', 'stolen_card', 'pickup_card']);

/**
 * I-31: once a decline that is about the card was settled, no confirm is let go that nobody pressed, with any method of the
 * same number. A statement that had the card's lock before the settlement may have begun after it.
 */
export const nothingWithClosedCard: Invariant = (evidence) => {
  const closed = closedIn(evidence);
  return confirmsOf(evidence).flatMap(({ request, key, charge, attempt }) => {
    if (attempt === null || request.replayed || isPressed(request)) return [];
    const number = evidence.cards.get(attempt.payment_method_id);
    const since_ms = attempt.sent_at.getTime() - chaosTimings.leaseMs;
    const verdict = closed.find((one) => one.number === number && one.known_ms < since_ms);
    if (verdict === undefined) return [];
    const late_s = Math.round((attempt.sent_at.getTime() - verdict.known_ms) / 1_000);
    const text = `${key} was let go ${late_s} s after ${verdict.key} had been told that the card is ${verdict.code}`;
    return [{ harm: 'broken' as const, subject: charge.id, text }];
  });
};

type Closed = {
  readonly number: string;
  readonly known_ms: number;
  readonly key: string;
  readonly code: string;
};

function closedIn({ attempts, cards, lost, two_verdicts }: Evidence): Closed[] {
  if (two_verdicts) return [];
  return attempts.flatMap((attempt: AttemptRow) => {
    const { decline_code, ended_at, payment_method_id, idempotency_key: key } = attempt;
    const number = cards.get(payment_method_id);
    if (number === undefined || ended_at === null || decline_code === null) return [];
    // What was written before a loss may have been forgotten, and written again since.
    const isForgotten = lost !== null && ended_at.getTime() <= lost.at_ms;
    if (isForgotten || !OF_CARD.has(decline_code)) return [];
    return [{ number, known_ms: ended_at.getTime(), key, code: decline_code }];
  });
}
