/** What merchants are told: each change of an object that they can see, as a fact that never changes. */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  text,
} from 'drizzle-orm/pg-core';
import { at } from './columns.ts';

/**
 * One event, written by the statement that made the change: which object, and its row as it then was. Ids are in the order
 * of writing, which is that of the changes of one object; of different objects it says nothing.
 */
export const events = pgTable(
  'events',
  {
    id: text('id').primaryKey(),
    /** How often rows had been lost before it was written. */
    epoch: integer('epoch').notNull(),
    type: text('type').notNull(),
    /** What `data.object` is. */
    object: text('object').notNull(),
    object_id: text('object_id').notNull(),
    /** The object's, after the change. */
    version: integer('version').notNull(),
    /** Who or what made the change. */
    cause: text('cause').notNull(),
    cause_reference: text('cause_reference'),
    created_at: at('created_at').notNull(),
    facts: jsonb('facts').$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (t) => [index('events_object_idx').on(t.object_id, t.id)],
);

/** Where events stand in the feed: null until they have committed and whoever counts has seen them. */
export const feed = pgTable(
  'feed',
  {
    event_id: text('event_id').primaryKey(),
    number: bigint('number', { mode: 'number' }).unique('feed_number_key'),
  },
  (t) => [index('feed_unnumbered_idx').on(t.event_id).where(sql`number is null`)],
);

/** Counts events as they are written. */
export const eventsWritten = pgSequence('events_written');

/** One row: the newest number of the feed. Whoever holds it numbers. */
export const event_counter = pgTable(
  'event_counter',
  {
    only: boolean('only').primaryKey().default(true),
    number: bigint('number', { mode: 'number' }).notNull().default(0),
    /** Moves from before this release were told otherwise. */
    since: at('since').notNull().default(sql`dc_now()`),
  },
  (t) => [check('event_counter_only_check', sql`${t.only}`)],
);
