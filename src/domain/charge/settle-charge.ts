/**
 * From a fact to the plan that settles it. Pure, and the same for every carrier: facts about the bound
 * PaymentIntent commute, so a webhook may overtake the worker's own answer and the result is the same.
 *
 * - `succeeded`, `canceled` and `processing` are facts about the charge, with or without an open attempt.
 * - Any other fact resolves the attempt that its request key names, if that is the open one; else it is stale.
 * - Without a key, only an attempt that waits for the customer or for a debit is resolved, and only by reading
 *   the PaymentIntent first: an attempt whose confirm is unanswered never is.
 */

import { planDecline, planFailedDebit } from '../decline/decline-outcome.ts';
import { debitFailure, saysOnlyThatItFailed } from '../decline/failed-debit.ts';
import { HOUR_MS } from '../durations.ts';
import { parseKey } from '../keys.ts';
import { isTerminal } from '../machines.ts';
import { disagreementOf, successDisagreementOf } from './agreement.ts';
import {
  type Attempt,
  type ChargeContext,
  type ChargePolicy,
  openAttemptOf,
  unownedStripeCharge,
} from './charge.ts';
import type { AttemptChange, ChargeFact, ChargePlan, Settlement } from './charge-facts.ts';
import { NO_CODES, type PaymentError, type PaymentSnapshot } from './payment-snapshot.ts';
import { planUnanswered } from './unanswered-attempt.ts';

const STALE: Settlement = { settle: 'stale' };

/** Plans the statement that writes `fact` into the charge as `context` knows it. */
export function settleCharge(context: ChargeContext, fact: ChargeFact, policy: ChargePolicy): Settlement {
  if (fact.fact === 'payment_intent') return settleSnapshot(context, fact, policy);
  const attempt = openAttemptOf(context);
  if (attempt === null || attempt.idempotency_key !== fact.key) return STALE;
  if (context.charge.state === 'needs_review' || isTerminal('charge', context.charge.state)) return STALE;
  // Once the bank or the debit has it, an answer to the request says nothing that is not known already.
  if (attempt.state !== 'open' && fact.fact !== 'abandoned') return STALE;
  if (fact.fact === 'declined') return apply(planDecline(context, attempt, fact.error, policy));
  return planUnanswered(context, attempt, fact, policy);
}

type SnapshotFact = Extract<ChargeFact, { fact: 'payment_intent' }>;

function settleSnapshot(context: ChargeContext, fact: SnapshotFact, policy: ChargePolicy): Settlement {
  const { snapshot } = fact;
  const bound = context.charge.stripe_payment_intent_id;
  if (bound !== null && bound !== snapshot.id) return STALE;
  switch (snapshot.status) {
    case 'succeeded':
      return settleSuccess(context, fact);
    case 'canceled':
      return bound === null ? STALE : settleCanceled(context, fact);
    case 'processing':
      return settleProcessing(context, fact);
    case 'requires_capture':
      return { settle: 'break', kind: 'unexpected_status', park: true };
    case 'requires_action':
      return settleRequiresAction(context, fact, policy);
    case 'requires_payment_method':
    case 'requires_confirmation':
      return settleFailedTry(context, fact, policy);
  }
}

/**
 * The first proof settles, whichever attempt earned it. A customer may pass the challenge of an earlier, abandoned attempt in
 * an old tab while a later confirm is unanswered. Stripe's word then has no key, and names the earlier card: what is told
 * is that card, and the open attempt ends without having paid.
 */
