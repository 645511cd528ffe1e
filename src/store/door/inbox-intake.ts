/** Keeps what Stripe tells us: one row per event, for ever, whether a webhook or the list brought it. */
import type postgres from 'postgres';
import type { Sql } from '../postgres/database.ts';

export type NewInboxEvent = {
  readonly id: string;
  readonly type: string;
  readonly object_type: string | null;
  readonly object_id: string | null;
  /** The idempotency key of the request that caused it. */
  readonly request_key: string | null;
  readonly livemode: boolean;
  /** Unix seconds, Stripe's clock. */
  readonly created_s: number;
  /** The whitelisted projection of the event's object; null for objects that we do not follow. */
  readonly projection: object | null;
};

/**
 * Writes the new events and returns their ids. An event that came before, by webhook or by the events list, is left
 * alone: ids are kept for ever, so a late repetition finds its row.
 */
export async function insertInboxEvents(
  sql: Sql,
  events: readonly NewInboxEvent[],
  carrier: 'webhook' | 'events_list',
): Promise<string[]> {
  const json = events.map((event) => ({ ...event, object_type: event.object_type ?? 'unknown' }));
  const rows = await sql<{ id: string }[]>`
    insert into inbox_events (id, state, due_at, type, object_type, object_id, request_key, livemode,
                              stripe_created_at, carrier, projection, cause, cause_reference)
    select e.id, 'received', dc_now(), e.type, e.object_type, e.object_id, e.request_key, e.livemode,
           to_timestamp(e.created_s), ${carrier}, coalesce(e.projection, 'null'), ${carrier}, e.id
    from jsonb_to_recordset(${sql.json(json as unknown as postgres.JSONValue)}) as e (
      id text, type text, object_type text, object_id text, request_key text, livemode boolean,
      created_s bigint, projection jsonb)
    order by e.id
    on conflict (id) do nothing
    returning id`;
  return rows.map((row) => row.id);
}
