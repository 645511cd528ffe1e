import { z } from 'zod';
import { CONSENT_SCOPES } from '../../domain/consent.ts';
import { consent, consentInput } from './consent.ts';
import { anyId, pageQuery, waitQuery } from './list.ts';
import { metadata, webAddress } from './text.ts';
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

/**
 * What a merchant sends. In live mode the customer is sent back over https only, and where the deployment names
 * `origins`, only to these: a stolen key then leads nobody elsewhere from a page that they trust.
 */
export function newSetup(livemode: boolean, origins: readonly string[]) {
  const address = webAddress({ httpsOnly: livemode });
  return z.strictObject({
    customer: z.string(),
    usage: z.enum(CONSENT_SCOPES).default('off_session'),
    payment_method_types: z
      .array(z.literal('card'))
      .length(1)
      .default(() => ['card' as const]),
    via: z.enum(['elements', 'checkout']).default('elements'),
    consent: consentInput,
    allow_redisplay: z.enum(['always', 'limited', 'unspecified']).optional(),
    return_url:
      origins.length === 0
        ? address
        : address.refine((text) => URL.canParse(text) && origins.includes(new URL(text).origin), {
            error: 'must be on one of the origins that this deployment names (RETURN_ORIGINS)',
          }),
    metadata: metadata.optional(),
  });
}

export const setup = z
  .object({
    id: z.string(),
    object: z.literal('setup'),
    customer: z.string(),
    usage: z.enum(CONSENT_SCOPES),
    via: z.enum(['elements', 'checkout']),
    status: z.enum(SETUP_STATUSES),
    detail: z.string().nullable(),
    stripe_setup_intent_id: z.string().nullable(),
    client_secret: z.string().nullable(),
    url: z.string().nullable(),
    payment_method: z.string().nullable(),
    mandate: z.string().nullable(),
    last_error: z.object({ code: z.string().nullable(), decline_code: z.string().nullable() }).nullable(),
    consent,
    allow_redisplay: z.string().nullable(),
    return_url: z.string(),
    version: z.int(),
    metadata: z.record(z.string(), z.string()),
    expires_at: timestamp,
    created_at: timestamp,
    settled_at: timestamp.nullable(),
  })
  .meta({ id: 'Setup' });
export type SetupView = z.output<typeof setup>;

export const setupQuery = z.strictObject(waitQuery);

export const setupListQuery = z.strictObject({
  ...pageQuery,
  customer: anyId.optional(),
  status: z.enum(SETUP_STATUSES).optional(),
});
