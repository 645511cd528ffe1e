import { z } from 'zod';
import { anyId, pageQuery, waitQuery } from './list.ts';
import { chargeDispute, fraudWarning, refund } from './refund.ts';
import {
  line,
  mergedMetadata,
  metadata,
  searched,
  searchedMetadata,
  shownMetadata,
  webAddress,
} from './text.ts';
import { pastOrFuture, timestamp } from './time.ts';
import { shownUsage } from './usage.ts';

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

export const recoveryTerms = z.strictObject({
  deadline_days: z.int().min(1).max(30).describe('For how many days its customer is asked'),
  on_expiry: z.enum(['close', 'release', 'keep_open']).meta({
    description:
      'close: it fails. release: it is canceled, nothing is owed. keep_open: a fresh link asks again',
  }),
  mails: z.boolean().meta({ description: 'false: we mail only what somebody asks for' }),
  early_mail: z.boolean().meta({ description: 'Tell the customer at once of a decline that is tried again' }),
});

const billDocument = z
  .strictObject({
    number: line(100).optional().describe('Such as the number of a bill'),
    date: z.iso.date().optional().describe('Its day, as YYYY-MM-DD'),
    url: webAddress({ httpsOnly: true }).optional().describe('Where the customer can read it'),
  })
  .meta({ description: "The merchant's own document, shown in mail and page" });

const SAYS = {
  customer: 'Who is charged',
  amount: "In the currency's minor unit, as Stripe counts it: 5352 of eur is 53.52 EUR",
  currency: 'Lower-case ISO 4217 code',
  description: 'What it is for, in words that the customer reads in mail and page',
  receipt: 'Whether a mail confirms the payment to the customer',
  document: "The merchant's own document, shown in mail and page",
} as const;

export const newCharge = z
  .strictObject({
    customer: z.string().describe(SAYS.customer),
    payment_method: z
      .string()
      .optional()
      .describe(
        "Charged by every automatic attempt; without it each takes the customer's default of its moment",
      ),
    amount: z.int().describe(SAYS.amount),
    currency: z
      .string()
      .regex(/^[a-z]{3}$/, { error: 'must be a lower-case ISO 4217 code' })
      .describe(SAYS.currency),
    description: line(500).describe(SAYS.description),
    due_at: pastOrFuture.optional().describe('Not before this time; without it, at once'),
    reference: line(200)
      .optional()
      .describe(
        'Your own id of this charge. No two charges share one, unless one is made again of the other',
      ),
    again_of: z.string().optional().describe('A failed or canceled charge that this one takes the place of'),
    metadata: metadata.optional(),
    retry: retry.optional().describe('When a decline is tried again; as the deployment does without it'),
    recovery: recoveryTerms
      .partial()
      .optional()
      .describe('How the customer is brought in; as the deployment does without it'),
    receipt: z.boolean().optional().describe(`${SAYS.receipt}; as the deployment does without it`),
    document: billDocument.optional().describe(SAYS.document),
  })
  .meta({ id: 'NewCharge', description: 'What to charge, whom, and for what' });
export type NewChargeBody = z.output<typeof newCharge>;

export const changedCharge = z
  .strictObject({
    amount: z.int().optional().describe(SAYS.amount),
    due_at: pastOrFuture.optional().describe('Not before this time'),
    description: line(500).optional().describe(SAYS.description),
    metadata: mergedMetadata.optional(),
    document: billDocument.nullable().optional().describe('Null takes it away'),
  })
  .meta({ id: 'ChangedCharge', description: 'What is left out stays' });

export const chosenMethod = z
  .strictObject({ payment_method: z.string().describe('One that its customer has on file') })
  .meta({ id: 'ChosenMethod', description: 'What the charge is to be paid with' });

