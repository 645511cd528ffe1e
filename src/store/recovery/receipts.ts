import type { BillDocument } from '../../domain/charge/charge-terms.ts';
import type { Sql } from '../postgres/database.ts';

/** A receipt with everything that it says, and to whom. */
export type ReceiptRow = {
  readonly id: string;
  readonly charge_id: string;
  readonly recovery_id: null;
  readonly tries: number;
  readonly revision: number;
  readonly state: 'sending' | 'suppressed';
  readonly email: string;
  readonly locale: string | null;
  /** What Stripe took. */
  readonly amount_minor: number;
  readonly currency: string;
  readonly description: string;
  readonly reference: string | null;
  readonly document: BillDocument | null;
  /** The day on which the payment was known, by the customer's calendar: `2026-11-30`. */
  readonly paid_on: string;
  /** Of what paid; null where that is not on file. */
  readonly method_type: string | null;
  readonly card_brand: string | null;
  readonly card_last4: string | null;
  readonly bank_name: string | null;
  readonly bank_last4: string | null;
};

/**
 * Checks once more whether a receipt is true and has somewhere to go to, in the statement that marks it `sending`: never one
 * for a payment that went back whole, or to an address that has refused this charge's mails. Null when it is not ours to send,
 * or was suppressed with its customer's erasure.
 *
 * It confirms what has happened, so neither a stop, nor the cap of a day, nor what a merchant has ruled of reminders holds it
 * (docs/protocol.md, 9.18). One whose worker died while sending it is sent again.
 */
export async function startReceipt(
  sql: Sql,
  receipt: { readonly id: string; readonly lease_number: number },
): Promise<ReceiptRow | null> {
  const rows = await sql<ReceiptRow[]>`
    update messages m set
      state = case when s.is_wanted then 'sending' else 'suppressed' end,
      detail = case when s.is_wanted then m.detail else 'no_longer_wanted' end,
      revision = m.revision + 1, cause = 'message', cause_reference = null
    from (
      select c.id as charge_id, u.email, u.locale, coalesce(c.amount_received_minor, c.amount_minor) as amount_minor,
        c.currency, c.description, c.reference, c.document,
        to_char(c.settled_at at time zone coalesce(u.time_zone, 'UTC'), 'YYYY-MM-DD') as paid_on,
        pm.type as method_type, pm.card_brand, pm.card_last4, pm.bank_name, pm.bank_last4,
        c.returned_at is null
          and refunded_minor(c.id) < coalesce(c.amount_received_minor, c.amount_minor)
          and not exists (select from recoveries r where r.charge_id = c.id and r.bounced_at is not null) as is_wanted
      from charges c
      join customers u on u.id = c.customer_id
      left join payment_methods pm on pm.id = method_that_paid(c)
    ) s
    where m.id = ${receipt.id} and m.lease_number = ${receipt.lease_number} and m.state in ('queued', 'sending')
      and s.charge_id = m.charge_id
    returning m.id, m.recovery_id, m.tries, m.revision, m.state, s.*`;
  return rows[0] ?? null;
}
