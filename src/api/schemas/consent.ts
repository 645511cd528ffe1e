import { isIP } from 'node:net';
import { z } from 'zod';
import { CONSENT_FREQUENCIES, CONSENT_SCOPES } from '../../domain/consent.ts';
import { LARGEST_MAXIMUM_MINOR } from '../../domain/currencies.ts';
import { line, paragraphs } from './text.ts';
import { pastOrFuture, timestamp } from './time.ts';

const maxAmount = z.strictObject({
  amount: z.int().min(1).max(LARGEST_MAXIMUM_MINOR).describe("In the currency's minor unit"),
  currency: z
    .string()
    .regex(/^[a-z]{3}$/, 'must be three small letters')
    .describe('Lower-case ISO 4217 code'),
  per: z
    .enum(['charge', 'month'])
    .describe('What the amount bounds: each charge, or all of a calendar month'),
});

const SAYS = {
  scope: 'Whether charges may be made while the customer is away',
  frequency: 'Whether one charge may rest on it, or any number within its limits',
  amount_basis: 'How amounts are reckoned, in words that the customer has read',
  text: 'The words that the customer agreed to, as they stood there',
  version: 'Your own name for this wording',
  ip_address: 'The address that the customer agreed from',
  user_agent: 'The browser or device that the customer agreed with',
  collect: 'true: our page asks for the agreement and records its evidence',
  until: 'No charge rests on it from then on',
  max_charges: 'How many charges may rest on it',
  max_amount: 'How much may be charged',
} as const;

const LIMITS = ['until', 'max_charges', 'max_amount'] as const;
const EVIDENCE = ['accepted_at', 'ip_address', 'user_agent'] as const;

/** The customer's permission as a merchant sends it: with its evidence, or `collect: true` in its place. */
export const consentInput = z
  .strictObject({
    scope: z.enum(CONSENT_SCOPES).describe(SAYS.scope),
    frequency: z.enum(CONSENT_FREQUENCIES).describe(SAYS.frequency),
    amount_basis: line(500).describe(SAYS.amount_basis),
    text: paragraphs(5_000).describe(SAYS.text),
    version: line(100).describe(SAYS.version),
    accepted_at: pastOrFuture
      .optional()
      .describe(
        'When the customer agreed. A repetition under the same Idempotency-Key may say another time; the first stands',
      ),
    ip_address: z
      .string()
      .trim()
      .max(45, { abort: true })
      .refine((text) => isIP(text) !== 0, 'must be an IP address')
      .optional()
      .describe(SAYS.ip_address),
    user_agent: line(1_000).optional().describe(SAYS.user_agent),
    collect: z.boolean().optional().describe(SAYS.collect),
    until: pastOrFuture.optional().describe(SAYS.until),
    max_charges: z.int().min(1).max(1_000_000).optional().describe(SAYS.max_charges),
    max_amount: maxAmount.optional().describe(SAYS.max_amount),
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
  .meta({
    id: 'NewConsent',
    description: "A customer's permission to be charged, with the evidence that they gave it",
  });
export type ConsentInput = z.output<typeof consentInput>;

export const consent = z
  .object({
    id: z.string().describe('Begins with `cns_`'),
    object: z.literal('consent').describe('What this is'),
    customer: z.string().describe('Who gave it'),
    scope: z.enum(CONSENT_SCOPES).describe(SAYS.scope),
    frequency: z.enum(CONSENT_FREQUENCIES).describe(SAYS.frequency),
    amount_basis: z.string().describe(SAYS.amount_basis),
    text: z.string().describe(SAYS.text),
    version: z.string().describe(SAYS.version),
    mandate_text: z
      .string()
      .nullable()
      .describe("The mandate's words that our set-up page showed with it, for bank debits"),
    mandate_text_version: z.string().nullable().describe('Its scheme, language and edition'),
    collect: z.boolean().describe(SAYS.collect),
    accepted_at: timestamp.nullable().describe('When the customer agreed; null until then'),
    ip_address: z.string().nullable().describe(SAYS.ip_address),
    user_agent: z.string().nullable().describe(SAYS.user_agent),
    until: timestamp.nullable().describe(SAYS.until),
    max_charges: z.int().nullable().describe(SAYS.max_charges),
    max_amount: maxAmount.nullable().describe(SAYS.max_amount),
    revoked_at: timestamp.nullable().describe('Since when it is withdrawn'),
    created_at: timestamp.describe('When it was recorded'),
  })
  .meta({ id: 'Consent', description: "A customer's permission to be charged" });
export type ConsentView = z.output<typeof consent>;

/** With `move`, charges that follow their customer go to another method that rests on a live consent. */
export const revocation = z
  .strictObject({
    move: z
      .boolean()
      .optional()
      .describe(
        'true: charges that follow their customer go on with another method that a live consent covers',
      ),
  })
  .nullish();

/** What its end could not stop any more, and what still runs with the same methods under other consents. */
export const revokedConsent = consent
  .extend({
    in_flight: z.array(z.string()).describe('Charges that may still be paid: their confirm had already left'),
    also_running: z
      .array(z.string())
      .describe('Open charges with the same payment methods under other consents'),
  })
  .meta({ id: 'RevokedConsent', description: 'A revoked consent, and what its end could not stop' });
