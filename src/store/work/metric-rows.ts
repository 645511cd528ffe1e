/** The one statement behind `/metrics`: figures about all rows, cheap however many there are. */
import { machines } from '../../domain/machines.ts';
import { reviewStates } from '../../domain/releases.ts';
import type { RowReading } from '../../platform/watched-metrics.ts';
import type { Sql } from '../postgres/database.ts';
import { kinds, obligationTables } from './obligations.ts';

/** Counts end here: a higher number says only "very many", and would cost other users of the database. */
const ROWS_COUNTED_MAX = 10_000;

/** Reads all figures; every part of the statement uses an index and has an upper bound. */
export async function readMetricRows(sql: Sql): Promise<RowReading[]> {
  return await sql<RowReading[]>`${metricRows(sql)}`;
}

/** The statement itself, so that a test can explain it. */
export function metricRows(sql: Sql) {
  const parts = [
    ...kinds.flatMap((kind) => dueRows(sql, obligationTables[kind], kind)),
    ...Object.entries(reviewStates).map(([kind, state]) =>
      parkedRows(sql, obligationTables[kind as keyof typeof reviewStates], kind, state),
    ),
    unknownCharges(sql),
    recoveriesByState(sql),
    sql`select 'breaks_open', kind, count(*) from breaks where closed_by is null group by kind`,
    sql`
      select 'sweep_overdue_seconds', name, greatest(0, extract(epoch from dc_now() - due_at)) from sweeps`,
    ...owedToEndpoints(sql),
    sql`select 'charging_enabled', null, charging_enabled::int from instance`,
  ];
  const all = parts.reduce((before, part) => sql`${before} union all ${part}`);
  return sql`
    select metric, label, value::double precision as value from (${all}) as readings (metric, label, value)`;
}

/** How many are due, and since when the oldest free one has been due. */
function dueRows(sql: Sql, table: string, kind: string) {
  return [
    sql`
      select 'due_rows'::text, ${kind}::text, count(*)::numeric
      from (select 1 from ${sql(table)} where due_at <= dc_now() order by due_at limit ${ROWS_COUNTED_MAX}) due`,
    sql`
      select 'due_age_seconds', ${kind}, coalesce(extract(epoch from dc_now() - (
        select due_at from ${sql(table)}
        where due_at <= dc_now() and (lease_until is null or lease_until <= clock_timestamp())
        order by due_at limit 1)), 0)`,
  ];
}

/** The state is part of the text, so that the partial index answers. */
function parkedRows(sql: Sql, table: string, kind: string, state: string) {
  return sql`
    select 'rows_needs_review', ${kind}, count(*)
    from (select 1 from ${sql(table)} where state = ${sql.unsafe(`'${state}'`)} limit ${ROWS_COUNTED_MAX}) parked`;
}

/** By the id of the endpoint, of which there are few, and each has an owner to ask. */
function owedToEndpoints(sql: Sql) {
  return [
    sql`
      select 'delivery_age_seconds', w.id, coalesce(extract(epoch from dc_now() - (
        select created_at from webhook_deliveries d
        where d.endpoint_id = w.id and d.state = 'queued' order by d.created_at limit 1)), 0)
      from webhook_endpoints w where w.state = 'enabled'`,
    sql`
      select 'webhook_endpoints', s.status, count(w.id)
      from unnest(${['enabled', 'merchant', 'gone', 'failing']}::text[]) as s (status)
      left join webhook_endpoints w
        on case w.state when 'enabled' then 'enabled' when 'disabled' then w.disabled_reason end = s.status
      group by s.status`,
  ];
}

function unknownCharges(sql: Sql) {
  return sql`
    select 'charges_unknown', null, count(*)
    from (select 1 from charges where state = 'unknown' limit ${ROWS_COUNTED_MAX}) unknown
    union all
    select 'charges_unknown_age_seconds', null, coalesce(extract(epoch from dc_now() - min(a.started_at)), 0)
    from (select id from charges where state = 'unknown' limit ${ROWS_COUNTED_MAX}) c
    -- Row by row: a planner without statistics of these tables must not read them whole.
    cross join lateral (select started_at from charge_attempts
                        where charge_id = c.id and ended_at is null limit 1) a`;
}

function recoveriesByState(sql: Sql) {
  const states = Object.keys(machines.recovery.moves);
  return sql`
    select 'recoveries', s.state, count(r.state)
    from unnest(${states}::text[]) as s (state)
    left join (select state from recoveries where opened_at > dc_now() - interval '30 days'
               order by opened_at desc limit ${ROWS_COUNTED_MAX}) r on r.state = s.state
    group by s.state`;
}
