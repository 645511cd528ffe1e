/**
 * What the deployment keeps for itself: who it is, who may call it, which requests it has seen, how fast it may go and
 * where its sweeps left off. None of these rows owes anything.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import { at, bytes, minor, serial } from './columns.ts';

/**
 * One row: who this deployment is and on which database, in which mode, whether it may charge, the newest loss of rows, and the test clock's offset (zero in
 * production).
 */
export const instance = pgTable(
  'instance',
  {
    only: boolean('only').primaryKey().default(true),
    instance_id: text('instance_id').notNull(),
    derive_key: bytes('derive_key').notNull(),
    charging_enabled: boolean('charging_enabled').notNull().default(true),
    charging_reason: text('charging_reason'),
    clock_offset_ms: bigint('clock_offset_ms', { mode: 'number' }).notNull().default(0),
    lost_at: at('lost_at'),
    lost_cause: text('lost_cause'),
    lost_from: at('lost_from'),
    events_read_at: at('events_read_at').notNull().default(sql`dc_now()`),
    withdrawals_due: boolean('withdrawals_due').notNull().default(false),
    database_identity: text('database_identity'),
    identity_seen: text('identity_seen'),
    identity_seen_at: at('identity_seen_at'),
    lost_stopped_at: at('lost_stopped_at'),
    livemode: boolean('livemode'),
    /** How often rows were lost: a cursor of the feed from before is no good any more. */
    epoch: integer('epoch').notNull().default(0),
  },
  (t) => [check('instance_only_check', sql`${t.only}`)],
);

export const api_keys = pgTable('api_keys', {
  id: text('id').primaryKey(),
  name: text('name'),
  secret_hash: bytes('secret_hash').notNull(),
  scopes: text('scopes').array().notNull(),
  created_at: at('created_at').notNull().default(sql`dc_now()`),
  revoked_at: at('revoked_at'),
});

export const idempotency_keys = pgTable(
  'idempotency_keys',
  {
    route: text('route').notNull(),
    key: text('key').notNull(),
    request_hash: bytes('request_hash').notNull(),
    entity_id: text('entity_id').notNull(),
    status_code: integer('status_code').notNull(),
    created_at: at('created_at').notNull().default(sql`dc_now()`),
  },
  (t) => [
    primaryKey({ name: 'idempotency_keys_pkey', columns: [t.route, t.key] }),
    // For an erasure, which takes them. A charge's key stays: it keeps a repeated request from charging twice.
    index('idempotency_keys_entity_idx').on(t.entity_id).where(sql`entity_id not like 'chg%'`),
  ],
);

/** Stripe says A, we say B. Written by settle, the janitor and reconcile; never healed silently. */
export const breaks = pgTable(
  'breaks',
  {
    id: serial('id'),
    kind: text('kind').notNull(),
    entity_id: text('entity_id').notNull(),
    stripe_id: text('stripe_id'),
    observed: jsonb('observed').notNull(),
    first_seen_at: at('first_seen_at').notNull().default(sql`dc_now()`),
    last_seen_at: at('last_seen_at').notNull().default(sql`dc_now()`),
    closed_by: text('closed_by'),
  },
  (t) => [
    unique('breaks_kind_key').on(t.kind, t.entity_id),
    index('breaks_open_idx').on(t.kind).where(sql`closed_by is null`),
  ],
);

/**
 * A person's word: who gave it, why, and what both sides said at that moment. Append-only; every operator's verb writes
 * it in the statement that makes its change.
 */
export const operator_actions = pgTable(
  'operator_actions',
  {
    id: serial('id'),
    verb: text('verb').notNull(),
    entity: text('entity').notNull(),
    entity_id: text('entity_id').notNull(),
    break_id: minor('break_id').references(() => breaks.id),
    stripe_id: text('stripe_id'),
    reason: text('reason').notNull(),
    by: text('by').notNull(),
    observed: jsonb('observed').notNull().default({}),
    at: at('at').notNull().default(sql`dc_now()`),
  },
  (t) => [
    index('operator_actions_entity_idx').on(t.entity_id, t.id),
    index('operator_actions_stripe_idx').on(t.stripe_id).where(sql`stripe_id is not null`),
    index('operator_actions_break_idx').on(t.break_id).where(sql`break_id is not null`),
  ],
);

/** The Stripe account's budget, which all workers share: one token bucket per endpoint and one for all. */
export const pace = pgTable('pace', {
  endpoint: text('endpoint').primaryKey(),
  tokens: integer('tokens').notNull(),
  filled_at: at('filled_at').notNull(),
});

/** Where a sweep left off, and when it is due again. One worker at a time takes it. */
export const sweeps = pgTable('sweeps', {
  name: text('name').primaryKey(),
  due_at: at('due_at').notNull(),
  active_at: at('active_at').notNull().default(sql`dc_now()`),
  taken_at: at('taken_at').notNull().default(sql`dc_now()`),
  cursor: text('cursor'),
});
