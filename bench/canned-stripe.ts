/**
 * A Stripe that costs next to nothing: it answers create and confirm with what it was given, after `--latency` milliseconds,
 * and every list with nothing. It checks nothing and remembers only what is not confirmed yet. `GET /bench` says how many
 * writes it answered. Its first line of stdout is `{url}`; SIGTERM ends it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { latency: { type: 'string', default: '0' } } });
const latency_ms = Number(values.latency);

type Intent = { readonly id: string; readonly [field: string]: unknown };

const CONFIRM = /^\/v1\/payment_intents\/([^/]+)\/confirm/;
const NOTHING = { object: 'list', data: [], has_more: false, url: '/v1' };
const unconfirmed = new Map<string, Intent>();
let made = 0;
let writes = 0;

/** Every field that Stripe's answer has, so that it takes as long to read. */
function intentOf(form: URLSearchParams): Intent {
  made += 1;
  const id = `pi_canned${process.pid}x${made}`;
  const metadata = Object.fromEntries(
    [...form].flatMap(([name, value]) => {
      const [, label] = /^metadata\[(\w+)\]$/.exec(name) ?? [];
      return label === undefined ? [] : [[label, value]];
    }),
  );
  const fields = { amount: Number(form.get('amount')), currency: form.get('currency'), metadata };
  const nulls = [
    'application',
    'application_fee_amount',
    'automatic_payment_methods',
    'canceled_at',
    'cancellation_reason',
    'last_payment_error',
    'latest_charge',
    'next_action',
    'on_behalf_of',
    'payment_method',
    'payment_method_configuration_details',
    'processing',
    'receipt_email',
    'review',
    'setup_future_usage',
    'shipping',
    'source',
    'statement_descriptor',
    'statement_descriptor_suffix',
    'transfer_data',
    'transfer_group',
  ];
  return {
    ...Object.fromEntries(nulls.map((name) => [name, null])),
    ...fields,
    id,
    object: 'payment_intent',
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    capture_method: 'automatic',
    client_secret: `${id}_secret_abcdefghijklmnopqrstuvwx`,
    confirmation_method: 'automatic',
    created: 1_790_000_000,
    customer: form.get('customer'),
    description: form.get('description'),
    livemode: false,
    payment_method_options: { card: { installments: null, mandate_options: null, network: null } },
    payment_method_types: ['card'],
    status: 'requires_payment_method',
  };
}

function paid(intent: Intent, method: string | null): Intent {
  const latest_charge = `ch_${intent.id.slice(3)}`;
  return {
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
    latest_charge,
    payment_method: method,
  };
}

function answerTo(method: string, path: string, form: URLSearchParams): object {
  if (method === 'GET') return path === '/bench' ? { writes } : NOTHING;
  writes += 1;
  const [, id] = CONFIRM.exec(path) ?? [];
  const known = id === undefined ? undefined : unconfirmed.get(id);
  if (id !== undefined && known !== undefined) {
    unconfirmed.delete(id);
    return paid(known, form.get('payment_method'));
  }
  const intent = intentOf(form);
  if (form.get('confirm') === 'true') return paid(intent, form.get('payment_method'));
  unconfirmed.set(intent.id, intent);
  return intent;
}

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const text = JSON.stringify(
    answerTo(request.method ?? 'GET', request.url ?? '', new URLSearchParams(body)),
  );
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'request-id': `req_${made}`,
    'idempotency-key': request.headers['idempotency-key'] ?? '',
  });
  response.end(text);
}

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => {
    body += part;
  });
  request.on('end', () => {
    if (latency_ms === 0) answer(request, response, body);
    else setTimeout(() => answer(request, response, body), latency_ms);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
