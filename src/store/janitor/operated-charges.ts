/** What an operator's verb reads of a charge, and the one statement in which it changes it. */
import type { OperatedCharge } from '../../domain/operator-decisions.ts';
import type { Sql } from '../postgres/database.ts';
import {
  closedBreaks,
  namedBreaks,
  type OperatorAction,
  type OperatorWord,
  wroteActions,
} from '../work/operator-actions.ts';

export type FoundCharge = OperatedCharge & {
  /** How many breaks about it are open. */
  readonly open_breaks: number;
};

/** The charge with its customer at Stripe, or null. */
export async function readOperated(sql: Sql, id: string): Promise<FoundCharge | null> {
  const rows = await sql<FoundCharge[]>`
    select c.id, c.revision, c.state, c.amount_minor, c.currency, c.livemode, c.stripe_payment_intent_id,
           c.cancel_number, u.stripe_customer_id,
           (select count(*)::int from breaks b
            where (b.entity_id = c.id or b.stripe_id = c.stripe_payment_intent_id) and b.closed_by is null) as open_breaks
    from charges c join customers u on u.id = c.customer_id where c.id = ${id}`;
  return rows[0] ?? null;
}

export type OperatorChange = {
  readonly charge_id: string;
  readonly revision: number;
  /** Null: the charge stays what it is. */
  readonly state: 'succeeded' | 'failed' | 'closing' | null;
  /** The PaymentIntent that it is about; bound if none was. */
  readonly payment_intent_id: string | null;
  readonly stripe_charge_id: string | null;
  readonly received_minor: number | null;
  readonly accepted_minor: number | null;
  /** The method that Stripe names in the success. */
  readonly paid_with: string | null;
  /** Stripe says that the PaymentIntent is canceled. */
  readonly proven: boolean;
  readonly verb: 'accept' | 'write_off';
  readonly observed: OperatorAction['observed'];
};

/**
 * What a person said of a charge, with everything that follows from it: the charge, its open attempt, its customer's
 * link, the breaks about it, and the word itself. False when the charge has moved meanwhile, or may not move there.
 */
export async function changeByOperator(
  sql: Sql,
  change: OperatorChange,
  word: OperatorWord,
): Promise<boolean> {
  const { charge_id, state, payment_intent_id, verb } = change;
  const stripe_id = payment_intent_id;
  const action = { verb, entity: 'charge', entity_id: charge_id, stripe_id, observed: change.observed ?? {} };
  const ids = stripe_id === null ? [charge_id] : [charge_id, stripe_id];
  const ended_as = state === 'succeeded' ? 'succeeded' : state === 'failed' ? 'canceled' : null;
  const rows = await sql`
    with locked as (
      select id, state from charges where id = ${charge_id} and revision = ${change.revision} for update
    ), legal as (
      select id from locked
      where ${state}::text is null or exists (
        select from allowed_transitions t
        where t.entity = 'charge' and t.from_state = locked.state and t.to_state = ${state}::text)
    ), named as (${namedBreaks(sql, ids)}
    ), said as (${wroteActions(sql, 'legal', action, word)}
    ), attempts as (
      update charge_attempts a set state = ${ended_as}::text, ended_at = dc_now(), resolved_by = 'operator',
        stripe_charge_id = case
          when ${ended_as}::text = 'succeeded' and not exists (
            select from charge_attempts o where o.stripe_charge_id = ${change.stripe_charge_id}::text)
          then ${change.stripe_charge_id}::text else a.stripe_charge_id end
      from legal where a.charge_id = legal.id and a.ended_at is null and ${ended_as}::text is not null
    ), links as (
      update recoveries r set state = case when ${state}::text = 'succeeded' then 'completed' else 'revoked' end,
        closed_at = dc_now(), revision = r.revision + 1, cause = 'operator', cause_reference = ${word.reason}
      from legal where r.charge_id = legal.id and r.state = 'open' and ${state}::text is not null
    ), closed as (${closedBreaks(sql, 'legal', word)}
    ), moved as (
      update charges c set
        state = coalesce(${state}::text, c.state),
        due_at = case when ${state}::text = 'closing' then dc_now() else c.due_at end,
        detail = case ${state}::text when 'closing' then 'closing' when 'failed' then 'written_off'
                      when 'succeeded' then null else c.detail end,
        stripe_payment_intent_id = coalesce(c.stripe_payment_intent_id,
                                            case when ${state}::text = 'succeeded' then ${stripe_id}::text end),
        amount_received_minor = coalesce(${change.received_minor}::bigint, c.amount_received_minor),
        accepted_minor = coalesce(${change.accepted_minor}::bigint, c.accepted_minor),
        paid_with = coalesce(${change.paid_with}::text, c.paid_with),
        operator_action_id = case
          when ${change.accepted_minor}::bigint is not null or (${state}::text = 'failed' and not ${change.proven})
          then (select min(id) from said) else c.operator_action_id end,
        payment_intent_canceled_at = case
          when ${change.proven} then coalesce(c.payment_intent_canceled_at, dc_now())
          else c.payment_intent_canceled_at end,
        close_requested_at = case when ${state}::text = 'closing' then coalesce(c.close_requested_at, dc_now())
                                  else c.close_requested_at end,
        close_as = case when ${state}::text = 'closing' then coalesce(c.close_as, 'failed') else c.close_as end,
        close_detail = case when ${state}::text = 'closing' and c.close_as is null then 'written_off'
                            else c.close_detail end,
        settled_at = case when ${state}::text in ('succeeded', 'failed') then dc_now() else c.settled_at end,
        tries = 0, claim_token = null, lease_until = null, offered_at = null,
        revision = c.revision + 1, cause = 'operator', cause_reference = ${word.reason}
      from legal where c.id = legal.id and (${state}::text is not null or ${change.proven})
    )
    select id from legal`;
  return rows.length === 1;
}

/** A key that Stripe repeats a failure under for ever: the next cancel has the next number. */
export async function spendCancel(sql: Sql, charge_id: string, number: number): Promise<void> {
  await sql`
    update charges set cancel_number = ${number + 1}, revision = revision + 1
    where id = ${charge_id} and cancel_number = ${number}`;
}
