/** Who is charged, what they agreed to, and with which saved method. */
import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { at, bytes, minor, obligation, refersTo } from './columns.ts';

/** What of a customer Stripe is told. */
type Told = { readonly email: string; readonly name: string | null; readonly locale: string | null };

/** What a forgotten customer's row holds of them: nothing. An address is never null, for builds that know of no erasure. */
const NOTHING_LEFT = sql`email = '' and name is null and locale is null and time_zone is null and reference is null and metadata = '{}'`;

export const customers = pgTable(
  'customers',
  {
    ...obligation(),
    reference: text('reference').unique('customers_reference_key'),
    email: text('email').notNull(),
    name: text('name'),
    locale: text('locale'),
    /** An IANA name that this database knows; UTC without one. */
    time_zone: text('time_zone'),
    stripe_customer_id: text('stripe_customer_id').unique('customers_stripe_customer_id_key'),
    metadata: jsonb('metadata').$type<Record<string, string>>().notNull().default({}),
    /** What Stripe holds of ours, and what it is being told; null until the first change. */
    told: jsonb('told').$type<Told>(),
    telling: jsonb('telling').$type<Told>(),
    update_number: integer('update_number').notNull().default(1),
    default_payment_method_id: text('default_payment_method_id'),
    create_number: integer('create_number').notNull().default(1),
    create_opened_at: at('create_opened_at'),
    listed_at: at('listed_at'),
    detail: text('detail'),
    stopped_at: at('stopped_at'),
    /** Methods with which charges that wait are to be tried, the first of them now; and the charge woken last. */
    waking: text('waking').array().notNull().default([]),
    waking_charge_id: text('waking_charge_id'),
    /** When they were asked to be forgotten (docs/protocol.md, 12.8). */
    forgotten_at: at('forgotten_at'),
    /** Until when a payment of theirs may come back, and its evidence stays; null if they never paid. */
    evidence_until: at('evidence_until'),
    erased_at: at('erased_at'),
    /** Of the reference that they had, keyed: no other customer gets it. */
    reference_hash: bytes('reference_hash'),
  },
  (t) => [
    index('customers_due_idx').on(t.due_at).where(sql`due_at is not null`),
    index('customers_email_idx').on(sql`lower(${t.email})`),
    index('customers_review_idx').on(t.id).where(sql`state = 'needs_review'`),
    check(
      'customers_bound_check',
      sql`(state = 'bound') = (stripe_customer_id is not null) or state in ('needs_review', 'erasing', 'erased')`,
    ),
    index('customers_reference_hash_idx').on(t.reference_hash).where(sql`reference_hash is not null`),
    check(
      'customers_forgotten_check',
      sql`(forgotten_at is null and state not in ('erasing', 'erased'))
          or (forgotten_at is not null and ${NOTHING_LEFT} and stopped_at is not null
              and state in ('erasing', 'erased', 'needs_review'))`,
    ),
    check('customers_erased_check', sql`state <> 'erased' or erased_at is not null`),
  ],
);

export const consents = pgTable(
  'consents',
  {
    id: text('id').primaryKey(),
    customer_id: refersTo('customer_id', () => customers.id),
    scope: text('scope').notNull(),
    frequency: text('frequency').notNull(),
    amount_basis: text('amount_basis').notNull(),
    text: text('text').notNull(),
    text_version: text('text_version').notNull(),
    /** The scheme's words that our page showed beside it. */
    mandate_text: text('mandate_text'),
    mandate_text_version: text('mandate_text_version'),
    collect: boolean('collect').notNull().default(false),
    accepted_at: at('accepted_at'),
    ip_address: text('ip_address'),
    user_agent: text('user_agent'),
    revoked_at: at('revoked_at'),
    until: at('until'),
    max_charges: integer('max_charges'),
    max_amount_minor: minor('max_amount_minor'),
    max_amount_currency: text('max_amount_currency'),
    max_amount_per: text('max_amount_per'),
    created_at: at('created_at').notNull().default(sql`dc_now()`),
  },
  (t) => [
    index('consents_customer_idx').on(t.customer_id),
    check('consents_scope_check', sql`${t.scope} in ('off_session', 'on_session')`),
    check('consents_frequency_check', sql`${t.frequency} in ('one_time', 'recurring')`),
    check(
      'consents_mandate_text_check',
      sql`(${t.mandate_text} is null) = (${t.mandate_text_version} is null)`,
    ),
    check('consents_evidence_check', sql`${t.collect} or ${t.accepted_at} is not null`),
    check(
      'consents_limits_check',
      sql`${t.frequency} = 'recurring' or (${t.until} is null and ${t.max_charges} is null and ${t.max_amount_minor} is null)`,
    ),
    check(
      'consents_max_amount_check',
      sql`(${t.max_amount_minor} is null) = (${t.max_amount_currency} is null)
          and (${t.max_amount_minor} is null) = (${t.max_amount_per} is null) and ${t.max_amount_per} in ('charge', 'month')`,
    ),
  ],
);

