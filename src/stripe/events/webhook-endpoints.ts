/** Where Stripe sends its events: the endpoints of the account (https://docs.stripe.com/api/webhook_endpoints). */
import type { Stripe } from 'stripe';
import type { Answer } from '../answer.ts';
import { type CallLimits, STRIPE_API_VERSION, type StripeClient } from '../client.ts';
import { objectOf, textOf, textsOf } from '../json.ts';
import { type List, readList } from '../pages.ts';

export type WebhookEndpoint = {
  readonly id: string;
  readonly url: string;
  readonly enabled_events: readonly string[];
  /** Null: the account's own version. */
  readonly api_version: string | null;
  readonly is_enabled: boolean;
  /** What its events are signed with, which Stripe shows in the answer to its creation alone. */
  readonly secret: string | null;
};

/** Names the types as the SDK does; they are ours, from the table of what we follow. */
type EventTypes = Stripe.WebhookEndpointCreateParams['enabled_events'];

/** Every endpoint of the account, newest first. */
export function listWebhookEndpoints(
  stripe: StripeClient,
  limits: CallLimits = {},
): Promise<Answer<readonly WebhookEndpoint[]>> {
  const list: List<WebhookEndpoint> = {
    ask: (sdk, page, options) => sdk.webhookEndpoints.list(page, options),
    project: projectEndpoint,
  };
  return readList(stripe, list, limits);
}

/** Has Stripe send events of these types, in the version that we read, to `url`. */
export function createWebhookEndpoint(
  stripe: StripeClient,
  wanted: { readonly key: string; readonly url: string; readonly types: readonly string[] },
  limits: CallLimits = {},
): Promise<Answer<WebhookEndpoint>> {
  const { key, url, types } = wanted;
  const enabled_events = types as EventTypes;
  const api_version = STRIPE_API_VERSION;
  return stripe.write(
    { ...limits, key },
    (sdk, options) => sdk.webhookEndpoints.create({ url, enabled_events, api_version }, options),
    projectEndpoint,
  );
}

/** Has it send events of these types and no others, and send them again if it was disabled. */
export function updateWebhookEndpoint(
  stripe: StripeClient,
  wanted: { readonly key: string; readonly id: string; readonly types: readonly string[] },
  limits: CallLimits = {},
): Promise<Answer<WebhookEndpoint>> {
  const { key, id, types } = wanted;
  const changes = { enabled_events: types as EventTypes, disabled: false };
  return stripe.write(
    { ...limits, key },
    (sdk, options) => sdk.webhookEndpoints.update(id, changes, options),
    projectEndpoint,
  );
}

function projectEndpoint(value: unknown): WebhookEndpoint | null {
  const endpoint = objectOf(value);
  const id = textOf(endpoint?.id);
  const url = textOf(endpoint?.url);
  const enabled_events = textsOf(endpoint?.enabled_events);
  if (endpoint?.object !== 'webhook_endpoint' || id === null || url === null || enabled_events === null)
    return null;
  const api_version = textOf(endpoint.api_version);
  const secret = textOf(endpoint.secret);
  return { id, url, enabled_events, api_version, is_enabled: endpoint.status === 'enabled', secret };
}
