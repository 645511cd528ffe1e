import { z } from 'zod';
import { cleanAddress } from './clean-text.ts';
import { anyId, pageQuery } from './list.ts';
import { email, line, locale, mergedMetadata, metadata, searched, shownMetadata, timeZone } from './text.ts';
import { timestamp } from './time.ts';

const stripeCustomerId = z
  .string()
  .regex(/^cus_[A-Za-z0-9]{1,100}$/, { error: 'must be a Stripe customer id' });

const SAYS = {
  email: 'Where our mails go',
  name: 'As mails and pages address them',
  locale: 'BCP 47 language tag: how dates and amounts are written',
  time_zone: 'IANA name: by which days are counted, and when mails go out',
} as const;

export const newCustomer = z
  .strictObject({
    reference: line(200)
      .optional()
      .describe('Your own id of this customer. No two customers share one, so that the call may be repeated'),
    email: email.describe(SAYS.email),
    name: line(200).optional().describe(SAYS.name),
    locale: locale.optional().describe(SAYS.locale),
    time_zone: timeZone.optional().describe(SAYS.time_zone),
    stripe_customer_id: stripeCustomerId
      .optional()
      .describe('A customer whom Stripe already has; without it one is made there'),
    metadata: metadata.optional(),
  })
  .meta({ id: 'NewCustomer', description: 'Whom you will charge' });
export type NewCustomerBody = z.output<typeof newCustomer>;

/** What is left out stays; null takes away. */
export const customerChange = z
  .strictObject({
    email: email.optional().describe(SAYS.email),
    name: line(200).nullable().optional().describe(SAYS.name),
    locale: locale.nullable().optional().describe(SAYS.locale),
    time_zone: timeZone.nullable().optional().describe(SAYS.time_zone),
    metadata: mergedMetadata.optional(),
  })
  .meta({ id: 'CustomerChange', description: 'What is left out stays; null takes away' });

/** Null makes a new one at Stripe. */
export const customerRebinding = z
  .strictObject({
    stripe_customer_id: stripeCustomerId.nullable().describe('Another customer at Stripe; null: make one'),
  })
  .meta({ id: 'CustomerRebinding', description: 'Whom at Stripe the customer is to be' });

export const customerListQuery = z.strictObject({
  email: searched(254, cleanAddress).optional().meta({ description: 'The whole address, in any capitals' }),
  reference: searched(200).optional().describe('Your own id of the customer'),
  stripe_customer_id: anyId.optional().describe('The id at Stripe'),
  query: searched(100).optional().meta({ description: 'Part of the name or the address' }),
  ...pageQuery,
});

const erasure = {
  erased_at: timestamp
    .nullable()
    .meta({ description: 'Since when the evidence of their payments is gone, too' }),
  erased_on: z.string().nullable().meta({
    description: 'The day of that, to come or past (YYYY-MM-DD); null of a customer who is not erased',
  }),
};

export const customer = z
  .object({
    id: z.string().describe('Begins with `cst_`'),
    object: z.literal('customer').describe('What this is'),
    reference: z.string().nullable().describe('Your own id of this customer'),
    email: z.string().nullable().meta({ description: 'Null of a customer who is erased' }),
    name: z.string().nullable().describe(SAYS.name),
    locale: z.string().nullable().describe(SAYS.locale),
    time_zone: z.string().nullable().describe(SAYS.time_zone),
    metadata: shownMetadata,
    stripe_customer_id: z.string().nullable().describe('The id at Stripe; null until it is made there'),
    stripe_customer_deleted: z.boolean().meta({
      description:
        'Deleted at Stripe, for good: its methods are detached, and nothing can be charged or saved',
    }),
    default_payment_method: z.string().nullable().describe('What is charged when a charge names no method'),
    stopped_at: timestamp.nullable().describe('Since when nothing may be charged; null: it may'),
    ...erasure,
    created_at: timestamp.describe('When they were registered'),
  })
  .meta({ id: 'Customer', description: 'A person who is charged' });
export type CustomerView = z.output<typeof customer>;

/** Address, name and devices are gone; what is left goes on that day. */
export const erasedCustomer = z
  .object(erasure)
  .meta({ id: 'ErasedCustomer', description: 'When the last of them is forgotten' });

/** Which charges are on their way to their end, and which of them may still be paid. */
export const stoppedCustomer = z
  .object({
    stopped_at: timestamp.nullable().describe('Since when nothing may be charged'),
    closing: z.array(z.string()).describe('Charges on their way to their end'),
    in_flight: z.array(z.string()).describe('Those that may still be paid: their confirm had already left'),
  })
  .meta({ id: 'StoppedCustomer', description: 'What a stop has closed' });
