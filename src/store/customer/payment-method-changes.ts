/** What a merchant may do with a saved method. */
import { retryConflict, type Sql } from '../postgres/database.ts';

export type MethodChange = 'done' | 'unknown' | 'consent_missing' | 'unusable' | 'detached';

/**
 * The merchant accepts a method that was saved although its setup had been cancelled or had expired. If its consent
 * has no evidence or was revoked, its mandate has ended, or its scheme asks for an address that is missing, the method stays unusable. A customer's first usable method is their default. It is also
 * the merchant's word that a method may be charged again although a payment with it was disputed.
 */
export async function acceptMethod(sql: Sql, id: string, cause_reference: string): Promise<MethodChange> {
  const rows = await retryConflict(
    async () =>
      await sql<{ outcome: MethodChange }[]>`
    with found as (
      select m.id, m.state, n.accepted_at is not null and n.revoked_at is null as consented,
             m.mandate_status is distinct from 'inactive' and m.detail is distinct from 'address_missing' as permits
      from payment_methods m left join consents n on n.id = m.consent_id
      where m.id = ${id} for update of m
    ), moved as (
      update payment_methods m set state = 'usable', detail = null, revision = m.revision + 1,
        cause = 'api', cause_reference = ${cause_reference}
      from found f where m.id = f.id and f.state = 'unusable' and f.consented and f.permits
      returning m.id, m.customer_id
    ), lifted as (
      update card_verdicts v set lifted_at = dc_now()
      from found f join payment_methods m on m.id = f.id
      where v.card_id in (m.card_id, m.id) and v.customer_id = m.customer_id and v.reason = 'disputed'
        and v.lifted_at is null and f.state in ('usable', 'unusable')
    ), defaulted as (
      update customers u set default_payment_method_id = m.id, revision = u.revision + 1
      from moved m where u.id = m.customer_id and u.default_payment_method_id is null
    )
    select case when state in ('detaching', 'detached') then 'detached'
                when state in ('withdrawn', 'needs_review') or state = 'unusable' and not permits then 'unusable'
                when state = 'unusable' and not consented then 'consent_missing'
                else 'done' end as outcome
    from found`,
  );
  return rows[0]?.outcome ?? 'unknown';
}

/** Makes a usable method the customer's default. */
export async function makeDefault(sql: Sql, id: string): Promise<MethodChange> {
  const rows = await retryConflict(
    async () =>
      await sql<{ outcome: MethodChange }[]>`
    with found as (
      select id, customer_id, state from payment_methods where id = ${id} for share
    ), chosen as (
      update customers u set default_payment_method_id = f.id, revision = u.revision + 1
      from found f where u.id = f.customer_id and f.state = 'usable'
    )
    select case when state in ('detaching', 'detached') then 'detached'
                when state = 'usable' then 'done' else 'unusable' end as outcome
    from found`,
  );
  return rows[0]?.outcome ?? 'unknown';
}

/**
 * Owes Stripe the detaching of a method. From this statement on the method is charged no more and is no default. While
 * an attempt with it may still arrive it is told `unusable`, then `detached`. A method that is detached, or being
 * detached, is left as it is.
 */
export async function requestDetach(sql: Sql, id: string, cause_reference: string): Promise<MethodChange> {
  const rows = await retryConflict(
    async () => await sql`select from withdraw_method(${id}, ${cause_reference})`,
  );
  return rows.length === 0 ? 'unknown' : 'done';
}

/** Lets Stripe be asked for the detaching, once no attempt with the method is unanswered. False: not yet. */
export async function beginDetach(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql`
    update payment_methods set state = 'detaching', due_at = dc_now(), offered_at = null, claim_token = null,
      lease_until = null, revision = revision + 1, cause = 'worker', cause_reference = 'attempts_resolved'
    where id = ${id} and state = 'withdrawn'
      and not exists (select 1 from charge_attempts a where a.payment_method_id = ${id} and a.state = 'open')
    returning id`;
  return rows.length === 1;
}
