/**
 * Columns that many tables share. The hand-written migrations hold functions, triggers and the rows of `states` and
 * `allowed_transitions`. Keys are spelt like the columns, because the store's statements are written in SQL and their
 * rows come back under the columns' names.
 */
import { sql } from 'drizzle-orm';
import { type AnyPgColumn, bigint, customType, integer, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const at = (name: string) => timestamp(name, { withTimezone: true });
export const minor = (name: string) => bigint(name, { mode: 'number' });
export const serial = (name: string) =>
  bigint(name, { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity();
/** The id of a row that must exist. */
export const refersTo = (name: string, column: () => AnyPgColumn) => text(name).notNull().references(column);
export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/**
 * What every obligation carries, whatever it owes. `due_at` is business time (`dc_now()`); offers and leases run on
 * the real clock. `version` counts transitions, and merchants see it; `revision` moves with every change that a decision
 * could rest on, and the settling statement compares it. It never comes again, not even after lost commits.
 */
export const obligation = () => ({
  id: text('id').primaryKey(),
  state: text('state').notNull(),
  version: integer('version').notNull().default(1),
  revision: integer('revision').notNull().default(sql`drawn_after(0)`),
  due_at: at('due_at'),
  offer_number: integer('offer_number').notNull().default(0),
  offered_at: at('offered_at'),
  claim_token: uuid('claim_token'),
  lease_number: integer('lease_number').notNull().default(0),
  lease_until: at('lease_until'),
  tries: integer('tries').notNull().default(0),
  cause: text('cause').notNull().default('api'),
  cause_reference: text('cause_reference'),
  created_at: at('created_at').notNull().default(sql`dc_now()`),
});
