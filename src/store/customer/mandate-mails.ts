/** What a method owes its customer once they have given a mandate: the agreement, by mail (docs/protocol.md, 11.7). */
import type { Sql } from '../postgres/database.ts';

export type MandateMailRow = {
  readonly id: string;
  readonly revision: number;
  readonly tries: number;
  readonly type: string;
  readonly to: string;
  readonly locale: string | null;
  readonly bank_name: string | null;
  readonly bank_last4: string | null;
  readonly mandate_reference: string | null;
  readonly mandate_url: string | null;
  /** Of the consent that it rests on; null of an account that pays one bill only. */
  readonly amount_basis: string | null;
  readonly frequency: 'one_time' | 'recurring' | null;
  /** The scheme's words that our page showed; null where a page of the merchant's did. */
  readonly mandate_text: string | null;
  readonly mandate_text_version: string | null;
};

/**
 * Marks the mail as with the mail server and reads what it says, in one statement (9.2). Null if it is not wanted: it went out, the
 * method is off file, its mandate has ended, or its customer is stopped or erased; or the lease is another's.
 */
export async function startMandateMail(
  sql: Sql,
  method: { readonly id: string; readonly lease_number: number },
): Promise<MandateMailRow | null> {
  const rows = await sql<MandateMailRow[]>`
    with started as (
      update payment_methods m set mandate_mail = 'sending', revision = m.revision + 1, cause = 'worker',
        cause_reference = 'mandate_mail'
      from customers u
      where m.id = ${method.id} and m.lease_number = ${method.lease_number} and m.mandate_mail in ('owed', 'sending')
        and m.state in ('usable', 'unusable') and m.mandate_id is not null and m.mandate_status is distinct from 'inactive'
        and u.id = m.customer_id and u.stopped_at is null and u.forgotten_at is null
      returning m.id, m.revision, m.tries, m.type, u.email as to, u.locale, m.bank_name, m.bank_last4, m.mandate_reference,
                m.mandate_url, m.consent_id
    )
    select s.*, n.amount_basis, n.frequency, n.mandate_text, n.mandate_text_version
    from started s left join consents n on n.id = s.consent_id`;
  return rows[0] ?? null;
}

/** The mail server took it: a fact, so it needs no lease. Answers the new revision; null if it was noted already. */
export async function markMandateMailed(
  sql: Sql,
  mailed: { readonly id: string; readonly version: string },
): Promise<number | null> {
  const rows = await sql<{ revision: number }[]>`
    update payment_methods m set mandate_mail = 'sent', mandate_mailed_at = dc_now(), mandate_mail_version = ${mailed.version},
      revision = m.revision + 1, cause = 'smtp', cause_reference = 'mandate_mail'
    where m.id = ${mailed.id} and m.mandate_mail = 'sending'
    returning m.revision`;
  return rows[0]?.revision ?? null;
}
