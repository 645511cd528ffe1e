import type { BillDocument, OnExpiry } from '../../domain/charge/charge-terms.ts';
import type { Sql } from '../postgres/database.ts';
import { ruled } from './recovery-page.ts';

export type MailRow = {
  readonly id: string;
  readonly recovery_id: string;
  readonly step: string;
  readonly tries: number;
  readonly revision: number;
  readonly verdict: 'sending' | 'waiting' | 'suppressed';
  readonly kind: 'authenticate' | 'replace';
  readonly was_tried: boolean;
  readonly email: string;
  readonly locale: string | null;
  readonly amount_minor: number;
  readonly currency: string;
  readonly description: string;
  readonly card_brand: string | null;
  readonly card_last4: string | null;
  readonly new_card_brand: string | null;
  readonly new_card_last4: string | null;
  readonly expires_at: Date;
  readonly on_expiry: OnExpiry;
  readonly retry_at: Date | null;
  readonly document: BillDocument | null;
};

/**
 * Checks again whether the mail is still wanted, in the statement that marks it `sending`: never a mail for a charge
 * that is paid or closed. While another process acts on the charge, or it is parked, the mail waits. A mail whose
 * worker died while sending it is sent again: at worst it arrives twice. Null when it is not ours to send.
 *
 * A mail about a replaced card is a security notice: it goes out whatever became of the charge.
 */
export async function startMessage(
  sql: Sql,
  message: { readonly id: string; readonly lease_number: number; readonly wait_ms: number },
): Promise<MailRow | null> {
  const rows = await sql<MailRow[]>`
    with seen as (
      select m.id, m.recovery_id, r.kind, u.email, u.locale, c.amount_minor, c.currency, c.description,
        pm.card_brand, pm.card_last4, np.card_brand as new_card_brand, np.card_last4 as new_card_last4,
        r.expires_at, ${ruled(sql)}, c.document,
        exists (select 1 from charge_attempts t where t.charge_id = c.id and t.kind = 'off_session'
                and t.payment_method_id = r.payment_method_id
                and t.state in ('declined', 'authentication_required')) as was_tried,
        case
          when m.step like 'method\\_replaced%' then 'sending'
          when m.step = 'early' and not r.is_early then 'suppressed'
          when r.state <> 'open' or c.close_requested_at is not null or r.bounced_at is not null
               or c.state in ('succeeded', 'failed', 'canceled') or r.expires_at <= dc_now() then 'suppressed'
          when c.state <> 'action_required'
               or exists (select 1 from charge_attempts a where a.charge_id = c.id and a.ended_at is null)
            then 'waiting'
          else 'sending' end as verdict
      from messages m
      join recoveries r on r.id = m.recovery_id
      join charges c on c.id = r.charge_id
      join customers u on u.id = c.customer_id
      join payment_methods pm on pm.id = r.payment_method_id
      left join lateral (select s.payment_method_id from setups s
                         where s.recovery_id = r.id and s.payment_method_id is not null
                         order by s.recovery_number desc limit 1) s on true
      left join payment_methods np on np.id = s.payment_method_id
      where m.id = ${message.id} and m.lease_number = ${message.lease_number}
        and m.state in ('queued', 'sending')
      for update of m
    )
    update messages m set
      state = case s.verdict when 'waiting' then 'queued' else s.verdict end,
      due_at = case s.verdict when 'waiting' then dc_now() + ${message.wait_ms} * interval '1 millisecond'
                              else m.due_at end,
      detail = case s.verdict when 'suppressed' then 'no_longer_wanted' else m.detail end,
      revision = m.revision + 1, cause = 'message', cause_reference = null
    from seen s where m.id = s.id
    returning m.step, m.tries, m.revision, s.*`;
  return rows[0] ?? null;
}

/**
 * The mail server accepted it. After the last call the link lives on at least for the grace, counted from now. This is
 * a fact, so it needs no lease.
 */
export async function markMessageSent(
  sql: Sql,
  message: { readonly id: string; readonly last_call_grace_minutes: number },
): Promise<void> {
  await sql`
    with sent as (
      update messages set state = 'sent', sent_at = dc_now(), detail = null, revision = revision + 1,
             cause = 'smtp', cause_reference = null
      where id = ${message.id} and state = 'sending'
      returning recovery_id, step
    )
    update recoveries r set
      expires_at = greatest(r.expires_at, dc_now() + ${message.last_call_grace_minutes} * interval '1 minute'),
      revision = r.revision + 1
    from sent where sent.step = 'last_call' and r.id = sent.recovery_id and r.state = 'open'`;
}

/**
 * The mail never goes out: refused for good, or too often. A refused address ends the recovery's mails, not the
 * recovery.
 */
export async function failMessage(
  sql: Sql,
  message: { readonly id: string; readonly code: string; readonly bounced: boolean },
): Promise<void> {
  await sql`
    with failed as (
      update messages set state = 'failed', detail = ${message.code}, revision = revision + 1,
             cause = 'smtp', cause_reference = ${message.code}
      where id = ${message.id} and state = 'sending'
      returning recovery_id
    )
    update recoveries r set bounced_at = dc_now(), revision = r.revision + 1
    from failed where ${message.bounced} and r.id = failed.recovery_id and r.state = 'open'`;
}
