/** The two statements of a try: what is owed and to whom, and what became of it. Many rows each. */
import type { Timings } from '../../platform/timings.ts';
import type { EventRow } from '../events/event-list.ts';
import type { Sql } from '../postgres/database.ts';
import { type GatherOptions, gather } from '../postgres/gather.ts';
import type { SealedSecret } from '../schema/endpoints.ts';

export type Owed = {
  readonly id: string;
  readonly endpoint_id: string;
  readonly endpoint_state: 'enabled' | 'disabled' | 'deleting' | 'deleted';
  readonly url: string;
  readonly secrets: readonly SealedSecret[];
  /** Null once the event is so old that it has gone. */
  readonly event: EventRow | null;
};

type OwedRow = Omit<Owed, 'event'> & {
  readonly [K in keyof EventRow as `event_${K}`]: EventRow[K] | null;
};

/** What these deliveries carry, and where to; in no order. */
async function readOwed(sql: Sql, ids: readonly string[]): Promise<Owed[]> {
  const rows = await sql<OwedRow[]>`
    select d.id, d.endpoint_id, w.state as endpoint_state, w.url, w.secrets,
           e.id as event_id, e.type as event_type, e.object as event_object, e.object_id as event_object_id,
           e.version as event_version, e.epoch as event_epoch, e.cause as event_cause,
           e.cause_reference as event_cause_reference, e.created_at as event_created_at, e.facts as event_facts
    from webhook_deliveries d
    join webhook_endpoints w on w.id = d.endpoint_id
    left join events e on e.id = d.event_id
    where d.id = any(${ids as string[]})`;
  return rows.map(({ id, endpoint_id, endpoint_state, url, secrets, ...of }) => ({
    id,
    endpoint_id,
    endpoint_state,
    url,
    secrets,
    event: of.event_id === null ? null : eventOf(of as EventColumns),
  }));
}

type EventColumns = { readonly [K in keyof EventRow as `event_${K}`]: EventRow[K] };

function eventOf(of: EventColumns): EventRow {
  return {
    id: of.event_id,
    type: of.event_type,
    object: of.event_object,
    object_id: of.event_object_id,
    version: of.event_version,
    epoch: of.event_epoch,
    cause: of.event_cause,
    cause_reference: of.event_cause_reference,
    created_at: of.event_created_at,
    facts: of.event_facts,
  };
}

/** One try that has ended. */
export type Tried = {
  readonly id: string;
  readonly lease_number: number;
  /** The HTTP status; null when none came. */
  readonly status: number | null;
  /** Why it failed; null: delivered. */
  readonly code: string | null;
  readonly duration_ms: number;
  readonly answer: string | null;
  /** The receiver says that it is gone for good (410). */
  readonly is_gone: boolean;
  /** How long the receiver wants to be left alone; null: it did not say. */
  readonly retry_after_s: number | null;
  /** From 0 to 1. */
  readonly jitter: number;
};

export type SettledTry = {
  readonly id: string;
  readonly state: 'queued' | 'delivered' | 'failed';
  readonly endpoint_id: string;
  /** The endpoint was disabled by this statement, for this reason. */
  readonly disabled: 'gone' | 'failing' | null;
};

export type NotifySchedule = Pick<
  Timings,
  'notifyRetrySeconds' | 'notifyRetryAfterMaxS' | 'notifyGiveUpDays' | 'notifySlowMs'
>;

/** A tenth more at most: what failed together must not come back together, and nothing is given up before its 75 hours. */
const JITTER_SHARE = 0.1;

/**
 * Writes what became of these tries: the log, the row's end or its next try, and how its endpoint fares. Delivered is a fact,
 * whoever brings it; a failure counts for the lease it was made under. An endpoint that is gone, or that has answered nothing
 * but failures for days, is disabled; what is owed to it stays, and waits until it is enabled again. Rows that have ended
 * meanwhile are missing from the answer.
 *
 * Locks deliveries, then endpoints, each in the order of their ids.
 */
