import { z } from 'zod';
import { charge, timeline } from './charge.ts';
import { consent } from './consent.ts';
import { customer } from './customer.ts';
import { paymentMethod } from './payment-method.ts';
import { timestamp } from './time.ts';

/** Everything that there is to show for one payment. */
export const chargeEvidence = z
  .object({
    object: z.literal('charge_evidence'),
    charge,
    customer,
    payment_method: paymentMethod.nullable().meta({ description: 'The one that paid, if it is on file' }),
    consents: z.array(consent).meta({ description: 'Each that an attempt rested on, with its evidence' }),
    mails: z.array(
      z.object({
        id: z.string(),
        recovery: z.string(),
        step: z.string(),
        status: z.string(),
        created_at: timestamp,
        sent_at: timestamp.nullable(),
      }),
    ),
    presses: z.array(
      z.object({
        kind: z.enum(['link_visited', 'payment', 'new_card']),
        at: timestamp,
        reference: z.string(),
        ip_address: z.string().nullable(),
        user_agent: z.string().nullable(),
      }),
    ),
    timeline: timeline.shape.data,
  })
  .meta({ id: 'ChargeEvidence' });
export type EvidenceView = z.output<typeof chargeEvidence>;
