/** Endpoints as merchants make, change and list them, and the log of what was sent to them. */
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { after, type ListPage, newestFirst } from '../postgres/paging.ts';
import type { Tables } from '../postgres/tables.ts';
import { textArray } from '../postgres/text-array.ts';
import {
  delivery_attempts,
  type SealedSecret,
  webhook_deliveries,
  webhook_endpoints,
} from '../schema/endpoints.ts';
import { events } from '../schema/events.ts';
import type { Rows } from '../work/obligations.ts';

export type EndpointRow = Rows['webhook_endpoint'];

const shown = inArray(webhook_endpoints.state, ['enabled', 'disabled']);

/** An endpoint that is not deleted, or null. */
export async function readEndpoint(tables: Tables, id: string): Promise<EndpointRow | null> {
  const rows = await tables
    .select()
    .from(webhook_endpoints)
    .where(and(eq(webhook_endpoints.id, id), shown));
  return rows[0] ?? null;
}

/** One page, newest first, with one row more than `limit` when there is another. */
export async function listEndpoints(tables: Tables, page: ListPage): Promise<EndpointRow[]> {
  return tables
    .select()
    .from(webhook_endpoints)
    .where(and(shown, after(tables, webhook_endpoints, page.after)))
    .orderBy(...newestFirst(webhook_endpoints))
    .limit(page.limit + 1);
}

export type NewEndpoint = Pick<EndpointRow, 'id' | 'url' | 'events' | 'description' | 'secrets'>;

/**
 * Makes an endpoint. `there`: one has this id, from a request that was interrupted, and keeps its own secret; `full`: there are
 * `max` already.
 */
export async function insertEndpoint(
  tables: Tables,
  endpoint: NewEndpoint,
  max: number,
): Promise<'made' | 'there' | 'full'> {
  const rows = await tables.execute(sql`
    with made as (
      insert into webhook_endpoints (id, state, url, events, description, secrets)
      select ${endpoint.id}, 'enabled', ${endpoint.url}, ${textArray.serialize(endpoint.events)}::text[],
             ${endpoint.description}::text, ${JSON.stringify(endpoint.secrets)}::jsonb
      where (select count(*) from webhook_endpoints where state in ('enabled', 'disabled')) < ${max}::int
      on conflict (id) do nothing
      returning id
    )
    select 'made' as outcome from made union all select 'there' from webhook_endpoints where id = ${endpoint.id}`);
  return (rows[0] as { outcome: 'made' | 'there' } | undefined)?.outcome ?? 'full';
}

export type EndpointChange = {
  readonly url?: string | undefined;
  readonly events?: string[] | undefined;
  readonly description?: string | null | undefined;
  readonly status?: 'enabled' | 'disabled' | undefined;
};

/**
 * Changes what is given, and with the state what becomes of what is owed: the worker that comes for the endpoint does it. An
 * address that is changed, or enabled, begins with a clean slate. Null if it is deleted.
 */
export async function changeEndpoint(
  tables: Tables,
  id: string,
  { status, ...change }: EndpointChange,
): Promise<EndpointRow | null> {
  const isFresh = status === 'enabled' || change.url !== undefined;
  const moves = status === undefined ? {} : movesTo(status);
  const rows = await tables
    .update(webhook_endpoints)
    .set({
      ...change,
      ...(isFresh ? { failing_since: null, is_slow: false } : {}),
      ...moves,
      cause: 'api',
      cause_reference: null,
      revision: sql`${webhook_endpoints.revision} + 1`,
    })
    .where(and(eq(webhook_endpoints.id, id), shown))
    .returning();
  return rows[0] ?? null;
}

/** Only a move asks for work: enabling what is enabled changes nothing. */
function movesTo(status: 'enabled' | 'disabled') {
  const isMove = sql`${webhook_endpoints.state} <> ${status}`;
  return {
    state: status,
    disabled_reason:
      status === 'enabled' ? null : sql`coalesce(${webhook_endpoints.disabled_reason}, 'merchant')`,
    due_at: sql`case when ${isMove} then dc_now() else ${webhook_endpoints.due_at} end`,
    ...(status === 'enabled' ? { operator_owed: false } : {}),
    look_again: sql`${isMove} or ${webhook_endpoints.look_again}`,
  };
}

