import type { Sql } from '../postgres/database.ts';

export type AtBank = {
  readonly charge_id: string;
  /** The lease that binding needs. */
  readonly lease_number: number;
  readonly payment_intent_id: string;
  readonly attempt: {
    readonly number: number;
    readonly idempotency_key: string;
    readonly payment_method_id: string;
    readonly api_version: string;
    readonly latest_charge: string | null;
  };
  /** How long the customer may stay there. */
  readonly press_ms: number;
};

/**
 * Binds a PaymentIntent at which the customer is with their bank already, and gives it back the attempt that a failover
 * lost: one statement, because a bound charge without that attempt would be confirmed anew. The body that was sent is
 * not known and never needed, because what waits for the customer is only read. False when the lease is no longer ours
 * or something else was decided meanwhile.
 */
export async function bindAtBank(
  sql: Sql,
  { charge_id, lease_number, payment_intent_id, attempt, press_ms }: AtBank,
): Promise<boolean> {
  const rows = await sql`
    with locked as (
      select c.id, c.consent_id from charges c
      where c.id = ${charge_id} and c.lease_number = ${lease_number} and c.lease_until > clock_timestamp()
        and c.stripe_payment_intent_id is null and c.close_requested_at is null
        and c.state in ('queued', 'unknown', 'retry_wait')
      for update
    ), noted as (
      insert into charge_attempts (charge_id, number, kind, state, idempotency_key, stripe_payment_intent_id,
        payment_method_id, consent_id, request_body, api_version, lease_number, opened_latest_charge)
      select id, ${attempt.number}, 'on_session', 'awaiting_customer', ${attempt.idempotency_key}, ${payment_intent_id},
             ${attempt.payment_method_id}, consent_id, '', ${attempt.api_version}, ${lease_number}, ${attempt.latest_charge}
      from locked
    )
    update charges c set
      stripe_payment_intent_id = ${payment_intent_id}, state = 'action_required', detail = null,
      due_at = dc_now() + ${press_ms}::double precision * interval '1 millisecond',
      tries = 0, claim_token = null, lease_until = null, offered_at = null,
      revision = c.revision + 1, cause = 'worker', cause_reference = 'listed'
    from locked where c.id = locked.id
    returning c.id`;
  return rows.length === 1;
}
