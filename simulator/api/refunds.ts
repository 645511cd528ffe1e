import { emit } from '../events/emit.ts';
import { conflict, invalid, missing, notFound } from '../http/errors.ts';
import { listWhere } from '../http/lists.ts';
import { integer, oneOf, text } from '../http/params.ts';
import type { Call, Route } from '../http/router.ts';
import { mergedMetadata, metadata } from '../http/shapes.ts';
import { cancelRefund, refund, refundable } from '../machines/refund.ts';
import { change } from '../world/table.ts';
import type { ChargeRow, RefundRow } from '../world/world.ts';

export const refundRoutes: readonly Route[] = [
  { method: 'POST', template: '/v1/refunds', kind: 'refund', read: create },
  { method: 'GET', template: '/v1/refunds', kind: 'refund', list: true, read: list },
  { method: 'GET', template: '/v1/refunds/:id', kind: 'refund', read: retrieve },
  { method: 'POST', template: '/v1/refunds/:id', kind: 'refund', locks: true, read: update },
  { method: 'POST', template: '/v1/refunds/:id/cancel', kind: 'refund', locks: true, read: cancel },
];

const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

function create(call: Call) {
  const { params } = call;
  const intentId = text(params, 'payment_intent') ?? null;
  const chargeId = text(params, 'charge') ?? null;
  const sent = metadata(params);
  const reason = oneOf(params, 'reason', REASONS) ?? null;
  const asked = integer(params, 'amount');
  if (asked !== undefined && asked < 1)
    throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
  const charge = chargeOf(call, intentId, chargeId);
  return () => {
    const left = refusedOrLeft(charge);
    const amount = asked ?? left;
    if (amount > left) {
      throw conflict(
        undefined,
        `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`,
        {
          param: 'amount',
        },
      );
    }
    return refund(call, charge, { amount, reason, metadata: mergedMetadata(null, sent) }).value;
  };
}

/** What is left to refund; 400 if nothing may be refunded. */
function refusedOrLeft(charge: ChargeRow): number {
  const { id, status, captured } = charge.value;
  if (status !== 'succeeded' || !captured) {
    throw conflict('charge_not_refundable', `Charge ${id} has not been paid, and cannot be refunded.`);
  }
  if (charge.dispute !== null && !charge.dispute.value.is_charge_refundable) {
    throw conflict('charge_disputed', `Charge ${id} has been charged back; cannot issue a refund.`);
  }
  const left = refundable(charge);
  if (left < 1) throw conflict('charge_already_refunded', `Charge ${id} has already been refunded.`);
  return left;
}

function chargeOf(call: Call, intentId: string | null, chargeId: string | null): ChargeRow {
  const { account } = call;
  if (intentId === null && chargeId === null) {
    throw invalid('One of the following params should be provided: payment_intent or charge.', 'charge');
  }
  if (chargeId !== null) {
    const charge = account.charges.byId.get(chargeId);
    if (charge === undefined) throw missing('charge', chargeId, 'charge');
    return charge;
  }
  const intent = account.paymentIntents.byId.get(String(intentId));
  if (intent === undefined) throw missing('payment_intent', String(intentId), 'payment_intent');
  const charge = account.charges.byId.get(String(intent.value.latest_charge));
  if (charge !== undefined) return charge;
  throw invalid(
    `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
    'payment_intent',
  );
}

function retrieve(call: Call) {
  const row = find(call);
  return () => row.value;
}

function update(call: Call) {
  const row = find(call);
  const sent = metadata(call.params);
  return () => {
    const before = row.value;
    change(row, { metadata: mergedMetadata(before.metadata, sent) });
    emit(call, 'refund.updated', row.value, { ...before });
    return row.value;
  };
}

function cancel(call: Call) {
  const row = find(call);
  return () => {
    if (row.value.status !== 'pending') {
      throw conflict(
        undefined,
        `You cannot cancel this refund because it has a status of ${row.value.status}.`,
      );
    }
    cancelRefund(call, row);
    return row.value;
  };
}

function list({ params, account }: Call) {
  return listWhere(params, account.refunds, '/v1/refunds', ['charge', 'payment_intent']);
}

function find(call: Call): RefundRow {
  const row = call.account.refunds.byId.get(call.id);
  if (row === undefined) throw notFound('refund', call.id);
  return row;
}
