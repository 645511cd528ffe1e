/** A refund as the books have it beside what Stripe shows of it. Pure. */
import type { RefundSnapshot } from './charge/refund-snapshot.ts';
import type { RefundState } from './machines.ts';
import type { Difference, DifferenceKind } from './reconciliation.ts';

export type BookedRefund = {
  readonly id: string;
  readonly charge_id: string;
  readonly state: RefundState;
  readonly amount_minor: number;
  readonly currency: string;
  readonly stripe_refund_id: string;
  readonly stripe_payment_intent_id: string | null;
};

/** The first thing in which they differ; null where they agree. A row that a person looks at has no word of its own. */
export function compareRefund(refund: RefundSnapshot, booked: BookedRefund): Difference | null {
  const isSame = refund.amount_minor === booked.amount_minor && refund.currency === booked.currency;
  const isThere = booked.state === 'needs_review' || refund.status === booked.state;
  return isSame && isThere ? null : aboutRefund('refund_differs', refund, booked);
}

/** A difference about a refund, with what each side says; one side may lack it. */
export function aboutRefund(
  kind: DifferenceKind,
  refund: RefundSnapshot | null,
  booked: BookedRefund | null,
  charge: string | null = booked?.charge_id ?? null,
): Difference {
  return {
    kind,
    charge,
    payment_intent: refund?.payment_intent ?? booked?.stripe_payment_intent_id ?? null,
    entity: refund?.id ?? booked?.stripe_refund_id ?? '',
    database: booked === null ? null : `${booked.state} ${booked.amount_minor} ${booked.currency}`,
    stripe:
      refund === null
        ? null
        : `${refund.status ?? 'unknown'} ${refund.amount_minor} ${refund.currency ?? ''}`,
  };
}

/** What it has given back, or is giving back: nothing where it failed or was taken back. */
export function givenBack(
  { amount_minor }: { readonly amount_minor: number },
  status: string | null,
): number {
  return status === 'failed' || status === 'canceled' ? 0 : amount_minor;
}
