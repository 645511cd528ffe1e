/**
 * Whether a PaymentIntent that was found for a charge was made for what the charge asks for (docs/protocol.md, 2.11).
 * Amount, currency, customer and mode are compared beside it (`agreement.ts`). Pure.
 */
import type { Charge } from './charge.ts';
import type { PaymentSnapshot } from './payment-snapshot.ts';

/** The charge, as its marks at Stripe show it. */
export type MarkedCharge = Pick<Charge, 'id' | 'customer_id' | 'reference'> & {
  /** The keyed hash of the request, or null where we do not know it. */
  readonly request: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
};

/** - `reference_found`: made under the same reference for another request, whose row is lost. */
export type FoundDifference = 'reference_found' | 'request_differs';

/** Why this PaymentIntent must not be bound to the charge; null if it was made for what the charge asks for. */
export function differenceOf(charge: MarkedCharge, made: PaymentSnapshot): FoundDifference | null {
  const { dc_charge, dc_request } = made.metadata;
  if (dc_charge !== charge.id) return 'reference_found';
  // A mark that one side does not have contradicts nothing: earlier releases made none.
  const is_known = dc_request !== undefined && charge.request !== null;
  return is_known && dc_request !== charge.request ? 'request_differs' : null;
}
