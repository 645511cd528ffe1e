import type { BreakKind } from '../../domain/break-kinds.ts';
import type { BillDocument, OnExpiry } from '../../domain/charge/charge-terms.ts';
import type { AttemptState, ChargeState, SetupState } from '../../domain/machines.ts';
import type { Sql } from '../postgres/database.ts';
import type { RecoveryLinkRow } from './recoveries.ts';

export type RecoveryPageRow = RecoveryLinkRow & {
  readonly kind: 'authenticate' | 'replace';
  readonly is_early: boolean;
  readonly opened_at: Date;
  /** The moment of this reading, by business time. */
  readonly now: Date;
  readonly expires_at: Date;
  readonly customer_id: string;
  readonly charge_state: ChargeState;
  readonly close_requested: boolean;
  readonly close_detail: string | null;
  readonly on_expiry: OnExpiry;
  /** When the next automatic try comes; null for none. */
  readonly retry_at: Date | null;
  readonly document: BillDocument | null;
  /** Stripe has answered that nothing can be taken any more, or was never asked for anything. */
  readonly end_is_proven: boolean;
  /** A contradiction about the charge's money: it stands open, or a person has ended it; null if there was none. */
  readonly contradiction: 'open' | 'ended' | null;
  readonly stripe_payment_intent_id: string | null;
  readonly amount_minor: number;
  readonly amount_received_minor: number | null;
  readonly currency: string;
  readonly description: string;
  readonly locale: string | null;
  readonly payment_method_id: string;
  readonly method_type: string;
  readonly card_brand: string | null;
  readonly card_last4: string | null;
  readonly bank_name: string | null;
  readonly bank_last4: string | null;
  readonly method_usable: boolean;
  /** Whether the consent that the charge rests on covers later charges too. */
  readonly future_use_covered: boolean;
  /** The card was tried while its customer was away, and Stripe has said how that ended. */
  readonly was_tried: boolean;
  /** Of the newest attempt; zero before the first. */
  readonly attempt_number: number;
  readonly attempt_state: AttemptState | null;
  /** The newest attempt began after the recovery: by the customer, or by a worker with their new card. */
  readonly attempt_is_later: boolean;
  /** Why the saved method was last declined, as Stripe names it. */
  readonly failure_code: string | null;
  /** The method of the newest attempt: once the charge is paid, what paid. */
  readonly attempt_type: string | null;
  readonly attempt_bank_name: string | null;
  readonly attempt_bank_last4: string | null;
  /** When it began. */
  readonly attempt_started_at: Date | null;
  /** The day of collection that its notice told, `2026-11-30`; null of a press, and without a notice. */
  readonly attempt_collects_on: string | null;
  /** Its bank's word on the mandate is still to come. */
  readonly attempt_awaits_mandate: boolean;
  readonly attempt_brand: string | null;
  readonly attempt_last4: string | null;
  /** The newest setup that the recovery asked for. */
  readonly replacement_id: string | null;
  readonly replacement_state: SetupState | null;
  readonly replacement_payment_method_id: string | null;
  readonly replacement_type: string | null;
  readonly replacement_brand: string | null;
  readonly replacement_last4: string | null;
  readonly replacement_bank_name: string | null;
  readonly replacement_bank_last4: string | null;
  /** The new card has been tried. */
  readonly replacement_attempted: boolean;
  /** Stripe would not even make it, and was asked within the hour: another press now would change nothing. */
  readonly replacement_refused: boolean;
  readonly replacements_used: number;
  /** The customer's default, where it is another card than the declined one, or has new data since. */
  readonly saved_payment_method_id: string | null;
  readonly saved_brand: string | null;
  readonly saved_last4: string | null;
};

/** What page and mail promise about the end, of a charge `c` and its recovery `r`. */
export function ruled(sql: Sql) {
  return sql`coalesce(c.terms->>'on_expiry', 'close') as on_expiry,
             case when r.is_early and c.state = 'action_required' then c.due_at end as retry_at`;
}

/** Why the method of a charge `c` and its recovery `r` was last declined; null for never, and for a reason not given. */
export function failureCode(sql: Sql) {
  return sql`(select coalesce(t.decline_code, t.code) from charge_attempts t
              where t.charge_id = c.id and t.payment_method_id = r.payment_method_id and t.state = 'declined'
              order by t.number desc limit 1)`;
}

/** Breaks that say that Stripe and the charge disagree about money: what the page says of it would be a guess. */
const CONTRADICTIONS = [
  'success_after_close',
  'success_of_unbound_payment_intent',
  'unbound_payment_intent',
  'several_payment_intents',
  'charged_twice',
  'succeeded_at_stripe_only',
  'succeeded_here_only',
  'canceled_after_success',
  'amount_differs',
  'currency_differs',
  'customer_differs',
  'closed_without_proof',
] as const satisfies readonly BreakKind[];

/** Everything that the customer's page shows and decides on of one payment. No address, no name. */
export async function readRecoveryPage(sql: Sql, recovery_id: string): Promise<RecoveryPageRow | null> {
  return (await readRows(sql, sql`r.id = ${recovery_id}`, 1))[0] ?? null;
}

