import type { DeliveryJson, WebhookEndpointJson } from '../schemas/webhook-endpoint.ts';
import { operationsOf } from './operation.ts';

const NEW_ENDPOINT_EXAMPLE = {
  url: 'https://power.example/duecourse',
  events: ['charge.*', 'customer.updated'],
  description: 'The billing system',
};

const ENDPOINT_EXAMPLE: WebhookEndpointJson = {
  id: 'whe_p4tq7nbx2kzr5mhc3vyd6jwa',
  object: 'webhook_endpoint',
  ...NEW_ENDPOINT_EXAMPLE,
  status: 'enabled',
  disabled_reason: null,
  failing_since: null,
  replaying: false,
  created_at: '2026-10-01T09:12:40.118Z',
};

const WITH_SECRET = { ...ENDPOINT_EXAMPLE, secret: 'whsec_bm90IGEgcmVhbCBzZWNyZXQ6IGFuIGV4YW1wbGU=' };

const DELIVERY_EXAMPLE: DeliveryJson = {
  id: 'dlv_h7wq2nbx5kzr4mtc3vyd6jpa',
  object: 'delivery',
  endpoint: ENDPOINT_EXAMPLE.id,
  event: 'dce_a2mqzwbnt3xkr7hvcy4djp62',
  type: 'charge.succeeded',
  status: 'delivered',
  next_attempt_at: null,
  attempts: [
    {
      number: 1,
      at: '2026-11-01T08:00:03.020Z',
      status: 204,
      code: null,
      duration_ms: 84,
      answer: '',
    },
  ],
  delivered_at: '2026-11-01T08:00:03.104Z',
  created_at: '2026-11-01T08:00:02.510Z',
};

export const webhookEndpointOperations = operationsOf('Webhook endpoints', {
  createWebhookEndpoint: {
    summary: 'Create a webhook endpoint',
    description:
      'Has events sent to an address of yours, signed by Standard Webhooks. The answer shows the secret, this once: keep it where your receiver verifies signatures.',
    refusals: ['conflict'],
    request: NEW_ENDPOINT_EXAMPLE,
    answer: WITH_SECRET,
  },
  listWebhookEndpoints: {
    summary: 'List webhook endpoints',
    description: 'Returns webhook endpoints, newest first, with whether they fail.',
    refusals: [],
    answer: { data: [ENDPOINT_EXAMPLE], next_cursor: null, has_more: false },
  },
  retrieveWebhookEndpoint: {
    summary: 'Retrieve a webhook endpoint',
    description: 'Returns a webhook endpoint, without its secret.',
    refusals: [],
    answer: ENDPOINT_EXAMPLE,
  },
  updateWebhookEndpoint: {
    summary: 'Update a webhook endpoint',
    description:
      'Changes address, events or description, or disables and enables it. What happens while it is disabled is kept for it.',
    refusals: [],
    request: { status: 'enabled' },
    answer: ENDPOINT_EXAMPLE,
  },
  deleteWebhookEndpoint: {
    summary: 'Delete a webhook endpoint',
    description:
      'Ends an endpoint and drops what is still owed to it. The feed of events keeps what happened.',
    refusals: [],
    answer: { id: ENDPOINT_EXAMPLE.id, object: 'webhook_endpoint', deleted: true },
  },
  rotateWebhookEndpointSecret: {
    summary: "Rotate a webhook endpoint's secret",
    description:
      'Makes a new secret, shown this once. For `overlap_hours` the secrets before sign beside it, so that your receiver can change over without losing an event.',
    refusals: [],
    request: { overlap_hours: 24 },
    answer: WITH_SECRET,
  },
  testWebhookEndpoint: {
    summary: 'Send a test event',
    description:
      'Sends one signed test event at once and answers what came back, for whoever sets up a receiver.',
    refusals: [],
    answer: { delivered: true, status: 204, code: null, duration_ms: 84, answer: '' },
  },
  replayWebhookEndpoint: {
    summary: 'Send events again',
    description:
      'Sends one event again, or everything from a time on, for a receiver that lost what it had taken. With `newest_only` it sends only the newest event of each object.',
    refusals: ['conflict'],
    request: { from: '2026-11-01T00:00:00Z', newest_only: true },
    answer: { ...ENDPOINT_EXAMPLE, replaying: true },
  },
  listDeliveries: {
    summary: "List a webhook endpoint's deliveries",
    description:
      'Returns what is owed and was sent to an endpoint, newest first, with what came back each time.',
    refusals: [],
    answer: { data: [DELIVERY_EXAMPLE], next_cursor: null, has_more: false },
  },
  redeliverDelivery: {
    summary: 'Send a delivery again',
    description: 'Sends one event to one endpoint again, whatever came of it before.',
    refusals: ['conflict'],
    answer: { ...DELIVERY_EXAMPLE, status: 'queued', delivered_at: null },
  },
});