function settleSuccess(context: ChargeContext, fact: SnapshotFact): Settlement {
  const { charge } = context;
  const { snapshot, current } = fact;
  if (charge.state === 'succeeded') return STALE;
  const isBound = charge.stripe_payment_intent_id !== null;
  const differs = successDisagreementOf(context, snapshot);
  // An event that does not fit is not believed, and of an unbound charge's PaymentIntents another may have money too.
  if (!current && (differs !== null || !isBound)) return { settle: 'read_first' };
  if (charge.state === 'failed' || charge.state === 'canceled')
    return { settle: 'break', kind: 'success_after_close', park: false };
  if (differs !== null) return { settle: 'differs', differs };
  const attempt = openAttemptOf(context);
  return apply({
    state: 'succeeded',
    due_in_ms: null,
    detail: null,
    ...(isBound ? {} : { bind: snapshot.id }),
    amount_received_minor: snapshot.amount_received_minor ?? 0,
    ...paidWith(attempt, snapshot),
    attempt: attempt === null ? null : endedBySuccess(context, attempt, fact),
    recovery: context.recovery === null ? null : { close: 'completed' },
    ...paidByOwner(attempt, fact),
  });
}

/** What their bank was told to refuse they have wanted since. */
function paidByOwner(attempt: Attempt | null, fact: SnapshotFact): Pick<ChargePlan, 'card'> {
  if (attempt?.kind !== 'on_session' || !isEarned(attempt, fact)) return {};
  const { payment_method_id, started_at } = attempt;
  return { card: { payment_method_id, tried_at: started_at, said: 'paid_by_owner' } };
}

function paidWith(attempt: Attempt | null, { payment_method }: PaymentSnapshot): { paid_with?: string } {
  const paid_with = payment_method ?? attempt?.payment_method_id;
  return paid_with === undefined ? {} : { paid_with };
}

function endedBySuccess(context: ChargeContext, attempt: Attempt, fact: SnapshotFact): AttemptChange {
  return isEarned(attempt, fact)
    ? resolved(context, attempt, 'succeeded', fact.snapshot.latest_charge)
    : resolved(context, attempt, 'canceled', null);
}

function isEarned(attempt: Attempt, { key, snapshot: { payment_method } }: SnapshotFact): boolean {
  return (
    key === attempt.idempotency_key || payment_method === null || payment_method === attempt.payment_method_id
  );
}

/** Proof that the PaymentIntent will never take money: the only way a bound charge becomes failed or canceled. */
function settleCanceled(context: ChargeContext, { snapshot, current }: SnapshotFact): Settlement {
  const { charge } = context;
  if (charge.state === 'succeeded') return { settle: 'break', kind: 'canceled_after_success', park: false };
  if (isTerminal('charge', charge.state)) return STALE;
  // Read now, it is proof however it was changed before: it never takes money.
  if (!current && disagreementOf(context, snapshot) !== null) return { settle: 'read_first' };
  const attempt = openAttemptOf(context);
  const { close_as } = charge;
  // Parked meanwhile: close as failed; our request may not be the cause.
  const asked = close_as !== null && (charge.state === 'closing' || charge.state === 'pending');
  const recovery = context.recovery === null ? null : ({ close: 'revoked' } as const);
  return apply({
    state: asked ? close_as : 'failed',
    due_in_ms: null,
    detail: asked ? charge.close_detail : 'canceled_at_stripe',
    payment_intent_canceled: true,
    attempt: attempt === null ? null : resolved(context, attempt, 'canceled', null),
    recovery,
  });
}

/** A late event may show a debit that has failed since, so we believe only the answer to the attempt, or a fresh read. */
function settleProcessing(context: ChargeContext, fact: SnapshotFact): Settlement {
  const { charge } = context;
  if (isTerminal('charge', charge.state) || charge.state === 'needs_review') return STALE;
  const attempt = openAttemptOf(context);
  if (charge.state === 'pending' && (attempt === null || attempt.state === 'processing')) return STALE;
  const answers = attempt !== null && fact.key === attempt.idempotency_key;
  if (!fact.current && !answers) return { settle: 'read_first' };
  const isBound = charge.stripe_payment_intent_id !== null;
  const differs = isBound ? null : disagreementOf(context, fact.snapshot);
  if (differs !== null) return { settle: 'differs', differs };
  return apply({
    ...(isBound ? {} : { bind: fact.snapshot.id }),
    state: 'pending',
    due_in_ms: HOUR_MS,
    detail: charge.close_requested_at === null ? 'debit_pending' : 'cannot_cancel_debit',
    attempt: attempt === null ? null : unresolved(attempt, 'processing'),
    recovery: null,
  });
}

