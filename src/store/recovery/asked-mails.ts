/** Mails that somebody asks for, and the link in them. */
import type { Sql } from '../postgres/database.ts';
import type { RecoveryLinkRow } from './recoveries.ts';

/**
 * Owes one more mail with the link of the charge's live recovery, at most once per interval; returns the mail's id, or
 * null. The link that was asked by may be that of an earlier recovery of the same charge.
 */
export async function writeFreshMail(
  sql: Sql,
  recovery_id: string,
  message: { readonly id: string; readonly interval_minutes: number },
): Promise<string | null> {
  const rows = await sql<{ id: string }[]>`
    with asked as (
      update recoveries r set fresh_mail_at = dc_now()
      where r.charge_id = (select charge_id from recoveries where id = ${recovery_id})
        and r.state = 'open' and r.expires_at > dc_now() and r.bounced_at is null
        and (r.fresh_mail_at is null
             or r.fresh_mail_at <= dc_now() - ${message.interval_minutes} * interval '1 minute')
      returning r.id
    )
    insert into messages (id, recovery_id, step, state, due_at, cause)
    select ${message.id}, asked.id,
           'fresh_' || (select count(*) + 1 from messages m
                        where m.recovery_id = asked.id and m.step like 'fresh\\_%'),
           'queued', dc_now(), 'customer'
    from asked
    on conflict (recovery_id, step) do nothing
    returning id`;
  return rows[0]?.id ?? null;
}

export type ResentRecovery = RecoveryLinkRow & {
  readonly kind: 'authenticate' | 'replace';
  readonly expires_at: Date;
  readonly messages_sent: number;
};

/**
 * Owes a mail with a charge's live link: the same as before, or with `revokes` a new one, whose version ends every earlier.
 * Tries an address again that had refused. Null when the charge has no live recovery.
 */
export async function writeResentMail(
  sql: Sql,
  resend: {
    readonly charge_id: string;
    readonly key_id: string;
    readonly message_id: string;
    readonly revokes: boolean;
  },
): Promise<ResentRecovery | null> {
  const { charge_id, key_id, message_id, revokes } = resend;
  const rows = await sql<ResentRecovery[]>`
    with asked as (
      update recoveries set
        link_version = link_version + case when ${revokes} then 1 else 0 end,
        link_key_id = case when ${revokes} then ${key_id} else coalesce(link_key_id, ${key_id}) end,
        bounced_at = null, revision = revision + 1
      where charge_id = ${charge_id} and state = 'open' and expires_at > dc_now()
      returning *
    ), written as (
      insert into messages (id, recovery_id, step, state, due_at, cause)
      select ${message_id}, asked.id,
             'resent_' || (select count(*) + 1 from messages m
                           where m.recovery_id = asked.id and m.step like 'resent\\_%'),
             'queued', dc_now(), 'operator'
      from asked
    )
    select r.id, r.charge_id, r.state, r.kind, r.expires_at, r.link_version, r.link_key_id, r.link_nonce,
           false as is_over,
           (select count(*)::int from messages m where m.recovery_id = r.id and m.state = 'sent') as messages_sent
    from asked r`;
  return rows[0] ?? null;
}
