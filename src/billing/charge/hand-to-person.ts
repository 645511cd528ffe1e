import type { Disagreement } from '../../domain/charge/agreement.ts';
import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { FoundDifference } from '../../domain/charge/found-payment.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { type ChargePark, parkCharge } from '../../store/charge/settle-charges.ts';
import type { HeldLease } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';

type PersonDependencies = Pick<Dependencies, 'sql' | 'metrics' | 'log'>;

/** Who met it, and under which lease, if it was to act. */
export type ParkedBy = Pick<ChargePark, 'cause' | 'lease_number'>;

/** A worker before it acts. What it met counts only while it holds the charge. */
export function byHolder({ lease_number }: HeldLease): ParkedBy {
  return { cause: 'worker', lease_number };
}

/** Parks a charge with the break that says why; counted and logged, because a person has to look. */
export async function handToPerson(deps: PersonDependencies, park: ChargePark): Promise<void> {
  if (!(await parkCharge(deps.sql, park))) return;
  deps.metrics.breaksTotal.inc({ kind: park.kind });
  deps.log.error({ event: 'charge.parked', chargeId: park.charge_id, code: park.kind });
}

/** Parks a charge whose PaymentIntent is not what was agreed; the break names the difference and what Stripe has. */
export function parkDiffering(
  deps: PersonDependencies,
  { charge }: ChargeContext,
  intent: PaymentSnapshot,
  differs: Disagreement,
  by: ParkedBy,
): Promise<void> {
  const { status, amount_minor, amount_received_minor, currency, customer, livemode } = intent;
  return handToPerson(deps, {
    charge_id: charge.id,
    kind: 'amount_differs',
    stripe_id: intent.id,
    observed: {
      state: charge.state,
      differs,
      ...{ status, amount_minor, amount_received_minor, currency, customer, livemode },
    },
    move: true,
    ...by,
  });
}

/** Parks a charge for which something was found that was made for another request; the break names both. */
export function parkFound(
  deps: PersonDependencies,
  { charge }: ChargeContext,
  { id, status, amount_minor, currency, metadata }: PaymentSnapshot,
  kind: FoundDifference,
  by: ParkedBy,
): Promise<void> {
  const observed = {
    payment_intent: id,
    status,
    amount_minor,
    currency,
    dc_charge: metadata.dc_charge ?? null,
  };
  return handToPerson(deps, { charge_id: charge.id, kind, stripe_id: id, observed, move: true, ...by });
}
