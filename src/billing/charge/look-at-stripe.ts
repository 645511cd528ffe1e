/** Asks Stripe what happened when no answer of ours can show it any more. */

import { type Attempt, type ChargeContext, elapsedMs, openAttemptOf } from '../../domain/charge/charge.ts';
import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/durations.ts';
import { planResumed } from '../../domain/releases.ts';
import { findEventsByKey } from '../../stripe/events/events.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, wait } from '../work/outcome.ts';
import { readBound } from './read-bound.ts';
import { applyChargeFact, applyChargePlan } from './settle-charge.ts';

const RETRY_MS = 5_000;
/** Events carry whole seconds of Stripe's clock, which may differ from ours. */
const CLOCK_SLACK_S = 300;

/** The events that a confirm causes and that show its outcome. */
const OUTCOME_EVENTS = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.canceled',
];

/** Reads the bound PaymentIntent and applies what it says; if nothing is new, the row comes due again later. */
export async function readPaymentIntent(
  deps: Dependencies,
  context: ChargeContext,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const read = await readBound(deps, context, lease, RETRY_MS);
  if (read.read === 'left') return read.outcome;
  const { charge } = context;
  const bringing = { carrier: 'janitor' as const, reference: 'read', context, lease };
  const fact: ChargeFact = { fact: 'payment_intent', snapshot: read.intent, key: null, current: true };
  const brought = await applyChargeFact(deps, charge.id, fact, bringing);
  if (brought === 'settled') return done;
  const attempt = openAttemptOf(context);
  if (attempt?.state === 'awaiting_customer' && isOverdue(deps, context, attempt)) {
    const abandoned: ChargeFact = { fact: 'abandoned', key: attempt.idempotency_key };
    await applyChargeFact(deps, charge.id, abandoned, bringing);
    return done;
  }
  if (brought === 'stale' && charge.state === 'unknown' && attempt?.state !== 'open') {
    await applyChargePlan(deps, context, planResumed(context, nextReadMs(deps, context, attempt)), bringing);
    return done;
  }
  return wait(charge, nextReadMs(deps, context, attempt), 'read');
}

/**
 * The key is too old to be sent again, so we look (docs/protocol.md, 6.4 and 6.5): first for Stripe's events under
 * that key, then at the PaymentIntent. A `latest_charge` that was not there when the attempt opened and belongs to no
 * other attempt is this attempt's outcome, and so is a bank's challenge where none was open before: one that an earlier
 * press left open says nothing of this one, and may be of another card. If two looks a minute apart show nothing new, the confirm never ran. A look
 * without the events does not count, because a decline may show nowhere else.
 */
export async function lookForAttempt(
  deps: Dependencies,
  context: ChargeContext,
  attempt: Attempt,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const { charge } = context;
  const bringing = { carrier: 'janitor' as const, reference: attempt.idempotency_key, context, lease };
  const told = await outcomeByKey(deps, attempt, lease);
  if (told === 'unreadable') return wait(charge, RETRY_MS, 'events_unreadable');
  if (told !== null && (await applyChargeFact(deps, charge.id, told, bringing)) === 'settled') return done;
  const read = await readBound(deps, context, lease, RETRY_MS);
  if (read.read === 'left') return read.outcome;
  const brought = await applyChargeFact(deps, charge.id, factByRead(context, attempt, read.intent), bringing);
  return brought === 'stale' || brought === 'read_first' ? wait(charge, RETRY_MS, 'looked') : done;
}

async function outcomeByKey(
  deps: Dependencies,
  attempt: Attempt,
  lease: Lease,
): Promise<ChargeFact | 'unreadable' | null> {
  const answer = await findEventsByKey(
    deps.stripe,
    {
      types: OUTCOME_EVENTS,
      created_gte_s: Math.floor(attempt.started_at.getTime() / 1_000) - CLOCK_SLACK_S,
      key: attempt.idempotency_key,
    },
    { signal: lease.signal },
  );
  if (answer.kind !== 'ok') return 'unreadable';
  const projection = answer.value.at(-1)?.projection;
  if (projection?.object !== 'payment_intent') return null;
  const { snapshot } = projection;
  return { fact: 'payment_intent', snapshot, key: attempt.idempotency_key, current: false };
}

function factByRead(context: ChargeContext, attempt: Attempt, snapshot: PaymentSnapshot): ChargeFact {
  const key = attempt.idempotency_key;
  const { status, latest_charge, last_error } = snapshot;
  if (status === 'succeeded' || status === 'canceled' || status === 'processing')
    return { fact: 'payment_intent', snapshot, key: null, current: true };
  const owned = context.attempts.some((other) => other.stripe_charge_id === latest_charge);
  const isNew = latest_charge !== null && latest_charge !== attempt.opened_latest_charge && !owned;
  const asked =
    status === 'requires_action' && attempt.opened_status !== status && attempt.kind === 'on_session';
  const declined = last_error?.payment_method ?? attempt.payment_method_id;
  const isOwn = declined === attempt.payment_method_id;
  if ((isNew && isOwn) || asked) return { fact: 'payment_intent', snapshot, key, current: true };
  return { fact: 'unchanged', key };
}

function isOverdue(deps: Dependencies, context: ChargeContext, attempt: Attempt): boolean {
  return elapsedMs(attempt.started_at, context.now) >= deps.timings.pressMinutes * MINUTE_MS;
}

/** A debit takes days: read it after an hour, then every six hours, then daily. Read a press once its time is over. */
function nextReadMs(deps: Dependencies, context: ChargeContext, attempt: Attempt | null): number {
  if (attempt === null) return HOUR_MS;
  if (attempt.state === 'open') return MINUTE_MS;
  const age_ms = elapsedMs(attempt.started_at, context.now);
  if (attempt.state === 'awaiting_customer')
    return Math.max(MINUTE_MS, deps.timings.pressMinutes * MINUTE_MS - age_ms);
  if (age_ms < 6 * HOUR_MS) return HOUR_MS;
  return age_ms < 24 * HOUR_MS ? 6 * HOUR_MS : 24 * HOUR_MS;
}
