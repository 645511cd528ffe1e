/** The step before a debit's first call to Stripe: its notice is written (docs/protocol.md, 20). */
import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { DebitNext } from '../../domain/debit/decide-debit.ts';
import { schemeOf } from '../../domain/debit/schemes.ts';
import { closeForMerchant } from '../../domain/decline/decline-outcome.ts';
import { randomId } from '../../platform/ids.ts';
import { insertNotice, noteMandate } from '../../store/charge/notices.ts';
import type { Rows } from '../../store/work/obligations.ts';
import { findMandate } from '../../stripe/find-mandate.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, wait } from '../work/outcome.ts';
import { applyChargePlan } from './settle-charge.ts';

/** While Stripe cannot be read. */
const UNREAD_WAIT_MS = 60_000;
/** As long as its mail takes; whoever sends it makes the charge due. */
const SENDING_WAIT_MS = 600_000;

/**
 * Nobody is told of a debit that can only be refused: of another currency than its scheme's, or without a mandate, which is
 * looked for where none is known (docs/protocol.md, 8.6). Null when it may be announced.
 */
async function beforeAnnouncing(
  deps: Dependencies,
  context: ChargeContext,
  lease: Lease,
): Promise<Outcome<'charge'> | null> {
  const { charge, method, debit, stripe_customer_id: customer } = context;
  if (charge.currency !== schemeOf(method.type)?.currency)
    return endForMerchant(deps, context, 'payment_method_currency_mismatch', lease);
  if (debit?.mandate_id != null || customer === null) return null;
  const wanted = { payment_method: method.id, customer };
  const found = await findMandate(deps.stripe, wanted, { signal: lease.signal });
  if (found.kind !== 'ok') return wait(charge, UNREAD_WAIT_MS, 'mandate_unread');
  if (found.value === null) return endForMerchant(deps, context, 'mandate_missing', lease);
  await noteMandate(deps.sql, method.id, found.value);
  return null;
}

async function endForMerchant(
  deps: Dependencies,
  context: ChargeContext,
  code: string,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const last_error = { code, decline_code: null, advice: 'stop' };
  const plan = { ...closeForMerchant, attempt: null, last_error };
  await applyChargePlan(deps, context, plan, { carrier: 'worker', reference: code, lease });
  return done;
}

/** Writes the notice of this collection. The charge then waits: for the mail, or for the day of the confirm. */
export async function announceDebit(
  deps: Dependencies,
  context: ChargeContext,
  { collection, number, is_repetition }: Extract<DebitNext, { do: 'announce' }>,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const stopped = await beforeAnnouncing(deps, context, lease);
  if (stopped !== null) return stopped;
  const { charge, method, now } = context;
  const { sent_by } = deps.timings.debitNotice;
  const id = randomId('ntc');
  const { lease_number } = lease;
  const written = await insertNotice(deps.sql, {
    id,
    charge_id: charge.id,
    revision: charge.revision,
    lease_number,
    number,
    payment_method_id: method.id,
    is_repetition,
    sent_by,
    collection,
  });
  if (!written) return done;
  const early_ms = Math.max(0, collection.confirm_at.getTime() - now.getTime());
  if (sent_by === 'us') await deps.offer('notice', [id]);
  const set: Partial<Rows['charge']> = charge.state === 'queued' ? { detail: 'awaiting_notice' } : {};
  return wait(charge, sent_by === 'us' ? SENDING_WAIT_MS : early_ms, 'awaiting_notice', set);
}
