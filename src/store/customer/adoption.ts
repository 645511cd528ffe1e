/** Takes over a method that Stripe saved before us: consent, method and idempotency key in one statement. */
import type { ReadMandate, ReadMethod } from '../../domain/charge/payment-snapshot.ts';
import type { KeyedRequest } from '../door/idempotency-keys.ts';
import { type Intake, keepKey, priorColumns, priorRequest, takeIn } from '../door/intake.ts';
import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';
import { bankColumns, bankValues, newMandate } from './bank-columns.ts';
import { insertConsent, isAcceptedInFuture, isOverAlready, type NewConsent } from './consent-intake.ts';

export type Adoption = {
  readonly customer_id: string;
  readonly method: ReadMethod;
  readonly is_debit: boolean;
  /** What Stripe showed of a debit. */
  readonly mandate_id: string | null;
  /** What Stripe says of that mandate. */
  readonly mandate: ReadMandate | null;
  readonly consent: NewConsent;
};

/**
 * - `customer_unknown`, `customer_unbound`: no customer at Stripe can hold it. `customer_erased`: nor may this one.
 * - `accepted_in_future`: the evidence is dated after now.
 * - `consent_over`: its time has passed.
 * - `held_by_another`: on file for another customer of ours.
 * - `detached`: it was taken off file here.
 */
export type AdoptionRefusal =
  | 'customer_unknown'
  | 'customer_unbound'
  | 'customer_erased'
  | 'accepted_in_future'
  | 'consent_over'
  | 'held_by_another'
  | 'detached';

/**
 * Puts a method that Stripe has already saved on file, with its consent and the idempotency key, in one
 * statement. A method that is on file for the same customer gets the new consent.
 */
export function insertAdoption(
  sql: Sql,
  adoption: Adoption,
  request: KeyedRequest | null,
  cause_reference: string | null,
): Promise<Intake<Rows['payment_method'], AdoptionRefusal>> {
  const { method, consent } = adoption;
  return takeIn(request, async () => {
    return await sql`
      with prior as (${priorRequest(sql, request)}), payer as (
        select * from customers where id = ${adoption.customer_id} for no key update
      ), verdict as (
        select case
          when c.id is null then 'customer_unknown'
          when c.forgotten_at is not null then 'customer_erased'
          when c.stripe_customer_id is distinct from ${method.customer}::text then 'customer_unbound'
          when ${isAcceptedInFuture(sql, consent)} then 'accepted_in_future'
          when ${isOverAlready(sql, consent)} then 'consent_over'
          when m.customer_id <> c.id then 'held_by_another'
          when m.state in ('detaching', 'detached') then 'detached'
        end as refusal
        from (select 1) one left join payer c on true
        left join payment_methods m on m.id = ${method.id}
      ), consented as (${insertConsent(sql, consent, adoption.customer_id)}), adopted as (
        insert into payment_methods as m (id, state, customer_id, consent_id, type, card_brand, card_last4,
          card_exp_month, card_exp_year, fingerprint_hash, ${bankColumns(sql)}, mandate_sought_at, usage, detail, cause, cause_reference)
        select ${method.id}, case when n.accepted_at is null then 'unusable' else 'usable' end,
               n.customer_id, n.id, ${method.type}, ${method.card?.brand ?? null}::text,
               ${method.card?.last4 ?? null}::text, ${method.card?.exp_month ?? null}::int,
               ${method.card?.exp_year ?? null}::int, ${method.card_mark}::text,
               ${bankValues(sql, method, adoption.mandate_id, adoption.mandate)},
               case when ${adoption.is_debit} then dc_now() end, n.scope,
               case when n.accepted_at is null then 'evidence_missing' end, 'api', ${cause_reference}
        from consented n
        on conflict (id) do update set
          state = case when m.state = 'unusable' then excluded.state else m.state end,
          detail = case when excluded.state = 'usable' then null else m.detail end,
          consent_id = case when excluded.state = 'usable' then excluded.consent_id else m.consent_id end,
          usage = case when m.usage = 'off_session' then m.usage else excluded.usage end,
          fingerprint_hash = coalesce(excluded.fingerprint_hash, m.fingerprint_hash),
          ${newMandate(sql)},
          mandate_sought_at = coalesce(excluded.mandate_sought_at, m.mandate_sought_at),
          revision = m.revision + 1, cause = excluded.cause, cause_reference = excluded.cause_reference
        where m.customer_id = excluded.customer_id and m.state not in ('detaching', 'detached')
        returning m.*
      ), defaulted as (
        update customers c set default_payment_method_id = m.id, revision = c.revision + 1
        from adopted m
        where c.id = m.customer_id and m.state = 'usable' and c.default_payment_method_id is null
      ), keyed as (${keepKey(sql, request, 'adopted', 201)})
      select v.refusal, null as existing, ${priorColumns(sql)}, a.*
      from verdict v left join prior p on true left join adopted a on true`;
  });
}
