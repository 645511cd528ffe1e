/** Taking in a method that Stripe saved before us: consent, method and idempotency key in one statement. */
import type { PaymentMethodSnapshot } from '../../domain/charge/payment-snapshot.ts';
import type { KeyedRequest } from '../door/idempotency-keys.ts';
import { type Intake, type IntakeVerdict, takeIn } from '../door/intake.ts';
import type { Sql } from '../postgres/database.ts';
import type { NewConsent } from '../setup/setup-intake.ts';
import type { Rows } from '../work/obligations.ts';

export type Adoption = {
  readonly customer_id: string;
  readonly method: PaymentMethodSnapshot;
  readonly consent: NewConsent;
};

/**
 * - `customer_unknown`, `customer_unbound`: nobody at Stripe to hold it.
 * - `accepted_in_future`: the evidence is dated after now.
 * - `held_by_another`: on file for another customer of ours.
 * - `detached`: it was taken off file here.
 */
export type AdoptionRefusal =
  | 'customer_unknown'
  | 'customer_unbound'
  | 'accepted_in_future'
  | 'held_by_another'
  | 'detached';

/** A merchant's clock may run ahead of the database's by this much. */
const CLOCK_TOLERANCE_MS = 5_000;

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
  return takeIn<Rows['payment_method'], AdoptionRefusal>(request, async () => {
    const rows = await sql`
      with prior as (
        select entity_id, status_code, request_hash from idempotency_keys
        where route = ${request?.route ?? null}::text and key = ${request?.key ?? null}::text
      ), verdict as (
        select case
          when c.id is null then 'customer_unknown'
          when c.stripe_customer_id is distinct from ${method.customer}::text then 'customer_unbound'
          when ${consent.accepted_at}::timestamptz
               > dc_now() + ${CLOCK_TOLERANCE_MS} * interval '1 millisecond' then 'accepted_in_future'
          when m.customer_id <> c.id then 'held_by_another'
          when m.state in ('detaching', 'detached') then 'detached'
        end as refusal
        from (select 1) one left join customers c on c.id = ${adoption.customer_id}
        left join payment_methods m on m.id = ${method.id}
      ), consented as (
        insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, collect,
                              accepted_at, ip_address, user_agent)
        select ${consent.id}, ${adoption.customer_id}, ${consent.scope}, ${consent.frequency},
               ${consent.amount_basis}, ${consent.text}, ${consent.text_version}, ${consent.collect},
               ${consent.accepted_at}::timestamptz, ${consent.ip_address}::text, ${consent.user_agent}::text
        from verdict where refusal is null and not exists (select from prior)
        on conflict do nothing
        returning id, customer_id, scope, accepted_at
      ), adopted as (
        insert into payment_methods as m (id, state, customer_id, consent_id, type, card_brand, card_last4,
          card_exp_month, card_exp_year, usage, detail, cause, cause_reference)
        select ${method.id}, case when n.accepted_at is null then 'unusable' else 'usable' end,
               n.customer_id, n.id, ${method.type}, ${method.card?.brand ?? null}::text,
               ${method.card?.last4 ?? null}::text, ${method.card?.exp_month ?? null}::int,
               ${method.card?.exp_year ?? null}::int, n.scope,
               case when n.accepted_at is null then 'evidence_missing' end, 'api', ${cause_reference}
        from consented n
        on conflict (id) do update set
          state = case when m.state = 'unusable' then excluded.state else m.state end,
          detail = case when excluded.state = 'usable' then null else m.detail end,
          consent_id = case when excluded.state = 'usable' then excluded.consent_id else m.consent_id end,
          usage = case when m.usage = 'off_session' then m.usage else excluded.usage end,
          revision = m.revision + 1, cause = excluded.cause, cause_reference = excluded.cause_reference
        where m.customer_id = excluded.customer_id and m.state not in ('detaching', 'detached')
        returning m.*
      ), defaulted as (
        update customers c set default_payment_method_id = m.id, revision = c.revision + 1
        from adopted m
        where c.id = m.customer_id and m.state = 'usable' and c.default_payment_method_id is null
      ), keyed as (
        insert into idempotency_keys (route, key, request_hash, entity_id, status_code)
        select ${request?.route ?? null}::text, ${request?.key ?? null}::text,
               ${request?.request_hash ?? null}::bytea, a.id, 201
        from adopted a where ${request !== null}
      )
      select v.refusal, null as existing, p.entity_id as prior_entity_id,
             p.status_code as prior_status_code, p.request_hash as prior_request_hash, a.*
      from verdict v left join prior p on true left join adopted a on true`;
    const row = rows[0] as unknown as IntakeVerdict<AdoptionRefusal> & Rows['payment_method'];
    return { verdict: row, row: row.id === null ? null : row };
  });
}
