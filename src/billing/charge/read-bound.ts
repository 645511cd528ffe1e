import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { invariant } from '../../platform/errors.ts';
import { retrievePaymentIntent } from '../../stripe/payment-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { isKeyRefused, KEY_REFUSED_PAUSE_MS } from '../work/judge-answer.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, wait } from '../work/outcome.ts';
import { byHolder, handToPerson } from './hand-to-person.ts';

/** - `left`: Stripe does not say; `outcome` is what becomes of the charge. */
export type BoundRead =
  | { readonly read: 'ok'; readonly intent: PaymentSnapshot }
  | { readonly read: 'left'; readonly outcome: Outcome<'charge'> };

/**
 * What Stripe says now about the bound PaymentIntent. If it does not answer, the charge comes due `retry_ms` later. If
 * it does not know the PaymentIntent, it never will, so a person looks.
 */
export async function readBound(
  deps: Dependencies,
  context: ChargeContext,
  lease: Lease,
  retry_ms: number,
): Promise<BoundRead> {
  const { charge } = context;
  const stripe_id = charge.stripe_payment_intent_id;
  invariant(stripe_id !== null, 'bound_before_read');
  const answer = await retrievePaymentIntent(deps.stripe, stripe_id, { signal: lease.signal });
  if (answer.kind === 'ok') return { read: 'ok', intent: answer.value };
  if (answer.kind === 'not_executed' && isKeyRefused(answer.reason)) {
    deps.log.error({ event: 'stripe.key_refused', chargeId: charge.id, code: answer.reason });
    // What is about to be attempted shows it until then; what is only looked at has other things to show.
    const shown = charge.state === 'retry_wait' ? { detail: 'charging_paused' } : {};
    return { read: 'left', outcome: wait(charge, KEY_REFUSED_PAUSE_MS, answer.reason, shown) };
  }
  if (answer.kind !== 'refused' || answer.reason !== 'resource_missing')
    return { read: 'left', outcome: wait(charge, retry_ms, 'read_unanswered') };
  const kind = 'payment_intent_missing';
  const observed = { state: charge.state, code: answer.code };
  await handToPerson(deps, {
    charge_id: charge.id,
    kind,
    stripe_id,
    observed,
    move: true,
    ...byHolder(lease),
  });
  return { read: 'left', outcome: done };
}

/** Whether a confirm can still change it; any other status is a fact about the charge. */
export function isConfirmable({ status }: PaymentSnapshot): boolean {
  switch (status) {
    case 'requires_payment_method':
    case 'requires_confirmation':
    case 'requires_action':
      return true;
    case 'processing':
    case 'requires_capture':
    case 'succeeded':
    case 'canceled':
      return false;
  }
}
