/** Payment methods as the API lists and moves them. */

import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';
import type { ConsentRow } from './consents.ts';

export type MethodView = {
  readonly method: Rows['payment_method'];
  /** Null for a card that pays one charge only: it replaces another and has no consent of its own. */
  readonly consent: ConsentRow | null;
  readonly is_default: boolean;
};

/** The method, or null. */
export async function readMethod(sql: Sql, id: string): Promise<MethodView | null> {
  const rows = await sql`
    select to_jsonb(n) as consent, coalesce(u.default_payment_method_id = m.id, false) as is_default, m.*
    from payment_methods m join customers u on u.id = m.customer_id
    left join consents n on n.id = m.consent_id
    where m.id = ${id}`;
  const row = rows[0];
  return row === undefined ? null : toMethodView(row);
}

/** One page of a customer's methods, newest first, with one row more than `limit` when there is another page. */
export async function listMethods(
  sql: Sql,
  filter: { readonly customer_id: string; readonly after: string | null; readonly limit: number },
): Promise<MethodView[]> {
  const rows = await sql`
    select to_jsonb(n) as consent, coalesce(u.default_payment_method_id = m.id, false) as is_default, m.*
    from payment_methods m join customers u on u.id = m.customer_id
    left join consents n on n.id = m.consent_id
    where m.customer_id = ${filter.customer_id}
      and (${filter.after}::text is null
           or (m.created_at, m.id) < (select a.created_at, a.id from payment_methods a where a.id = ${filter.after}))
    order by m.created_at desc, m.id desc
    limit ${filter.limit + 1}`;
  return rows.map(toMethodView);
}

export type MethodChange = 'done' | 'unknown' | 'consent_missing' | 'unusable' | 'detached';

/**
 * The merchant takes a method that was saved although its setup had been cancelled or had run out. One whose
 * consent has no evidence, or was revoked, stays unusable. A customer's first usable method is their default.
 */
export async function acceptMethod(sql: Sql, id: string, cause_reference: string): Promise<MethodChange> {
  const rows = await sql<{ outcome: MethodChange }[]>`
    with found as (
      select m.id, m.state, n.accepted_at is not null and n.revoked_at is null as consented
      from payment_methods m left join consents n on n.id = m.consent_id
      where m.id = ${id} for update of m
    ), moved as (
      update payment_methods m set state = 'usable', detail = null, revision = m.revision + 1,
        cause = 'api', cause_reference = ${cause_reference}
      from found f where m.id = f.id and f.state = 'unusable' and f.consented
      returning m.id, m.customer_id
    ), defaulted as (
      update customers u set default_payment_method_id = m.id, revision = u.revision + 1
      from moved m where u.id = m.customer_id and u.default_payment_method_id is null
    )
    select case when state in ('detaching', 'detached') then 'detached'
                when state = 'needs_review' then 'unusable'
                when state = 'unusable' and not consented then 'consent_missing'
                else 'done' end as outcome
    from found`;
  return rows[0]?.outcome ?? 'unknown';
}

/** Makes a usable method the customer's default. */
export async function makeDefault(sql: Sql, id: string): Promise<MethodChange> {
  const rows = await sql<{ outcome: MethodChange }[]>`
    with found as (
      select id, customer_id, state from payment_methods where id = ${id} for share
    ), chosen as (
      update customers u set default_payment_method_id = f.id, revision = u.revision + 1
      from found f where u.id = f.customer_id and f.state = 'usable'
    )
    select case when state in ('detaching', 'detached') then 'detached'
                when state = 'usable' then 'done' else 'unusable' end as outcome
    from found`;
  return rows[0]?.outcome ?? 'unknown';
}

/**
 * Owes Stripe the detaching of a method. From this statement on nothing is charged to it, and it is nobody's
 * default. A method that is detached, or on its way, is left as it is.
 */
export async function requestDetach(sql: Sql, id: string, cause_reference: string): Promise<MethodChange> {
  const rows = await sql<{ outcome: MethodChange }[]>`
    with found as (
      select id, customer_id, state from payment_methods where id = ${id} for update
    ), moved as (
      update payment_methods m set state = 'detaching', due_at = dc_now(), offered_at = null,
        revision = m.revision + 1, cause = 'api', cause_reference = ${cause_reference}
      from found f where m.id = f.id and f.state in ('usable', 'unusable', 'needs_review')
    ), unchosen as (
      update customers u set default_payment_method_id = null, revision = u.revision + 1
      from found f where u.id = f.customer_id and u.default_payment_method_id = f.id
    )
    select 'done' as outcome from found`;
  return rows[0]?.outcome ?? 'unknown';
}

function toMethodView(row: Record<string, unknown>): MethodView {
  const consent = row.consent as Record<string, unknown> | null;
  const at = (value: unknown): Date | null => (value === null ? null : new Date(value as string));
  return {
    method: row as unknown as Rows['payment_method'],
    is_default: row.is_default as boolean,
    consent:
      consent === null
        ? null
        : {
            ...(consent as unknown as ConsentRow),
            accepted_at: at(consent.accepted_at),
            revoked_at: at(consent.revoked_at),
            created_at: new Date(consent.created_at as string),
          },
  };
}
