/** Bringing the customer back: the recovery and its mails. The card that the customer enters instead is a setup. */
import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  boolean,
  check,
  index,
  integer,
  pgTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { charges } from './charges.ts';
import { at, obligation, refersTo } from './columns.ts';

export const recoveries = pgTable(
  'recoveries',
  {
    ...obligation(),
    charge_id: refersTo('charge_id', () => charges.id),
    kind: text('kind').notNull(),
    payment_method_id: text('payment_method_id').notNull(),
    step: integer('step').notNull().default(0),
    is_early: boolean('is_early').notNull().default(false),
    opened_at: at('opened_at').notNull().default(sql`dc_now()`),
    expires_at: at('expires_at').notNull(),
    link_version: integer('link_version').notNull().default(1),
    link_key_id: text('link_key_id'),
    link_nonce: text('link_nonce').notNull(),
    visited_at: at('visited_at'),
    fresh_mail_at: at('fresh_mail_at'),
    bounced_at: at('bounced_at'),
    closed_at: at('closed_at'),
  },
  (t) => [
    index('recoveries_due_idx').on(t.due_at).where(sql`due_at is not null`),
    index('recoveries_opened_idx').on(t.opened_at, t.state),
    index('recoveries_charge_idx').on(t.charge_id, t.opened_at),
    uniqueIndex('recoveries_one_live_key').on(t.charge_id).where(sql`state = 'open'`),
    check('recoveries_kind_check', sql`${t.kind} in ('authenticate', 'replace')`),
    check(
      'recoveries_closed_check',
      sql`(state in ('completed', 'expired', 'revoked')) = (closed_at is not null)`,
    ),
  ],
);

export const messages = pgTable(
  'messages',
  {
    ...obligation(),
    /** Of what it is a step; null for a receipt. */
    recovery_id: text('recovery_id').references(() => recoveries.id),
    /** The charge that a receipt is of; null for a recovery's step. */
    charge_id: text('charge_id').references(() => charges.id),
    step: text('step').notNull(),
    sent_at: at('sent_at'),
    detail: text('detail'),
    /** The mail that says what this step would have said. */
    served_by: text('served_by').references((): AnyPgColumn => messages.id),
  },
  (t) => [
    index('messages_due_idx').on(t.due_at).where(sql`due_at is not null`),
    index('messages_served_idx').on(t.served_by).where(sql`served_by is not null`),
    check('messages_served_check', sql`(state = 'merged') = (served_by is not null)`),
    check(
      'messages_about_check',
      sql`num_nonnulls(${t.recovery_id}, ${t.charge_id}) = 1 and (${t.charge_id} is not null) = (${t.step} = 'receipt')`,
    ),
    uniqueIndex('messages_receipt_key').on(t.charge_id).where(sql`charge_id is not null`),
    unique('messages_step_key').on(t.recovery_id, t.step),
  ],
);
