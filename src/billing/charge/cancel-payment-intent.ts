/**
 * Closing with proof (docs/protocol.md, 12.2): we cancel the PaymentIntent, and only Stripe's word that it is
 * cancelled makes a charge `failed` or `canceled`. If the customer's money was faster, the charge becomes `succeeded`.
 */
import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { resendInMs } from '../../domain/resend.ts';
import { invariant } from '../../platform/errors.ts';
import { cancelPaymentIntent } from '../../stripe/payment-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { writeKeyed } from '../work/keyed-write.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome } from '../work/outcome.ts';
import { readBound } from './read-bound.ts';
import { applyChargeFact } from './settle-charge.ts';

/** Cancels the charge's PaymentIntent under cancel key `number` and settles the answer. */
export async function cancelBound(
  deps: Dependencies,
  context: ChargeContext,
  number: number,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const { charge, now } = context;
  const id = charge.stripe_payment_intent_id;
  invariant(id !== null, 'bound_before_cancel');
  const reason = charge.close_as === 'canceled' ? 'requested_by_customer' : 'abandoned';
  const pause_ms = resendInMs(charge.close_requested_at ?? now, now);
  const ended = await writeKeyed<'charge', PaymentSnapshot>(deps, {
    row: charge,
    verb: 'cancel',
    n: number,
    step: 'cancel',
    pause_ms,
    send: (key) => cancelPaymentIntent(deps.stripe, { id, key, reason }, { signal: lease.signal }),
    look: async () => {
      const read = await readBound(deps, context, lease, pause_ms);
      if (read.read === 'left') return { found: 'unanswered', reason: 'read_unanswered' };
      return isOver(read.intent) ? { found: 'there', value: read.intent } : { found: 'missing' };
    },
    spent: { cancel_number: number + 1 },
    unsure: (is_key_refused) => ({ detail: is_key_refused ? 'charging_paused' : 'closing' }),
  });
  if (ended.written === 'left') return ended.outcome;
  const fact: ChargeFact = { fact: 'payment_intent', snapshot: ended.value, key: null, current: true };
  await applyChargeFact(deps, charge.id, fact, { carrier: 'worker', reference: ended.key, context });
  return done;
}

/** A debit under way cannot be cancelled (docs/protocol.md, 12.3); its result decides. */
function isOver({ status }: PaymentSnapshot): boolean {
  return status === 'canceled' || status === 'succeeded' || status === 'processing';
}
