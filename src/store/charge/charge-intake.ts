/**
 * Accepts a charge: finds the reason against it, or writes the charge and its idempotency key, in one statement.
 *
 * What it would be paid with is read under locks that last until the charge is written: a withdrawal of method or
 * consent comes before and refuses the charge, or after and finds it.
 */

import type { BillDocument, ChargeTerms } from '../../domain/charge/charge-terms.ts';
import type { RunGate } from '../../domain/run/run-machine.ts';
import type { UsageLine } from '../../domain/run/usage.ts';
import type { KeyedRequest } from '../door/idempotency-keys.ts';
import { type Intake, keepKey, priorColumns, priorRequest, takeIn } from '../door/intake.ts';
import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';
import { type DebitLimits, type Unfitness, unfitness } from './method-fit.ts';

export type NewCharge = {
  readonly id: string;
  readonly customer_id: string;
  /** Null: the customer's default, of each attempt's moment unless its consent is a one-time one. */
  readonly payment_method_id: string | null;
  readonly amount_minor: number;
  readonly currency: string;
  readonly livemode: boolean;
  readonly description: string;
  readonly reference: string | null;
  /** A charge that was closed with proof and is to be made again. */
  readonly again_of: string | null;
  readonly scheduled_for: Date | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Null: as rows of an earlier release. */
  readonly terms: ChargeTerms | null;
  readonly document: BillDocument | null;
  readonly debit_limits?: DebitLimits;
  /** Of a line of a run: its run, and what was metered. */
  readonly line?: {
    readonly run_id: string;
    readonly usage: readonly UsageLine[] | null;
    /** SHA-256 of the line's canonical JSON. */
    readonly request_hash: Buffer;
  };
};

export type ChargeRefusal =
  /** It takes no lines any more. */
  | 'run_closed'
  | 'customer_unknown'
  | 'customer_stopped'
  | 'again_of_unknown'
  | 'again_of_other_customer'
  | 'again_of_not_closed'
  | 'again_of_used'
  | 'again_of_other_reference'
  | 'reference_taken'
  | 'no_payment_method'
  | 'payment_method_unknown'
  | 'payment_method_unusable'
  | 'consent_missing'
  | 'consent_used'
  | 'consent_exceeded'
  | Unfitness;

/** An accepted charge, with what its status depends on besides the row. */
export type TakenCharge = Rows['charge'] & {
  readonly is_scheduled: boolean;
  /** Why its run does not let it go; absent in what an earlier release told. */
  readonly run_gate?: RunGate | null;
  readonly charging_enabled: boolean;
};

/** Nothing is sent with a closed card, but its customer can be brought in, so the charge is accepted. */
function closedWarning(sql: Sql, { payment_method_id }: NewCharge) {
  return sql`case when exists (
      select from customers u join payment_methods f
        on f.id = case when ${payment_method_id === null} and m.one_time_id is null then method_of_day(u) else m.id end
      join lateral verdict_on(f) on true
      where u.id = m.customer_id) then 'card_closed' end`;
}

/**
 * Creates a charge, due now or at its time. A one-time consent covers one charge that was not closed with proof;
 * `again_of` inherits that consent and the reference of the charge it repeats.
 */
