/**
 * What must hold within our own rows: one query for each rule, which returns the rows that break it. The rules' names
 * and sentences are in `src/domain/reconciliation.ts`.
 */
import type postgres from 'postgres';
import type { Difference, DifferenceKind } from '../../domain/reconciliation.ts';
import type { Sql } from '../postgres/database.ts';
import { type Kind, kinds, obligationTables } from '../work/obligations.ts';

/** Checks only charges touched since then; null for all. */
type Since = Date | null;
type Check = (sql: Sql, since: Since) => postgres.PendingQuery<postgres.Row[]>;

/** More rows than this that break one rule are one disaster: the first ones show it. */
const ROWS_MAX = 1_000;
/** Due rows are claimed within seconds; a run of many waits in line for Stripe's pace, but the line moves. */
const OVERDUE_MINUTES = 15;
const LINE_HOURS = 24;

const touched = (sql: Sql, since: Since) =>
  sql`(${since}::timestamptz is null or c.created_at >= ${since} or c.settled_at is null or c.settled_at >= ${since})`;
const settled = (sql: Sql) => sql`c.state in ('succeeded', 'failed', 'canceled')`;

const attemptChecks: Partial<Record<DifferenceKind, Check>> = {
  two_open_attempts: (sql, since) => sql`
    select c.id as charge, c.id as entity, string_agg(a.number || ' ' || a.state, ', ' order by a.number) as database
    from charge_attempts a join charges c on c.id = a.charge_id
    where a.state in ('open', 'awaiting_customer', 'processing') and ${touched(sql, since)}
    group by c.id having count(*) > 1`,
  attempt_numbers_gap: (sql, since) => sql`
    select c.id as charge, c.id as entity, string_agg(a.number::text, ', ' order by a.number) as database
    from charge_attempts a join charges c on c.id = a.charge_id where ${touched(sql, since)}
    group by c.id having count(*) <> max(a.number) - (
      -- Numbers of attempts that were lost with their rows, as Stripe's events tell.
      select count(*) from generate_series(1, max(a.number)) n
      where (select lost_at from instance) is not null
        and exists (select from inbox_events e where e.request_key = 'dc1:' || c.id || ':confirm:' || n)
        and not exists (select from charge_attempts known where known.charge_id = c.id and known.number = n))`,
  attempt_key_differs: (sql, since) => sql`
    select c.id as charge, c.id as entity, a.idempotency_key as database
    from charge_attempts a join charges c on c.id = a.charge_id
    where a.idempotency_key <> 'dc1:' || a.charge_id || ':confirm:' || a.number and ${touched(sql, since)}`,
  attempt_of_other_payment_intent: (sql, since) => sql`
    select c.id as charge, c.id as entity, a.number || ' confirms ' || a.stripe_payment_intent_id as database
    from charge_attempts a join charges c on c.id = a.charge_id
    where a.stripe_payment_intent_id is distinct from c.stripe_payment_intent_id and ${touched(sql, since)}`,
  attempt_contradicts_charge: (sql, since) => sql`
    select c.id as charge, c.id as entity, c.state || ', attempt ' || a.number || ' succeeded' as database
    from charge_attempts a join charges c on c.id = a.charge_id
    where a.state = 'succeeded' and c.state <> 'succeeded' and ${touched(sql, since)}`,
  closed_charge_with_open_attempt: (sql, since) => sql`
    select c.id as charge, c.id as entity, c.state || ', attempt ' || a.number || ' ' || a.state as database
    from charge_attempts a join charges c on c.id = a.charge_id
    where a.state in ('open', 'awaiting_customer', 'processing') and ${settled(sql)} and ${touched(sql, since)}`,
};

/** Each transition beside the one before it; an attempt's chain is its own, under the charge's id and its number. */
const chains = (sql: Sql, since: Since) => sql`
  select t.*, lag(t.to_state) over chain as before, row_number() over chain as place
  from transitions t
  where ${since}::timestamptz is null or t.entity_id in (select entity_id from transitions where at >= ${since})
  window chain as (partition by t.entity, t.entity_id, case when t.entity = 'attempt' then t.version end order by t.id)`;

