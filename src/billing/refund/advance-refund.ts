/**
 * A refund owes one refund at Stripe (docs/protocol.md, 19.2). The create is written ahead and repeated under its key; no
 * further number is sent before the PaymentIntent's refunds were listed and searched for our mark. What Stripe has taken
 * on is looked at until it has ended: a webhook may be lost.
 */
import type { RefundReason, RefundSnapshot } from '../../domain/charge/refund-snapshot.ts';
import { DAY_MS } from '../../domain/durations.ts';
import { refundMetadata } from '../../domain/keys.ts';
import { EVENTS_WAIT_MS, isEventsRead, lookFirst } from '../../domain/loss.ts';
import { resendInMs } from '../../domain/resend.ts';
import { invariant } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { type OpenedRefund, openRefundCreate } from '../../store/charge/refunds.ts';
import type { Rows } from '../../store/work/obligations.ts';
import { createRefund, listRefunds, retrieveRefund } from '../../stripe/refunds/refunds.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead } from '../work/judge-answer.ts';
import { KEY_TAKEN, type Look, writeKeyed } from '../work/keyed-write.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, park, rest, wait } from '../work/outcome.ts';
import { bringRefundOf } from './bring-refund.ts';

type Refund = Rows['refund'];
type Next = Outcome<'refund'>;

const READ_RETRY_MS = 60_000;

/** Takes a refund one step further. */
export async function advanceRefund(deps: Dependencies, row: Refund, lease: Lease): Promise<Next> {
  switch (row.state) {
    case 'queued':
      return make(deps, lease);
    case 'pending':
    case 'requires_action':
      return look(deps, row, lease);
    default:
      return rest(row, 'nothing_owed');
  }
}

async function make(deps: Dependencies, lease: Lease): Promise<Next> {
  const refund = await openRefundCreate(deps.sql, lease);
  if (refund === null) return done;
  const { payment_intent_id: payment_intent } = refund;
  invariant(payment_intent !== null, 'refunded_charge_bound');
  const look_first = lookFirst(refund, refund, deps.timings);
  if (look_first === null && !isEventsRead(refund, deps.timings))
    return wait(refund, EVENTS_WAIT_MS, 'events_unread');
  const wanted = {
    payment_intent,
    amount_minor: refund.amount_minor,
    reason: refund.reason as RefundReason | null,
    metadata: refundMetadata(refund, deps.instance.id),
  };
  const made = await writeKeyed<'refund', RefundSnapshot>(deps, {
    row: refund,
    verb: 'create',
    n: refund.create_number,
    step: 'refund.create',
    pause_ms: resendInMs(refund.create_opened_at, refund.now),
    look_first,
    send: (key) => createRefund(deps.stripe, { ...wanted, key }, { signal: lease.signal }),
    look: () => findMade(deps, refund, payment_intent, lease),
    spent: { create_number: refund.create_number + 1, create_opened_at: null },
    looked: { listed_at: refund.now },
    refused: (code) => refuse(deps, refund, code),
  });
  if (made.written === 'left') return made.outcome;
  await failpoint('refund.settle.before');
  const by = { cause: 'worker', cause_reference: made.key };
  const brought = await bringRefundOf(deps, refund.charge_id, made.value, by);
  await failpoint('refund.settle.after_effect');
  // A status that is not known yet, or another carrier was faster: then the wait is void.
  return brought === 'brought' ? done : wait(refund, READ_RETRY_MS, brought);
}

/** Stripe made nothing, and says why: the refund has failed. A key that is taken by another body is for a person. */
function refuse(deps: Dependencies, refund: OpenedRefund, code: string): Next {
  if (code === KEY_TAKEN) return park(refund, code);
  deps.log.warn({ event: 'refund.refused', chargeId: refund.charge_id, code });
  return rest(refund, code, { state: 'failed', failure_reason: code, settled_at: refund.now });
}

/** The refund that an earlier sending made, by our mark on it. */
async function findMade(
  deps: Dependencies,
  { id }: OpenedRefund,
  payment_intent: string,
  { signal }: Lease,
): Promise<Look<RefundSnapshot>> {
  const listed = await listRefunds(deps.stripe, payment_intent, { signal });
  if (listed.kind !== 'ok') return { found: 'unanswered', reason: 'list_unanswered' };
  const made = listed.value.filter(
    ({ metadata }) => metadata.dc_refund === id && metadata.dc_instance === deps.instance.id,
  );
  const oldest = made.at(-1);
  return oldest === undefined ? { found: 'missing' } : { found: 'there', value: oldest };
}

/** Reads what has not ended, less often the longer it takes. */
async function look(deps: Dependencies, row: Refund, lease: Lease): Promise<Next> {
  const { stripe_refund_id: id } = row;
  invariant(id !== null, 'pending_refund_made');
  const read = judgeRead(await retrieveRefund(deps.stripe, id, { signal: lease.signal }));
  if (read.kind === 'unanswered') return wait(row, READ_RETRY_MS, read.reason);
  if (read.kind === 'refused') return park(row, read.code);
  const brought = await bringRefundOf(deps, row.charge_id, read.value, {
    cause: 'worker',
    cause_reference: 'refund_read',
  });
  if (brought === 'brought') return done;
  // It came due just now: as long again as it has taken already.
  const age_ms = (row.due_at ?? row.created_at).getTime() - row.created_at.getTime();
  return wait(row, Math.min(Math.max(deps.timings.refundLookMs, age_ms), DAY_MS), 'refund_read');
}
