import type { Sql } from '../postgres/database.ts';
import type { LossCause } from '../postgres/loss.ts';

/**
 * What an event of ours names: its charge or setup, and the key of our confirm that caused it. Unix seconds: when the
 * object was made, and the event.
 */
export type NamedRows = {
  readonly charge: string | null;
  readonly setup: string | null;
  readonly confirm_key: string | null;
  readonly made_s: number;
  readonly at_s: number;
};

/** The youngest of these whose row, or whose attempt, is not there. */
export async function readMissingRow(
  sql: Sql,
  named: readonly NamedRows[],
): Promise<{ readonly cause: LossCause; readonly at_s: number } | null> {
  const rows = await sql<{ cause: LossCause; at_s: number }[]>`
    with named as (
      select n.made_s, n.at_s,
        case when not exists (select from charges c where c.id = n.charge) and n.charge is not null
               then 'payment_intent_without_row'
             when not exists (select from setups s where s.id = n.setup) and n.setup is not null
               then 'setup_without_row'
             when not exists (select from charge_attempts a where a.idempotency_key = n.confirm_key)
               and n.confirm_key is not null then 'key_without_row' end as cause
      from jsonb_to_recordset(${sql.json(named)}::jsonb)
        as n (charge text, setup text, confirm_key text, made_s bigint, at_s bigint)
    )
    select cause, case when cause = 'key_without_row' then at_s else made_s end as at_s
    from named where cause is not null order by at_s desc limit 1`;
  return rows[0] ?? null;
}
