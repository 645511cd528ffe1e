import { readCurrency } from '../currencies.ts';
import { conflict, invalid, missing, notFound } from '../http/errors.ts';
import { listWhere, readPage } from '../http/lists.ts';
import {
  absent,
  integer,
  nameIn,
  object,
  objects,
  oneOf,
  type Params,
  requiredInteger,
  requiredText,
  text,
} from '../http/params.ts';
import type { Call, Route } from '../http/router.ts';
import { mergedMetadata, metadata } from '../http/shapes.ts';
import { expireSession, openSession } from '../machines/checkout.ts';
import { readAllowed, readMethodOptions } from '../machines/offer.ts';
import { buildLine } from '../objects/session.ts';
import type { IntentSeed, SessionRow } from '../world/world.ts';

export const checkoutRoutes: readonly Route[] = [
  { method: 'POST', template: '/v1/checkout/sessions', kind: 'checkout.session', read: create },
  { method: 'GET', template: '/v1/checkout/sessions', kind: 'checkout.session', list: true, read: list },
  { method: 'GET', template: '/v1/checkout/sessions/:id', kind: 'checkout.session', read: retrieve },
  {
    method: 'POST',
    template: '/v1/checkout/sessions/:id/expire',
    kind: 'checkout.session',
    locks: true,
    read: expire,
  },
  {
    method: 'GET',
    template: '/v1/checkout/sessions/:id/line_items',
    kind: 'item',
    list: true,
    read: listLines,
  },
];

const HALF_HOUR_S = 30 * 60;
const DAY_S = 24 * 60 * 60;

function create(call: Call) {
  const { params, world, account } = call;
  const mode = oneOf(params, 'mode', ['payment', 'setup']);
  if (!mode) throw absent(params, 'mode');
  oneOf(params, 'ui_mode', ['hosted_page']);
  const customer = text(params, 'customer') ?? null;
  if (customer !== null && account.customers.byId.get(customer)?.deleted !== false) {
    throw missing('customer', customer, 'customer');
  }
  const allowed = readAllowed(params) ?? null;
  const lines = mode === 'payment' ? readLines(call) : [];
  const named = text(params, 'currency');
  const currency = lines[0]?.currency ?? (named ? readCurrency(named) : null);
  if (mode === 'setup' && currency === null && allowed === null) throw absent(params, 'currency');
  if (mode === 'setup') refuseIn(params, 'setup', ['line_items', 'payment_intent_data', 'customer_creation']);
  else refuseIn(params, 'payment', ['setup_intent_data']);
  const asked = {
    mode,
    customer,
    allowed,
    currency,
    lines,
    success_url: requiredText(params, 'success_url'),
    cancel_url: text(params, 'cancel_url') ?? null,
    client_reference_id: text(params, 'client_reference_id') ?? null,
    customer_email: text(params, 'customer_email') ?? null,
    customer_creation: oneOf(params, 'customer_creation', ['always', 'if_required']) ?? null,
    locale: oneOf(params, 'locale', ['auto', 'en', 'de', 'fr', 'es', 'it', 'nl']) ?? null,
    metadata: mergedMetadata(null, metadata(params)),
    expires_at: readExpiry(params, world.clock.seconds()),
    seed: readSeed(params, mode),
    redisplay: readRedisplay(params),
  };
  const options = readMethodOptions(params);
  return () => openSession(call, { ...asked, options }).value;
}

function retrieve(call: Call) {
  const row = find(call);
  return () => row.value;
}

function expire(call: Call) {
  const row = find(call);
  return () => {
    if (row.value.status !== 'open') {
      throw conflict(undefined, `Only Checkout Sessions with a status in ["open"] can be expired.`);
    }
    expireSession(call, row);
    return row.value;
  };
}

function list({ params, account }: Call) {
  const status = oneOf(params, 'status', ['open', 'complete', 'expired']) ?? null;
  return listWhere(
    params,
    account.sessions,
    '/v1/checkout/sessions',
    ['customer', 'payment_intent'],
    ({ value }) => status === null || value.status === status,
  );
}

function listLines(call: Call) {
  const row = find(call);
  const { limit } = readPage(call.params);
  const url = `/v1/checkout/sessions/${call.id}/line_items`;
  return () => ({ object: 'list', url, has_more: row.lines.length > limit, data: row.lines.slice(0, limit) });
}

function find(call: Call): SessionRow {
  const row = call.account.sessions.byId.get(call.id);
  if (row === undefined) throw notFound('checkout.session', call.id, 'session');
  return row;
}

function readLines(call: Call) {
  const lines = objects(call.params, 'line_items');
  if (lines === undefined || lines.length === 0) throw absent(call.params, 'line_items');
  const built = lines.map((line) => {
    const price = object(line, 'price_data');
    if (!price) throw absent(line, 'price_data');
    const product = object(price, 'product_data');
    if (!product) throw absent(price, 'product_data');
    const name = requiredText(product, 'name');
    text(product, 'description');
    const currency = readCurrency(requiredText(price, 'currency'));
    const quantity = integer(line, 'quantity') ?? 1;
    const id = call.account.random.id('li_1', 23);
    return buildLine(id, currency, requiredInteger(price, 'unit_amount'), quantity, name);
  });
  const mixed = built.find((line) => line.currency !== built[0]?.currency);
  if (mixed !== undefined) throw invalid('All line items must have the same currency.', 'line_items');
  return built;
}

function readSeed(params: Params, mode: 'payment' | 'setup'): IntentSeed {
  const data = object(params, mode === 'payment' ? 'payment_intent_data' : 'setup_intent_data');
  const plain = { capture_method: 'automatic_async', setup_future_usage: null } as const;
  if (!data) return { ...plain, metadata: {}, description: null };
  const common = {
    metadata: mergedMetadata(null, metadata(data)),
    description: text(data, 'description') ?? null,
  };
  if (mode === 'setup') return { ...plain, ...common };
  return {
    ...common,
    capture_method:
      oneOf(data, 'capture_method', ['automatic', 'automatic_async', 'manual']) ?? 'automatic_async',
    setup_future_usage: oneOf(data, 'setup_future_usage', ['off_session', 'on_session']) ?? null,
  };
}

/** What Checkout gives a saved method if the customer was not asked: `limited`. */
function readRedisplay(params: Params): 'always' | 'limited' | 'unspecified' {
  const data = object(params, 'payment_method_data');
  return (
    (data ? oneOf(data, 'allow_redisplay', ['always', 'limited', 'unspecified']) : undefined) ?? 'limited'
  );
}

function readExpiry(params: Params, now: number): number {
  const asked = integer(params, 'expires_at');
  if (asked === undefined) return now + DAY_S;
  if (asked >= now + HALF_HOUR_S && asked <= now + DAY_S) return asked;
  throw invalid('expires_at must be 30 minutes to 24 hours from now.', 'expires_at');
}

function refuseIn(params: Params, mode: string, keys: readonly string[]): void {
  const sent = keys.find((key) => params.tree[key] !== undefined);
  if (sent === undefined) return;
  const name = nameIn(params, sent);
  throw invalid(`You can not pass \`${name}\` in \`${mode}\` mode.`, name);
}
