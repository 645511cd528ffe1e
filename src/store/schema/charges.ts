/** What we owe the merchant's ledger: a charge has one PaymentIntent, and an attempt is one confirm of it. */
import { type SQL, sql } from 'drizzle-orm';
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { BillDocument, ChargeTerms } from '../../domain/charge/charge-terms.ts';
import type { UsageLine } from '../../domain/run/usage.ts';
import { at, bytes, minor, obligation, refersTo } from './columns.ts';
import { consents, customers, payment_methods } from './customers.ts';
import { operator_actions } from './operations.ts';
import { runs } from './runs.ts';

/**
 * A wall for every session except one that has also put the triggers aside: a test that forges a success must get past
 * both.
 */
function unlessForged(rule: SQL): SQL {
  return sql`current_setting('session_replication_role') = 'replica' or (${rule})`;
}

export const charges = pgTable(
  'charges',
  {
    ...obligation(),
    customer_id: refersTo('customer_id', () => customers.id),
    payment_method_id: refersTo('payment_method_id', () => payment_methods.id),
    consent_id: refersTo('consent_id', () => consents.id),
    one_time_consent_id: text('one_time_consent_id'),
    follows_customer: boolean('follows_customer').notNull().default(false),
    amount_minor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    livemode: boolean('livemode').notNull(),
    description: text('description').notNull(),
    reference: text('reference'),
    again_of: text('again_of'),
    scheduled_for: at('scheduled_for'),
    metadata: jsonb('metadata').$type<Record<string, string>>().notNull().default({}),
    terms: jsonb('terms').$type<ChargeTerms>(),
    document: jsonb('document').$type<BillDocument>(),
    warnings: text('warnings').array().notNull().default([]),
    stripe_payment_intent_id: text('stripe_payment_intent_id').unique('charges_stripe_payment_intent_id_key'),
    create_number: integer('create_number').notNull().default(1),
    create_opened_at: at('create_opened_at'),
    create_type: text('create_type'),
    listed_at: at('listed_at'),
    request_hash: bytes('request_hash'),
    cancel_number: integer('cancel_number').notNull().default(1),
    close_requested_at: at('close_requested_at'),
    close_as: text('close_as'),
    close_detail: text('close_detail'),
    payment_intent_canceled_at: at('payment_intent_canceled_at'),
    amount_received_minor: minor('amount_received_minor'),
    paid_with: text('paid_with'),
    accepted_minor: minor('accepted_minor'),
    operator_action_id: minor('operator_action_id').references(() => operator_actions.id),
    future_use_at: at('future_use_at'),
    detail: text('detail'),
    last_error: jsonb('last_error').$type<LastError>(),
    settled_at: at('settled_at'),
    /** When its debit, once paid, was asked back. */
    returned_at: at('returned_at'),
    run_id: text('run_id').references(() => runs.id),
    /** What was metered, where the amount was computed from it. */
    usage: jsonb('usage').$type<readonly UsageLine[]>(),
  },
  (t) => [
    index('charges_due_idx').on(t.due_at).where(sql`due_at is not null`),
    index('charges_review_idx').on(t.id).where(sql`state = 'needs_review'`),
    index('charges_unknown_idx').on(t.id).where(sql`state = 'unknown'`),
    // What somebody acts on, or left: a claim changes none of these columns, so that it touches no index.
    index('charges_in_flight_idx').on(t.id).where(sql`state = 'in_flight'`),
    index('charges_created_idx').on(t.created_at, t.id),
    // Lists of states that few charges are in. An ordinary charge passes none of them, and costs nothing here.
    index('charges_rare_idx')
      .on(t.state, t.created_at, t.id)
      .where(sql`state in ('action_required', 'failed', 'canceled')`),
    // What has not ended and is not due waits for somebody, or was forgotten; with those that are due it is all that is open.
    index('charges_resting_idx').on(t.id).where(sql`due_at is null and settled_at is null`),
    // What ended in a span, for the books: a few pages tell of thousands of charges, and an end adds no entry.
    index('charges_settled_idx').using('brin', t.settled_at).with({ autosummarize: true }),
    index('charges_customer_idx').on(t.customer_id, t.created_at),
    index('charges_reference_idx').on(t.reference).where(sql`reference is not null`),
    // What a run has, and of it what is open: what waits to be fed (not due), what stands in the line, whether any is left.
    index('charges_run_idx').on(t.run_id, t.created_at, t.id).where(sql`run_id is not null`),
    index('charges_run_open_idx')
      .on(t.run_id, t.state, t.due_at, t.id)
      .where(sql`run_id is not null and settled_at is null`),
    // What came of the charges of a run, in the order in which it is fed: its stop-loss reads the end of it.
    index('charges_run_answered_idx')
      .on(t.run_id, t.id)
      .where(sql`run_id is not null and state in ('succeeded', 'failed', 'retry_wait', 'action_required')`),
    index('charges_consent_idx').on(t.consent_id),
    index('charges_metadata_idx').using('gin', t.metadata.op('jsonb_path_ops')).where(sql`metadata <> '{}'`),
    // A returned debit may be made again, under the same reference.
    uniqueIndex('charges_reference_key')
      .on(t.reference)
      .where(sql`state not in ('failed', 'canceled') and returned_at is null`),
    uniqueIndex('charges_one_time_consent_key')
      .on(t.one_time_consent_id)
      .where(sql`state not in ('failed', 'canceled') and returned_at is null`),
    uniqueIndex('charges_again_of_key').on(t.again_of).where(sql`again_of is not null`),
    check('charges_amount_check', sql`${t.amount_minor} between 1 and 999999999999`),
    check('charges_currency_check', sql`${t.currency} ~ '^[a-z]{3}$'`),
    check(
      'charges_settled_check',
      unlessForged(sql`(state in ('succeeded', 'failed', 'canceled')) = (settled_at is not null)`),
    ),
    check(
      'charges_succeeded_check',
      unlessForged(
        sql`state <> 'succeeded' or (stripe_payment_intent_id is not null and amount_received_minor is not null and amount_received_minor = coalesce(accepted_minor, amount_minor))`,
      ),
    ),
    check(
      'charges_proof_check',
      unlessForged(
        sql`state not in ('failed', 'canceled') or stripe_payment_intent_id is null or payment_intent_canceled_at is not null or (state = 'failed' and operator_action_id is not null)`,
      ),
    ),
    check(
      'charges_accepted_check',
      unlessForged(sql`accepted_minor is null or (state = 'succeeded' and operator_action_id is not null)`),
    ),
    check('charges_close_check', sql`(close_requested_at is null) = (close_as is null)`),
    check('charges_closing_check', sql`state <> 'closing' or close_requested_at is not null`),
    check('charges_close_as_check', sql`close_as in ('failed', 'canceled')`),
  ],
);

