/**
 * Applies one event from Stripe, whether a webhook or the janitor's list brought it. An event is a hint that is kept
 * (docs/protocol.md, 13.1): what is final in it we apply as it stands; for everything else we ask Stripe what is true
 * now, so neither order nor repetition of events matters.
 */
import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import type {
  CustomerSnapshot,
  MandateSnapshot,
  PaymentSnapshot,
} from '../../domain/charge/payment-snapshot.ts';
import { parseKey } from '../../domain/keys.ts';
import { AppError, unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { findCharge } from '../../store/charge/charge-context.ts';
import { isBoundCustomer } from '../../store/customer/deleted-customer.ts';
import { markMandateEnded, noteMandateStatus } from '../../store/customer/mandates.ts';
import { moveRow, type Rows } from '../../store/work/obligations.ts';
import type { EventProjection } from '../../stripe/events/event.ts';
import { retrieveMandate } from '../../stripe/mandates.ts';
import { retrievePaymentIntent } from '../../stripe/payment-intents.ts';
import { settleMarked } from '../charge/marked-intents.ts';
import { applyChargeFact, type Brought } from '../charge/settle-charge.ts';
import type { Dependencies } from '../dependencies.ts';
import { applyDispute, applyRefund, applyRefunded, applyWarning } from '../refund/apply-refund-event.ts';
import { applySetupEvent } from '../setup/apply-setup-event.ts';
import { judgeRead } from '../work/judge-answer.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome } from '../work/outcome.ts';
import { seeIfDeleted } from '../work/see-deleted.ts';
import { madeAt, seeLoss } from '../work/see-loss.ts';

/** Whether the event concerned any row of ours. */
export type EventApplied = 'applied' | 'ignored';

/** A charge that moves during this many readings will be read again later. */
const READS_MAX = 3;

/** Applies a stored event and marks it. */
export async function applyStripeEvent(
  deps: Dependencies,
  event: Rows['inbox_event'],
  lease: Lease,
): Promise<Outcome<'inbox_event'>> {
  await failpoint('inbox.before');
  const applied = await applyProjection(deps, event, lease);
  await failpoint('inbox.after_effect');
  const moved = await moveRow(deps.sql, 'inbox_event', {
    id: event.id,
    revision: event.revision,
    set: { state: applied },
    due_in_ms: null,
    cause: 'worker',
    cause_reference: event.type,
  });
  await failpoint('inbox.after');
  if (!moved) return done;
  // Compares Stripe's clock with this machine's; time servers keep both.
  const lag_s = Math.max(0, (Date.now() - event.stripe_created_at.getTime()) / 1_000);
  deps.metrics.eventAppliedSeconds.observe({ carrier: carrierOf(event) }, lag_s);
  return done;
}

async function applyProjection(
  deps: Dependencies,
  event: Rows['inbox_event'],
  lease: Lease,
): Promise<EventApplied> {
  const projection = event.projection as EventProjection | null;
  if (projection === null) return 'ignored';
  switch (projection.object) {
    case 'payment_intent':
      return applyPaymentIntent(deps, event, projection.snapshot, lease);
    case 'refund':
      return applyRefund(deps, projection.snapshot, toldBy(event));
    case 'charge':
      return applyRefunded(deps, projection.snapshot, toldBy(event));
    case 'dispute':
      return applyDispute(deps, projection.snapshot, toldBy(event));
    case 'radar.early_fraud_warning':
      return applyWarning(deps, projection.snapshot, toldBy(event));
    case 'customer':
      return applyCustomer(deps, event, projection.snapshot);
    case 'mandate':
      return applyMandate(deps, event, projection.snapshot);
    case 'setup_intent':
    case 'checkout.session':
    case 'payment_method':
      return applySetupEvent(deps, event);
    default:
      return unreachable(projection);
  }
}

async function applyPaymentIntent(
  deps: Dependencies,
  event: Rows['inbox_event'],
  snapshot: PaymentSnapshot,
  lease: Lease,
): Promise<EventApplied> {
  const { dc_charge, dc_instance } = snapshot.metadata;
  const marked = dc_instance === deps.instance.id ? (dc_charge ?? null) : null;
  const key = marked !== null && isConfirm(event.request_key) ? event.request_key : null;
  const found = await findCharge(deps.sql, snapshot.id, marked, key);
  if (!found.is_there)
    await seeLoss(deps, 'payment_intent_without_row', madeAt(snapshot, event.stripe_created_at));
  else if (!found.is_written) await seeLoss(deps, 'key_without_row', event.stripe_created_at);
  const charge_id = found.id;
  if (charge_id === null) return 'ignored';
  const told = { fact: 'payment_intent', snapshot, key: event.request_key, current: false } as const;
  let brought = await bring(deps, charge_id, event, told);
  for (let read = 0; brought === 'read_first' && read < READS_MAX; read += 1) {
    // Read the charge first: then the reading is of its newest attempt, or the charge has moved and we read again.
    const context = await deps.charges.read(charge_id);
    brought =
      context?.charge.stripe_payment_intent_id === null
        ? await bringMarked(deps, context, event, snapshot, lease)
        : await bringRead(deps, charge_id, context, event, snapshot.id, lease);
  }
  if (brought === 'read_first') throw new AppError('settle_contended');
  return 'applied';
}

async function bringRead(
  deps: Dependencies,
  charge_id: string,
  context: ChargeContext | null,
  event: Rows['inbox_event'],
  payment_intent_id: string,
  lease: Lease,
): Promise<Brought> {
  const answer = await retrievePaymentIntent(deps.stripe, payment_intent_id, { signal: lease.signal });
  if (answer.kind !== 'ok') throw new AppError('stripe_unreadable');
  const seen = { fact: 'payment_intent', snapshot: answer.value, key: null, current: true } as const;
  return bring(deps, charge_id, event, seen, context);
}

/** Money under the mark of a charge that is bound to nothing: a failover has lost what was written ahead of it. */
async function bringMarked(
  deps: Dependencies,
  context: ChargeContext,
  event: Rows['inbox_event'],
  snapshot: PaymentSnapshot,
  lease: Lease,
): Promise<Brought> {
  const bringing = { carrier: carrierOf(event), reference: event.id } as const;
  const brought = await settleMarked(deps, context, snapshot, bringing, { signal: lease.signal });
  if (brought === 'unreadable') throw new AppError('stripe_unreadable');
  return brought;
}

/** A key under which we confirm: it stands in an attempt before it is sent. */
function isConfirm(key: string | null): boolean {
  return parseKey(key)?.verb === 'confirm';
}

function bring(
  deps: Dependencies,
  charge_id: string,
  event: Rows['inbox_event'],
  fact: ChargeFact,
  context: ChargeContext | null = null,
): Promise<Brought> {
  const carrier = carrierOf(event);
  const bringing = { carrier, reference: event.id } as const;
  return applyChargeFact(deps, charge_id, fact, context === null ? bringing : { ...bringing, context });
}

function carrierOf(event: Rows['inbox_event']): 'webhook' | 'janitor' {
  return event.carrier === 'webhook' ? 'webhook' : 'janitor';
}

function toldBy(event: Rows['inbox_event']) {
  return { cause: carrierOf(event), cause_reference: event.id };
}

/** Only a deletion is followed. It is read before it is believed: nothing brings such a customer back. */
async function applyCustomer(
  deps: Dependencies,
  event: Rows['inbox_event'],
  { id }: CustomerSnapshot,
): Promise<EventApplied> {
  if (!(await isBoundCustomer(deps.sql, id))) return 'ignored';
  const seen = await seeIfDeleted(deps, id, event.id);
  if (seen === 'unanswered') throw new AppError('stripe_unreadable');
  return 'applied';
}

/**
 * An event may be old, so the mandate is read. One that has ended permits no debit: another method is asked for at once. One
 * that its bank has confirmed lets go the debits that waited for that.
 */
async function applyMandate(
  deps: Dependencies,
  event: Rows['inbox_event'],
  { id }: MandateSnapshot,
): Promise<EventApplied> {
  const read = judgeRead(await retrieveMandate(deps.stripe, id));
  if (read.kind === 'unanswered') throw new AppError('stripe_unreadable');
  const status = read.kind === 'ok' ? read.value.status : 'inactive';
  const was_news =
    status === 'inactive'
      ? await markMandateEnded(deps.sql, id, event.id)
      : await noteMandateStatus(deps.sql, { id, status }, event.id);
  return was_news ? 'applied' : 'ignored';
}