const attempt = z.object({
  number: z.int().describe('Counts from 1'),
  kind: z
    .enum(['off_session', 'on_session'])
    .describe("off_session: automatic. on_session: the customer's own press"),
  status: z
    .enum([
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
    ])
    .describe('What came of it; `open`: no answer is known yet'),
  payment_method: z.string().describe('What it charged'),
  consent: z.string().nullable().describe('What it rested on; null for attempts of an earlier release'),
  code: z.string().nullable().describe("Stripe's error code"),
  decline_code: z.string().nullable().describe("The bank's reason"),
  advice_code: z.string().nullable().describe("The network's advice on trying again"),
  started_at: timestamp.describe('When it was written down, before it was sent'),
  ended_at: timestamp.nullable().describe('When its outcome was known'),
});
export type AttemptView = z.output<typeof attempt>;

const notice = z.object({
  sent_by: z.enum(['us', 'stripe']).describe('Who tells the customer; Stripe does with the confirm'),
  sent_at: timestamp.nullable().describe('Null until it went out'),
  amount: z.int().describe('What it told'),
  due_at: timestamp.describe('The bank day that it told: the money leaves the account then'),
  confirm_not_before: timestamp.describe('When its period has passed; nothing is debited earlier'),
});
export type NoticeView = z.output<typeof notice>;

const recoveryFields = {
  id: z.string().describe('Begins with `rec_`'),
  kind: z
    .enum(['authenticate', 'replace'])
    .describe('authenticate: the bank wants to see the customer. replace: another card is needed'),
  status: z
    .enum(['open', 'completed', 'expired', 'revoked'])
    .describe('Whether its link still works: `open`'),
  expires_at: timestamp.describe('Until when the customer is asked'),
  messages_sent: z.int().describe('How many mails have gone out'),
  undeliverable: z.boolean().meta({ description: 'The address refused our mail: mend it, and resend' }),
};
const recovery = z.object(recoveryFields);
export type RecoveryView = z.output<typeof recovery>;

/** `true` makes a new link, which ends every earlier one. */
export const resending = z
  .strictObject({
    revoke_earlier: z
      .boolean()
      .optional()
      .describe('true: the mail has a new link, and every earlier one ends'),
  })
  .nullish();

/** With the link, for the operator who asked for it; null once the recovery is over. */
export const linkedRecovery = z.object({
  recovery: z
    .object({
      ...recoveryFields,
      url: z
        .string()
        .nullable()
        .describe('The page where the customer can pay; null once the recovery is over'),
    })
    .describe('The newest recovery of the charge'),
});

