import { z } from 'zod';
import { CONSENT_SCOPES } from '../../domain/consent.ts';
import { consent, consentInput } from './consent.ts';
import { pageQuery } from './list.ts';
import { timestamp } from './time.ts';

export const adoption = z
  .strictObject({
    customer: z.string().describe('Whose it is'),
    stripe_payment_method_id: z.string().describe('Attached to the same customer at Stripe'),
    consent: consentInput,
  })
  .meta({ id: 'Adoption', description: 'A payment method that Stripe has, and the consent of its holder' });

export const paymentMethod = z
  .object({
    id: z.string().describe("Stripe's own id"),
    object: z.literal('payment_method').describe('What this is'),
    customer: z.string().describe('Whose it is'),
    type: z.string().describe("Stripe's word for its kind, such as `card`"),
    card: z
      .object({
        brand: z.string().describe("Stripe's word for the network, such as `visa`"),
        last4: z.string().describe('The last four digits of its number'),
        exp_month: z.int().describe('The month of its expiry, from 1'),
        exp_year: z.int().describe('The year of its expiry, with four digits'),
      })
      .nullable()
      .describe('What customers know their card by; null of other kinds'),
    bank: z
      .object({
        bank_name: z.string().nullable().describe('The name of the bank, where Stripe tells it'),
        country: z.string().nullable().describe('Where the account is, in two letters'),
        last4: z.string().describe('The last four digits of its number'),
        mandate_reference: z
          .string()
          .nullable()
          .describe('What the mandate is called on statements, where its scheme has such references'),
      })
      .nullable()
      .describe('What customers know their bank account by; null of other kinds'),
    mandate: z
      .object({
        id: z.string().describe("Stripe's Mandate"),
        status: z
          .enum(['active', 'pending', 'inactive'])
          .describe(
            "Stripe's word. pending: the bank has not confirmed it, and charges wait until it does. inactive: it permits no debit any more",
          ),
        url: z.string().nullable().describe('Where its holder can read what they agreed to'),
      })
      .nullable()
      .describe('What debits rest on; null of cards'),
    usage: z.enum(CONSENT_SCOPES).describe('What it was saved for'),
    consent: consent.nullable().describe('What charges with it rest on; null: it was given none'),
    default: z.boolean().describe('Whether it is charged when a charge names no method'),
    status: z
      .enum(['usable', 'unusable', 'detached'])
      .describe(
        'usable: it may be charged. unusable: `detail` says why not. detached: it is off file, for good',
      ),
    closed: z
      .object({
        reason: z.string().describe('The decline or advice code'),
        at: timestamp.describe('When the network said so'),
      })
      .nullable()
      .meta({
        description:
          "A network's verdict: no automatic attempt is made until the card has new data, or, where it is about an " +
          'agreement, until its customer has paid with it. `reason` is the code that says so',
      }),
    detail: z.string().nullable().describe('Why it is unusable'),
    warnings: z.array(z.string()).describe('Facts that make a decline likelier, such as `set_up_on_session`'),
  })
  .meta({ id: 'PaymentMethod', description: 'What a customer has on file' });

/** A detaching names the charges that may still be paid with it. */
export const changedMethod = paymentMethod
  .extend({
    in_flight: z
      .array(z.string())
      .optional()
      .describe('After a detaching: charges that may still be paid with it'),
  })
  .meta({ id: 'ChangedPaymentMethod', description: 'A payment method after a verb' });
export type PaymentMethodView = z.output<typeof paymentMethod>;

export const paymentMethodListQuery = z.strictObject(pageQuery);
