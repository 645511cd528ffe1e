/** Taking in a run: a row with its key, and nothing in it yet. */
import type { ChargeTerms } from '../../domain/charge/charge-terms.ts';
import type { KeyedRequest } from '../door/idempotency-keys.ts';
import { type Intake, keepKey, priorColumns, priorRequest, takeIn } from '../door/intake.ts';
import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';

export type RunGoal = {
  readonly amount_minor: number;
  readonly currency: string;
  readonly ends_at: Date;
  readonly on_miss: 'wait' | 'cancel';
};

/** The run pauses once at least this share of its last `of_last` charges with an answer were not taken. */
export type StopLoss = { readonly share: number; readonly of_last: number };

export type NewRun = {
  readonly id: string;
  readonly name: string;
  readonly reference: string | null;
  readonly livemode: boolean;
  readonly hold: boolean;
  readonly goal: RunGoal | null;
  /** How many of its charges may come due in a second; null: as many as the account's pace allows. */
  readonly pace_per_s: number | null;
  readonly stop_loss: StopLoss | null;
  readonly terms: Partial<ChargeTerms> | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** The run whose failed charges it makes again. */
  readonly again_of: string | null;
};

export type RunRefusal = 'reference_taken';

/** Creates a draft. Its id and its key are written by one statement. */
export function insertRun(
  sql: Sql,
  run: NewRun,
  request: KeyedRequest,
  cause_reference: string,
): Promise<Intake<Rows['run'], RunRefusal>> {
  const { goal, stop_loss } = run;
  return takeIn(
    request,
    async () =>
      await sql`
      with prior as (${priorRequest(sql, request)}), holder as (
        select r.id from runs r where r.id = ${run.id} or r.reference = ${run.reference}::text
        order by r.id = ${run.id} desc limit 1
      ), created as (
        insert into runs (id, state, name, reference, livemode, hold, goal_minor, goal_currency, goal_ends_at, goal_on_miss,
                          pace_per_s, stop_loss_share, stop_loss_of_last, terms, metadata, again_of, request_hash,
                          cause, cause_reference)
        select ${run.id}, 'draft', ${run.name}, ${run.reference}::text, ${run.livemode}, ${run.hold},
               ${goal?.amount_minor ?? null}::bigint, ${goal?.currency ?? null}::text,
               ${goal?.ends_at ?? null}::timestamptz, ${goal?.on_miss ?? null}::text, ${run.pace_per_s}::int,
               ${stop_loss?.share ?? null}::float8, ${stop_loss?.of_last ?? null}::int,
               ${run.terms === null ? null : sql.json(run.terms)}::jsonb, ${sql.json(run.metadata)},
               ${run.again_of}::text, ${request.request_hash}::bytea, 'api', ${cause_reference}
        where not exists (select from prior) and not exists (select from holder)
        on conflict do nothing
        returning *
      ), keyed as (${keepKey(sql, request, 'created', 201)})
      select case when exists (select from holder) then 'reference_taken' end as refusal,
             (select id from holder) as existing, ${priorColumns(sql)}, c.*
      from (select) one left join prior p on true left join created c on true`,
  );
}
