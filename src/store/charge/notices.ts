/** The rows that tell customers of debits: written by the charge's worker, sent by their own. */
import type { DebitNotice } from '../../domain/charge/charge.ts';
import type { Collection, NoticeSender } from '../../domain/debit/plan-collection.ts';
import type { Sql } from '../postgres/database.ts';

export type NewNotice = {
  readonly id: string;
  readonly charge_id: string;
  /** Of the charge: the notice is of what this decision read. */
  readonly revision: number;
  readonly lease_number: number;
  readonly number: number;
  readonly payment_method_id: string;
  readonly is_repetition: boolean;
  readonly sent_by: NoticeSender;
  readonly collection: Collection;
};

/**
 * Writes the next notice of a charge, due at once, and takes back one that has not gone out. One that Stripe sends owes us
 * nothing: it counts from the start. False if the charge has moved on: nothing was written.
 */
export async function insertNotice(sql: Sql, notice: NewNotice): Promise<boolean> {
  const { collection, sent_by } = notice;
  const rows = await sql`
    with held as (
      select c.id, c.amount_minor, c.scheduled_for from charges c
      where c.id = ${notice.charge_id} and c.revision = ${notice.revision}
        and c.lease_number = ${notice.lease_number} and c.lease_until > clock_timestamp()
      for update
    ), replaced as (
      update notices n set state = 'suppressed', detail = 'replaced', revision = n.revision + 1,
        cause = 'worker', cause_reference = 'replaced'
      from held where n.charge_id = held.id and n.state = 'queued'
    )
    insert into notices (id, state, due_at, charge_id, number, payment_method_id, amount_minor, scheduled_for, is_repetition,
                         collect_on, period_days, confirm_not_before, confirm_until, sent_by, cause, cause_reference)
    select ${notice.id}, ${sent_by === 'us' ? 'queued' : 'sent'}, case when ${sent_by === 'us'} then dc_now() end,
           held.id, ${notice.number}, ${notice.payment_method_id}, held.amount_minor, held.scheduled_for,
           ${notice.is_repetition}, ${collection.collect_on}::date, ${collection.period_days},
           ${collection.confirm_at}, ${collection.confirm_until}, ${sent_by}, 'worker', 'announced'
    from held
    on conflict do nothing
    returning id`;
  return rows.length === 1;
}

/** What a notice says and to whom, and what decides whether it is still to go out. */
export type NoticeRow = Pick<DebitNotice, 'id' | 'number' | 'state' | 'amount_minor' | 'collect_on'> & {
  readonly now: Date;
  readonly revision: number;
  readonly tries: number;
  readonly charge_id: string;
  readonly is_repetition: boolean;
  readonly type: string;
  readonly currency: string;
  readonly description: string;
  readonly to: string;
  readonly locale: string | null;
  readonly bank_name: string | null;
  readonly bank_last4: string | null;
  /** An earlier one said another amount or day. */
  readonly is_changed: boolean;
  readonly mandate_reference: string | null;
};

/**
 * Reads a notice with everything that it says; null if it is not to go out any more: another is newer, the charge was changed,
 * closes or has ended, it is charged to something else by now, its account was taken off file, or its customer is stopped or erased.
 */
export async function readNotice(sql: Sql, id: string): Promise<NoticeRow | null> {
  const rows = await sql<NoticeRow[]>`
    select n.id, n.number, n.state, n.amount_minor, n.collect_on::text as collect_on, n.revision, n.tries, n.is_repetition,
           dc_now() as now, c.id as charge_id, m.type, c.currency, c.description, u.email as to, u.locale,
           m.bank_name, m.bank_last4, m.mandate_reference,
           not n.is_repetition and exists (
             select from notices o where o.charge_id = n.charge_id and o.number < n.number and o.state = 'sent') as is_changed
    from notices n
    join charges c on c.id = n.charge_id
    join payment_methods m on m.id = n.payment_method_id
    join customers u on u.id = c.customer_id
    where n.id = ${id} and n.state in ('queued', 'sending') and ${isWanted(sql)}`;
  return rows[0] ?? null;
}

