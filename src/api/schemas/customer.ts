import { z } from 'zod';
import { cleanAddress } from './clean-text.ts';
import { anyId, pageQuery } from './list.ts';
import { email, line, locale, mergedMetadata, metadata, searched, timeZone } from './text.ts';
import { timestamp } from './time.ts';

const stripeCustomerId = z
  .string()
  .regex(/^cus_[A-Za-z0-9]{1,100}$/, { error: 'must be a Stripe customer id' });

export const newCustomer = z
  .strictObject({
    reference: line(200).optional(),
    email,
    name: line(200).optional(),
    locale: locale.optional(),
    time_zone: timeZone.optional(),
    stripe_customer_id: stripeCustomerId.optional(),
    metadata: metadata.optional(),
  })
  .meta({ id: 'NewCustomer' });
export type NewCustomerBody = z.output<typeof newCustomer>;

/** What is left out stays; null takes away. */
export const customerChange = z
  .strictObject({
    email: email.optional(),
    name: line(200).nullable().optional(),
    locale: locale.nullable().optional(),
    time_zone: timeZone.nullable().optional(),
    metadata: mergedMetadata.optional(),
  })
  .meta({ id: 'CustomerChange' });

/** Null makes a new one at Stripe. */
export const customerRebinding = z
  .strictObject({ stripe_customer_id: stripeCustomerId.nullable() })
  .meta({ id: 'CustomerRebinding' });

export const customerListQuery = z.strictObject({
  email: searched(254, cleanAddress).optional().meta({ description: 'The whole address, in any capitals' }),
  reference: searched(200).optional(),
  stripe_customer_id: anyId.optional(),
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
    id: z.string(),
    object: z.literal('customer'),
    reference: z.string().nullable(),
    email: z.string().nullable().meta({ description: 'Null of a customer who is erased' }),
    name: z.string().nullable(),
    locale: z.string().nullable(),
    time_zone: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    stripe_customer_id: z.string().nullable(),
    stripe_customer_deleted: z.boolean().meta({
      description:
        'Deleted at Stripe, for good: its methods are detached, and nothing can be charged or saved',
    }),
    default_payment_method: z.string().nullable(),
    stopped_at: timestamp.nullable(),
    ...erasure,
    created_at: timestamp,
  })
  .meta({ id: 'Customer' });
export type CustomerView = z.output<typeof customer>;

/** Address, name and devices are gone; what is left goes on that day. */
export const erasedCustomer = z.object(erasure).meta({ id: 'ErasedCustomer' });

/** Which charges are on their way to their end, and which of them may still be paid. */
export const stoppedCustomer = z
  .object({ stopped_at: timestamp.nullable(), closing: z.array(z.string()), in_flight: z.array(z.string()) })
  .meta({ id: 'StoppedCustomer' });
