/** What merchants are told: each change of an object that they can see, as a fact that never changes. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';

/**
 * One fact, written by the statement that made the change: which object, and its row as it then was. Its number, and with
 * it its place in the feed, comes later, from whoever counts what has committed.
 */
export const events = pgTable(
  'events',
  {
    id: text('id').primaryKey(),
    /** The order of writing, which is that of the changes of one object; of different objects it says nothing. */
    written: bigint('written', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    number: bigint('number', { mode: 'number' }).unique('events_number_key'),
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
  (t) => [
    index('events_object_idx').on(t.object_id, t.written),
    index('events_unnumbered_idx').on(t.written).where(sql`number is null`),
  ],
);

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
