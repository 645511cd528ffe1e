import type { BillDocument, OnExpiry } from '../../domain/charge/charge-terms.ts';
import type { Timings } from '../../platform/timings.ts';
import type { Sql } from '../postgres/database.ts';
import { failureCode, ruled } from './recovery-page.ts';

/** One of the bills that a mail is about. */
export type BillRow = {
  readonly recovery_id: string;
  readonly kind: 'authenticate' | 'replace';
  readonly was_tried: boolean;
  readonly amount_minor: number;
  readonly currency: string;
  readonly description: string;
  readonly method_type: string;
  readonly card_brand: string | null;
  readonly card_last4: string | null;
  readonly bank_name: string | null;
  readonly bank_last4: string | null;
  readonly new_method_type: string | null;
  readonly new_card_brand: string | null;
  readonly new_card_last4: string | null;
  readonly new_bank_name: string | null;
  readonly new_bank_last4: string | null;
  readonly expires_at: Date;
  readonly on_expiry: OnExpiry;
  readonly retry_at: Date | null;
  readonly document: BillDocument | null;
  /** The mail is this bill's last call. */
  readonly is_last_call: boolean;
  /** Of its newest try with this method. */
  readonly failure_code: string | null;
};

export type MailRow = {
  readonly id: string;
  readonly recovery_id: string;
  readonly step: string;
  readonly tries: number;
  readonly revision: number;
  readonly verdict: 'sending' | 'waiting' | 'suppressed';
  /** The recoveries that it is about, its own first if that is one of them; at most `mailBillsMax`. */
  readonly shown: readonly string[];
  /** How many more there are. */
  readonly more: number;
};

/** How long a mail waits, and for what. */
export type MailWaits = Pick<
  Timings,
  'mailIntervalHours' | 'mailGatherMinMs' | 'mailGatherMaxMinutes' | 'mailGatherLookMs' | 'mailBillsMax'
>;

/**
 * Checks again whether the mail is still wanted, in the statement that marks it `sending`: never a mail for a charge
 * that is paid or closed. While another process acts on the charge, or it is parked, the mail waits. A mail whose
 * worker died while sending it is sent again: at worst it arrives twice. Null when it is not ours to send.
 *
 * A customer gets one mail a day: it merges into itself what else waits for them, and one that nobody asked for waits
 * for its day (docs/protocol.md, 9.14). What it serves keeps it wanted when its own charge is paid.
 *
 * A mail about a replaced card is a security notice: it goes out at once, whatever became of the charge.
 */
export async function startMessage(
  sql: Sql,
  message: { readonly id: string; readonly lease_number: number; readonly wait_ms: number },
  waits: MailWaits,
): Promise<MailRow | null> {
  const spans = {
    wait_ms: message.wait_ms,
    day_ms: waits.mailIntervalHours * 3_600_000,
    gather_min_ms: waits.mailGatherMinMs,
    gather_max_ms: waits.mailGatherMaxMinutes * 60_000,
    gather_look_ms: waits.mailGatherLookMs,
    bills_max: waits.mailBillsMax,
  };
  const rows = await sql<MailRow[]>`
    select (s.mail).id, (s.mail).recovery_id, (s.mail).step, (s.mail).tries, (s.mail).revision,
           s.verdict, s.shown, s.more
    from start_mail(${message.id}, ${message.lease_number}, ${sql.json(spans)}) s`;
  return rows[0] ?? null;
}

export type MailBills = {
  readonly email: string;
  readonly locale: string | null;
  /** In the order of `shown`. */
  readonly bills: readonly [BillRow, ...BillRow[]];
};

/** What a mail that was marked `sending` says, and to whom; null if its customer was erased since. */
export async function readMailBills(
  sql: Sql,
  mail: Pick<MailRow, 'id' | 'shown'>,
): Promise<MailBills | null> {
  const rows = await sql<(BillRow & { email: string; locale: string | null; is_erased: boolean })[]>`
      select r.id as recovery_id, r.kind, u.email, u.locale, u.forgotten_at is not null as is_erased, c.amount_minor, c.currency, c.description,
        pm.type as method_type, pm.card_brand, pm.card_last4, pm.bank_name, pm.bank_last4,
        np.type as new_method_type, np.card_brand as new_card_brand, np.card_last4 as new_card_last4,
        np.bank_name as new_bank_name, np.bank_last4 as new_bank_last4,
        r.expires_at, ${ruled(sql)}, c.document,
        exists (select 1 from charge_attempts t where t.charge_id = c.id and t.kind = 'off_session'
                and t.payment_method_id = r.payment_method_id
                and t.state in ('declined', 'authentication_required')) as was_tried,
        ${failureCode(sql)} as failure_code,
        exists (select 1 from messages m where m.recovery_id = r.id and m.step = 'last_call'
                and (m.id = ${mail.id} or m.served_by = ${mail.id})) as is_last_call
      from unnest(${mail.shown as string[]}::text[]) with ordinality as w (id, rank)
      join recoveries r on r.id = w.id
      join charges c on c.id = r.charge_id
      join customers u on u.id = c.customer_id
      join payment_methods pm on pm.id = r.payment_method_id
      left join lateral (select s.payment_method_id from setups s
                         where s.recovery_id = r.id and s.payment_method_id is not null
                         order by s.recovery_number desc limit 1) s on true
      left join payment_methods np on np.id = s.payment_method_id
      order by w.rank`;
  const [first, ...others] = rows;
  if (first === undefined) throw new RangeError('a mail is about a recovery that exists');
  if (first.is_erased) return null;
  return { email: first.email, locale: first.locale, bills: [first, ...others] };
}

/**
 * The mail server accepted it. After a last call the link lives on at least for the grace, counted from now. This is
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
      returning id
    )
    update recoveries r set
      expires_at = greatest(r.expires_at, dc_now() + ${message.last_call_grace_minutes} * interval '1 minute'),
      revision = r.revision + 1
    from sent where r.state = 'open' and r.id in (
      select m.recovery_id from messages m
      where (m.id = ${message.id} or m.served_by = ${message.id}) and m.step = 'last_call')`;
}

/**
 * The mail never goes out: refused for good, or too often. A refused address ends the mails of every recovery that it
 * served, not the recoveries.
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
      returning id
    )
    update recoveries r set bounced_at = dc_now(), revision = r.revision + 1
    from failed where ${message.bounced} and r.state = 'open' and r.id in (
      select m.recovery_id from messages m where m.id = ${message.id} or m.served_by = ${message.id})`;
}
