/** Money that goes back, and what customers' banks say of money that was paid. */
import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { charges } from './charges.ts';
import { at, minor, obligation, refersTo } from './columns.ts';

/** One refund of a charge: ours, made at Stripe under the row's own mark, or one that was made elsewhere and found. */
export const refunds = pgTable(
  'refunds',
  {
    ...obligation(),
    charge_id: refersTo('charge_id', () => charges.id),
    amount_minor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    reason: text('reason'),
    metadata: jsonb('metadata').$type<Record<string, string>>().notNull().default({}),
    /** `api`: it was asked for here; `stripe`: it was made elsewhere. */
    origin: text('origin').notNull(),
    stripe_refund_id: text('stripe_refund_id').unique('refunds_stripe_refund_id_key'),
    create_number: integer('create_number').notNull().default(1),
    create_opened_at: at('create_opened_at'),
    listed_at: at('listed_at'),
    /** Stripe's word, or the code with which it refused to make it. */
    failure_reason: text('failure_reason'),
    detail: text('detail'),
    settled_at: at('settled_at'),
  },
  (t) => [
    index('refunds_due_idx').on(t.due_at).where(sql`due_at is not null`),
    index('refunds_review_idx').on(t.id).where(sql`state = 'needs_review'`),
    index('refunds_charge_idx').on(t.charge_id, t.created_at),
    index('refunds_created_idx').on(t.created_at, t.id),
    check('refunds_amount_check', sql`${t.amount_minor} > 0`),
    check('refunds_origin_check', sql`${t.origin} in ('api', 'stripe')`),
    check('refunds_made_check', sql`${t.origin} = 'api' or ${t.stripe_refund_id} is not null`),
    check(
      'refunds_bound_check',
      sql`state not in ('pending', 'requires_action', 'succeeded') or ${t.stripe_refund_id} is not null`,
    ),
    check(
      'refunds_settled_check',
      sql`(state in ('succeeded', 'failed', 'canceled')) = (settled_at is not null)`,
    ),
  ],
);

/** What their rows share: facts of Stripe's, which owe nothing. */
const told = () => ({
  /** Stripe's. */
  id: text('id').primaryKey(),
  state: text('state').notNull(),
  version: integer('version').notNull().default(1),
  charge_id: refersTo('charge_id', () => charges.id),
  /** When it was last read at Stripe, or told by an event. */
  seen_at: at('seen_at').notNull().default(sql`dc_now()`),
  cause: text('cause').notNull(),
  cause_reference: text('cause_reference'),
  /** When it was made, by Stripe's clock where Stripe says so. */
  created_at: at('created_at').notNull().default(sql`dc_now()`),
});

/** A customer asks their money back through their bank. */
export const disputes = pgTable(
  'disputes',
  {
    ...told(),
    status: text('status').notNull(),
    reason: text('reason'),
    amount_minor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    /** Until when evidence may be sent; null where none is asked for. */
    evidence_due_by: at('evidence_due_by'),
  },
  (t) => [
    index('disputes_charge_idx').on(t.charge_id),
    index('disputes_open_idx').on(t.seen_at).where(sql`state = 'open'`),
  ],
);

/** A card's issuer reports a payment as fraud; the money stays where it is. */
export const fraud_warnings = pgTable(
  'fraud_warnings',
  { ...told(), fraud_type: text('fraud_type') },
  (t) => [index('fraud_warnings_charge_idx').on(t.charge_id)],
);