/**
 * Likewise, and after it the customer's other live recoveries, the oldest charge first: at most `others_max`. All are read at
 * one instant. Empty for an unknown recovery.
 */
export function readRecoveryPages(
  sql: Sql,
  recovery_id: string,
  others_max: number,
): Promise<RecoveryPageRow[]> {
  const of_customer = sql`r.id in (
    select ${recovery_id} union
    select live.id from recoveries asked
    join charges its on its.id = asked.charge_id
    join charges theirs on theirs.customer_id = its.customer_id and theirs.settled_at is null
    join recoveries live on live.charge_id = theirs.id and live.state = 'open' and live.expires_at > dc_now()
    where asked.id = ${recovery_id})`;
  return readRows(sql, of_customer, others_max + 1, sql`r.id = ${recovery_id} desc,`);
}

function readRows(
  sql: Sql,
  which: ReturnType<typeof ruled>,
  rows_max: number,
  first: ReturnType<typeof ruled> = sql``,
): Promise<RecoveryPageRow[]> {
  return sql<RecoveryPageRow[]>`
    select r.id, r.charge_id, r.state, r.kind, r.is_early, r.link_version, r.link_key_id, r.link_nonce, r.opened_at,
           dc_now() as now, r.expires_at, r.expires_at <= dc_now() as is_over,
           c.customer_id, c.state as charge_state, c.close_requested_at is not null as close_requested,
           c.close_detail, ${ruled(sql)}, c.document,
           c.stripe_payment_intent_id is null or c.payment_intent_canceled_at is not null as end_is_proven,
           (select case when bool_or(b.closed_by is null) then 'open' else 'ended' end
            from breaks b where b.entity_id = c.id and b.kind in ${sql(CONTRADICTIONS)}
            having count(*) > 0) as contradiction,
           c.stripe_payment_intent_id, c.amount_minor, c.amount_received_minor, c.currency, c.description, u.locale,
           r.payment_method_id, pm.type as method_type, ${failureCode(sql)} as failure_code, pm.card_brand, pm.card_last4,
           pm.bank_name, pm.bank_last4, pm.state = 'usable' as method_usable,
           n.scope = 'off_session' and n.frequency = 'recurring' and n.accepted_at is not null
             and n.revoked_at is null as future_use_covered,
           exists (select 1 from charge_attempts t where t.charge_id = c.id and t.kind = 'off_session'
                   and t.payment_method_id = r.payment_method_id
                   and t.state in ('declined', 'authentication_required')) as was_tried,
           coalesce(a.number, 0) as attempt_number, a.state as attempt_state, coalesce(a.started_at >= r.opened_at, false) as attempt_is_later,
           ap.type as attempt_type, ap.card_brand as attempt_brand, ap.card_last4 as attempt_last4,
           ap.bank_name as attempt_bank_name, ap.bank_last4 as attempt_bank_last4, a.started_at as attempt_started_at,
           coalesce(ap.mandate_status = 'pending', false) as attempt_awaits_mandate,
           case when a.kind = 'off_session' then (
             select o.collect_on::text from notices o where o.charge_id = c.id and o.state = 'sent'
             order by o.number desc limit 1) end as attempt_collects_on,
           s.id as replacement_id, s.state as replacement_state,
           s.payment_method_id as replacement_payment_method_id,
           np.type as replacement_type, np.card_brand as replacement_brand, np.card_last4 as replacement_last4,
           np.bank_name as replacement_bank_name, np.bank_last4 as replacement_bank_last4,
           exists (select 1 from charge_attempts t where t.charge_id = c.id
                   and t.payment_method_id = s.payment_method_id) as replacement_attempted,
           coalesce(s.state = 'failed' and s.stripe_checkout_session_id is null
                    and s.settled_at > dc_now() - interval '1 hour', false) as replacement_refused,
           (select count(*)::int from setups o where o.recovery_id = r.id) as replacements_used,
           sp.id as saved_payment_method_id, sp.card_brand as saved_brand, sp.card_last4 as saved_last4
    from recoveries r
    join charges c on c.id = r.charge_id
    join customers u on u.id = c.customer_id
    join payment_methods pm on pm.id = r.payment_method_id
    join consents n on n.id = c.consent_id
    left join lateral (select a.number, a.kind, a.state, a.started_at, a.payment_method_id from charge_attempts a where a.charge_id = c.id
                       order by a.number desc limit 1) a on true
    left join payment_methods ap on ap.id = a.payment_method_id
    left join lateral (select s.* from setups s where s.recovery_id = r.id
                       order by s.recovery_number desc limit 1) s on true
    left join payment_methods np on np.id = s.payment_method_id and np.state = 'usable'
    left join payment_methods sp on sp.id = u.default_payment_method_id and sp.state = 'usable' and sp.type = 'card'
      and (sp.id <> r.payment_method_id or sp.renewed_at > a.started_at)
      and exists (select 1 from consents sn where sn.id = sp.consent_id and sn.accepted_at is not null
                  and sn.revoked_at is null and (sn.until is null or sn.until > dc_now()))
    where ${which}
    order by ${first} c.created_at, c.id limit ${rows_max}`;
}
