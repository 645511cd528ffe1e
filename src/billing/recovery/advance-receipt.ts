import { failpoint } from '../../platform/failpoints.ts';
import { startReceipt } from '../../store/recovery/receipts.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import { bankOf, cardOf } from '../recovery-ports.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome } from '../work/outcome.ts';
import { noteAnswer } from './note-answer.ts';

/** Sends the receipt of a payment, if that has not gone back meanwhile (docs/protocol.md, 9.18). */
export async function advanceReceipt(
  deps: Dependencies,
  row: Rows['message'],
  lease: Lease,
): Promise<Outcome<'message'>> {
  const receipt = await startReceipt(deps.sql, { id: row.id, lease_number: lease.lease_number });
  if (receipt?.state === 'suppressed') deps.metrics.mailsTotal.inc({ outcome: 'suppressed' });
  if (receipt === null || receipt.state !== 'sending') return done;
  await failpoint('mail.before');
  const answer = await deps.recovery.sendReceipt(
    {
      message_id: receipt.id,
      to: receipt.email,
      locale: receipt.locale,
      amount_minor: receipt.amount_minor,
      currency: receipt.currency,
      description: receipt.description,
      reference: receipt.reference,
      document: receipt.document,
      paid_on: receipt.paid_on,
      card: cardOf(receipt.card_brand, receipt.card_last4),
      bank: bankOf(receipt.method_type, receipt.bank_name, receipt.bank_last4),
    },
    lease.signal,
  );
  await failpoint('mail.after_effect');
  const outcome = await noteAnswer(deps, receipt, answer);
  await failpoint('mail.after');
  return outcome;
}