/** Ends an endpoint: what is owed to it is canceled by the worker that comes for it. False if there is none. */
export async function deleteEndpoint(tables: Tables, id: string): Promise<boolean> {
  const rows = await tables
    .update(webhook_endpoints)
    .set({
      state: 'deleting',
      secrets: [],
      operator_owed: false,
      look_again: false,
      due_at: sql`dc_now()`,
      cause: 'api',
      cause_reference: null,
      revision: sql`${webhook_endpoints.revision} + 1`,
    })
    .where(and(eq(webhook_endpoints.id, id), shown))
    .returning({ id: webhook_endpoints.id });
  return rows.length === 1;
}

/** How many secrets sign at most: a rotation after a rotation ends the oldest. */
const SECRETS_MAX = 3;

/**
 * Puts a new secret before the others, of which none signs for longer than `overlap_hours` from now on. False if the endpoint
 * is deleted.
 */
export async function rotateSecret(
  tables: Tables,
  id: string,
  secret: Omit<SealedSecret, 'until'>,
  overlap_hours: number,
): Promise<boolean> {
  const rows = await tables.execute(sql`
    update webhook_endpoints w set
      secrets = jsonb_build_array(${JSON.stringify({ ...secret, until: null })}::jsonb) || coalesce((
        select jsonb_agg(o.secret || jsonb_build_object('until', least(
                 (o.secret ->> 'until')::timestamptz, dc_now() + ${overlap_hours}::int * interval '1 hour')) order by o.place)
        from jsonb_array_elements(w.secrets) with ordinality as o (secret, place)
        where o.place < ${SECRETS_MAX}::int and ${overlap_hours}::int > 0
          and coalesce((o.secret ->> 'until')::timestamptz > dc_now(), true)), '[]'),
      cause = 'api', cause_reference = 'rotate_secret', revision = w.revision + 1
    where w.id = ${id} and w.state in ('enabled', 'disabled')
    returning w.id`);
  return rows.length === 1;
}

export type DeliveryView = {
  readonly delivery: Rows['delivery'];
  readonly type: string | null;
  readonly attempts: readonly (typeof delivery_attempts.$inferSelect)[];
};

export type DeliveryFilter = ListPage & {
  readonly endpoint_id: string;
  readonly status: Rows['delivery']['state'] | null;
};

/** One page of an endpoint's deliveries, newest first, with one row more than `limit` when there is another. */
export async function listDeliveries(tables: Tables, filter: DeliveryFilter): Promise<DeliveryView[]> {
  const { endpoint_id, status } = filter;
  const rows = await withType(tables)
    .where(
      and(
        eq(webhook_deliveries.endpoint_id, endpoint_id),
        status === null ? undefined : eq(webhook_deliveries.state, status),
        after(tables, webhook_deliveries, filter.after),
      ),
    )
    .orderBy(...newestFirst(webhook_deliveries))
    .limit(filter.limit + 1);
  return withLog(tables, rows);
}

/** One delivery with its log, or null. */
export async function readDelivery(tables: Tables, id: string): Promise<DeliveryView | null> {
  const rows = await withType(tables).where(eq(webhook_deliveries.id, id));
  return (await withLog(tables, rows))[0] ?? null;
}

function withType(tables: Tables) {
  return tables
    .select({ delivery: webhook_deliveries, type: events.type })
    .from(webhook_deliveries)
    .leftJoin(events, eq(events.id, webhook_deliveries.event_id));
}

async function withLog(
  tables: Tables,
  rows: readonly Omit<DeliveryView, 'attempts'>[],
): Promise<DeliveryView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ delivery }) => delivery.id);
  const log = await tables
    .select()
    .from(delivery_attempts)
    .where(inArray(delivery_attempts.delivery_id, ids))
    .orderBy(asc(delivery_attempts.delivery_id), desc(delivery_attempts.number))
    .limit(ids.length * ATTEMPTS_SHOWN_MAX);
  return rows.map((row) => ({
    ...row,
    attempts: log.filter(({ delivery_id }) => delivery_id === row.delivery.id),
  }));
}

/** A schedule has ten; who redelivers a hundred times sees the newest of all that a page shows. */
const ATTEMPTS_SHOWN_MAX = 20;
