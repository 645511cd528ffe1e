/** Where merchants are told, and what was sent there. */
import { z } from 'zod';
import { isEventFilter } from './event.ts';
import { pageQuery } from './list.ts';
import { line } from './text.ts';
import { pastOrFuture, timestamp } from './time.ts';

const EVENTS_MAX = 50;
const DESCRIPTION_MAX = 500;
const URL_MAX = 2_048;
/** A month: longer than any release takes, and short enough that a lost secret ends. */
const OVERLAP_HOURS_MAX = 720;
export const OVERLAP_HOURS_DEFAULT = 24;

const url = z
  .string()
  .min(1)
  .max(URL_MAX)
  .meta({ format: 'uri', description: 'An https:// address that is public; nothing is sent to any other' });

const events = z
  .array(
    z.string().refine(isEventFilter, {
      error: 'must be *, a type of event, or the beginning of some and .*',
    }),
  )
  .min(1)
  .max(EVENTS_MAX)
  .meta({ description: '`*`, `charge.*` or whole types' });

const description = line(DESCRIPTION_MAX).nullable().describe('For you to know it by');
const status = z.enum(['enabled', 'disabled']);

export const newEndpoint = z
  .strictObject({ url, events, description: description.optional() })
  .meta({ id: 'NewWebhookEndpoint', description: 'Where to send which events' });

export const endpointChange = z
  .strictObject({
    url: url.optional(),
    events: events.optional(),
    description: description.optional(),
    status: status.optional().meta({ description: 'What happens while it is disabled is kept for it' }),
  })
  .meta({ id: 'WebhookEndpointChange', description: 'What is left out stays' });

export const endpointListQuery = z.strictObject(pageQuery);

const endpointFields = {
  id: z.string().describe('Begins with `whe_`'),
  object: z.literal('webhook_endpoint').describe('What this is'),
  url: z.string().describe('Where events are sent'),
  events: z.array(z.string()).describe('Which events are sent'),
  description: z.string().nullable().describe('For you to know it by'),
  status: status.describe('disabled: nothing is sent, and what happens is kept for it'),
  disabled_reason: z.enum(['merchant', 'gone', 'failing']).nullable().meta({
    description: '`gone`: it answered 410. `failing`: five days of nothing but failures. Else by request',
  }),
  failing_since: timestamp.nullable().meta({ description: 'Since when nothing but failures came back' }),
  replaying: z.boolean().meta({ description: 'Whether a replay is under way' }),
  created_at: timestamp.describe('When it was made'),
};

export const webhookEndpoint = z
  .object(endpointFields)
  .meta({ id: 'WebhookEndpoint', description: 'An address that is told of events' });
export type WebhookEndpointJson = z.input<typeof webhookEndpoint>;

export const deletedEndpoint = z.object({
  id: z.string().describe('What it was'),
  object: z.literal('webhook_endpoint').describe('What this was'),
  deleted: z.literal(true).describe('Always true'),
});

/** The one time that the secret is shown. */
export const webhookEndpointWithSecret = z
  .object({
    ...endpointFields,
    secret: z.string().nullable().meta({
      description: '`whsec_…`, shown this once; null where the request is a repetition',
    }),
  })
  .meta({ id: 'WebhookEndpointWithSecret', description: 'An endpoint, and its secret this once' });

export const rotation = z
  .strictObject({
    overlap_hours: z
      .int()
      .min(0)
      .max(OVERLAP_HOURS_MAX)
      .default(OVERLAP_HOURS_DEFAULT)
      .meta({ description: 'For so long the secrets before sign beside the new one' }),
  })
  .nullish();

export const replayRequest = z
  .strictObject({
    from: pastOrFuture.optional().meta({ description: 'Everything from this time on' }),
    event: z.string().min(1).max(100).optional().meta({ description: 'This event' }),
    newest_only: z.boolean().default(false).meta({ description: 'Of each object only the newest event' }),
  })
  .refine(({ from, event }) => (from === undefined) !== (event === undefined), {
    error: 'must say either from or event',
    path: ['from'],
  });

/** How a test event went. */
export const testResult = z.object({
  delivered: z.boolean().describe('Whether it answered with a status from 200 to 299'),
  status: z.int().nullable().meta({ description: 'What the endpoint answered; null if it did not' }),
  code: z.string().nullable().meta({ description: 'Why it was not delivered' }),
  duration_ms: z.int().describe('How long it took'),
  answer: z.string().nullable().meta({ description: 'The first kilobyte of the answer' }),
});

const deliveryStatus = z.enum(['queued', 'delivered', 'failed', 'canceled']);

export const deliveryListQuery = z.strictObject({
  ...pageQuery,
  status: deliveryStatus.optional().describe('Only those that stand there'),
});

export const delivery = z
  .object({
    id: z.string().describe('Begins with `dlv_`'),
    object: z.literal('delivery').describe('What this is'),
    endpoint: z.string().describe('Where it goes'),
    event: z.string().describe('What it tells'),
    type: z.string().nullable().meta({ description: 'Of the event; null once that is no longer kept' }),
    status: deliveryStatus.describe('queued: it is owed. The others are final'),
    next_attempt_at: timestamp.nullable().describe('When it is sent next'),
    attempts: z
      .array(
        z.object({
          number: z.int().describe('Counts from 1'),
          at: timestamp.describe('When it was sent'),
          status: z.int().nullable().describe('What the endpoint answered; null if it did not'),
          code: z.string().nullable().describe('Why it was not delivered'),
          duration_ms: z.int().describe('How long it took'),
          answer: z.string().nullable().describe('The first kilobyte of the answer'),
        }),
      )
      .describe('Oldest first'),
    delivered_at: timestamp.nullable().describe('When it was taken'),
    created_at: timestamp.describe('Since when it is owed'),
  })
  .meta({ id: 'Delivery', description: 'One event on its way to one endpoint' });
export type DeliveryJson = z.input<typeof delivery>;
