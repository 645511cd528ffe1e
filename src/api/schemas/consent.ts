import { isIP } from 'node:net';
import { z } from 'zod';
import { CONSENT_FREQUENCIES, CONSENT_SCOPES } from '../../domain/consent.ts';
import { LARGEST_MAXIMUM_MINOR } from '../../domain/currencies.ts';
import { line, paragraphs } from './text.ts';
import { pastOrFuture, timestamp } from './time.ts';

const maxAmount = z.strictObject({
  amount: z.int().min(1).max(LARGEST_MAXIMUM_MINOR),
  currency: z.string().regex(/^[a-z]{3}$/, 'must be three small letters'),
  per: z.enum(['charge', 'month']),
});

const LIMITS = ['until', 'max_charges', 'max_amount'] as const;
const EVIDENCE = ['accepted_at', 'ip_address', 'user_agent'] as const;

/** The customer's permission as a merchant sends it: with its evidence, or `collect: true` in its place. */
export const consentInput = z
  .strictObject({
    scope: z.enum(CONSENT_SCOPES),
    frequency: z.enum(CONSENT_FREQUENCIES),
    amount_basis: line(500),
    text: paragraphs(5_000),
    version: line(100),
    accepted_at: pastOrFuture.optional().meta({
      description: 'A repetition under the same Idempotency-Key may say another time; the first stands',
    }),
    ip_address: z
      .string()
      .trim()
      .max(45, { abort: true })
      .refine((text) => isIP(text) !== 0, 'must be an IP address')
      .optional(),
    user_agent: line(1_000).optional(),
    collect: z.boolean().optional(),
    until: pastOrFuture.optional(),
    max_charges: z.int().min(1).max(1_000_000).optional(),
    max_amount: maxAmount.optional(),
  })
  .superRefine((consent, ctx) => {
    for (const field of LIMITS) {
      if (consent[field] !== undefined && consent.frequency !== 'recurring')
        ctx.addIssue({ code: 'custom', path: [field], message: 'goes with frequency: recurring only' });
    }
    for (const field of EVIDENCE) {
      const isGiven = consent[field] !== undefined;
      if (consent.collect === true && isGiven) {
        ctx.addIssue({ code: 'custom', path: [field], message: 'must be absent with collect: true' });
      }
      if (consent.collect !== true && !isGiven) {
        ctx.addIssue({ code: 'custom', path: [field], message: 'is required without collect: true' });
      }
    }
  })
  .meta({ id: 'NewConsent' });
export type ConsentInput = z.output<typeof consentInput>;

export const consent = z
  .object({
    id: z.string(),
    object: z.literal('consent'),
    customer: z.string(),
    scope: z.enum(CONSENT_SCOPES),
    frequency: z.enum(CONSENT_FREQUENCIES),
    amount_basis: z.string(),
    text: z.string(),
    version: z.string(),
    collect: z.boolean(),
    accepted_at: timestamp.nullable(),
    ip_address: z.string().nullable(),
    user_agent: z.string().nullable(),
    until: timestamp.nullable(),
    max_charges: z.int().nullable(),
    max_amount: maxAmount.nullable(),
    revoked_at: timestamp.nullable(),
    created_at: timestamp,
  })
  .meta({ id: 'Consent' });
export type ConsentView = z.output<typeof consent>;

/** With `move`, charges that follow their customer go to another method that rests on a live consent. */
export const revocation = z.strictObject({ move: z.boolean().optional() }).nullish();

/** What its end could not stop any more, and what still runs with the same methods under other consents. */
export const revokedConsent = consent
  .extend({ in_flight: z.array(z.string()), also_running: z.array(z.string()) })
  .meta({ id: 'RevokedConsent' });
