/**
 * A debit whose mandate its bank has not confirmed yet, as with Bacs for some days
 * (https://docs.stripe.com/payments/payment-methods/bacs-debit, timings): the charge waits for the bank's word. An event
 * brings it (`mandate.updated`); where that was lost, the mandate is read whenever the charge comes due.
 */
import type { ChargeContext } from '../../domain/charge/charge.ts';
import { MANDATE_WAIT_MS } from '../../domain/charge/decide-charge.ts';
import { markMandateEnded, noteMandateStatus } from '../../store/customer/mandates.ts';
import { readRow } from '../../store/work/obligations.ts';
import { retrieveMandate } from '../../stripe/mandates.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead } from '../work/judge-answer.ts';
import type { Lease } from '../work/lease.ts';
import { type Outcome, wait } from '../work/outcome.ts';

const UNREAD_WAIT_MS = 60_000;

/** Reads the mandate of the charge's method; what follows is decided anew, or the charge waits on. */
export async function lookAtMandate(
  deps: Dependencies,
  { charge, method }: ChargeContext,
  { signal }: Lease,
): Promise<Outcome<'charge'>> {
  const id = (await readRow(deps.sql, 'payment_method', method.id))?.mandate_id ?? null;
  if (id === null) return wait(charge, UNREAD_WAIT_MS, 'mandate_unread');
  const read = judgeRead(await retrieveMandate(deps.stripe, id, { signal }));
  if (read.kind === 'unanswered') return wait(charge, UNREAD_WAIT_MS, 'mandate_unread');
  if (read.kind === 'refused' || read.value.status === 'inactive') {
    await markMandateEnded(deps.sql, id, charge.id);
    return wait(charge, 0, 'mandate_inactive');
  }
  const { status } = read.value;
  await noteMandateStatus(deps.sql, { id, status }, charge.id);
  return status === 'pending'
    ? wait(charge, MANDATE_WAIT_MS, 'mandate_pending')
    : wait(charge, 0, 'mandate_active');
}