export type LastError = {
  code: string | null;
  decline_code: string | null;
  advice: string | null;
};

export const charge_attempts = pgTable(
  'charge_attempts',
  {
    charge_id: refersTo('charge_id', () => charges.id),
    number: integer('number').notNull(),
    kind: text('kind').notNull(),
    state: text('state').notNull().default('open'),
    idempotency_key: text('idempotency_key').notNull().unique('charge_attempts_idempotency_key_key'),
    stripe_payment_intent_id: text('stripe_payment_intent_id').notNull(),
    payment_method_id: text('payment_method_id').notNull(),
    consent_id: text('consent_id'),
    request_body: text('request_body').notNull(),
    api_version: text('api_version').notNull(),
    lease_number: integer('lease_number').notNull(),
    opened_status: text('opened_status'),
    opened_latest_charge: text('opened_latest_charge'),
    send_count: integer('send_count').notNull().default(1),
    replayed_error_at: at('replayed_error_at'),
    looked_at: at('looked_at'),
    stripe_charge_id: text('stripe_charge_id').unique('charge_attempts_stripe_charge_id_key'),
    stripe_request_id: text('stripe_request_id'),
    code: text('code'),
    decline_code: text('decline_code'),
    advice_code: text('advice_code'),
    resolved_by: text('resolved_by'),
    started_at: at('started_at').notNull().default(sql`dc_now()`),
    sent_at: at('sent_at').notNull().default(sql`dc_now()`),
    ended_at: at('ended_at'),
  },
  (t) => [
    primaryKey({ name: 'charge_attempts_pkey', columns: [t.charge_id, t.number] }),
    uniqueIndex('charge_attempts_one_open_key')
      .on(t.charge_id)
      .where(sql`state in ('open', 'awaiting_customer', 'processing')`),
    index('charge_attempts_declined_idx')
      .on(t.payment_method_id, t.ended_at)
      .where(sql`state in ('declined', 'authentication_required')`),
    index('charge_attempts_unresolved_method_idx').on(t.payment_method_id).where(sql`ended_at is null`),
    check('charge_attempts_kind_check', sql`${t.kind} in ('off_session', 'on_session')`),
    check('charge_attempts_number_check', sql`${t.number} between 1 and 8`),
    check(
      'charge_attempts_ended_check',
      sql`(state in ('open', 'awaiting_customer', 'processing')) = (ended_at is null)`,
    ),
  ],
);