export const payment_methods = pgTable(
  'payment_methods',
  {
    ...obligation(),
    customer_id: refersTo('customer_id', () => customers.id),
    setup_id: text('setup_id'),
    consent_id: text('consent_id').references(() => consents.id),
    type: text('type').notNull(),
    card_brand: text('card_brand'),
    card_last4: text('card_last4'),
    card_exp_month: integer('card_exp_month'),
    card_exp_year: integer('card_exp_year'),
    renewed_at: at('renewed_at'),
    /** Stripe's fingerprint of the card number, keyed; null where Stripe shows none, or was not asked yet. */
    fingerprint_hash: text('fingerprint_hash'),
    /** Methods with the same are the same card. */
    card_id: text('card_id').notNull().generatedAlwaysAs(sql`coalesce(fingerprint_hash, id)`),
    usage: text('usage').notNull(),
    mandate_id: text('mandate_id'),
    /** When Stripe was asked for the mandate of a debit that was adopted. */
    mandate_sought_at: at('mandate_sought_at'),
    /** What customers know their bank account by; kept as long as the mandate that debits it rests on. */
    bank_name: text('bank_name'),
    bank_country: text('bank_country'),
    bank_last4: text('bank_last4'),
    mandate_reference: text('mandate_reference'),
    mandate_url: text('mandate_url'),
    /** Stripe's word, by its last answer; null where it was never asked. */
    mandate_status: text('mandate_status'),
    /** Of the mail with its agreement: `owed`, `sending`, `sent`, `failed`, `unwanted`; null where none is ours to send. */
    mandate_mail: text('mandate_mail'),
    mandate_mailed_at: at('mandate_mailed_at'),
    mandate_mail_version: text('mandate_mail_version'),
    detach_number: integer('detach_number').notNull().default(1),
    /** What we tell Stripe once the method is saved: a SetupIntent has no such parameter. */
    allow_redisplay: text('allow_redisplay'),
    update_number: integer('update_number').notNull().default(1),
    detail: text('detail'),
  },
  (t) => [
    index('payment_methods_customer_idx').on(t.customer_id),
    index('payment_methods_card_idx').on(t.card_id),
    index('payment_methods_due_idx').on(t.due_at).where(sql`due_at is not null`),
    index('payment_methods_review_idx').on(t.id).where(sql`state = 'needs_review'`),
    index('payment_methods_mandate_idx').on(t.mandate_id).where(sql`mandate_id is not null`),
    check(
      'payment_methods_mandate_mail_check',
      sql`${t.mandate_mail} in ('owed', 'sending', 'sent', 'failed', 'unwanted')
          and (${t.mandate_mail} = 'sent') = (${t.mandate_mailed_at} is not null)
          or ${t.mandate_mail} is null and ${t.mandate_mailed_at} is null`,
    ),
    check(
      'payment_methods_mandate_check',
      sql`mandate_id is not null or num_nonnulls(bank_name, bank_country, bank_last4, mandate_reference, mandate_url, mandate_status) = 0`,
    ),
  ],
);
