/** The step before a debit's first call to Stripe: its notice is written (docs/protocol.md, 20). */
import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { DebitNext } from '../../domain/debit/decide-debit.ts';
import { randomId } from '../../platform/ids.ts';
import { insertNotice } from '../../store/charge/notices.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, wait } from '../work/outcome.ts';

/** As long as its mail takes; whoever sends it makes the charge due. */
const SENDING_WAIT_MS = 600_000;

/** Writes the notice of this collection. The charge then waits: for the mail, or for the day of the confirm. */
export async function announceDebit(
  deps: Dependencies,
  { charge, method, now }: ChargeContext,
  { collection, number, is_repetition }: Extract<DebitNext, { do: 'announce' }>,
  lease: Lease,
): Promise<Outcome<'charge'>> {
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
