/** Customers whom somebody has deleted at Stripe: their methods are gone with them, and only another customer there helps. */

import { retryConflict, type Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';

/** What such a customer's row says; a new binding takes it away. */
export const DELETED_AT_STRIPE = 'stripe_customer_deleted';

/**
 * Notes the deletion: every method of theirs is detached. Returns the charges that have a PaymentIntent and are to close with
 * proof, because nothing can pay it any more; one without may still be paid after a new binding. Null when no customer
 * of ours is bound to that one.
 */
export async function noteDeleted(
  sql: Sql,
  stripe_customer_id: string,
  cause_reference: string,
): Promise<{ readonly id: string; readonly charge_ids: readonly string[] } | null> {
  const id = await retryConflict(() => markDeleted(sql, stripe_customer_id, cause_reference));
  if (id === null) return null;
  const open = await sql<{ id: string }[]>`
    select id from charges
    where customer_id = ${id} and stripe_payment_intent_id is not null and close_requested_at is null
      and state not in ('succeeded', 'failed', 'canceled', 'needs_review')`;
  return { id, charge_ids: open.map((charge) => charge.id) };
}

/** Methods before their customer, as everywhere. */
async function markDeleted(
  sql: Sql,
  stripe_customer_id: string,
  cause_reference: string,
): Promise<string | null> {
  const rows = await sql<{ id: string }[]>`
    with bound as (
      select id from customers
      where stripe_customer_id = ${stripe_customer_id} and state in ('bound', 'erasing', 'erased')
    ), gone as (
      update payment_methods m set state = 'detached', due_at = null, claim_token = null, lease_until = null,
        offered_at = null, revision = m.revision + 1, cause = 'stripe', cause_reference = ${cause_reference}
      from bound b where m.customer_id = b.id and m.state <> 'detached'
      returning m.id
    ), noted as (
      update customers c set detail = ${DELETED_AT_STRIPE}, default_payment_method_id = null, waking = '{}',
        revision = c.revision + 1, cause = 'stripe', cause_reference = ${cause_reference}
      from bound b where c.id = b.id and c.detail is distinct from ${DELETED_AT_STRIPE}
        and (select count(*) from gone) >= 0
      returning c.id
    )
    select id from bound where (select count(*) from noted) >= 0`;
  return rows[0]?.id ?? null;
}

/** Whether a customer of ours has this one at Stripe. */
export async function isBoundCustomer(sql: Sql, stripe_customer_id: string): Promise<boolean> {
  const rows = await sql`select 1 from customers where stripe_customer_id = ${stripe_customer_id}`;
  return rows.length === 1;
}

/**
 * Writes ahead that another customer is made at Stripe, and returns the row with its number. Each asking takes a number of
 * its own: at worst one too many is made there, which nothing ever uses. Null when the customer is not deleted.
 */
export async function openRebinding(sql: Sql, id: string): Promise<Rows['customer'] | null> {
  const rows = await sql<Rows['customer'][]>`
    update customers set create_number = create_number + 1, create_opened_at = dc_now(), revision = revision + 1
    where id = ${id} and detail = ${DELETED_AT_STRIPE} and state = 'bound'
    returning *`;
  return rows[0] ?? null;
}

export type Rebinding = {
  readonly id: string;
  readonly stripe_customer_id: string;
  readonly cause_reference: string;
};

/** Binds another customer at Stripe in place of the deleted one; the first writer does. `held`: it is another customer's. */
export async function rebind(sql: Sql, rebinding: Rebinding): Promise<'rebound' | 'held' | 'not_deleted'> {
  const { id, stripe_customer_id, cause_reference } = rebinding;
  const rows = await sql<{ holder: string | null; is_rebound: boolean }[]>`
    with holder as (
      select id from customers where stripe_customer_id = ${stripe_customer_id}
    ), rebound as (
      update customers set stripe_customer_id = ${stripe_customer_id}, detail = null, told = null, telling = null,
        revision = revision + 1, cause = 'api', cause_reference = ${cause_reference}
      where id = ${id} and detail = ${DELETED_AT_STRIPE} and state = 'bound' and not exists (select from holder)
      returning id
    )
    select (select id from holder) as holder, exists (select from rebound) as is_rebound`;
  const [row] = rows;
  if (row?.is_rebound === true) return 'rebound';
  return row?.holder == null ? 'not_deleted' : 'held';
}