const historyChecks: Partial<Record<DifferenceKind, Check>> = {
  move_not_allowed: (sql, since) => sql`
    select ${chargeOf(sql, 't.entity', 't.entity_id')} as charge, t.entity_id as entity,
           t.entity || ' ' || t.from_state || ' -> ' || t.to_state as database
    from transitions t
    where t.from_state is not null and (${since}::timestamptz is null or t.at >= ${since})
      and not exists (select 1 from allowed_transitions m
                      where m.entity = t.entity and m.from_state = t.from_state and m.to_state = t.to_state)`,
  timeline_gap: (sql, since) => sql`
    select distinct on (t.entity, t.entity_id) ${chargeOf(sql, 't.entity', 't.entity_id')} as charge,
           t.entity_id as entity, t.entity || ' version ' || t.version || ' from ' || coalesce(t.from_state, 'nothing')
           || ' after ' || coalesce(t.before, 'nothing') as database
    from (${chains(sql, since)}) t
    where t.from_state is distinct from t.before or (t.entity <> 'attempt' and t.version <> t.place)`,
  state_differs_from_timeline: (sql, since) => sql`
    select ${chargeOf(sql, 'r.entity', 'r.id')} as charge, r.id as entity,
           r.entity || ' ' || r.state || ' ' || r.version || ', timeline ' || coalesce(t.to_state || ' ' || t.version, 'empty')
             as database
    from (${eachRow(sql, kinds)}
      union all
      select 'attempt', charge_id, state, number, ended_at from charge_attempts) r
    left join lateral (
      select to_state, version, at from transitions t
      where t.entity_id = r.id and t.entity = r.entity and (r.entity <> 'attempt' or t.version = r.version)
      order by t.id desc limit 1) t on true
    where (t.to_state is distinct from r.state or t.version is distinct from r.version)
      and (${since}::timestamptz is null or t.at is null or t.at >= ${since})
      and not (t.to_state is null and ${mayBeForgotten(sql)})`,
  told_twice: (sql, since) => sql`
    select c.id as charge, c.id as entity, string_agg(e.type, ', ' order by e.id) as database
    from events e join charges c on c.id = e.object_id
    where e.type in ('charge.succeeded', 'charge.failed', 'charge.canceled') and ${touched(sql, since)}
    group by c.id having count(*) > 1`,
  told_differs: (sql, since) => sql`
    select c.id as charge, c.id as entity, c.state || ', told ' || min(e.type) as database
    from events e join charges c on c.id = e.object_id
    where e.type in ('charge.succeeded', 'charge.failed', 'charge.canceled') and ${touched(sql, since)}
    group by c.id, c.state having count(*) = 1 and min(e.type) <> 'charge.' || c.state`,
  not_told: (sql, since) => sql`
    select ${chargeOf(sql, 't.entity', 't.entity_id')} as charge, t.entity_id as entity,
           t.entity || ' version ' || t.version || ' ' || s.status as database
    from transitions t
    left join states b on b.entity = t.entity and b.state = t.from_state
    join states s on s.entity = t.entity and s.state = t.to_state
    where t.entity in ('charge', 'setup')
      and case when t.from_state is null then s.born else s.told end is distinct from b.told
      and case when t.from_state is null then s.born else s.told end is not null
      and t.at >= (select since from event_counter)
      and (${since}::timestamptz is null or t.at >= ${since})
      and not exists (
        select from events e
        where e.object_id = t.entity_id and e.version = t.version
          and (e.type = case when t.from_state is null then s.born else s.told end
               -- That another end was told is another rule's.
               or s.terminal and e.type in ('charge.succeeded', 'charge.failed', 'charge.canceled')))
      and not exists (select 1 from replacements p where p.id = t.entity_id)`,
};

/** Whether the row ended so long ago that its timeline may have gone (docs/protocol.md, 13.7): as the table's trigger has it. */
function mayBeForgotten(sql: Sql) {
  const isOld = (ended: string) => sql`${sql(ended)} < dc_now() - interval '540 days'`;
  return sql`(exists (select from charges o where o.id = r.id and ${isOld('settled_at')})
    or exists (select from recoveries o where o.id = r.id and ${isOld('closed_at')})
    or exists (select from setups o where o.id = r.id and ${isOld('settled_at')}))`;
}