async function settleTries(sql: Sql, tries: readonly Tried[], by: NotifySchedule): Promise<SettledTry[]> {
  const column = <K extends keyof Tried>(name: K) =>
    tries.map((each) => each[name] as string | number | null);
  const text = <K extends keyof Tried>(name: K) => sql`${column(name) as string[]}::text[]`;
  return await sql<SettledTry[]>`
    with tried as (
      select t.* from unnest(
        ${text('id')}, ${text('lease_number')}::int[], ${text('status')}::int[], ${text('code')},
        ${text('duration_ms')}::int[], ${text('answer')}, ${tries.map((each) => String(each.is_gone))}::text[]::boolean[],
        ${text('retry_after_s')}::float8[], ${text('jitter')}::float8[])
        as t (id, lease_number, status, code, duration_ms, answer, is_gone, retry_after_s, jitter)
    ), held as materialized (
      select d.id, d.endpoint_id, d.attempts + 1 as number, t.status, t.code, t.duration_ms, t.answer, t.is_gone,
             t.code is null as is_ok,
             greatest((${by.notifyRetrySeconds as number[]}::text[]::float8[])[d.step + 1]
                        * (1 + ${JITTER_SHARE}::float8 * t.jitter),
                      least(coalesce(t.retry_after_s, 0), ${by.notifyRetryAfterMaxS}::float8)) as again_s,
             d.step >= ${by.notifyRetrySeconds.length}::int as is_last
      from tried t join webhook_deliveries d on d.id = t.id
      where d.state = 'queued'
        and (t.code is null or d.lease_number = t.lease_number and d.claim_token is not null)
      order by d.id
      for update of d
    ), logged as (
      insert into delivery_attempts (delivery_id, number, at, duration_ms, status, code, answer)
      select h.id, h.number, dc_now(), h.duration_ms, h.status, h.code, h.answer from held h
    ), fares as (
      select h.endpoint_id, bool_or(h.is_ok) as any_ok, bool_or(h.is_gone) as any_gone,
             not bool_or(h.is_ok and h.duration_ms < ${by.notifySlowMs}::int) as is_slow
      from held h group by h.endpoint_id
    ), judged as materialized (
      select w.id, f.is_slow, case when f.any_ok then null else coalesce(w.failing_since, dc_now()) end as failing_since,
             case when w.state <> 'enabled' then null
                  when f.any_gone then 'gone'
                  when not f.any_ok and w.failing_since <= dc_now() - ${by.notifyGiveUpDays}::int * interval '1 day'
                    then 'failing' end as disabled
      from fares f join webhook_endpoints w on w.id = f.endpoint_id
      order by w.id
      for no key update of w
    ), noted as (
      update webhook_endpoints w set
        is_slow = j.is_slow, failing_since = j.failing_since,
        state = case when j.disabled is null then w.state else 'disabled' end,
        disabled_reason = coalesce(j.disabled, w.disabled_reason),
        operator_owed = w.operator_owed or j.disabled is not null,
        look_again = w.look_again or j.disabled is not null,
        due_at = case when j.disabled is null then w.due_at else dc_now() end,
        revision = w.revision + case when j.disabled is null then 0 else 1 end,
        cause = case when j.disabled is null then w.cause else 'endpoint' end,
        cause_reference = coalesce(j.disabled, w.cause_reference)
      from judged j
      where w.id = j.id
        and (j.disabled is not null or w.is_slow <> j.is_slow or w.failing_since is distinct from j.failing_since)
    )
    update webhook_deliveries d set
      state = case when h.is_ok then 'delivered' when h.is_last and j.disabled is null then 'failed' else 'queued' end,
      due_at = case when h.is_ok or h.is_last or j.disabled is not null then null
                    else dc_now() + h.again_s * interval '1 second' end,
      step = case when h.is_ok then 0 else d.step + 1 end,
      attempts = h.number, detail = h.code, tries = 0,
      delivered_at = case when h.is_ok then dc_now() else d.delivered_at end,
      revision = d.revision + 1, claim_token = null, lease_until = null, offered_at = null,
      cause = 'endpoint', cause_reference = coalesce(h.code, h.status::text)
    from held h join judged j on j.id = h.endpoint_id
    where d.id = h.id
    returning d.id, d.state, d.endpoint_id, j.disabled`;
}

export type DeliveryStatements = {
  /** Undefined for an id that is not there. */
  readonly read: (id: string) => Promise<Owed | undefined>;
  /** Undefined where the row had ended, or another process had taken it over. */
  readonly settle: (tried: Tried) => Promise<SettledTry | undefined>;
};

/** Both statements, each gathering the rows of concurrent jobs. */
export function deliveryStatements(sql: Sql, company: GatherOptions, by: NotifySchedule): DeliveryStatements {
  return {
    read: gather(async (ids: readonly string[]) => {
      const owed = new Map((await readOwed(sql, ids)).map((each) => [each.id, each]));
      return ids.map((id) => owed.get(id));
    }, company),
    settle: gather(async (tries: readonly Tried[]) => {
      const settled = new Map((await settleTries(sql, tries, by)).map((each) => [each.id, each]));
      return tries.map(({ id }) => settled.get(id));
    }, company),
  };
}
