import type Stripe from 'stripe';
import { emit } from '../events/emit.ts';
import { conflict, notFound } from '../http/errors.ts';
import { listWhere } from '../http/lists.ts';
import { boolean, object, type Params, text } from '../http/params.ts';
import type { Call, Route } from '../http/router.ts';
import { mergedMetadata, metadata } from '../http/shapes.ts';
import { closeDispute, isClosed } from '../machines/disputes.ts';
import { change } from '../world/table.ts';
import type { DisputeRow } from '../world/world.ts';

export const disputeRoutes: readonly Route[] = [
  { method: 'GET', template: '/v1/disputes', kind: 'dispute', list: true, read: list },
  { method: 'GET', template: '/v1/disputes/:id', kind: 'dispute', read: retrieve },
  { method: 'POST', template: '/v1/disputes/:id', kind: 'dispute', locks: true, read: update },
  { method: 'POST', template: '/v1/disputes/:id/close', kind: 'dispute', locks: true, read: close },
];

/** Texts that decide a test dispute [U]. */
const WINNING = 'winning_evidence';
const LOSING = 'losing_evidence';

function update(call: Call) {
  const { params } = call;
  const row = find(call);
  const evidence = readEvidence(params);
  const submit = boolean(params, 'submit') ?? evidence !== undefined;
  const sent = metadata(params);
  return () => {
    const touches = evidence !== undefined || params.tree.submit !== undefined;
    if (isClosed(row) && touches) throw conflict(undefined, 'This dispute is already closed.');
    const before = row.value;
    const details = before.evidence_details;
    const submitted = touches && submit;
    change(row, {
      evidence: { ...before.evidence, ...evidence },
      evidence_details: {
        ...details,
        has_evidence: details.has_evidence || evidence !== undefined,
        submission_count: details.submission_count + (submitted ? 1 : 0),
        submission_method: submitted ? 'manual' : details.submission_method,
      },
      metadata: mergedMetadata(before.metadata, sent),
      ...(submitted
        ? { status: before.status.startsWith('warning') ? 'warning_under_review' : 'under_review' }
        : {}),
    });
    emit(call, 'charge.dispute.updated', row.value, { ...before });
    const word = row.value.evidence.uncategorized_text;
    if (submitted && (word === WINNING || word === LOSING)) closeDispute(call, row, word === WINNING);
    return row.value;
  };
}

function close(call: Call) {
  const row = find(call);
  return () => {
    if (isClosed(row)) throw conflict(undefined, 'This dispute is already closed.');
    closeDispute(call, row, false);
    return row.value;
  };
}

function retrieve(call: Call) {
  const row = find(call);
  return () => row.value;
}

function list({ params, account }: Call) {
  return listWhere(params, account.disputes, '/v1/disputes', ['charge', 'payment_intent']);
}

const EVIDENCE = [
  'access_activity_log',
  'billing_address',
  'cancellation_rebuttal',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'product_description',
  'refund_refusal_explanation',
  'service_date',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_tracking_number',
  'uncategorized_text',
] as const satisfies readonly (keyof Stripe.Dispute.Evidence)[];

function readEvidence(params: Params): Partial<Stripe.Dispute.Evidence> | undefined {
  const inner = object(params, 'evidence');
  if (!inner) return undefined;
  const sent: Partial<Stripe.Dispute.Evidence> = {};
  for (const key of EVIDENCE) {
    const value = text(inner, key);
    if (value !== undefined) sent[key] = value;
  }
  return sent;
}

function find(call: Call): DisputeRow {
  const row = call.account.disputes.byId.get(call.id);
  if (row === undefined) throw notFound('dispute', call.id, 'dispute');
  return row;
}
