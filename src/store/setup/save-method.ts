/**
 * The one statement by which a setup succeeds: it settles the setup, puts its method on file, and owes what follows.
 */
import type { ReadMandate, ReadMethod } from '../../domain/charge/payment-snapshot.ts';
import { lacksAddress, schemeOf } from '../../domain/debit/schemes.ts';
import { bankColumns, bankValues, newMandate } from '../customer/bank-columns.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';

export type SavedSetup = {
  readonly setup_id: string;
  /** The revision that the decision rests on. */
  readonly revision: number;
  readonly method: ReadMethod;
  readonly mandate_id: string | null;
  /** What Stripe says of it, of a debit. */
  readonly mandate: ReadMandate | null;
  readonly stripe_setup_intent_id: string;
  /** False when we were closing: the method waits for the merchant's word. */
  readonly in_time: boolean;
  /** The recovery that asked for the setup, with what we now owe it. */
  readonly recovery: {
    readonly id: string;
    /** The id of the mail that informs the account's address. */
    readonly message_id: string;
    /** How long its customer has to press before a worker charges the card. */
    readonly press_within_ms: number;
  } | null;
  readonly cause: string;
  readonly cause_reference: string | null;
};

/**
 * Settles a setup as succeeded and puts its method on file, in one statement. The method is usable if the setup was in
 * time and its consent has evidence and stands; a customer's first usable method becomes the default. A method that
 * was on file already keeps what it was allowed to do and gains what the new consent allows; a detached one stays
 * detached. False when the setup has moved since it was read.
 *
 * A recovery's card is on file for its one charge (docs/protocol.md, 10.4): without a consent, so that nothing else is
 * ever charged to it, and never as a default. If it comes too late for that charge, or was given up for a newer one,
 * it only has to be detached. So has the card of a customer who was erased meanwhile, and nothing of it is kept (`forget_card()`).
 */
export async function saveMethodOfSetup(sql: Sql, saved: SavedSetup): Promise<boolean> {
  const rows = await retryConflict(async () => await saveMethod(sql, saved));
  return rows.length === 1;
}

function saveMethod(sql: Sql, saved: SavedSetup) {
  const { method } = saved;
  const is_gone = method.customer === null;
  const is_mailed = saved.mandate_id !== null && schemeOf(method.type)?.agreement_mailed_by === 'us';
  return sql`
    with asked as (
      select r.id from recoveries r where r.id = ${saved.recovery?.id ?? null}::text and r.state = 'open' for update
    ), settled as (
      update setups s set
        state = 'succeeded', payment_method_id = ${method.id}, mandate_id = ${saved.mandate_id},
        stripe_setup_intent_id = ${saved.stripe_setup_intent_id}, settled_at = dc_now(), due_at = null,
        detail = case when ${saved.in_time} then null else 'saved_before_close' end,
        revision = s.revision + 1, cause = ${saved.cause}, cause_reference = ${saved.cause_reference}
      where s.id = ${saved.setup_id} and s.revision = ${saved.revision} and (select count(*) from asked) >= 0
      returning s.*
    ), judged as (
      select s.*, ${reasonAgainst(sql, saved)} as reason
      from settled s left join consents n on n.id = s.consent_id
    ), method as (
      insert into payment_methods as m (id, state, customer_id, setup_id, consent_id, type, card_brand,
        card_last4, card_exp_month, card_exp_year, fingerprint_hash, usage, ${bankColumns(sql)}, mandate_mail,
        allow_redisplay, due_at, detail, cause, cause_reference)
      select ${method.id},
             case when ${is_gone} then 'detached' when j.reason is null then 'usable'
                  when j.recovery_id is null then 'unusable' else 'detaching' end,
             j.customer_id, j.id, case when j.recovery_id is null then j.consent_id end,
             ${method.type}, ${method.card?.brand ?? null}::text,
             ${method.card?.last4 ?? null}::text, ${method.card?.exp_month ?? null}::int,
             ${method.card?.exp_year ?? null}::int, ${method.card_mark}::text, j.usage,
             ${bankValues(sql, method, saved.mandate_id, saved.mandate)}, case when ${is_mailed} then 'owed' end, j.allow_redisplay,
             case when not ${is_gone} and (${is_mailed} or j.allow_redisplay <> ${method.allow_redisplay ?? ''}
                                           or j.recovery_id is not null and j.reason is not null) then dc_now() end,
             j.reason, 'setup', j.id
      from judged j
      ${ofKnownMethod(sql)}
      returning m.id, m.customer_id, m.state, m.consent_id
    ), defaulted as (
      update customers c set default_payment_method_id = m.id, revision = c.revision + 1
      from method m
      where c.id = m.customer_id and m.state = 'usable' and m.consent_id is not null
        and c.default_payment_method_id is null
    )${saved.recovery === null ? sql`` : owedToRecovery(sql, saved.recovery)}
    select id from settled`;
}

