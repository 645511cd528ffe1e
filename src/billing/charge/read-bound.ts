import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { invariant } from '../../platform/errors.ts';
import { parkCharge } from '../../store/charge/settle-charges.ts';
import { releaseLease } from '../../store/work/obligations.ts';
import { retrievePaymentIntent } from '../../stripe/payment-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';

/**
 * What Stripe says now of the bound PaymentIntent. Null when it does not say: the lease is then given back, and the
 * charge comes due `retry_ms` later. One that Stripe does not know will never be known: a person looks.
 */
export async function readBound(
  deps: Dependencies,
  context: ChargeContext,
  lease: Lease,
  retry_ms: number,
): Promise<PaymentSnapshot | null> {
  const { id, revision, stripe_payment_intent_id } = context.charge;
  invariant(stripe_payment_intent_id !== null, 'bound_before_read');
  const answer = await retrievePaymentIntent(deps.stripe, stripe_payment_intent_id, { signal: lease.signal });
  if (answer.kind === 'ok') return answer.value;
  if (answer.kind !== 'refused' || answer.reason !== 'resource_missing') {
    await releaseLease(deps.sql, 'charge', lease, { revision, in_ms: retry_ms });
    return null;
  }
  await parkCharge(deps.sql, {
    charge_id: id,
    kind: 'payment_intent_missing',
    stripe_id: stripe_payment_intent_id,
    observed: { state: context.charge.state, code: answer.code },
    move: true,
    cause: 'worker',
  });
  deps.log.error({ event: 'charge.parked', chargeId: id, code: 'payment_intent_missing' });
  return null;
}

/** Whether a confirm can still change it; what is otherwise is a fact about the charge. */
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
