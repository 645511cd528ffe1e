import { z } from 'zod';
import { charge, timeline } from './charge.ts';
import { consent } from './consent.ts';
import { customer } from './customer.ts';
import { paymentMethod } from './payment-method.ts';
import { timestamp } from './time.ts';

/** Everything that there is to show for one payment. */
export const chargeEvidence = z
  .object({
    object: z.literal('charge_evidence').describe('What this is'),
    charge,
    customer,
    payment_method: paymentMethod.nullable().meta({ description: 'The one that paid, if it is on file' }),
    consents: z.array(consent).meta({ description: 'Each that an attempt rested on, with its evidence' }),
    mails: z
      .array(
        z.object({
          id: z.string().describe('`msg_…`'),
          recovery: z.string().nullable().describe('The recovery that it is a step of; null for a receipt'),
          step: z.string().describe('Which step, or `receipt`'),
          status: z.string().describe('Whether it was sent'),
          created_at: timestamp.describe('When it was owed'),
          sent_at: timestamp.nullable().describe('When the mail server took it'),
        }),
      )
      .describe('What was mailed about it'),
    presses: z
      .array(
        z.object({
          kind: z.enum(['link_visited', 'payment', 'new_card']).describe('What the customer did'),
          at: timestamp.describe('When'),
          reference: z.string().describe('The recovery, attempt or new card that it belongs to'),
          ip_address: z.string().nullable().describe('From where'),
          user_agent: z.string().nullable().describe('With which browser'),
        }),
      )
      .describe('What its customer pressed, or opened'),
    timeline: timeline.shape.data.describe('Every move, oldest first'),
  })
  .meta({ id: 'ChargeEvidence', description: 'Everything that there is to show for one payment' });
export type EvidenceView = z.output<typeof chargeEvidence>;
