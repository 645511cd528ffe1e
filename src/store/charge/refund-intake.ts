/** Taking in a refund: its row, under its charge's lock, together with the request's key or an operator's word. */

import type { KeyedRequest } from '../door/idempotency-keys.ts';
import { type Intake, priorColumns, priorRequest, takeIn } from '../door/intake.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';
import type { OperatorWord } from '../work/operator-actions.ts';

export type NewRefund = {
  readonly id: string;
  readonly charge_id: string;
  /** Null: all that is left of it. */
  readonly amount_minor: number | null;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
};

export type RefundRefusal =
  | 'charge_unknown'
  /** There is no money of it here that could go back. */
  | 'not_succeeded'
  /** Its bank has the money, or decides about it: Stripe refunds nothing of such a charge. */
  | 'charge_disputed'
  | 'already_refunded'
  | 'refund_exceeds'
  /** The row is there, brought back by Stripe's word, and is of another amount. */
  | 'request_differs';

/** By a merchant's request. */
export function insertRefund(
  sql: Sql,
  refund: NewRefund,
  request: KeyedRequest,
  cause_reference: string,
): Promise<Intake<Rows['refund'], RefundRefusal>> {
  return takeIn(request, async () => {
    return await sql`
      with prior as (${priorRequest(sql, request)}), taken as materialized (
        select t.* from (${taking(sql, refund, 'api', cause_reference)}) t where not exists (select from prior)
      ), created as (
        select (t.made).* from taken t where t.refusal is null
      ), keyed as (
        -- The row may be older than its key: then the loser of two requests finds the winner's.
        insert into idempotency_keys (route, key, request_hash, entity_id, status_code)
        select ${request.route}, ${request.key}, ${request.request_hash}::bytea, id, 202 from created
        where id is not null
        on conflict do nothing
      )
      select t.refusal, null as existing, ${priorColumns(sql)}, c.*
      from (select) one left join taken t on true left join prior p on true left join created c on true`;
  });
}

/** Everything that is left, once for this id, because of what Stripe or a policy says. The row if it was made now. */
export async function takeRefund(
  sql: Sql,
  refund: NewRefund,
  by: { readonly cause: string; readonly cause_reference: string },
): Promise<{ readonly refusal: RefundRefusal | null; readonly id: string | null }> {
  const rows = await retryConflict(
    async () =>
      await sql<{ refusal: RefundRefusal | null; id: string | null }[]>`
        select t.refusal, (t.made).id from (${taking(sql, refund, by.cause, by.cause_reference)}) t`,
  );
  return rows[0] ?? { refusal: 'charge_unknown', id: null };
}

export type OperatedRefund = {
  readonly refusal: RefundRefusal | null;
  readonly id: string | null;
  readonly amount_minor: number | null;
};

/** By an operator, whose word is written with it. */
export async function insertOperatedRefund(
  sql: Sql,
  refund: NewRefund,
  payment_intent_id: string,
  word: OperatorWord,
): Promise<OperatedRefund> {
  const rows = await retryConflict(
    async () =>
      await sql<OperatedRefund[]>`
        with taken as materialized (${taking(sql, refund, 'operator', word.reason)}), said as (
          insert into operator_actions (verb, entity, entity_id, stripe_id, reason, "by", observed)
          select 'refund', 'refund', (t.made).id, ${payment_intent_id}::text, ${word.reason}::text, ${word.by}::text,
                 jsonb_build_object('charge', ${refund.charge_id}::text, 'amount_minor', (t.made).amount_minor)
          from taken t where t.refusal is null
        )
        select t.refusal, (t.made).id, (t.made).amount_minor from taken t`,
  );
  return rows[0] ?? { refusal: 'charge_unknown', id: null, amount_minor: null };
}

function taking(sql: Sql, refund: NewRefund, cause: string, cause_reference: string) {
  return sql`
    select * from take_refund(${refund.id}, ${refund.charge_id}, ${refund.amount_minor}::bigint, ${refund.reason}::text,
                              ${sql.json(refund.metadata)}::jsonb, ${cause}, ${cause_reference})`;
}
