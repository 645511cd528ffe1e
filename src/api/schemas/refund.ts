import { z } from 'zod';
import { REFUND_REASONS, REFUND_STATUSES } from '../../domain/charge/refund-snapshot.ts';
import { REFUND_LABELS_MAX } from '../../domain/keys.ts';
import { anyId, pageQuery } from './list.ts';
import { metadata, shownMetadata } from './text.ts';
import { timestamp } from './time.ts';

export const newRefund = z
  .strictObject({
    amount: z.int().min(1).optional().meta({
      description: "In the currency's minor unit; left out: all that is left of what the charge received",
    }),
    reason: z.enum(REFUND_REASONS).optional().describe('Why: Stripe shows it to the customer’s bank'),
    metadata: metadata
      .refine((labels) => Object.keys(labels).length <= REFUND_LABELS_MAX, {
        error: `must have at most ${REFUND_LABELS_MAX} keys: they stand beside ours at Stripe`,
      })
      .optional(),
  })
  .nullish()
  .meta({ id: 'NewRefund', description: 'How much goes back, and why' });

export const refund = z
  .object({
    id: z.string().describe('`rfd_…`'),
    object: z.literal('refund').describe('What this is'),
    charge: z.string().describe('The charge whose money goes back'),
    amount: z.int().describe("In the currency's minor unit"),
    currency: z.string().describe("The charge's"),
    status: z.enum(REFUND_STATUSES).describe('Where it stands, in Stripe’s words'),
    failure_reason: z.string().nullable().meta({
      description: "Stripe's word, or the code with which it refused to make it",
    }),
    reason: z.string().nullable().describe('Why, in Stripe’s words'),
    stripe_refund_id: z.string().nullable().describe('Null until it is made there'),
    origin: z.enum(['api', 'stripe']).meta({
      description: 'stripe: it was made elsewhere, for example in the dashboard',
    }),
    metadata: shownMetadata,
    created_at: timestamp.describe('When it was asked for, or found'),
  })
  .meta({ id: 'Refund', description: 'Money of one charge that goes back' });
export type RefundView = z.output<typeof refund>;

export const refundListQuery = z.strictObject({
  ...pageQuery,
  charge: anyId.optional().describe('Only those of this charge'),
});

export const chargeDispute = z.object({
  id: z.string().describe('Stripe’s, `du_…`'),
  status: z.string().meta({ description: "Stripe's word; `warning_…` is an inquiry, which takes no money" }),
  reason: z.string().nullable().describe('Why, in Stripe’s words'),
  amount: z.int().describe('What is asked back'),
  evidence_due_by: timestamp.nullable().describe('Until when evidence is heard'),
});
export type DisputeView = z.output<typeof chargeDispute>;

export const fraudWarning = z.object({
  id: z.string().describe('Stripe’s, `issfr_…`'),
  fraud_type: z.string().nullable().describe('What the network calls it'),
  actionable: z.boolean().meta({ description: 'Whether a refund can still spare a dispute' }),
  created_at: timestamp.describe('When Stripe heard of it'),
});
export type FraudWarningView = z.output<typeof fraudWarning>;
