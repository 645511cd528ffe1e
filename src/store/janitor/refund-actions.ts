/**
 * A full refund by an operator, written ahead: the action that asks for it holds the number of its key, the action that
 * ends it holds what became of it. A number whose end is written is spent.
 */
import type postgres from 'postgres';
import type { Sql } from '../postgres/database.ts';
import type { OperatorWord } from '../work/operator-actions.ts';

/** Stripe surely keeps a key for 24 hours; we leave it an hour earlier, and the caller has looked before. */
const KEY_HOURS = 23;

/** Writes down that it is asked for, and returns the number of the key `dc1:<pi_…>:refund:<n>` to send. */
export async function openRefund(sql: Sql, payment_intent_id: string, word: OperatorWord): Promise<number> {
  const rows = await sql<{ number: number }[]>`
    with earlier as (
      select (observed ->> 'number')::int as number, observed ->> 'outcome' as outcome, at from operator_actions
      where verb = 'refund' and stripe_id = ${payment_intent_id} and observed ? 'number'
    ), newest as (
      select number, bool_or(outcome is not null) as is_over, min(at) as asked_at from earlier
      group by number order by number desc limit 1
    )
    insert into operator_actions (verb, entity, entity_id, stripe_id, reason, "by", observed)
    select 'refund', 'payment_intent', ${payment_intent_id}::text, ${payment_intent_id}::text, ${word.reason}::text,
           ${word.by}::text, jsonb_build_object('number', coalesce(
             (select case when is_over or asked_at < dc_now() - ${KEY_HOURS} * interval '1 hour'
                          then number + 1 else number end from newest), 1))
    returning (observed ->> 'number')::int as number`;
  return rows[0]?.number ?? 1;
}

export type RefundEnd = {
  readonly payment_intent_id: string;
  /** Null: it was found, made by somebody else. */
  readonly number: number | null;
  readonly outcome: 'refunded' | 'refused';
  readonly amount_minor: number;
  readonly code: string | null;
  /** The kinds of breaks that end with it. */
  readonly closes: readonly string[];
};

/** Writes down what became of it, and closes the breaks that it ends. */
export async function closeRefund(sql: Sql, end: RefundEnd, word: OperatorWord): Promise<void> {
  const { payment_intent_id, number, outcome, amount_minor, code, closes } = end;
  const observed = { outcome, amount_minor, code, ...(number === null ? {} : { number }) };
  await sql`
    with named as (
      select id, observed from breaks
      where (entity_id = ${payment_intent_id} or stripe_id = ${payment_intent_id})
        and kind = any(${closes as string[]}) and closed_by is null
      order by id for update
    ), closed as (
      update breaks b set closed_by = ${`operator: ${word.reason}`} from named where b.id = named.id
    )
    insert into operator_actions (verb, entity, entity_id, break_id, stripe_id, reason, "by", observed)
    select 'refund', 'payment_intent', ${payment_intent_id}::text, named.id, ${payment_intent_id}::text,
           ${word.reason}::text, ${word.by}::text,
           coalesce(named.observed, '{}'::jsonb) || ${sql.json(observed as postgres.JSONValue)}::jsonb
    from (select) once left join named on true`;
}
