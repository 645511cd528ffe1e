/**
 * An attempt without a verdict: sent and unanswered, refused before it ran, or not to be found at Stripe.
 * Unknown is a state, and no passage of time turns it into a failure.
 */

import { askCustomerAgain, closeForMerchant, isCustomersTurn } from '../decline/decline-outcome.ts';
import { MINUTE_MS, SECOND_MS } from '../durations.ts';
import type { AttemptState } from '../machines.ts';
import { type Attempt, type ChargeContext, type ChargePolicy, elapsedMs } from './charge.ts';
import type { AttemptChange, ChargeFact, ChargePlan, Settlement } from './charge-facts.ts';

type UnansweredFact = Exclude<ChargeFact, { fact: 'payment_intent' } | { fact: 'declined' }>;

/** Pauses before the same key is sent again; the last one repeats until the key's window ends. */
const RESEND_PAUSES_MS = [
  SECOND_MS,
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  60 * MINUTE_MS,
];

/** Plans for an open attempt whose outcome is unknown. */
export function planUnanswered(
  context: ChargeContext,
  attempt: Attempt,
  fact: UnansweredFact,
  policy: ChargePolicy,
): Settlement {
  const closing = context.charge.close_requested_at !== null;
  switch (fact.fact) {
    case 'indeterminate':
      return apply({
        state: closing ? 'closing' : 'unknown',
        due_in_ms: fact.replayed ? policy.unknownQuietMinutes * MINUTE_MS : resendPause(attempt),
        detail: 'outcome_unknown',
        attempt: noted(attempt, fact.replayed ? 'replayed_error' : 'sent'),
        recovery: null,
      });
    case 'postponed':
      return apply({
        state: context.charge.state,
        due_in_ms: fact.due_in_ms,
        detail: closing ? 'closing' : fact.is_api_key_refused ? 'charging_paused' : null,
        attempt: null,
        recovery: null,
      });
    case 'refused':
      return apply(planRefused(context, attempt, fact, policy));
    case 'unchanged':
      return apply(planUnchanged(context, attempt, policy));
    case 'abandoned':
      if (attempt.state !== 'awaiting_customer') return { settle: 'stale' };
      return apply({
        ...(closing ? closingNext : askCustomerAgain(context, attempt, liveKind(context), policy)),
        attempt: ended(attempt, 'abandoned', null),
      });
  }
}

const closingNext = { state: 'closing', due_in_ms: 0, detail: 'closing', recovery: null } as const;

function planRefused(
  context: ChargeContext,
  attempt: Attempt,
  fact: Extract<UnansweredFact, { fact: 'refused' }>,
  policy: ChargePolicy,
): ChargePlan {
  const change = ended(attempt, 'not_executed', fact.code);
  if (context.charge.close_requested_at !== null) return { ...closingNext, attempt: change };
  const last_error = { code: fact.code, decline_code: null, advice: 'replace' };
  if (fact.reason === 'payment_method_unusable')
    return { ...askCustomerAgain(context, attempt, 'replace', policy), attempt: change, last_error };
  if (fact.reason === 'mandate_pending') {
    if (isCustomersTurn(context, attempt))
      return { ...askCustomerAgain(context, attempt, liveKind(context), policy), attempt: change };
    // The next try asks for the mandate first, and waits until it stands.
    return { state: 'retry_wait', due_in_ms: 0, detail: 'retry_scheduled', attempt: change, recovery: null };
  }
  if (fact.reason === 'merchant_mistake')
    return { ...closeForMerchant, attempt: change, last_error: { ...last_error, advice: 'stop' } };
  return {
    state: 'needs_review',
    due_in_ms: null,
    detail: 'under_review',
    attempt: change,
    recovery: null,
    last_error: { ...last_error, advice: 'stop' },
  };
}

/** Unchanged twice, a minute apart: the confirm never ran, and the next number may open. */
function planUnchanged(context: ChargeContext, attempt: Attempt, policy: ChargePolicy): ChargePlan {
  const recheck_ms = policy.unknownRecheckSeconds * SECOND_MS;
  const seenBefore = attempt.looked_at !== null && elapsedMs(attempt.looked_at, context.now) >= recheck_ms;
  if (!seenBefore)
    return {
      state: context.charge.close_requested_at === null ? 'unknown' : 'closing',
      due_in_ms: recheck_ms,
      detail: 'outcome_unknown',
      attempt: attempt.looked_at === null ? noted(attempt, 'looked') : null,
      recovery: null,
    };
  const change = ended(attempt, 'lost', null);
  if (context.charge.close_requested_at !== null) return { ...closingNext, attempt: change };
  if (isCustomersTurn(context, attempt))
    return { ...askCustomerAgain(context, attempt, liveKind(context), policy), attempt: change };
  return { state: 'retry_wait', due_in_ms: 0, detail: 'retry_scheduled', attempt: change, recovery: null };
}

/** No decline: a live recovery stays what it is. */
function liveKind({ recovery }: ChargeContext): 'authenticate' | 'replace' {
  return recovery?.kind ?? 'authenticate';
}

function resendPause(attempt: Attempt): number {
  const index = Math.min(attempt.send_count - 1, RESEND_PAUSES_MS.length - 1);
  return RESEND_PAUSES_MS[Math.max(0, index)] ?? SECOND_MS;
}

function noted(attempt: Attempt, note: 'sent' | 'replayed_error' | 'looked'): AttemptChange {
  return { number: attempt.number, state: attempt.state, codes: null, stripe_charge_id: null, note };
}

function ended(attempt: Attempt, state: AttemptState, code: string | null): AttemptChange {
  const codes = code === null ? null : { code, decline_code: null, advice_code: null };
  return { number: attempt.number, state, codes, stripe_charge_id: null, note: null };
}

function apply(plan: ChargePlan): Settlement {
  return { settle: 'apply', plan };
}