/** Why the method may not be charged; null when it may. */
function reasonAgainst(sql: Sql, { in_time, mandate, method }: SavedSetup) {
  // Checkout asks for the address, so that a recovery's account has it; a merchant's own form may have forgotten it.
  const lacks_address = lacksAddress(method.type, method.bank?.country ?? null, method);
  return sql`case
    when ${mandate?.status === 'inactive'} then 'mandate_inactive'
    when s.recovery_id is not null then case
      when not ${in_time} or not exists (select from asked)
           or exists (select from setups o where o.recovery_id = s.recovery_id
                      and o.recovery_number > s.recovery_number) then 'saved_too_late' end
    when ${lacks_address} then 'address_missing'
    when n.revoked_at is not null then 'consent_revoked'
    when not ${in_time} then 'setup_was_closing'
    when n.accepted_at is null then 'evidence_missing' end`;
}

/** A method that was on file gains what the setup's consent allows, and nothing from a setup without one. */
function ofKnownMethod(sql: Sql) {
  return sql`
      on conflict (id) do update set
        state = case when m.state = 'unusable' then excluded.state else m.state end,
        detail = case when m.state = 'unusable' then excluded.detail else m.detail end,
        consent_id = case when excluded.state = 'usable' then excluded.consent_id else m.consent_id end,
        setup_id = excluded.setup_id,
        usage = case when m.usage = 'off_session' then m.usage else excluded.usage end,
        fingerprint_hash = coalesce(excluded.fingerprint_hash, m.fingerprint_hash),
        ${newMandate(sql)},
        mandate_mail = case when ${isNewMandate(sql)} then excluded.mandate_mail else m.mandate_mail end,
        mandate_mailed_at = case when ${isNewMandate(sql)} then null else m.mandate_mailed_at end,
        mandate_mail_version = case when ${isNewMandate(sql)} then null else m.mandate_mail_version end,
        allow_redisplay = coalesce(excluded.allow_redisplay, m.allow_redisplay),
        due_at = coalesce(excluded.due_at, m.due_at),
        revision = m.revision + 1, cause = excluded.cause, cause_reference = excluded.cause_reference
      where m.customer_id = excluded.customer_id and excluded.consent_id is not null`;
}

const isNewMandate = (sql: Sql) =>
  sql`coalesce(excluded.mandate_id <> m.mandate_id, excluded.mandate_id is not null)`;

/** A notice to the account's address, and the recovery's own turn if the customer does not press. */
function owedToRecovery(sql: Sql, recovery: NonNullable<SavedSetup['recovery']>) {
  return sql`, told as (
      insert into messages (id, recovery_id, step, state, due_at, cause, cause_reference)
      select ${recovery.message_id}, j.recovery_id,
             'method_replaced' || case when j.recovery_number = 1 then '' else '_' || j.recovery_number end,
             'queued', dc_now(), 'setup', j.id
      from judged j join method m on m.state = 'usable'
      on conflict (recovery_id, step) do nothing
    ), woken as (
      update recoveries r set revision = r.revision + 1,
        due_at = least(r.due_at, dc_now() + ${recovery.press_within_ms}::double precision * interval '1 millisecond')
      from judged j join method m on m.state = 'usable' where r.id = j.recovery_id
    )`;
}
