import { z } from 'zod';
import { REFUND_REASONS, REFUND_STATUSES } from '../../domain/charge/refund-snapshot.ts';
import { REFUND_LABELS_MAX } from '../../domain/keys.ts';
import { anyId, pageQuery } from './list.ts';
import { metadata } from './text.ts';
import { timestamp } from './time.ts';

export const newRefund = z
  .strictObject({
    amount: z.int().min(1).optional().meta({
      description: "In the currency's minor unit; left out: all that is left of what the charge received",
    }),
    reason: z.enum(REFUND_REASONS).optional(),
    metadata: metadata
      .refine((labels) => Object.keys(labels).length <= REFUND_LABELS_MAX, {
        error: `must have at most ${REFUND_LABELS_MAX} keys: they stand beside ours at Stripe`,
      })
      .optional(),
  })
  .nullish()
  .meta({ id: 'NewRefund' });

export const refund = z
  .object({
    id: z.string(),
    object: z.literal('refund'),
    charge: z.string(),
    amount: z.int(),
    currency: z.string(),
    status: z.enum(REFUND_STATUSES),
    failure_reason: z.string().nullable().meta({
      description: "Stripe's word, or the code with which it refused to make it",
    }),
    reason: z.string().nullable(),
    stripe_refund_id: z.string().nullable(),
    origin: z.enum(['api', 'stripe']).meta({
      description: 'stripe: it was made elsewhere, for example in the dashboard',
    }),
    metadata: z.record(z.string(), z.string()),
    created_at: timestamp,
  })
  .meta({ id: 'Refund' });
export type RefundView = z.output<typeof refund>;

export const refundListQuery = z.strictObject({ ...pageQuery, charge: anyId.optional() });

export const chargeDispute = z.object({
  id: z.string(),
  status: z.string().meta({ description: "Stripe's word; `warning_…` is an inquiry, which takes no money" }),
  reason: z.string().nullable(),
  amount: z.int(),
  evidence_due_by: timestamp.nullable(),
});
export type DisputeView = z.output<typeof chargeDispute>;

export const fraudWarning = z.object({
  id: z.string(),
  fraud_type: z.string().nullable(),
  actionable: z.boolean().meta({ description: 'Whether a refund can still spare a dispute' }),
  created_at: timestamp,
});
export type FraudWarningView = z.output<typeof fraudWarning>;
