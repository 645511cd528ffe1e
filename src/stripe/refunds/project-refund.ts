/** From Stripe's JSON: what comes after a payment. As in `project.ts`, null is what nothing may be decided on. */
import {
  type DisputeSnapshot,
  REFUND_STATUSES,
  type RefundedSnapshot,
  type RefundSnapshot,
  type WarningSnapshot,
} from '../../domain/charge/refund-snapshot.ts';
import { booleanOf, idOf, integerOf, objectOf, oneOf, pickTexts, textOf } from '../json.ts';

export function projectRefund(value: unknown): RefundSnapshot | null {
  const refund = objectOf(value);
  const id = textOf(refund?.id);
  const amount_minor = integerOf(refund?.amount);
  if (refund === null || refund.object !== 'refund' || id === null || amount_minor === null) return null;
  return {
    id,
    status: oneOf(REFUND_STATUSES, refund.status),
    amount_minor,
    currency: textOf(refund.currency),
    payment_intent: idOf(refund.payment_intent),
    reason: textOf(refund.reason),
    failure_reason: textOf(refund.failure_reason),
    created_s: integerOf(refund.created),
    metadata: pickTexts(refund.metadata, ['dc_refund', 'dc_instance']),
  };
}

export function projectRefunded(value: unknown): RefundedSnapshot | null {
  const charge = objectOf(value);
  const id = textOf(charge?.id);
  if (charge === null || charge.object !== 'charge' || id === null) return null;
  return { id, payment_intent: idOf(charge.payment_intent) };
}

export function projectDispute(value: unknown): DisputeSnapshot | null {
  const dispute = objectOf(value);
  const id = textOf(dispute?.id);
  if (dispute === null || dispute.object !== 'dispute' || id === null) return null;
  return {
    id,
    status: textOf(dispute.status),
    reason: textOf(dispute.reason),
    charge: idOf(dispute.charge),
    payment_intent: idOf(dispute.payment_intent),
    amount_minor: integerOf(dispute.amount),
    currency: textOf(dispute.currency),
    livemode: booleanOf(dispute.livemode),
    created_s: integerOf(dispute.created),
    evidence_due_s: integerOf(objectOf(dispute.evidence_details)?.due_by),
  };
}

export function projectWarning(value: unknown): WarningSnapshot | null {
  const warning = objectOf(value);
  const id = textOf(warning?.id);
  if (warning === null || warning.object !== 'radar.early_fraud_warning' || id === null) return null;
  return {
    id,
    fraud_type: textOf(warning.fraud_type),
    actionable: warning.actionable === true,
    payment_intent: idOf(warning.payment_intent),
    livemode: booleanOf(warning.livemode),
    created_s: integerOf(warning.created),
  };
}