export const charge = z
  .object({
    id: z.string().describe('Begins with `chg_`'),
    object: z.literal('charge').describe('What this is'),
    customer: z.string().describe(SAYS.customer),
    payment_method: z.string().meta({
      description: 'Of the newest automatic attempt; before the first, the one it was taken in with',
    }),
    follows_customer: z.boolean().meta({
      description: "No method was named: each automatic attempt takes the customer's default of its moment",
    }),
    amount: z.int().describe(SAYS.amount),
    currency: z.string().describe(SAYS.currency),
    description: z.string().describe(SAYS.description),
    reference: z.string().nullable().describe('Your own id of this charge'),
    again_of: z.string().nullable().describe('The charge that this one took the place of'),
    run: z.string().nullable().describe('The run that it is a line of'),
    usage: shownUsage,
    due_at: timestamp.nullable().describe('The time that was asked for'),
    status: z
      .enum(CHARGE_STATUSES)
      .describe(
        'Where it stands. requires_action: it is the customer’s turn. The last three are final, and failed and canceled never take money',
      ),
    detail: z
      .string()
      .nullable()
      .describe('One word more about the status, such as `retry_scheduled`, `closing` or `outcome_unknown`'),
    next_attempt_at: timestamp.nullable().describe('When it is tried by itself again'),
    stripe_payment_intent_id: z.string().nullable().describe("Stripe's PaymentIntent, once it is bound"),
    attempts: z.array(attempt).describe('Oldest first'),
    recovery: recovery
      .nullable()
      .describe('How its customer is being brought in; null if they never had to be'),
    paid_with: z
      .object({ payment_method: z.string().describe("Stripe's id") })
      .nullable()
      .meta({ description: "Stripe's word in the success; it may be one that is not on file with us" }),
    last_error: z
      .object({
        code: z.string().nullable().describe("Stripe's error code"),
        decline_code: z.string().nullable().describe("The bank's reason, where there is one"),
        advice: z.string().nullable().describe('What we make of it: the class of the decline'),
      })
      .nullable()
      .describe('Why the newest attempt failed'),
    retry: retry.describe('When a decline is tried again'),
    recovery_terms: recoveryTerms.describe('How the customer is brought in'),
    receipt: z.boolean().describe(SAYS.receipt),
    amount_received: z.int().describe('What Stripe has taken for it'),
    amount_refunded: z.int().describe('What has gone back at Stripe, or is on its way'),
    refunds: z.array(refund).describe('Money that went back, oldest first, whoever asked for it'),
    disputes: z.array(chargeDispute).describe('Each time that its bank asked for the money back'),
    early_fraud_warning: fraudWarning
      .nullable()
      .describe("The newest word of a card's network that it may be fraud"),
    notice: notice.nullable().meta({ description: 'The newest notice of a debit; null for a card' }),
    expected_at: timestamp
      .nullable()
      .describe('While a debit is with the bank: the day by which its outcome is known'),
    document: billDocument.nullable().describe(SAYS.document),
    warnings: z.array(z.string()).describe('Facts that make a decline likelier, such as `set_up_on_session`'),
    version: z.int().describe('Grows with each change: of two copies, the greater is newer'),
    metadata: shownMetadata,
    created_at: timestamp.describe('When it was accepted'),
    settled_at: timestamp.nullable().describe('When it came to its end'),
  })
  .meta({ id: 'Charge', description: 'One payment to take, with all that was done for it' });
export type ChargeView = z.output<typeof charge>;

/** Names the charge itself while a confirm of it may still arrive at Stripe. */
export const canceledCharge = charge
  .extend({
    in_flight: z.array(z.string()).describe('This charge, while a confirm that has left may still succeed'),
  })
  .meta({ id: 'CanceledCharge', description: 'A charge whose end was asked for' });

export const chargeQuery = z.strictObject(waitQuery);

export const chargeListQuery = z.strictObject({
  ...pageQuery,
  customer: anyId.optional().describe('Only those of this customer'),
  status: z.enum(CHARGE_STATUSES).optional().describe('Only those that stand there'),
  run: anyId.optional().describe('Only lines of this run'),
  reference: searched(200).optional().describe('Only that of this reference'),
  created_after: pastOrFuture.optional().meta({ description: 'Only charges created later than this' }),
  created_before: pastOrFuture.optional().meta({ description: 'Only charges created earlier than this' }),
  changed_after: pastOrFuture
    .optional()
    .meta({ description: 'Only charges whose timeline has something later than this' }),
  metadata: searchedMetadata.optional(),
  stripe_payment_intent_id: anyId.optional().describe('Only that of this PaymentIntent'),
  disputed: z
    .enum(['true', 'false'])
    .optional()
    .describe('Only those that a dispute is about, or none of them'),
});

const timelineEntry = z.object({
  at: timestamp.describe('When it moved'),
  entity: z
    .string()
    .describe(
      'What moved: charge, attempt, recovery, message, notice, replacement, refund, dispute, fraud_warning',
    ),
  from: z.string().nullable().describe('Its status before; null: it began'),
  to: z.string().describe('Its status, in the words of this API'),
  version: z.int().describe("The entity's; of an attempt, its number"),
  cause: z.string().describe('Who or what moved it'),
  reference: z.string().nullable().describe('Which API key, request to Stripe or event of theirs it was'),
  event: z.string().nullable().describe('The event that told of it'),
  type: z.string().nullable().describe("That event's type"),
});
export type TimelineEntry = z.output<typeof timelineEntry>;

export const timeline = z.object({ data: z.array(timelineEntry).describe('Oldest first') });
