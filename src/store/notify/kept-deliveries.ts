/**
 * Steps over what is owed to one endpoint, as its state wants it: each is one statement over a bounded number of rows, and
 * answers how many it wrote. Rows that are under way are left to whoever holds them.
 */
import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';

type Step = { readonly endpoint_id: string; readonly rows: number };

/** The endpoint is disabled: what is owed to it waits, and owes nothing meanwhile. */
export async function restDeliveries(sql: Sql, { endpoint_id, rows }: Step): Promise<number> {
  return await count(sql`
    with found as (
      select d.id from webhook_deliveries d
      where d.endpoint_id = ${endpoint_id} and d.due_at is not null and (d.lease_until is null or d.lease_until <= clock_timestamp())
      order by d.id limit ${rows} for update skip locked
    )
    update webhook_deliveries d set due_at = null, offered_at = null, claim_token = null, lease_until = null,
      revision = d.revision + 1, cause = 'endpoint', cause_reference = 'disabled'
    from found where d.id = found.id returning d.id`);
}

/** The endpoint is enabled: what waited is due, the oldest first, and its schedule begins anew. */
export async function wakeDeliveries(sql: Sql, { endpoint_id, rows }: Step): Promise<number> {
  return await count(sql`
    with found as (
      select d.id from webhook_deliveries d
      where d.endpoint_id = ${endpoint_id} and d.state = 'queued' and d.due_at is null and d.claim_token is null
      order by d.created_at limit ${rows} for update skip locked
    )
    update webhook_deliveries d set due_at = dc_now(), step = 0,
      revision = d.revision + 1, cause = 'endpoint', cause_reference = 'enabled'
    from found where d.id = found.id returning d.id`);
}

/** The endpoint is deleted: nothing is owed to it any more. */
export async function cancelDeliveries(sql: Sql, { endpoint_id, rows }: Step): Promise<number> {
  return await count(sql`
    with found as (
      select d.id from webhook_deliveries d
      where d.endpoint_id = ${endpoint_id} and d.state = 'queued'
        and (d.lease_until is null or d.lease_until <= clock_timestamp())
      order by d.created_at limit ${rows} for update skip locked
    )
    update webhook_deliveries d set state = 'canceled', due_at = null, offered_at = null,
      revision = d.revision + 1, cause = 'endpoint', cause_reference = 'deleted'
    from found where d.id = found.id returning d.id`);
}

export type Replayed = {
  /** The number up to which events were looked at. */
  readonly after: number;
  readonly is_over: boolean;
};

/**
 * The next step of a replay: owes the endpoint again each event from `replay_from` on that it wants, in the order of the feed.
 * What is still owed stays as it is. With `replay_newest_only`, of each object only the newest event that the endpoint wants.
 */
export async function replayDeliveries(
  sql: Sql,
  endpoint: Pick<Rows['webhook_endpoint'], 'id' | 'replay_after'>,
  rows: number,
): Promise<Replayed> {
  const [replayed] = await sql<Replayed[]>`
    with looked as materialized (
      select e.id, f.number, e.type, e.object_id, e.created_at from feed f join events e on e.id = f.event_id
      where f.number > ${endpoint.replay_after ?? 0}
        and f.number <= (select w.replay_until from webhook_endpoints w where w.id = ${endpoint.id})
      order by f.number limit ${rows}
    ), wanted as (
      select l.id, l.number, w.id as endpoint_id, w.state from looked l join webhook_endpoints w on w.id = ${endpoint.id}
      where l.created_at >= w.replay_from and wants_type(w.events, l.type)
        and not (w.replay_newest_only and exists (
          select from events n where n.object_id = l.object_id and n.id > l.id and wants_type(w.events, n.type)
            and (select f.number from feed f where f.event_id = n.id) <= w.replay_until))
    ), owed as (${owe(sql)})
    select coalesce(max(number), 0)::float8 as after, count(*) < ${rows}::int as is_over from looked`;
  return replayed ?? { after: 0, is_over: true };
}

/** Owes one endpoint one event again, if it is there and has its number; false if not. */
export async function replayEvent(sql: Sql, endpoint_id: string, event_id: string): Promise<boolean> {
  const rows = await sql`
    with wanted as materialized (
      select f.event_id as id, f.number, w.id as endpoint_id, w.state
      from feed f join webhook_endpoints w on w.id = ${endpoint_id}
      where f.event_id = ${event_id} and f.number is not null
    ), owed as (${owe(sql)})
    select id from wanted`;
  return rows.length === 1;
}

/** Begins a replay from a time on, of everything that has its number by now; false while another one is under way. */
export async function startReplay(
  sql: Sql,
  replay: { readonly endpoint_id: string; readonly from: Date; readonly newest_only: boolean },
): Promise<boolean> {
  const rows = await sql`
    update webhook_endpoints w set
      replay_from = ${replay.from}, replay_newest_only = ${replay.newest_only},
      replay_after = first_place_since(${replay.from}) - 1,
      replay_until = (select c.number from event_counter c),
      due_at = dc_now(), revision = w.revision + 1, cause = 'api', cause_reference = 'replay'
    where w.id = ${replay.endpoint_id} and w.state in ('enabled', 'disabled') and w.replay_from is null
    returning w.id`;
  return rows.length === 1;
}

/** Owes one delivery again, at once, whatever became of it; false if its endpoint takes nothing. */
export async function redeliver(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql`
    update webhook_deliveries d set state = 'queued', step = 0, due_at = dc_now(), offered_at = null,
      revision = d.revision + 1, cause = 'api', cause_reference = 'redeliver'
    from webhook_endpoints w
    where d.id = ${id} and w.id = d.endpoint_id and w.state = 'enabled' and d.state <> 'canceled'
    returning d.id`;
  return rows.length === 1;
}

/** For a CTE after `wanted`, which has `id` (of the event), `number`, `endpoint_id` and `state`. */
function owe(sql: Sql) {
  return sql`
    insert into webhook_deliveries as d (id, state, due_at, cause, cause_reference, endpoint_id, event_id)
    select new_delivery_id(), 'queued', case w.state when 'enabled' then dc_now() end, 'api', 'replay', w.endpoint_id, w.id
    from wanted w order by w.number
    on conflict (event_id, endpoint_id) do update set
      state = 'queued', due_at = excluded.due_at, step = 0, offered_at = null,
      revision = d.revision + 1, cause = 'api', cause_reference = 'replay'
    where d.state in ('delivered', 'failed')`;
}

async function count(rows: PromiseLike<readonly unknown[]>): Promise<number> {
  return (await rows).length;
}
