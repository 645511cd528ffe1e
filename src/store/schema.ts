/**
 * The tables. Everything Duecourse owes is a row here with a due time; the queue only carries ids.
 *
 * Functions, triggers, CHECK-by-trigger rules and the rows of `states` and `allowed_transitions` live in
 * the hand-written migrations beside the generated one. Keys are spelt as the columns are, because the
 * statements in this folder are written in SQL and their rows come back under the columns' names.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

const at = (name: string) => timestamp(name, { withTimezone: true });
const minor = (name: string) => bigint(name, { mode: 'number' });
const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/**
 * What every obligation carries, whatever it owes. `due_at` is business time (`dc_now()`); offers and leases
 * run on the real clock. `version` counts transitions and is what merchants see; `revision` counts every
 * change that a decision could rest on, and settling compares it.
 */
const obligation = () => ({
  state: text('state').notNull(),
  version: integer('version').notNull().default(1),
  revision: integer('revision').notNull().default(1),
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

/** One row: who this deployment is, whether it may charge, and the test clock's offset (zero in production). */
export const instance = pgTable(
  'instance',
  {
    only: boolean('only').primaryKey().default(true),
    instance_id: text('instance_id').notNull(),
    derive_key: bytes('derive_key').notNull(),
    charging_enabled: boolean('charging_enabled').notNull().default(true),
    charging_reason: text('charging_reason'),
    clock_offset_ms: bigint('clock_offset_ms', { mode: 'number' }).notNull().default(0),
  },
  (t) => [check('instance_only_check', sql`${t.only}`)],
);

export const customers = pgTable(
  'customers',
  {
    id: text('id').primaryKey(),
    ...obligation(),
    reference: text('reference').unique('customers_reference_key'),
    email: text('email').notNull(),
    name: text('name'),
    locale: text('locale'),
    stripe_customer_id: text('stripe_customer_id').unique('customers_stripe_customer_id_key'),
    default_payment_method_id: text('default_payment_method_id'),
    create_number: integer('create_number').notNull().default(1),
    create_opened_at: at('create_opened_at'),
    detail: text('detail'),
  },
  (t) => [
    index('customers_due_idx').on(t.due_at).where(sql`due_at is not null`),
    check(
      'customers_bound_check',
      sql`(state = 'bound') = (stripe_customer_id is not null) or state = 'needs_review'`,
    ),
  ],
);

export const consents = pgTable(
  'consents',
  {
    id: text('id').primaryKey(),
    customer_id: text('customer_id')
      .notNull()
      .references(() => customers.id),
    scope: text('scope').notNull(),
    frequency: text('frequency').notNull(),
    amount_basis: text('amount_basis').notNull(),
    text: text('text').notNull(),
    text_version: text('text_version').notNull(),
    collect: boolean('collect').notNull().default(false),
    accepted_at: at('accepted_at'),
    ip_address: text('ip_address'),
    user_agent: text('user_agent'),
    revoked_at: at('revoked_at'),
    created_at: at('created_at').notNull().default(sql`dc_now()`),
  },
  (t) => [
    index('consents_customer_idx').on(t.customer_id),
    check('consents_scope_check', sql`${t.scope} in ('off_session', 'on_session')`),
    check('consents_frequency_check', sql`${t.frequency} in ('one_time', 'recurring')`),
    check('consents_evidence_check', sql`${t.collect} or ${t.accepted_at} is not null`),
  ],
);

export const payment_methods = pgTable(
  'payment_methods',
  {
    id: text('id').primaryKey(),
    ...obligation(),
    customer_id: text('customer_id')
      .notNull()
      .references(() => customers.id),
    setup_id: text('setup_id'),
    consent_id: text('consent_id').references(() => consents.id),
    type: text('type').notNull(),
    card_brand: text('card_brand'),
    card_last4: text('card_last4'),
    card_exp_month: integer('card_exp_month'),
    card_exp_year: integer('card_exp_year'),
    usage: text('usage').notNull(),
    mandate_id: text('mandate_id'),
    detach_number: integer('detach_number').notNull().default(1),
    /** What Stripe shall be told once it is saved: a SetupIntent has no such parameter. */
    allow_redisplay: text('allow_redisplay'),
    update_number: integer('update_number').notNull().default(1),
    detail: text('detail'),
  },
  (t) => [
    index('payment_methods_customer_idx').on(t.customer_id),
    index('payment_methods_due_idx').on(t.due_at).where(sql`due_at is not null`),
  ],
);

export const setups = pgTable(
  'setups',
  {
    id: text('id').primaryKey(),
    ...obligation(),
    customer_id: text('customer_id')
      .notNull()
      .references(() => customers.id),
    consent_id: text('consent_id')
      .notNull()
      .references(() => consents.id),
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
    close_number: integer('close_number').notNull().default(1),
    close_requested_at: at('close_requested_at'),
    close_as: text('close_as'),
    stripe_closed_at: at('stripe_closed_at'),
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
    index('setups_customer_idx').on(t.customer_id, t.created_at),
    check('setups_usage_check', sql`${t.usage} in ('off_session', 'on_session')`),
    check('setups_via_check', sql`${t.via} in ('elements', 'checkout')`),
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

export const charges = pgTable(
  'charges',
  {
    id: text('id').primaryKey(),
    ...obligation(),
    customer_id: text('customer_id')
      .notNull()
      .references(() => customers.id),
    payment_method_id: text('payment_method_id')
      .notNull()
      .references(() => payment_methods.id),
    consent_id: text('consent_id')
      .notNull()
      .references(() => consents.id),
    one_time_consent_id: text('one_time_consent_id'),
    amount_minor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    livemode: boolean('livemode').notNull(),
    description: text('description').notNull(),
    reference: text('reference'),
    again_of: text('again_of'),
    scheduled_for: at('scheduled_for'),
    metadata: jsonb('metadata').$type<Record<string, string>>().notNull().default({}),
    warnings: text('warnings').array().notNull().default([]),
    stripe_payment_intent_id: text('stripe_payment_intent_id').unique('charges_stripe_payment_intent_id_key'),
    create_number: integer('create_number').notNull().default(1),
    create_opened_at: at('create_opened_at'),
    cancel_number: integer('cancel_number').notNull().default(1),
    close_requested_at: at('close_requested_at'),
    close_as: text('close_as'),
    close_detail: text('close_detail'),
    payment_intent_canceled_at: at('payment_intent_canceled_at'),
    amount_received_minor: minor('amount_received_minor'),
    future_use_at: at('future_use_at'),
    detail: text('detail'),
    last_error: jsonb('last_error').$type<LastError>(),
    settled_at: at('settled_at'),
  },
  (t) => [
    index('charges_due_idx').on(t.due_at).where(sql`due_at is not null`),
    index('charges_leased_idx').on(t.lease_until).where(sql`lease_until is not null`),
    index('charges_created_idx').on(t.created_at, t.id),
    index('charges_customer_idx').on(t.customer_id, t.created_at),
    index('charges_reference_idx').on(t.reference).where(sql`reference is not null`),
    index('charges_consent_idx').on(t.consent_id),
    uniqueIndex('charges_reference_key').on(t.reference).where(sql`state not in ('failed', 'canceled')`),
    uniqueIndex('charges_one_time_consent_key')
      .on(t.one_time_consent_id)
      .where(sql`state not in ('failed', 'canceled')`),
    uniqueIndex('charges_again_of_key').on(t.again_of).where(sql`again_of is not null`),
    check('charges_amount_check', sql`${t.amount_minor} between 1 and 99999999`),
    check('charges_currency_check', sql`${t.currency} ~ '^[a-z]{3}$'`),
    check(
      'charges_settled_check',
      sql`(state in ('succeeded', 'failed', 'canceled')) = (settled_at is not null)`,
    ),
    check(
      'charges_succeeded_check',
      sql`state <> 'succeeded' or (stripe_payment_intent_id is not null and amount_received_minor is not null and amount_received_minor = amount_minor)`,
    ),
    check(
      'charges_proof_check',
      sql`state not in ('failed', 'canceled') or stripe_payment_intent_id is null or payment_intent_canceled_at is not null`,
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
    charge_id: text('charge_id')
      .notNull()
      .references(() => charges.id),
    number: integer('number').notNull(),
    kind: text('kind').notNull(),
    state: text('state').notNull().default('open'),
    idempotency_key: text('idempotency_key').notNull().unique('charge_attempts_idempotency_key_key'),
    stripe_payment_intent_id: text('stripe_payment_intent_id').notNull(),
    payment_method_id: text('payment_method_id').notNull(),
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
    ended_at: at('ended_at'),
  },
  (t) => [
    primaryKey({ name: 'charge_attempts_pkey', columns: [t.charge_id, t.number] }),
    uniqueIndex('charge_attempts_one_open_key')
      .on(t.charge_id)
      .where(sql`state in ('open', 'awaiting_customer', 'processing')`),
    check('charge_attempts_kind_check', sql`${t.kind} in ('off_session', 'on_session')`),
    check('charge_attempts_number_check', sql`${t.number} between 1 and 8`),
    check(
      'charge_attempts_ended_check',
      sql`(state in ('open', 'awaiting_customer', 'processing')) = (ended_at is null)`,
    ),
  ],
);

export const recoveries = pgTable(
  'recoveries',
  {
    id: text('id').primaryKey(),
    ...obligation(),
    charge_id: text('charge_id')
      .notNull()
      .references(() => charges.id),
    kind: text('kind').notNull(),
    payment_method_id: text('payment_method_id').notNull(),
    step: integer('step').notNull().default(0),
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
    index('recoveries_charge_idx').on(t.charge_id, t.opened_at),
    uniqueIndex('recoveries_one_live_key').on(t.charge_id).where(sql`state = 'open'`),
    check('recoveries_kind_check', sql`${t.kind} in ('authenticate', 'replace')`),
    check(
      'recoveries_closed_check',
      sql`(state in ('completed', 'expired', 'revoked')) = (closed_at is not null)`,
    ),
  ],
);

export const replacements = pgTable(
  'replacements',
  {
    id: text('id').primaryKey(),
    ...obligation(),
    recovery_id: text('recovery_id')
      .notNull()
      .references(() => recoveries.id),
    charge_id: text('charge_id')
      .notNull()
      .references(() => charges.id),
    number: integer('number').notNull(),
    stripe_checkout_session_id: text('stripe_checkout_session_id').unique('replacements_session_key'),
    stripe_setup_intent_id: text('stripe_setup_intent_id'),
    create_number: integer('create_number').notNull().default(1),
    create_opened_at: at('create_opened_at'),
    expire_number: integer('expire_number').notNull().default(1),
    detach_number: integer('detach_number').notNull().default(1),
    payment_method_id: text('payment_method_id'),
    accepted_amount_at: at('accepted_amount_at'),
    accepted_ip_address: text('accepted_ip_address'),
    accepted_user_agent: text('accepted_user_agent'),
    default_consent_id: text('default_consent_id').references(() => consents.id),
    completed_at: at('completed_at'),
    detail: text('detail'),
  },
  (t) => [
    index('replacements_due_idx').on(t.due_at).where(sql`due_at is not null`),
    unique('replacements_number_key').on(t.recovery_id, t.number),
    uniqueIndex('replacements_one_open_key')
      .on(t.recovery_id)
      .where(sql`state in ('queued', 'awaiting_customer', 'completed')`),
    check('replacements_number_check', sql`${t.number} between 1 and 5`),
  ],
);

export const messages = pgTable(
  'messages',
  {
    id: text('id').primaryKey(),
    ...obligation(),
    recovery_id: text('recovery_id')
      .notNull()
      .references(() => recoveries.id),
    step: text('step').notNull(),
    sent_at: at('sent_at'),
    detail: text('detail'),
  },
  (t) => [
    index('messages_due_idx').on(t.due_at).where(sql`due_at is not null`),
    unique('messages_step_key').on(t.recovery_id, t.step),
  ],
);

/** One notification owed to the merchant; written from the start, sent in a later release. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
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

export const inbox_events = pgTable(
  'inbox_events',
  {
    id: text('id').primaryKey(),
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
    index('inbox_events_request_key_idx').on(t.request_key).where(sql`request_key is not null`),
  ],
);

/** Append-only: every change of state of every obligation, written by the trigger that allowed it. */
export const transitions = pgTable(
  'transitions',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    entity: text('entity').notNull(),
    entity_id: text('entity_id').notNull(),
    from_state: text('from_state'),
    to_state: text('to_state').notNull(),
    version: integer('version').notNull(),
    cause: text('cause').notNull(),
    cause_reference: text('cause_reference'),
    at: at('at').notNull().default(sql`dc_now()`),
  },
  (t) => [index('transitions_entity_idx').on(t.entity_id, t.id)],
);

export const states = pgTable(
  'states',
  {
    entity: text('entity').notNull(),
    state: text('state').notNull(),
    status: text('status').notNull(),
    terminal: boolean('terminal').notNull(),
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
  (t) => [primaryKey({ name: 'idempotency_keys_pkey', columns: [t.route, t.key] })],
);

/** Stripe says A, we say B. Written by settle, the janitor and reconcile; never healed silently. */
export const breaks = pgTable(
  'breaks',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    kind: text('kind').notNull(),
    entity_id: text('entity_id').notNull(),
    stripe_id: text('stripe_id'),
    observed: jsonb('observed').notNull(),
    first_seen_at: at('first_seen_at').notNull().default(sql`dc_now()`),
    last_seen_at: at('last_seen_at').notNull().default(sql`dc_now()`),
    closed_by: text('closed_by'),
  },
  (t) => [unique('breaks_kind_key').on(t.kind, t.entity_id)],
);

/** The Stripe account's budget, shared by every worker: one token bucket per endpoint and one for all. */
export const pace = pgTable('pace', {
  endpoint: text('endpoint').primaryKey(),
  tokens: integer('tokens').notNull(),
  filled_at: at('filled_at').notNull(),
});

/** Where a sweep left off, and when it is due again. One worker at a time takes it. */
export const sweeps = pgTable('sweeps', {
  name: text('name').primaryKey(),
  due_at: at('due_at').notNull(),
  cursor: text('cursor'),
});
