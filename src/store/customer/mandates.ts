/** What Stripe says of the mandates that debits rest on. Whatever waits for the word is owed its next step at once. */
import type { MandateStatus } from '../../domain/charge/payment-snapshot.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';

/** Of a charge that is due, whose debit waits for its mandate, until it is asked for again. */
function woken(sql: Sql) {
  return sql`
    update charges c set due_at = dc_now(), offered_at = null, revision = c.revision + 1
    from noted n
    where c.customer_id = n.customer_id and c.payment_method_id = n.id and c.state in ('queued', 'retry_wait') and c.due_at > dc_now()
      and c.cause_reference = 'mandate_pending'`;
}

/**
 * Records that a method's mandate has ended, or was refused by its bank: nothing is debited from it until its owner agrees
 * anew. False when that was known, or no method on file has it.
 */
export async function markMandateEnded(
  sql: Sql,
  mandate_id: string,
  cause_reference: string,
): Promise<boolean> {
  const rows = await retryConflict(
    async () =>
      await sql`
    with noted as (
      update payment_methods set state = case when state = 'usable' then 'unusable' else state end,
        detail = case when state = 'usable' then 'mandate_inactive' else detail end, mandate_status = 'inactive',
        revision = revision + 1, cause = 'stripe', cause_reference = ${cause_reference}
      where mandate_id = ${mandate_id} and state <> 'detached'
        and (state = 'usable' or mandate_status is distinct from 'inactive')
      returning id, customer_id
    ), next as (${woken(sql)})
    select id from noted`,
  );
  return rows.length > 0;
}

/** Records what else Stripe says of a mandate. False when that was known, or no method on file has it. */
export async function noteMandateStatus(
  sql: Sql,
  { id, status }: { readonly id: string; readonly status: Exclude<MandateStatus, 'inactive'> },
  cause_reference: string,
): Promise<boolean> {
  const rows = await retryConflict(
    async () =>
      await sql`
    with noted as (
      update payment_methods set mandate_status = ${status}, revision = revision + 1,
        cause = 'stripe', cause_reference = ${cause_reference}
      where mandate_id = ${id} and state <> 'detached' and mandate_status is distinct from ${status}
      returning id, customer_id
    ), next as (${woken(sql)})
    select id from noted`,
  );
  return rows.length > 0;
}