export function insertCharge(
  sql: Sql,
  charge: NewCharge,
  request: KeyedRequest | null,
  cause_reference: string,
): Promise<Intake<TakenCharge, ChargeRefusal>> {
  const json = (value: ChargeTerms | BillDocument | readonly UsageLine[] | null) =>
    value === null ? null : sql.json(value as never);
  const { line } = charge;
  return takeIn(request, async () => {
    return await sql`
      with prior as (${priorRequest(sql, request)}), run as materialized (
        -- The runs' lock comes before all others.
        select run_takes(${line?.run_id ?? null}::text) as takes
      ), payer as materialized (
        select p.* from run r cross join lateral payable_now(case when r.takes then ${charge.customer_id} end, ${charge.payment_method_id}::text, ${charge.amount_minor},
                                  ${charge.currency}, ${charge.scheduled_for}::timestamptz) p
      ), again as (
        select id, customer_id, state, returned_at, reference, one_time_consent_id,
               (select next.id from charges next where next.again_of = c.id) as repeated_by
        from charges c where id = ${charge.again_of}::text
      ), wanted as (
        select coalesce(${charge.payment_method_id}::text, (select id from payer)) as method_id,
               coalesce(${charge.reference}::text, (select reference from again)) as reference
      ), method as (
        select * from payer where id is not null
      ), holder as (
        -- The request's own charge is there without its key where it was claimed after its row had been lost.
        select id from (
          select c.id, c.state, c.created_at from charges c join wanted w on c.reference = w.reference
          where ${charge.again_of}::text is null or c.state not in ('failed', 'canceled') and c.returned_at is null
          union all
          select c.id, c.state, c.created_at from charges c where c.id = ${charge.id}) c
        order by c.id = ${charge.id} desc, c.state in ('failed', 'canceled'), c.created_at desc limit 1
      ), user_of_consent as (
        select c.id from charges c join method m
          on c.consent_id = m.one_time_id and c.one_time_consent_id = m.one_time_id
        where c.state not in ('failed', 'canceled') and c.returned_at is null
           or m.one_time_id is distinct from (select one_time_consent_id from again)
        limit 1
      ), verdict as (
        select case
          when not (select takes from run) then 'run_closed'
          when not exists (select from payer) then 'customer_unknown'
          when (select is_stopped from payer) then 'customer_stopped'
          when ${charge.again_of}::text is not null then case
            when not exists (select from again) then 'again_of_unknown'
            when (select customer_id from again) <> ${charge.customer_id} then 'again_of_other_customer'
            when (select state from again) not in ('failed', 'canceled')
                 and (select returned_at from again) is null then 'again_of_not_closed'
            when (select repeated_by from again) is not null then 'again_of_used'
            when ${charge.reference}::text is distinct from (select reference from again)
                 and ${charge.reference}::text is not null then 'again_of_other_reference'
          end end as of_charge,
          case
            when exists (select from holder) then 'reference_taken'
            when w.method_id is null then 'no_payment_method'
            when m.id is null then 'payment_method_unknown'
            when m.customer_id <> ${charge.customer_id} or m.state <> 'usable' then 'payment_method_unusable'
            when not m.is_consented then 'consent_missing'
            when exists (select from user_of_consent) then 'consent_used'
            when m.is_exceeded then 'consent_exceeded'
            else ${unfitness(
              sql,
              {
                minor: sql`${charge.amount_minor}::bigint`,
                currency: sql`${charge.currency}`,
                due_at: sql`${charge.scheduled_for}::timestamptz`,
              },
              charge.debit_limits,
            )}
          end as of_method
        from wanted w left join method m on true left join payment_methods f on f.id = m.id
      ), created as (
        insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id,
                             one_time_consent_id, amount_minor, currency, livemode, description, reference,
                             again_of, scheduled_for, follows_customer, metadata, terms, document, request_hash, warnings,
                             cause, cause_reference, run_id, usage)
        select ${charge.id}, 'queued', case when ${line === undefined} then due_for(m.id, ${charge.scheduled_for}::timestamptz) end,
               ${charge.customer_id}, m.id, m.consent_id, m.one_time_id, ${charge.amount_minor},
               ${charge.currency}, ${charge.livemode}, ${charge.description}, w.reference,
               ${charge.again_of}::text, ${charge.scheduled_for}::timestamptz,
               ${charge.payment_method_id === null} and m.one_time_id is null,
               ${sql.json(charge.metadata)}, ${json(charge.terms)}::jsonb, ${json(charge.document)}::jsonb,
               ${request?.request_hash ?? line?.request_hash ?? null}::bytea,
               array_remove(array[case when m.usage = 'on_session' then 'set_up_on_session' end,
                                  ${closedWarning(sql, charge)}], null),
               'api', ${cause_reference}, ${line?.run_id ?? null}::text, ${json(line?.usage ?? null)}::jsonb
        from verdict v, wanted w, method m
        where v.of_charge is null and v.of_method is null and not exists (select from prior)
        on conflict do nothing
        returning *
      ), keyed as (${keepKey(sql, request, 'created', 202)})
      select coalesce(v.of_charge, v.of_method) as refusal,
             case when v.of_charge = 'again_of_used' then (select repeated_by from again)
                  when v.of_charge is null and v.of_method = 'reference_taken' then (select id from holder)
                  when v.of_charge is null and v.of_method = 'consent_used'
                    then (select id from user_of_consent) end as existing,
             ${priorColumns(sql)},
             c.*, coalesce(c.scheduled_for > dc_now(), false) as is_scheduled, i.charging_enabled,
             case when c.run_id is not null then run_gate(c.run_id) end as run_gate
      from verdict v cross join instance i left join prior p on true left join created c on true`;
  });
}