const restingChecks: Partial<Record<DifferenceKind, Check>> = {
  two_live_recoveries: (sql, since) => sql`
    select c.id as charge, c.id as entity, string_agg(r.id, ', ' order by r.id) as database
    from recoveries r join charges c on c.id = r.charge_id where r.state = 'open' and ${touched(sql, since)}
    group by c.id having count(*) > 1`,
  recovery_completed_unpaid: (sql, since) => sql`
    select c.id as charge, r.id as entity, c.state as database
    from recoveries r join charges c on c.id = r.charge_id
    where r.state = 'completed' and c.state <> 'succeeded' and ${touched(sql, since)}`,
  recovery_outlives_charge: (sql, since) => sql`
    select c.id as charge, r.id as entity, c.state as database
    from recoveries r join charges c on c.id = r.charge_id
    where r.state = 'open' and ${settled(sql)} and ${touched(sql, since)}`,
  closed_row_leased: (sql) => sql`
    select ${chargeOf(sql, 'r.entity', 'r.id')} as charge, r.id as entity, r.entity || ' ' || r.state as database
    from (${eachRow(sql, ENDING)}) r join states s on s.entity = r.entity and s.state = r.state and s.terminal
    where r.lease_until > clock_timestamp()`,
  closed_row_due: (sql) => sql`
    select ${chargeOf(sql, 'r.entity', 'r.id')} as charge, r.id as entity, r.entity || ' ' || r.state as database
    from (${eachRow(sql, ENDING, 'due_at')}) r
    join states s on s.entity = r.entity and s.state = r.state and s.terminal
    where r.due_at is not null`,
  overdue: (sql) => sql`
    select ${chargeOf(sql, 'r.entity', 'r.id')} as charge, r.id as entity,
           r.entity || ' ' || r.state || ', due ' || to_char(r.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as database
    from (${eachRow(sql, WORKED, 'due_at')}) r
    where r.due_at < dc_now() - ${OVERDUE_MINUTES} * interval '1 minute'
      and (r.entity <> 'charge' or r.due_at < dc_now() - ${LINE_HOURS} * interval '1 hour'
           or not exists (select 1 from charge_attempts a where a.started_at > dc_now() - interval '1 minute'))`,
  event_not_applied: (sql) => sql`
    select null as charge, e.id as entity, e.type || ' ' || coalesce(e.object_id, '') as database
    from inbox_events e
    where e.state = 'received' and e.created_at < dc_now() - ${OVERDUE_MINUTES} * interval '1 minute'`,
};

const checks = { ...attemptChecks, ...historyChecks, ...restingChecks };

/** Kinds that end for ever; a customer or a method may owe something again. */
const ENDING = kinds.filter((kind) => kind !== 'customer' && kind !== 'payment_method');
/** An event that is not applied has a rule of its own; a delivery waits for as long as its endpoint is away. */
const WORKED = kinds.filter((kind) => kind !== 'inbox_event' && kind !== 'delivery');

/** Every row of these kinds with its entity, state, version and one more column. */
function eachRow(sql: Sql, of: readonly Kind[], column: 'lease_until' | 'due_at' = 'lease_until') {
  const selects = of.map(
    (kind) => sql`
      select ${kind}::text as entity, id, state, version, ${sql(column)} from ${sql(obligationTables[kind] as string)}`,
  );
  return selects.reduce((all, next) => sql`${all} union all ${next}`);
}

/** The charge that a row belongs to, if any. */
function chargeOf(sql: Sql, entity: string, id: string) {
  const [e, i] = [sql.unsafe(entity), sql.unsafe(id)];
  return sql`case ${e}
    when 'charge' then ${i}
    when 'attempt' then ${i}
    when 'recovery' then (select charge_id from recoveries where id = ${i})
    when 'refund' then (select charge_id from refunds where id = ${i})
    when 'dispute' then (select charge_id from disputes where id = ${i})
    when 'fraud_warning' then (select charge_id from fraud_warnings where id = ${i})
    when 'setup' then (select charge_id from replacements where id = ${i})
    when 'message' then (select coalesce(m.charge_id, r.charge_id) from messages m left join recoveries r on r.id = m.recovery_id where m.id = ${i})
    end`;
}

/** Everything in the rows that breaks a rule, one rule after the other. */
export async function readBrokenRows(sql: Sql, since: Date | null): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const [kind, check] of Object.entries(checks) as [DifferenceKind, Check][]) {
    const rows = await sql<Pick<Difference, 'charge' | 'entity' | 'database'>[]>`
      select * from (${check(sql, since)}) broken limit ${ROWS_MAX}`;
    for (const row of rows) differences.push({ kind, ...row, payment_intent: null, stripe: null });
  }
  return differences;
}
