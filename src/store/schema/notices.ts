/** What customers are told of debits before these are collected. */
import { sql } from 'drizzle-orm';
import { boolean, check, date, index, integer, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { charges } from './charges.ts';
import { at, minor, obligation, refersTo } from './columns.ts';

/** One notice of one collection. The newest of a charge counts; what it told never changes. */
export const notices = pgTable(
  'notices',
  {
    ...obligation(),
    charge_id: refersTo('charge_id', () => charges.id),
    number: integer('number').notNull(),
    payment_method_id: text('payment_method_id').notNull(),
    amount_minor: minor('amount_minor').notNull(),
    /** The merchant's wish that it was made for. */
    scheduled_for: at('scheduled_for'),
    is_repetition: boolean('is_repetition').notNull().default(false),
    /** The day on which the money leaves the account. */
    collect_on: date('collect_on', { mode: 'string' }).notNull(),
    /** Days of 24 hours from its sending until a confirm may open. */
    period_days: integer('period_days').notNull(),
    confirm_not_before: at('confirm_not_before').notNull(),
    confirm_until: at('confirm_until').notNull(),
    sent_by: text('sent_by').notNull(),
    sent_at: at('sent_at'),
    detail: text('detail'),
  },
  (t) => [
    index('notices_due_idx').on(t.due_at).where(sql`due_at is not null`),
    unique('notices_number_key').on(t.charge_id, t.number),
    check('notices_sent_by_check', sql`${t.sent_by} in ('us', 'stripe')`),
    check('notices_sent_check', sql`state <> 'sent' or ${t.sent_by} = 'stripe' or ${t.sent_at} is not null`),
    check(
      'notices_period_check',
      sql`${t.sent_at} is null or ${t.confirm_not_before} >= ${t.sent_at} + ${t.period_days} * interval '24 hours'`,
    ),
  ],
);
