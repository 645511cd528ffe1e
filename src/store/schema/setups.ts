/**
 * A method being saved: one SetupIntent or Checkout Session, and its end. A merchant asks for it, or a recovery whose
 * customer wants to pay with another card; the view `replacements` shows the latter.
 */
import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { at, bytes, obligation, refersTo } from './columns.ts';
import { consents, customers } from './customers.ts';
import { recoveries } from './recoveries.ts';

export const setups = pgTable(
  'setups',
  {
    ...obligation(),
    customer_id: refersTo('customer_id', () => customers.id),
    /** For a recovery's card: the consent that the customer ticked for it, if they did; it keeps the card on file. */
    consent_id: text('consent_id').references(() => consents.id),
    recovery_id: text('recovery_id').references(() => recoveries.id),
    recovery_number: integer('recovery_number'),
    /** The press that asked for it accepts the recovery's amount on the card to come. */
    accepted_amount_at: at('accepted_amount_at'),
    accepted_ip_address: text('accepted_ip_address'),
    accepted_user_agent: text('accepted_user_agent'),
    usage: text('usage').notNull(),
    via: text('via').notNull(),
    payment_method_types: text('payment_method_types').array().notNull(),
    allow_redisplay: text('allow_redisplay'),
    return_url: text('return_url').notNull(),
    metadata: jsonb('metadata').$type<Record<string, string>>().notNull().default({}),
    stripe_setup_intent_id: text('stripe_setup_intent_id').unique('setups_stripe_setup_intent_id_key'),
    stripe_checkout_session_id: text('stripe_checkout_session_id').unique(
      'setups_stripe_checkout_session_id_key',
    ),
    create_number: integer('create_number').notNull().default(1),
    create_opened_at: at('create_opened_at'),
    listed_at: at('listed_at'),
    request_hash: bytes('request_hash'),
    close_number: integer('close_number').notNull().default(1),
    close_requested_at: at('close_requested_at'),
    close_as: text('close_as'),
    stripe_closed_at: at('stripe_closed_at'),
    /** From this time on a Checkout Session saves the method instead of the setup's own SetupIntent. */
    session_instead_at: at('session_instead_at'),
    expires_at: at('expires_at').notNull(),
    failed_tries: integer('failed_tries').notNull().default(0),
    payment_method_id: text('payment_method_id'),
    mandate_id: text('mandate_id'),
    detail: text('detail'),
    last_error: jsonb('last_error').$type<{ code: string | null; decline_code: string | null }>(),
    settled_at: at('settled_at'),
  },
  (t) => [
    index('setups_due_idx').on(t.due_at).where(sql`due_at is not null`),
    index('setups_review_idx').on(t.id).where(sql`state = 'needs_review'`),
    index('setups_customer_idx').on(t.customer_id, t.created_at),
    uniqueIndex('setups_recovery_number_key')
      .on(t.recovery_id, t.recovery_number)
      .where(sql`recovery_id is not null`),
    uniqueIndex('setups_one_open_key')
      .on(t.recovery_id)
      .where(sql`recovery_id is not null and state in ('queued', 'awaiting_customer', 'processing')`),
    check('setups_asked_check', sql`(${t.recovery_id} is null) = (${t.recovery_number} is null)`),
    check('setups_consent_check', sql`${t.consent_id} is not null or ${t.recovery_id} is not null`),
    check('setups_recovery_number_check', sql`${t.recovery_number} between 1 and 5`),
    check('setups_usage_check', sql`${t.usage} in ('off_session', 'on_session')`),
    check('setups_via_check', sql`${t.via} in ('elements', 'checkout')`),
    check('setups_session_instead_check', sql`${t.session_instead_at} is null or ${t.via} = 'elements'`),
    check(
      'setups_settled_check',
      sql`(state in ('succeeded', 'failed', 'canceled', 'expired')) = (settled_at is not null)`,
    ),
    check(
      'setups_proof_check',
      sql`state not in ('failed', 'canceled', 'expired') or (stripe_setup_intent_id is null and stripe_checkout_session_id is null) or stripe_closed_at is not null`,
    ),
  ],
);
