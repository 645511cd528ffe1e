/** Where merchants want to be told, and what is owed to each address: one delivery for each event and endpoint. */
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
import { at, obligation } from './columns.ts';

/** A secret as it is kept: sealed under a key of the environment; `until` is null for the newest one. */
export type SealedSecret = {
  readonly key_id: string;
  readonly box: string;
  /** Until when it still signs beside the newest, ISO 8601. */
  readonly until: string | null;
};

export const webhook_endpoints = pgTable(
  'webhook_endpoints',
  {
    ...obligation(),
    url: text('url').notNull(),
    /** `*`, `charge.*` or whole types. */
    events: text('events').array().notNull(),
    description: text('description'),
    /** Why it is disabled: `merchant`, `gone` (it answered 410) or `failing` (nothing but failures for days). */
    disabled_reason: text('disabled_reason'),
    /** Newest first. */
    secrets: jsonb('secrets').$type<readonly SealedSecret[]>().notNull(),
    /** Since when nothing but failures has come back; null after any success. */
    failing_since: at('failing_since'),
    /** Its last answer took long, or did not come: fewer of its deliveries are offered at a time. */
    is_slow: boolean('is_slow').notNull().default(false),
    /** The operator is owed a mail that says that we disabled it. */
    operator_owed: boolean('operator_owed').notNull().default(false),
    /** Looked at once more after a minute: an event that was numbered meanwhile may not have known its new state. */
    look_again: boolean('look_again').notNull().default(false),
    /** What is being replayed: events from this time on, after this number, up to that one. */
    replay_from: at('replay_from'),
    replay_after: bigint('replay_after', { mode: 'number' }),
    replay_until: bigint('replay_until', { mode: 'number' }),
    replay_newest_only: boolean('replay_newest_only').notNull().default(false),
  },
  (t) => [
    index('webhook_endpoints_due_idx').on(t.due_at).where(sql`due_at is not null`),
    check(
      'webhook_endpoints_reason_check',
      sql`(state = 'disabled') = (disabled_reason is not null) or state in ('deleting', 'deleted')`,
    ),
    check(
      'webhook_endpoints_replay_check',
      sql`num_nonnulls(replay_from, replay_after, replay_until) in (0, 3)`,
    ),
  ],
);

/**
 * One event that is owed to one endpoint. Neither is referred to by a key: both are read in the statement that writes the
 * row, an endpoint stays for ever, and an event goes when it is old, whatever became of it.
 */
export const webhook_deliveries = pgTable(
  'webhook_deliveries',
  {
    ...obligation(),
    endpoint_id: text('endpoint_id').notNull(),
    event_id: text('event_id').notNull(),
    /** Failed tries since it was last owed: its place in the schedule. */
    step: integer('step').notNull().default(0),
    /** Tries in all; the log has each. */
    attempts: integer('attempts').notNull().default(0),
    delivered_at: at('delivered_at'),
    /** The code of the last failure. */
    detail: text('detail'),
  },
  (t) => [
    unique('webhook_deliveries_event_key').on(t.event_id, t.endpoint_id),
    index('webhook_deliveries_due_idx').on(t.due_at).where(sql`due_at is not null`),
    // For offers: the oldest of each endpoint, and how many of it are on their way.
    index('webhook_deliveries_endpoint_due_idx').on(t.endpoint_id, t.due_at).where(sql`due_at is not null`),
    index('webhook_deliveries_taken_idx')
      .on(t.endpoint_id)
      .where(sql`offered_at is not null or claim_token is not null`),
    index('webhook_deliveries_queued_idx').on(t.endpoint_id, t.created_at).where(sql`state = 'queued'`),
    index('webhook_deliveries_list_idx').on(t.endpoint_id, t.created_at, t.id),
  ],
);

/** The log: every try, what came back and how long it took. */
export const delivery_attempts = pgTable(
  'delivery_attempts',
  {
    delivery_id: text('delivery_id').notNull(),
    number: integer('number').notNull(),
    at: at('at').notNull(),
    duration_ms: integer('duration_ms').notNull(),
    /** The HTTP status; null when none came. */
    status: integer('status'),
    /** Why it failed; null when it was delivered. */
    code: text('code'),
    /** The first kilobyte of the answer, without control characters. */
    answer: text('answer'),
  },
  (t) => [primaryKey({ name: 'delivery_attempts_pkey', columns: [t.delivery_id, t.number] })],
);