function settleRequiresAction(context: ChargeContext, fact: SnapshotFact, policy: ChargePolicy): Settlement {
  const attempt = openAttemptOf(context);
  // The debit is over unpaid. What has led to a bank since was lost with its rows; the customer is asked anew.
  if (context.charge.state === 'pending' && attempt?.state !== 'open' && fact.key === null)
    return settleFailedTry(context, fact, policy);
  if (attempt === null || fact.key === null || attempt.idempotency_key !== fact.key) return STALE;
  if (attempt.state !== 'open' || context.charge.state === 'needs_review') return STALE;
  // Off-session confirms answer 402 instead. If one does not, the customer is needed nevertheless.
  if (attempt.kind === 'off_session')
    return apply(planDecline(context, attempt, authenticationRequired(attempt), policy));
  const closing = context.charge.close_requested_at !== null;
  return apply({
    state: closing ? 'closing' : 'action_required',
    due_in_ms: closing ? 0 : policy.pressMinutes * 60_000,
    detail: closing ? 'closing' : null,
    attempt: unresolved(attempt, 'awaiting_customer'),
    recovery: null,
  });
}

/** The PaymentIntent is back at the start: a try failed, or none was made yet. */
function settleFailedTry(context: ChargeContext, fact: SnapshotFact, policy: ChargePolicy): Settlement {
  if (context.charge.state === 'needs_review') return STALE;
  const attempt = openAttemptOf(context);
  const { last_error } = fact.snapshot;
  // Ignore a key that is not ours: the customer's browser sends its own to Stripe.
  const key = parseKey(fact.key) === null ? null : fact.key;
  if (attempt === null && context.charge.state !== 'pending') return STALE;
  if (key !== null && key !== attempt?.idempotency_key) return STALE;
  if (attempt?.state === 'open') return settleAnswered(context, attempt, { ...fact, key }, policy);
  if (!fact.current) return { settle: 'read_first' };
  const failure = debitFailure(fact.snapshot, context.attempts, attempt?.number ?? null);
  if (attempt === null) return apply(planFailedDebit(context, failure, policy));
  if (attempt.state === 'processing' || saysOnlyThatItFailed(last_error))
    return apply(planDecline(context, attempt, failure, policy));
  return apply(planDecline(context, attempt, last_error ?? authenticationRequired(attempt), policy));
}

/** Only its own answer resolves an unanswered confirm, because only that says why it failed. */
function settleAnswered(
  context: ChargeContext,
  attempt: Attempt,
  { snapshot, key, current }: SnapshotFact,
  policy: ChargePolicy,
): Settlement {
  if (key === null) return STALE;
  const { last_error } = snapshot;
  if (saysOnlyThatItFailed(last_error)) {
    if (!current) return { settle: 'read_first' };
    const failure = debitFailure(snapshot, context.attempts, attempt.number);
    return apply(planDecline(context, attempt, failure, policy));
  }
  if (last_error !== null) return apply(planDecline(context, attempt, last_error, policy));
  return current ? { settle: 'break', kind: 'unexpected_status', park: true } : STALE;
}

function authenticationRequired(attempt: Attempt): PaymentError {
  return {
    ...NO_CODES,
    code: 'payment_intent_authentication_failure',
    payment_method: attempt.payment_method_id,
  };
}

function resolved(
  { attempts }: ChargeContext,
  { number }: Attempt,
  state: 'succeeded' | 'canceled',
  charge: string | null,
): AttemptChange {
  const stripe_charge_id = unownedStripeCharge(attempts, number, charge);
  return { number, state, codes: null, stripe_charge_id, note: null };
}

function unresolved(attempt: Attempt, state: 'processing' | 'awaiting_customer'): AttemptChange | null {
  if (attempt.state === state) return null;
  return { number: attempt.number, state, codes: null, stripe_charge_id: null, note: null };
}

function apply(plan: ChargePlan): Settlement {
  return { settle: 'apply', plan };
}
