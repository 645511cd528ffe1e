/** The customer's own obligation: one customer at Stripe, bound by its first writer. */
import type { Loss } from '../../domain/loss.ts';
import type { Sql } from '../postgres/database.ts';
import { type LossColumns, lossOf } from '../postgres/instance.ts';
import type { HeldLease, Rows } from '../work/obligations.ts';

export type OpenedCustomer = Rows['customer'] & {
  readonly create_opened_at: Date;
  readonly now: Date;
  readonly loss: Loss | null;
  /** When Stripe's events were last read to their end. */
  readonly events_read_at: Date;
};

/**
 * Writes the create ahead of its first byte, or returns the one that is already open. Null when the lease is gone or
 * the customer is bound.
 */
export async function openCustomerCreate(sql: Sql, lease: HeldLease): Promise<OpenedCustomer | null> {
  const rows = await sql<(OpenedCustomer & LossColumns)[]>`
    update customers c set create_opened_at = coalesce(c.create_opened_at, dc_now()), revision = c.revision + 1
    from instance i
    where c.id = ${lease.id} and c.lease_number = ${lease.lease_number}
      and c.state = 'queued' and c.stripe_customer_id is null
    returning c.*, dc_now() as now, i.lost_at, i.lost_from, i.events_read_at`;
  const row = rows[0];
  return row === undefined ? null : { ...row, loss: lossOf(row) };
}

export type CustomerBinding = {
  /** The customer at Stripe that is bound now: ours, or the first writer's. */
  readonly stripe_customer_id: string;
  readonly setup_ids: readonly string[];
  readonly charge_ids: readonly string[];
};

/**
 * Binds the customer at Stripe unless one is bound, and in the same statement makes due what waited for it. A worker
 * that created one may bind it with or without the lease: a second would only be a customer that owns nothing. The
 * revision of a woken row moves even if the row was due already: so a worker that read the unbound customer cannot put
 * the row to sleep any more, and reads again. A customer who was forgotten meanwhile stays so, and Stripe is told.
 */
export async function bindCustomer(
  sql: Sql,
  binding: { readonly id: string; readonly stripe_customer_id: string; readonly cause: string },
): Promise<CustomerBinding | null> {
  const rows = await sql<CustomerBinding[]>`
    with bound as (
      update customers set
        state = case when forgotten_at is null then 'bound' else state end,
        stripe_customer_id = ${binding.stripe_customer_id}, detail = null,
        told = case when forgotten_at is null then telling else '{}' end, telling = null,
        due_at = case when forgotten_at is not null or telling <> told_of(customers) then dc_now() end,
        revision = revision + 1, claim_token = null, lease_until = null, offered_at = null,
        cause = ${binding.cause}, cause_reference = ${binding.stripe_customer_id}
      where id = ${binding.id} and stripe_customer_id is null
      returning id, stripe_customer_id
    ), woken_setups as (
      update setups s set due_at = dc_now(), offered_at = null, revision = s.revision + 1
      from bound b
      where s.customer_id = b.id and s.state = 'queued' and s.due_at is not null
      returning s.id
    ), woken_charges as (
      update charges c set due_at = dc_now(), offered_at = null, revision = c.revision + 1
      from bound b
      where c.customer_id = b.id and c.state = 'queued' and c.due_at is not null
        and (c.scheduled_for is null or c.scheduled_for <= dc_now())
      returning c.id
    )
    select coalesce(b.stripe_customer_id, c.stripe_customer_id) as stripe_customer_id,
           array(select id from woken_setups) as setup_ids,
           array(select id from woken_charges) as charge_ids
    from customers c left join bound b on b.id = c.id
    where c.id = ${binding.id}`;
  return rows[0] ?? null;
}
