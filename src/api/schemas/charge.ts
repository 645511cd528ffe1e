import { z } from 'zod';
import { anyId, pageQuery, waitQuery } from './list.ts';
import { line, mergedMetadata, metadata, searched, searchedMetadata, webAddress } from './text.ts';
import { pastOrFuture, timestamp } from './time.ts';

const CHARGE_STATUSES = [
  'scheduled',
  'processing',
  'requires_action',
  'succeeded',
  'failed',
  'canceled',
] as const;
export type ChargeStatus = (typeof CHARGE_STATUSES)[number];

const retry = z.strictObject({
  days: z.array(z.int().min(1).max(30)).max(3).meta({
    description:
      "From each of the bank's declines to the next automatic try; empty: the customer is asked at once",
  }),
});

const recoveryTerms = z.strictObject({
  deadline_days: z.int().min(1).max(30),
  on_expiry: z.enum(['close', 'release', 'keep_open']).meta({
    description:
      'close: it fails. release: it is canceled, nothing is owed. keep_open: a fresh link asks again',
  }),
  mails: z.boolean().meta({ description: 'false: we mail only what somebody asks for' }),
  early_mail: z.boolean().meta({ description: 'Tell the customer at once of a decline that is tried again' }),
});

const billDocument = z
  .strictObject({
    number: line(100).optional(),
    date: z.iso.date().optional(),
    url: webAddress({ httpsOnly: true }).optional(),
  })
  .meta({ description: "The merchant's own document, shown in mail and page" });

export const newCharge = z
  .strictObject({
    customer: z.string(),
    payment_method: z.string().optional(),
    amount: z.int().meta({ description: "In the currency's minor unit, as Stripe counts it" }),
    currency: z.string().regex(/^[a-z]{3}$/, { error: 'must be a lower-case ISO 4217 code' }),
    description: line(500),
    due_at: pastOrFuture.optional(),
    reference: line(200).optional(),
    again_of: z.string().optional(),
    metadata: metadata.optional(),
    retry: retry.optional(),
    recovery: recoveryTerms.partial().optional(),
    document: billDocument.optional(),
  })
  .meta({ id: 'NewCharge' });
export type NewChargeBody = z.output<typeof newCharge>;

export const changedCharge = z
  .strictObject({
    amount: z.int().optional(),
    due_at: pastOrFuture.optional(),
    description: line(500).optional(),
    metadata: mergedMetadata.optional(),
    document: billDocument.nullable().optional(),
  })
  .meta({ id: 'ChangedCharge' });

export const chosenMethod = z.strictObject({ payment_method: z.string() }).meta({ id: 'ChosenMethod' });

const attempt = z.object({
  number: z.int(),
  kind: z.enum(['off_session', 'on_session']),
  status: z.enum([
    'open',
    'awaiting_customer',
    'succeeded',
    'declined',
    'authentication_required',
    'processing',
    'abandoned',
    'canceled',
    'not_executed',
    'lost',
  ]),
  payment_method: z.string(),
  consent: z.string().nullable().meta({ description: 'Null for attempts of an earlier release' }),
  code: z.string().nullable(),
  decline_code: z.string().nullable(),
  advice_code: z.string().nullable(),
  started_at: timestamp,
  ended_at: timestamp.nullable(),
});
export type AttemptView = z.output<typeof attempt>;

const recoveryFields = {
  id: z.string(),
  kind: z.enum(['authenticate', 'replace']),
  status: z.enum(['open', 'completed', 'expired', 'revoked']),
  expires_at: timestamp,
  messages_sent: z.int(),
  undeliverable: z.boolean().meta({ description: 'The address refused our mail: mend it, and resend' }),
};
const recovery = z.object(recoveryFields);
export type RecoveryView = z.output<typeof recovery>;

/** `true` makes a new link, which ends every earlier one. */
export const resending = z.strictObject({ revoke_earlier: z.boolean().optional() }).nullish();

/** With the link, for the operator who asked for it; null once the recovery is over. */
export const linkedRecovery = z.object({
  recovery: z.object({ ...recoveryFields, url: z.string().nullable() }),
});

export const charge = z
  .object({
    id: z.string(),
    object: z.literal('charge'),
    customer: z.string(),
    payment_method: z.string().meta({
      description: 'Of the newest automatic attempt; before the first, the one it was taken in with',
    }),
    follows_customer: z.boolean().meta({
      description: "No method was named: each automatic attempt takes the customer's default of its moment",
    }),
    amount: z.int(),
    currency: z.string(),
    description: z.string(),
    reference: z.string().nullable(),
    again_of: z.string().nullable(),
    due_at: timestamp.nullable(),
    status: z.enum(CHARGE_STATUSES),
    detail: z.string().nullable(),
    next_attempt_at: timestamp.nullable(),
    stripe_payment_intent_id: z.string().nullable(),
    attempts: z.array(attempt),
    recovery: recovery.nullable(),
    paid_with: z
      .object({ payment_method: z.string() })
      .nullable()
      .meta({ description: "Stripe's word in the success; it may be one that is not on file with us" }),
    last_error: z
      .object({
        code: z.string().nullable(),
        decline_code: z.string().nullable(),
        advice: z.string().nullable(),
      })
      .nullable(),
    retry,
    recovery_terms: recoveryTerms,
    document: billDocument.nullable(),
    warnings: z.array(z.string()),
    version: z.int(),
    metadata: z.record(z.string(), z.string()),
    created_at: timestamp,
    settled_at: timestamp.nullable(),
  })
  .meta({ id: 'Charge' });
export type ChargeView = z.output<typeof charge>;

/** Names the charge itself while a confirm of it may still arrive at Stripe. */
export const canceledCharge = charge
  .extend({ in_flight: z.array(z.string()) })
  .meta({ id: 'CanceledCharge' });

export const chargeQuery = z.strictObject(waitQuery);

export const chargeListQuery = z.strictObject({
  ...pageQuery,
  customer: anyId.optional(),
  status: z.enum(CHARGE_STATUSES).optional(),
  run: anyId.optional().meta({ description: 'No charge belongs to a run yet' }),
  reference: searched(200).optional(),
  created_after: pastOrFuture.optional().meta({ description: 'Only charges created later than this' }),
  created_before: pastOrFuture.optional().meta({ description: 'Only charges created earlier than this' }),
  changed_after: pastOrFuture
    .optional()
    .meta({ description: 'Only charges whose timeline has something later than this' }),
  metadata: searchedMetadata.optional(),
  stripe_payment_intent_id: anyId.optional(),
});

const timelineEntry = z.object({
  at: timestamp,
  entity: z.string().meta({ description: 'What moved: charge, attempt, recovery, message, replacement' }),
  from: z.string().nullable(),
  to: z.string().meta({ description: 'Its status, in the words of this API' }),
  version: z.int().meta({ description: "The entity's; of an attempt, its number" }),
  cause: z.string(),
  reference: z.string().nullable(),
  event: z.string().nullable().meta({ description: 'The event that told of it' }),
  type: z.string().nullable().meta({ description: "That event's type" }),
});
export type TimelineEntry = z.output<typeof timelineEntry>;

export const timeline = z.object({ data: z.array(timelineEntry) });
