import { machines, type RefundState } from '../../domain/machines.ts';
import type { AfterPayment, RefundJson } from '../../store/charge/charge-list.ts';
import type { DisputeView, FraudWarningView, RefundView } from '../schemas/refund.ts';

/** A refund as the API shows it. */
export function refundView(row: RefundJson): RefundView {
  return {
    id: row.id,
    object: 'refund',
    charge: row.charge_id,
    amount: row.amount_minor,
    currency: row.currency,
    status: machines.refund.statuses[row.state as RefundState],
    failure_reason: row.failure_reason,
    reason: row.reason,
    stripe_refund_id: row.stripe_refund_id,
    origin: row.origin as RefundView['origin'],
    metadata: { ...row.metadata },
    created_at: new Date(row.created_at).toISOString(),
  };
}

/** What Stripe has given back of a charge, or is giving back, in minor units. */
export function amountRefunded(refunds: readonly RefundJson[]): number {
  return refunds
    .filter(
      ({ stripe_refund_id, state }) =>
        stripe_refund_id !== null && state !== 'failed' && state !== 'canceled',
    )
    .reduce((sum, { amount_minor }) => sum + amount_minor, 0);
}

export function disputeViews({ disputes = [] }: AfterPayment): DisputeView[] {
  return disputes.map(({ id, status, reason, amount_minor, evidence_due_by }) => ({
    id,
    status,
    reason,
    amount: amount_minor,
    evidence_due_by: evidence_due_by === null ? null : new Date(evidence_due_by).toISOString(),
  }));
}

export function warningView({ early_fraud_warning: warning }: AfterPayment): FraudWarningView | null {
  return warning == null ? null : { ...warning, created_at: new Date(warning.created_at).toISOString() };
}
