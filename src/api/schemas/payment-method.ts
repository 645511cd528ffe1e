import { z } from 'zod';
import { CONSENT_SCOPES } from '../../domain/consent.ts';
import { consent, consentInput } from './consent.ts';
import { pageQuery } from './list.ts';
import { timestamp } from './time.ts';

export const adoption = z
  .strictObject({ customer: z.string(), stripe_payment_method_id: z.string(), consent: consentInput })
  .meta({ id: 'Adoption' });

export const paymentMethod = z
  .object({
    id: z.string(),
    object: z.literal('payment_method'),
    customer: z.string(),
    type: z.string(),
    card: z
      .object({ brand: z.string(), last4: z.string(), exp_month: z.int(), exp_year: z.int() })
      .nullable(),
    usage: z.enum(CONSENT_SCOPES),
    consent: consent.nullable(),
    default: z.boolean(),
    status: z.enum(['usable', 'unusable', 'detached']),
    closed: z
      .object({ reason: z.string(), at: timestamp })
      .nullable()
      .meta({
        description:
          "A network's verdict: no automatic attempt is made until the card has new data, or, where it is about an " +
          'agreement, until its customer has paid with it. `reason` is the code that says so',
      }),
    detail: z.string().nullable(),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'PaymentMethod' });

/** A detaching names the charges that may still be paid with it. */
export const changedMethod = paymentMethod
  .extend({ in_flight: z.array(z.string()).optional() })
  .meta({ id: 'ChangedPaymentMethod' });
export type PaymentMethodView = z.output<typeof paymentMethod>;

export const paymentMethodListQuery = z.strictObject(pageQuery);
