/**
 * What the triggers write and check: every transition, every notification owed to the merchant, and the moves that are
 * legal at all.
 */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { at, serial } from './columns.ts';

/** Append-only: every change of state of every obligation, written by the trigger that allowed it. */
export const transitions = pgTable(
  'transitions',
  {
    id: serial('id'),
    entity: text('entity').notNull(),
    entity_id: text('entity_id').notNull(),
    from_state: text('from_state'),
    to_state: text('to_state').notNull(),
    version: integer('version').notNull(),
    cause: text('cause').notNull(),
    cause_reference: text('cause_reference'),
    at: at('at').notNull().default(sql`dc_now()`),
  },
  (t) => [
    index('transitions_entity_idx').on(t.entity_id, t.id),
    // Written in the order of time, so that a few pages tell of thousands of rows, and writing costs nothing.
    index('transitions_at_idx').using('brin', t.at),
  ],
);

/** What an earlier release wrote for merchants and nobody sent; nothing writes it now. What is told are `events`. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: serial('id'),
    entity: text('entity').notNull(),
    entity_id: text('entity_id').notNull(),
    version: integer('version').notNull(),
    type: text('type').notNull(),
    payload: jsonb('payload').notNull(),
    state: text('state').notNull().default('queued'),
    due_at: at('due_at'),
    created_at: at('created_at').notNull().default(sql`dc_now()`),
  },
  (t) => [unique('deliveries_version_key').on(t.entity_id, t.version)],
);

export const states = pgTable(
  'states',
  {
    entity: text('entity').notNull(),
    state: text('state').notNull(),
    status: text('status').notNull(),
    terminal: boolean('terminal').notNull(),
    /** What merchants are told of a row that comes here from a state of which they were told something else. */
    told: text('told'),
    /** What they are told of a row that begins here. */
    born: text('born'),
  },
  (t) => [primaryKey({ name: 'states_pkey', columns: [t.entity, t.state] })],
);

export const allowed_transitions = pgTable(
  'allowed_transitions',
  {
    entity: text('entity').notNull(),
    from_state: text('from_state').notNull(),
    to_state: text('to_state').notNull(),
  },
  (t) => [primaryKey({ name: 'allowed_transitions_pkey', columns: [t.entity, t.from_state, t.to_state] })],
);
