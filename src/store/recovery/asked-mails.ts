/**
 * Mails that somebody asks for, and the link in them. Their steps are named for the mail: a number would be counted in a
 * snapshot that is older than the customer's lock, and two who ask at once would both take the same.
 */
import type { Timings } from '../../platform/timings.ts';
import type { Sql } from '../postgres/database.ts';
import type { RecoveryLinkRow } from './recoveries.ts';

/** How many mails a recovery gets in its life, and its customer in a day; the last call is beyond them. */
export type MailCaps = Pick<Timings, 'mailsPerRecoveryMax' | 'mailsPerCustomerDayMax'>;

/** Judged under the customer's lock by the statement that writes the mail (docs/protocol.md, 9.14). */
const capsOf = ({ mailsPerRecoveryMax, mailsPerCustomerDayMax }: MailCaps) => ({
  recovery_max: mailsPerRecoveryMax,
  day_max: mailsPerCustomerDayMax,
});

/**
 * Owes one more mail with the link of the charge's live recovery, at most once per interval and within the caps; returns
 * the mail's id, or null. The link that was asked by may be that of an earlier recovery of the same charge.
 */
export async function writeFreshMail(
  sql: Sql,
  recovery_id: string,
  message: { readonly id: string; readonly interval_minutes: number },
  caps: MailCaps,
): Promise<string | null> {
  const rows = await sql<{ id: string }[]>`
    with room as materialized (
      select p.charge_id, has_room_for_mail(p.charge_id, ${sql.json(capsOf(caps))}) as is_left
      from recoveries p where p.id = ${recovery_id}
    ), asked as (
      update recoveries r set fresh_mail_at = dc_now()
      where r.charge_id = (select charge_id from room where is_left)
        and r.state = 'open' and r.expires_at > dc_now() and r.bounced_at is null
        and (r.fresh_mail_at is null
             or r.fresh_mail_at <= dc_now() - ${message.interval_minutes} * interval '1 minute')
      returning r.id
    )
    insert into messages (id, recovery_id, step, state, due_at, cause)
    select ${message.id}, asked.id, ${`fresh_${message.id}`}, 'queued', dc_now(), 'customer' from asked
    returning id`;
  return rows[0]?.id ?? null;
}

export type ResentRecovery = RecoveryLinkRow & {
  readonly kind: 'authenticate' | 'replace';
  readonly expires_at: Date;
  readonly messages_sent: number;
};

export type ResentMail =
  | { readonly outcome: 'resent'; readonly recovery: ResentRecovery }
  | { readonly outcome: 'no_live_recovery' | 'mail_limit_reached' };

/**
 * Owes a mail with a charge's live link: the same as before, or with `revokes` a new one, whose version ends every earlier.
 * Tries an address again that had refused. Beyond the caps it changes nothing.
 *
 * @throws a violation of `messages_pkey` when this very mail was written before
 */
export async function writeResentMail(
  sql: Sql,
  resend: {
    readonly charge_id: string;
    readonly key_id: string;
    readonly message_id: string;
    readonly revokes: boolean;
  },
  caps: MailCaps,
): Promise<ResentMail> {
  const { charge_id, key_id, message_id, revokes } = resend;
  const rows = await sql<{ is_left: boolean | null; recovery: JsonOf<ResentRecovery> | null }[]>`
    with room as materialized (
      select has_room_for_mail(${charge_id}, ${sql.json(capsOf(caps))}) as is_left
    ), asked as (
      update recoveries set
        link_version = link_version + case when ${revokes} then 1 else 0 end,
        link_key_id = case when ${revokes} then ${key_id} else coalesce(link_key_id, ${key_id}) end,
        bounced_at = null, revision = revision + 1
      where charge_id = ${charge_id} and state = 'open' and expires_at > dc_now()
        and ((select is_left from room) or exists (select from messages where id = ${message_id}))
      returning *
    ), written as (
      insert into messages (id, recovery_id, step, state, due_at, cause)
      select ${message_id}, asked.id, ${`resent_${message_id}`}, 'queued', dc_now(), 'operator' from asked
    )
    select room.is_left, (
      select jsonb_build_object(
        'id', r.id, 'charge_id', r.charge_id, 'state', r.state, 'kind', r.kind,
        'expires_at', extract(epoch from r.expires_at) * 1000, 'link_version', r.link_version,
        'link_key_id', r.link_key_id, 'link_nonce', r.link_nonce, 'is_over', false,
        'messages_sent', (select count(*) from messages m where m.recovery_id = r.id and is_mailed(m)))
      from asked r) as recovery
    from room`;
  const { is_left = null, recovery = null } = rows[0] ?? {};
  if (recovery !== null)
    return { outcome: 'resent', recovery: { ...recovery, expires_at: new Date(recovery.expires_at) } };
  return { outcome: is_left === false ? 'mail_limit_reached' : 'no_live_recovery' };
}

type JsonOf<Row extends { readonly expires_at: Date }> = Omit<Row, 'expires_at'> & {
  readonly expires_at: number;
};
