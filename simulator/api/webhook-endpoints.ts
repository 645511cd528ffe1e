import type Stripe from 'stripe';
import { invalid, notFound } from '../http/errors.ts';
import { listPage, readPage } from '../http/lists.ts';
import { absent, boolean, type Params, requiredText, text, texts } from '../http/params.ts';
import type { Call, Route } from '../http/router.ts';
import { mergedMetadata, metadata } from '../http/shapes.ts';
import { API_VERSION } from '../http/version.ts';
import type { Wire } from '../wire-type.ts';
import { change, insert, remove } from '../world/table.ts';
import type { WebhookEndpointRow } from '../world/world.ts';

export const webhookEndpointRoutes: readonly Route[] = [
  { method: 'POST', template: '/v1/webhook_endpoints', kind: 'webhook_endpoint', read: create },
  { method: 'GET', template: '/v1/webhook_endpoints', kind: 'webhook_endpoint', list: true, read: list },
  { method: 'GET', template: '/v1/webhook_endpoints/:id', kind: 'webhook_endpoint', read: retrieve },
  { method: 'POST', template: '/v1/webhook_endpoints/:id', kind: 'webhook_endpoint', read: update },
  { method: 'DELETE', template: '/v1/webhook_endpoints/:id', kind: 'webhook_endpoint', read: drop },
];

const MAX_ENDPOINTS = 16;

function create(call: Call) {
  const { params, account, world } = call;
  const url = readUrl(requiredText(params, 'url'));
  const enabled_events = texts(params, 'enabled_events');
  if (enabled_events === undefined || enabled_events.length === 0) throw absent(params, 'enabled_events');
  refuseOtherVersion(params);
  const description = text(params, 'description') ?? null;
  const kept = mergedMetadata(null, metadata(params));
  return () => {
    if (account.webhookEndpoints.rows.length >= MAX_ENDPOINTS) {
      throw invalid(`You have reached the maximum of ${MAX_ENDPOINTS} test webhook endpoints.`);
    }
    const value: Wire<Stripe.WebhookEndpoint> = {
      id: account.random.id('we_1', 23),
      object: 'webhook_endpoint',
      api_version: API_VERSION,
      application: null,
      created: world.clock.seconds(),
      description,
      enabled_events,
      livemode: false,
      metadata: kept,
      status: 'enabled',
      url,
    };
    const row = insert(account.webhookEndpoints, { value, secret: account.random.id('whsec_', 32) });
    // Shown only once.
    return { ...row.value, secret: row.secret };
  };
}

function update(call: Call) {
  const { params } = call;
  const row = find(call);
  const url = text(params, 'url');
  const events = texts(params, 'enabled_events');
  const description = text(params, 'description');
  const disabled = boolean(params, 'disabled');
  const sent = metadata(params);
  return () =>
    change(row, {
      ...(url ? { url: readUrl(url) } : {}),
      ...(events === undefined ? {} : { enabled_events: events }),
      ...(description === undefined ? {} : { description }),
      ...(disabled === undefined ? {} : { status: disabled ? 'disabled' : 'enabled' }),
      metadata: mergedMetadata(row.value.metadata, sent),
    });
}

function retrieve(call: Call) {
  const row = find(call);
  return () => row.value;
}

function list(call: Call) {
  const page = readPage(call.params);
  const all = () => true;
  return () =>
    listPage(call.account.webhookEndpoints, page, '/v1/webhook_endpoints', all, ({ value }) => value);
}

function drop(call: Call) {
  const row = find(call);
  return () => {
    remove(call.account.webhookEndpoints, row);
    return { id: call.id, object: 'webhook_endpoint', deleted: true };
  };
}

function find(call: Call): WebhookEndpointRow {
  const row = call.account.webhookEndpoints.byId.get(call.id);
  if (row === undefined) throw notFound('webhook_endpoint', call.id);
  return row;
}

/** The simulator speaks only this version. */
function refuseOtherVersion(params: Params): void {
  const version = text(params, 'api_version') ?? API_VERSION;
  if (version !== API_VERSION)
    throw invalid(`Invalid API version: only ${API_VERSION} is simulated.`, 'api_version');
}

function readUrl(sent: string): string {
  if (URL.canParse(sent) && /^https?:$/.test(new URL(sent).protocol)) return sent;
  throw invalid(`Invalid URL: ${sent}`, 'url', 'url_invalid');
}
