import { z } from 'zod';
import { CONSENT_SCOPES } from '../../domain/consent.ts';
import { SETUP_TYPES } from '../../domain/setup/methods-to-save.ts';
import { consent, consentInput } from './consent.ts';
import { anyId, pageQuery, waitQuery } from './list.ts';
import { metadata, shownMetadata, webAddress } from './text.ts';
import { timestamp } from './time.ts';

const SETUP_STATUSES = [
  'queued',
  'awaiting_customer',
  'processing',
  'succeeded',
  'failed',
  'canceled',
  'expired',
] as const;

const SAYS = {
  usage: 'Whether it is saved for charges while the customer is away',
  payment_method_types: "Stripe's word for the kind that is saved: exactly one",
  via: "elements: Stripe's form in a page of yours. checkout: a page of Stripe's",
  allow_redisplay: "Stripe's word on showing the method to its customer again",
  return_url: 'Where the customer is sent afterwards',
} as const;

/**
 * What a merchant sends. In live mode the customer is sent back over https only, and where the deployment names
 * `origins`, only to these: a stolen key then leads nobody elsewhere from a page that they trust.
 */
export function newSetup(livemode: boolean, origins: readonly string[]) {
  const address = webAddress({ httpsOnly: livemode });
  const fields = z.strictObject({
    customer: z.string().describe('Whose payment method it will be'),
    usage: z.enum(CONSENT_SCOPES).default('off_session').describe(SAYS.usage),
    payment_method_types: z
      .array(z.enum(SETUP_TYPES))
      .length(1)
      .default(() => ['card' as const])
      .describe(SAYS.payment_method_types),
    via: z.enum(['elements', 'checkout']).default('elements').describe(SAYS.via),
    consent: consentInput,
    allow_redisplay: z.enum(['always', 'limited', 'unspecified']).optional().describe(SAYS.allow_redisplay),
    return_url: (origins.length === 0
      ? address
      : address.refine((text) => URL.canParse(text) && origins.includes(new URL(text).origin), {
          error: 'must be on one of the origins that this deployment names (RETURN_ORIGINS)',
        })
    ).describe(SAYS.return_url),
    metadata: metadata.optional(),
  });
  return fields.superRefine(({ payment_method_types: [type], usage, consent: { scope } }, context) => {
    if (type === 'card') return;
    const wrong = usage === 'on_session' ? ['usage'] : scope === 'on_session' ? ['consent', 'scope'] : null;
    if (wrong !== null) context.addIssue({ code: 'custom', path: wrong, message: OFF_SESSION_ONLY });
  });
}

/** Nobody is present when a bank moves the money: an agreement to debits that does not cover that is none. */
const OFF_SESSION_ONLY = 'must be off_session for a debit, which is collected while its customer is away';

export const setup = z
  .object({
    id: z.string().describe('Begins with `set_`'),
    object: z.literal('setup').describe('What this is'),
    customer: z.string().describe('Whose payment method it will be'),
    usage: z.enum(CONSENT_SCOPES).describe(SAYS.usage),
    payment_method_types: z.array(z.string()).describe(SAYS.payment_method_types),
    via: z.enum(['elements', 'checkout']).describe(SAYS.via),
    status: z.enum(SETUP_STATUSES).describe('Where it stands; the last four are final'),
    detail: z.string().nullable().describe('One word more about the status, such as `closing`'),
    stripe_setup_intent_id: z.string().nullable().describe("Stripe's SetupIntent, once it is made"),
    client_secret: z
      .string()
      .nullable()
      .describe('For Stripe.js, while it waits for its customer; only for keys with the scope `write`'),
    url: z
      .string()
      .nullable()
      .describe('Where to send the customer, while it waits for them; only for keys with the scope `write`'),
    next_action: z
      .object({
        type: z.string().describe("Stripe's word for what its customer has to do"),
        redirect_to_url: z
          .object({ url: z.string().nullable().describe('Where they do it') })
          .nullable()
          .describe('Of the type `redirect_to_url`'),
      })
      .nullable()
      .describe(
        'What the customer still has to do at their bank, by `via: elements`; only for keys with the scope `write`',
      ),
    payment_method: z.string().nullable().describe('What was saved'),
    mandate: z.string().nullable().describe("Stripe's mandate, for kinds that need one"),
    last_error: z
      .object({
        code: z.string().nullable().describe("Stripe's error code"),
        decline_code: z.string().nullable().describe("The bank's reason, where there is one"),
      })
      .nullable()
      .describe("Why the customer's newest try failed"),
    consent,
    allow_redisplay: z.string().nullable().describe(SAYS.allow_redisplay),
    return_url: z.string().describe(SAYS.return_url),
    version: z.int().describe('Grows with each change: of two copies, the greater is newer'),
    metadata: shownMetadata,
    expires_at: timestamp.describe('When it ends if its customer has not come'),
    created_at: timestamp.describe('When it was asked for'),
    settled_at: timestamp.nullable().describe('When it came to its end'),
  })
  .meta({ id: 'Setup', description: 'The saving of one payment method' });
export type SetupView = z.output<typeof setup>;

export const setupQuery = z.strictObject(waitQuery);

export const setupListQuery = z.strictObject({
  ...pageQuery,
  customer: anyId.optional().describe('Only those of this customer'),
  status: z.enum(SETUP_STATUSES).optional().describe('Only those that stand there'),
});
