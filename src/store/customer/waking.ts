/** What a bound customer owes its charges: to be tried anew with another default or a renewed card (docs/protocol.md, 8.4). */
import type { ChargeContext } from '../../domain/charge/charge.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';
import type { HeldLease } from '../work/obligations.ts';

/** A customer with more bills than this waiting is served by their ordinary retries. */
const WAITING_MAX = 100;

/** The charges of a customer that wait, the oldest first. */
export async function listWaiting(sql: Sql, customer_id: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from charges where customer_id = ${customer_id} and state in ('retry_wait', 'action_required')
    order by created_at, id limit ${WAITING_MAX}`;
  return rows.map((row) => row.id);
}

export type WakingStep = {
  /** The revision that the step rests on: another default, or a renewed card, begins anew. */
  readonly revision: number;
  /** The methods that are still to be gone through. */
  readonly waking: readonly string[];
  /** What is made due now, as it was read; null for nothing. */
  readonly wake: Pick<ChargeContext['charge'], 'id' | 'revision'> | null;
  readonly due_in_ms: number | null;
};

/**
 * Writes one step, and makes one charge due with it. If that charge has moved since it was read, who was woken last stays
 * noted, because it may be that one's try which has begun, and the customer is due again at once. Gives the lease back.
 *
 * The last step for a method also has charges planned anew that follow the customer and were not tried yet, if a debit is the new
 * default or was the old one: a debit is announced long before its day, and a card waits for it.
 */
export async function writeWaking(sql: Sql, lease: HeldLease, step: WakingStep): Promise<void> {
  const { wake } = step;
  await retryConflict(
    async () =>
      await sql`
      with held as (
        select id from customers
        where id = ${lease.id} and revision = ${step.revision} and lease_number = ${lease.lease_number} for update
      ), woken as (
        update charges c set due_at = dc_now(), offered_at = null, revision = c.revision + 1
        from held
        where c.id = ${wake?.id ?? null}::text and c.revision = ${wake?.revision ?? 0} and c.customer_id = held.id
          and c.state in ('retry_wait', 'action_required') and c.close_requested_at is null
        returning c.id
      ), planned_anew as (
        update charges c set due_at = dc_now(), offered_at = null, detail = nullif(c.detail, 'awaiting_notice'),
          revision = c.revision + 1, cause = 'worker', cause_reference = 'default_changed'
        from held, customers u, payment_methods m
        where ${wake === null} and u.id = held.id and m.id = u.default_payment_method_id and c.customer_id = held.id
          and c.follows_customer and c.state = 'queued' and c.close_requested_at is null and c.due_at > dc_now()
          and (m.type <> 'card' or exists (select from notices n where n.charge_id = c.id))
      )
      update customers u set
        waking = ${step.waking as string[]}::text[],
        waking_charge_id = case when ${wake !== null} and w.id is null then u.waking_charge_id else w.id end,
        due_at = case when ${wake !== null} and w.id is null then dc_now()
                      else dc_now() + ${step.due_in_ms}::double precision * interval '1 millisecond' end,
        tries = 0, claim_token = null, lease_until = null, offered_at = null, revision = u.revision + 1,
        cause = 'worker', cause_reference = 'waking'
      from held left join woken w on true
      where u.id = held.id`,
  );
}
