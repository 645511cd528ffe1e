/** The feed of events: what merchants are told, in an order that never changes, and where a reader stands in it. */
import type { Sql } from '../postgres/database.ts';

/** What an event tells of; `facts` is the object's row as it then was, in the shape that its view takes. */
export type EventRow = {
  readonly id: string;
  readonly type: string;
  readonly object: string;
  readonly object_id: string;
  readonly version: number;
  /** How often rows had been lost before it was written. */
  readonly epoch: number;
  readonly cause: string;
  readonly cause_reference: string | null;
  readonly created_at: Date;
  readonly facts: Readonly<Record<string, unknown>>;
};

export type FeedPage = {
  /** The place after which the page begins: 0 for the first. */
  readonly after: number;
  /** A type, or with `*` at its end all that begin so; null: all. */
  readonly type: string | null;
  readonly object_id: string | null;
  readonly limit: number;
};

const columns = (sql: Sql) =>
  sql`e.id, e.type, e.object, e.object_id, e.version, e.epoch, e.cause, e.cause_reference, e.created_at, e.facts`;

/** One page in the order of the feed; one row more than `limit` shows that there is another. */
export async function readFeed(sql: Sql, page: FeedPage): Promise<EventRow[]> {
  const { after, type, object_id, limit } = page;
  const isPrefix = type?.endsWith('*') ?? false;
  return sql<EventRow[]>`
    select ${columns(sql)} from feed f join events e on e.id = f.event_id
    where f.number > ${after}
      ${object_id === null ? sql`` : sql`and e.object_id = ${object_id}`}
      ${type === null ? sql`` : isPrefix ? sql`and starts_with(e.type, ${type.slice(0, -1)})` : sql`and e.type = ${type}`}
    order by f.number limit ${limit + 1}`;
}

export type FeedPlace = {
  readonly id: string;
  readonly number: number;
  /** How often rows had been lost when the event was written. */
  readonly epoch: number;
};

/** Where in the feed an event stands; null if it is not there, or has no number yet. */
export async function readPlace(sql: Sql, id: string): Promise<FeedPlace | null> {
  const [place] = await sql<FeedPlace[]>`
    select e.id, f.number::float8 as number, e.epoch from feed f join events e on e.id = f.event_id
    where f.event_id = ${id} and f.number is not null`;
  return place ?? null;
}

/** How often rows of this database were lost. */
export async function readEpoch(sql: Sql): Promise<number> {
  const [row] = await sql<{ epoch: number }[]>`select epoch from instance`;
  return row?.epoch ?? 0;
}

/** More than one object ever has: confirms, recoveries, mails and refunds of a charge are all bounded. */
const OBJECT_EVENTS_MAX = 1_000;

/** Everything that was told of one object, in the order of its changes, also what has no number yet. */
export async function listEventsOf(sql: Sql, object_id: string): Promise<EventRow[]> {
  return sql<EventRow[]>`
    select ${columns(sql)} from events e where e.object_id = ${object_id} order by e.id limit ${OBJECT_EVENTS_MAX}`;
}
