/**
 * What the answer to a confirm means for the charge: the fact that settles it.
 */
import type { Attempt, ChargeContext } from '../../domain/charge/charge.ts';
import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import { debitFailure, saysOnlyThatItFailed } from '../../domain/decline/failed-debit.ts';
import { invariant, unreachable } from '../../platform/errors.ts';
import type { Answer, NotExecuted, Refused } from '../../stripe/answer.ts';
import { type Confirmed, retrievePaymentIntent } from '../../stripe/payment-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { isKeyRefused, KEY_REFUSED_PAUSE_MS } from '../work/judge-answer.ts';
import type { Lease } from '../work/lease.ts';
import { seeIfDeleted } from '../work/see-deleted.ts';
import { lookIntoRefusal } from './look-into-refusal.ts';
import { isConfirmable } from './read-bound.ts';
import { applyChargeFact } from './settle-charge.ts';

const RATE_LIMIT_PAUSE_MS = 1_000;

/** Settles the answer to a confirm. */
export async function settleAnswer(
  deps: Dependencies,
  context: ChargeContext,
  attempt: Attempt,
  answer: Answer<Confirmed>,
  lease: Lease,
): Promise<void> {
  const fact = await factOf(deps, context, attempt, answer);
  await applyChargeFact(deps, context.charge.id, fact, {
    carrier: attempt.kind === 'on_session' ? 'customer' : 'worker',
    reference: attempt.idempotency_key,
    request_id: answer.request_id,
    context,
    lease,
  });
}

async function factOf(
  deps: Dependencies,
  context: ChargeContext,
  attempt: Attempt,
  answer: Answer<Confirmed>,
): Promise<ChargeFact> {
  const key = attempt.idempotency_key;
  switch (answer.kind) {
    case 'ok':
      return { fact: 'payment_intent', snapshot: answer.value.snapshot, key, current: true };
    case 'declined':
      return declinedFact(deps, context, attempt, answer);
    case 'indeterminate':
      return {
        fact: 'indeterminate',
        key,
        replayed: answer.reason === 'server_error' && answer.replayed,
      };
    case 'not_executed':
      return postponedFact(deps, context, key, answer.reason);
    case 'refused':
      return refusedFact(deps, context, attempt, answer);
    default:
      return unreachable(answer);
  }
}

async function declinedFact(
  deps: Dependencies,
  context: ChargeContext,
  { idempotency_key: key, number }: Attempt,
  answer: Extract<Answer<never>, { kind: 'declined' }>,
): Promise<ChargeFact> {
  const status = answer.payment_intent?.status;
  // A confirm may itself reach Stripe's limit and cancel the PaymentIntent: then that is the fact, not the decline.
  if (answer.payment_intent !== null && (status === 'canceled' || status === 'succeeded'))
    return { fact: 'payment_intent', snapshot: answer.payment_intent, key, current: true };
  if (!saysOnlyThatItFailed(answer.error)) return { fact: 'declined', key, error: answer.error };
  // Sent again, the key answers the same; so what only the charge says is asked for until it is heard.
  const snapshot = await currentOf(deps, context.charge.stripe_payment_intent_id ?? '');
  if (snapshot === null) return { fact: 'indeterminate', key, replayed: false };
  const error = debitFailure({ ...snapshot, last_error: answer.error }, context.attempts, number);
  return { fact: 'declined', key, error };
}

/**
 * Stripe refused because of the PaymentIntent's state, so that state is the fact. If the PaymentIntent has become
 * confirmable since, the same key is sent again, after growing pauses.
 */
async function refusedFact(
  deps: Dependencies,
  context: ChargeContext,
  attempt: Attempt,
  answer: Refused,
): Promise<ChargeFact> {
  const key = attempt.idempotency_key;
  if (answer.reason === 'unexpected_state') {
    const id = context.charge.stripe_payment_intent_id ?? '';
    const snapshot = answer.payment_intent ?? (await currentOf(deps, id));
    return snapshot === null || isConfirmable(snapshot)
      ? { fact: 'indeterminate', key, replayed: false }
      : { fact: 'payment_intent', snapshot, key, current: true };
  }
  const says_nothing = answer.reason === 'invalid_request' && answer.code === null && answer.param === null;
  if (says_nothing) return silentlyRefusedFact(deps, context, attempt);
  const code = answer.code ?? answer.reason;
  switch (answer.reason) {
    case 'mandate_invalid': {
      const looked = await silentlyRefusedFact(deps, context, attempt);
      // Stripe says that it was the mandate: then one that stands by our reading has ended since.
      return looked.fact === 'refused' && looked.reason === 'needs_review'
        ? { ...looked, reason: 'payment_method_unusable', code }
        : looked;
    }
    case 'payment_method_unusable':
      return { fact: 'refused', key, reason: 'payment_method_unusable', code };
    case 'amount_refused':
    case 'currency_refused':
      return { fact: 'refused', key, reason: 'merchant_mistake', code };
    default:
      return { fact: 'refused', key, reason: 'needs_review', code };
  }
}

/** What a 400 that says nothing turns out to be, once it was looked into; until it can be, the same key goes out again. */
async function silentlyRefusedFact(
  deps: Dependencies,
  { stripe_customer_id: customer }: ChargeContext,
  { idempotency_key: key, payment_method_id }: Attempt,
): Promise<ChargeFact> {
  invariant(customer !== null, 'customer_bound_before_confirm');
  const seen = await lookIntoRefusal(deps, { payment_method_id, customer });
  switch (seen.seen) {
    case 'unreadable':
      return { fact: 'indeterminate', key, replayed: false };
    case 'method_gone':
      // Gone with its customer: then no other can pay either, and the charge is asked to close before this is settled.
      await seeIfDeleted(deps, customer, key);
      return { fact: 'refused', key, reason: 'payment_method_unusable', code: seen.code };
    case 'mandate_missing':
      return { fact: 'refused', key, reason: 'merchant_mistake', code: 'mandate_missing' };
    case 'mandate_pending':
      return { fact: 'refused', key, reason: 'mandate_pending', code: 'mandate_pending' };
    case 'nothing':
      return { fact: 'refused', key, reason: 'needs_review', code: 'invalid_request' };
    default:
      return unreachable(seen);
  }
}

async function currentOf(deps: Dependencies, id: string) {
  const answer = await retrievePaymentIntent(deps.stripe, id);
  return answer.kind === 'ok' ? answer.value : null;
}

function postponedFact(
  deps: Dependencies,
  { charge }: ChargeContext,
  key: string,
  reason: NotExecuted['reason'],
): ChargeFact {
  const is_api_key_refused = isKeyRefused(reason);
  if (is_api_key_refused) deps.log.error({ event: 'stripe.key_refused', chargeId: charge.id, code: reason });
  const due_in_ms = is_api_key_refused ? KEY_REFUSED_PAUSE_MS : RATE_LIMIT_PAUSE_MS;
  return { fact: 'postponed', key, due_in_ms, is_api_key_refused };
}
