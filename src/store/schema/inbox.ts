/** What Stripe told us, waiting to be applied: a whitelisted projection, never the event itself. */
import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { at, obligation } from './columns.ts';

export const inbox_events = pgTable(
  'inbox_events',
  {
    ...obligation(),
    type: text('type').notNull(),
    object_type: text('object_type').notNull(),
    object_id: text('object_id'),
    request_key: text('request_key'),
    livemode: boolean('livemode').notNull(),
    stripe_created_at: at('stripe_created_at').notNull(),
    carrier: text('carrier').notNull().default('webhook'),
    projection: jsonb('projection').notNull(),
    detail: text('detail'),
  },
  (t) => [
    index('inbox_events_due_idx').on(t.due_at).where(sql`due_at is not null`),
    index('inbox_events_parked_idx').on(t.id).where(sql`state = 'parked'`),
    index('inbox_events_ignored_mark_idx')
      .on(sql`(projection #>> '{snapshot,metadata,dc_charge}')`)
      .where(sql`state = 'ignored' and (projection #>> '{snapshot,metadata,dc_charge}') is not null`),
    index('inbox_events_object_idx').on(t.object_id).where(sql`object_id is not null`),
    index('inbox_events_request_key_idx').on(t.request_key).where(sql`request_key is not null`),
  ],
);
