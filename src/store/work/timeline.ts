/** A charge's history: its own transitions, its attempts', its recoveries' and their mails'. */
import type { Sql } from '../postgres/database.ts';

export type TransitionRow = {
  readonly at: Date;
  readonly entity: string;
  readonly from_state: string | null;
  readonly to_state: string;
  /** For an attempt, its number. */
  readonly version: number;
  readonly cause: string;
  readonly cause_reference: string | null;
};

/** Confirms, recoveries and mails of a charge are all bounded; no charge comes near this. */
const ROWS_MAX = 1_000;

/** Oldest first, in the order in which the transitions were committed. */
export async function readTimeline(sql: Sql, charge_id: string): Promise<TransitionRow[]> {
  return await sql<TransitionRow[]>`
    with recovered as (select id from recoveries where charge_id = ${charge_id})
    select at, entity, from_state, to_state, version, cause, cause_reference from transitions
    where entity_id in (
      select ${charge_id}
      union all select id from recovered
      union all select m.id from messages m join recovered r on m.recovery_id = r.id
      union all select p.id from replacements p join recovered r on p.recovery_id = r.id)
    order by id
    limit ${ROWS_MAX}`;
}
