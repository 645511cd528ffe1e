/** What merchants are told: the types, and for each the object that it carries. */
import { z } from 'zod';
import { charge } from './charge.ts';
import { consent } from './consent.ts';
import { customer } from './customer.ts';
import { anyId, pageLimit } from './list.ts';
import { paymentMethod } from './payment-method.ts';
import { refund } from './refund.ts';
import { run } from './run.ts';
import { setup } from './setup.ts';
import { timestamp } from './time.ts';

/** Every type, by the object that an event of it carries. */
export const EVENT_TYPES = {
  charge: [
    'charge.created',
    'charge.attempt_failed',
    'charge.requires_action',
    'charge.succeeded',
    'charge.failed',
    'charge.canceled',
    'charge.under_review',
    'charge.refunded',
    'charge.disputed',
    'charge.dispute_closed',
    'charge.fraud_warning',
    'recovery.opened',
    'recovery.mailed',
    'recovery.undeliverable',
    'recovery.visited',
    'recovery.succeeded',
    'recovery.expired',
    'notice.sent',
    'notice.undeliverable',
  ],
  refund: [
    'refund.created',
    'refund.requires_action',
    'refund.under_review',
    'refund.succeeded',
    'refund.failed',
    'refund.canceled',
  ],
  setup: [
    'setup.created',
    'setup.awaiting_customer',
    'setup.processing',
    'setup.succeeded',
    'setup.failed',
    'setup.canceled',
    'setup.expired',
  ],
  payment_method: [
    'payment_method.attached',
    'payment_method.updated',
    'payment_method.detached',
    'mandate.updated',
  ],
  consent: ['consent.revoked'],
  run: [
    'run.created',
    'run.started',
    'run.paused',
    'run.resumed',
    'run.decided',
    'run.extended',
    'run.completed',
    'run.canceled',
  ],
  customer: ['customer.created', 'customer.updated', 'customer.erased'],
} as const;

export type EventObject = keyof typeof EVENT_TYPES;
export type EventType = (typeof EVENT_TYPES)[EventObject][number];

const types: ReadonlySet<string> = new Set(Object.values(EVENT_TYPES).flat());

/** `*`, a type, or a type's beginning with `*` after its dot, if there is such a type. */
export function isEventFilter(text: string): boolean {
  if (text === '*' || types.has(text)) return true;
  return text.endsWith('.*') && [...types].some((type) => type.startsWith(text.slice(0, -1)));
}

function eventOf<const Types extends readonly [string, ...string[]], Shown extends z.ZodType>(
  event_types: Types,
  object: Shown,
) {
  return z.object({
    id: z
      .string()
      .describe('The same in the feed and in every notification: remember it, to do nothing twice'),
    object: z.literal('event').describe('What this is'),
    type: z.enum(event_types).describe('What happened; it says what `data.object` is'),
    created_at: timestamp.describe('When it happened'),
    livemode: z.boolean().describe('Whether it is about real money'),
    version: z.int().describe("The object's: of two events of one object, the greater is newer"),
    // The object keeps its own name in the description: a sentence here would copy all of it.
    data: z.object({ object }).describe('The object, as it then was'),
  });
}

export const event = z
  .discriminatedUnion('type', [
    eventOf(EVENT_TYPES.charge, charge),
    eventOf(EVENT_TYPES.refund, refund),
    eventOf(EVENT_TYPES.setup, setup),
    eventOf(EVENT_TYPES.payment_method, paymentMethod),
    eventOf(EVENT_TYPES.consent, consent),
    eventOf(EVENT_TYPES.run, run),
    eventOf(EVENT_TYPES.customer, customer),
  ])
  .meta({ id: 'Event', description: 'Something that happened, told in the feed and by webhook' });
export type EventView = z.output<typeof event>;

const CURSOR = /^(dce_[a-z2-7]{24})(?:-(\d{1,9}))?$/;

/** The event after which a page begins, and of which epoch its reader is, if the cursor says so. */
export type FeedCursor = { readonly id: string; readonly epoch: number | null };

export const eventQuery = z.strictObject({
  limit: pageLimit,
  after: z
    .string()
    .regex(CURSOR, { error: 'must be the id of an event, or the next_cursor of a page' })
    .transform((text): FeedCursor => {
      const [, id = '', epoch] = CURSOR.exec(text) ?? [];
      return { id, epoch: epoch === undefined ? null : Number(epoch) };
    })
    .optional()
    .meta({
      type: 'string',
      description: 'Only what comes after this event; without it, from the oldest kept',
    }),
  type: z
    .string()
    .refine(isEventFilter, { error: 'must be a type of event, or the beginning of some and .*' })
    .optional()
    .describe('Only this type, or those that begin so: `charge.*`'),
  object: anyId.optional().meta({ description: 'Only what was told of the object with this id' }),
});

export const eventPage = z.object({
  data: z.array(event).describe('This page, oldest first'),
  next_cursor: z
    .string()
    .nullable()
    .describe('Send it as `after` to go on, now or later; null as long as there is no event'),
  has_more: z.boolean().describe('Whether more is there already'),
});