function isWanted(sql: Sql) {
  return sql`
    c.state in ('queued', 'retry_wait', 'action_required') and c.close_requested_at is null
    and c.amount_minor = n.amount_minor and c.scheduled_for is not distinct from n.scheduled_for
    and n.payment_method_id = case when c.follows_customer then method_of_day(u) else c.payment_method_id end
    and m.state = 'usable' and u.stopped_at is null and u.forgotten_at is null
    and not exists (select from notices o where o.charge_id = n.charge_id and o.number > n.number)`;
}

/**
 * Marks a notice as with the mail server, for the collection that it now tells. Answers its revision; null if it is not wanted any more, which
 * is asked once more here (docs/protocol.md, 9.2), or the lease is another's.
 */
export async function startNotice(
  sql: Sql,
  started: { readonly id: string; readonly lease_number: number; readonly collection: Collection },
): Promise<number | null> {
  const { collection } = started;
  const rows = await sql<{ revision: number }[]>`
    update notices n set state = 'sending', collect_on = ${collection.collect_on}::date,
      period_days = ${collection.period_days}, confirm_not_before = ${collection.confirm_at},
      confirm_until = ${collection.confirm_until}, revision = n.revision + 1, cause = 'worker', cause_reference = 'sending'
    from charges c, payment_methods m, customers u
    where n.id = ${started.id} and n.lease_number = ${started.lease_number} and n.state in ('queued', 'sending')
      and c.id = n.charge_id and m.id = n.payment_method_id and u.id = c.customer_id and ${isWanted(sql)}
    returning n.revision`;
  return rows[0]?.revision ?? null;
}

/**
 * The mail server took it: its period begins, and its charge comes due when that has passed. A fact, so it needs no lease.
 * Locks the charge before the notice, as everybody does.
 */
export async function markNoticeSent(sql: Sql, id: string): Promise<void> {
  await sql`
    with held as (
      select c.id from charges c
      where c.id = (select charge_id from notices where id = ${id}) for update
    ), sent as (
      update notices n set state = 'sent', sent_at = dc_now(), detail = null, due_at = null,
        confirm_not_before = greatest(n.confirm_not_before, dc_now() + n.period_days * interval '24 hours'),
        revision = n.revision + 1, cause = 'smtp', cause_reference = null
      from held where n.id = ${id} and n.state = 'sending' and n.charge_id = held.id
      returning n.charge_id, n.confirm_not_before, n.number
    )
    update charges c set due_at = sent.confirm_not_before, offered_at = null, revision = c.revision + 1,
      cause = 'smtp', cause_reference = 'notice_sent'
    from sent
    where c.id = sent.charge_id and c.state in ('queued', 'retry_wait', 'action_required') and c.close_requested_at is null
      and (c.state <> 'action_required' or c.due_at is not null)
      and not exists (select from notices o where o.charge_id = c.id and o.number > sent.number)`;
}

/** The notice never goes out: its charge waits for another address, or for its merchant. */
export async function failNotice(sql: Sql, id: string, code: string): Promise<void> {
  await sql`
    update notices n set state = 'failed', detail = ${code}, due_at = null, revision = n.revision + 1,
      cause = 'smtp', cause_reference = ${code}
    where n.id = ${id} and n.state = 'sending'`;
}

/** The notice is not wanted any more. */
export async function suppressNotice(sql: Sql, id: string, lease_number: number): Promise<void> {
  await sql`
    update notices n set state = 'suppressed', detail = 'not_wanted', due_at = null, revision = n.revision + 1,
      cause = 'worker', cause_reference = 'not_wanted'
    where n.id = ${id} and n.lease_number = ${lease_number} and n.state in ('queued', 'sending')`;
}

/** Stripe has shown the mandate of a debit whose method came without. */
export async function noteMandate(sql: Sql, payment_method_id: string, mandate_id: string): Promise<void> {
  await sql`
    update payment_methods m set mandate_id = ${mandate_id}, mandate_sought_at = dc_now(), revision = m.revision + 1,
      cause = 'stripe', cause_reference = ${mandate_id}
    where m.id = ${payment_method_id} and m.mandate_id is null`;
}
