/**
 * Requests that are wrong, odd or hostile, for every parser at the door: bodies, fields, queries, headers, keys, links,
 * cookies, forms, signatures and events. Drawn from chance, so that a seed repeats them. None may ever be answered with a 5xx.
 */
import { createHmac } from 'node:crypto';
import { pick, type Random } from '../chaos/chance.ts';
import { hostileText, nearly } from './hostile-text.ts';

/** What Fastify injects. */
export type FuzzInput = {
  readonly parser: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string;
};

export type FuzzTarget = {
  /** A key with every scope. */
  readonly token: string;
  readonly webhook_secret: string;
  /** Real time, in seconds: signatures are dated. */
  readonly now_s: number;
};

const BODY_MAX = 250_000;
const HEAD_MAX = 8_000;
const CONSENT = {
  scope: 'off_session',
  frequency: 'recurring',
  amount_basis: 'metered usage',
  text: 'I allow it.',
  version: '1',
  accepted_at: '2026-01-15T10:00:00Z',
  ip_address: '203.0.113.7',
  user_agent: 'Mozilla/5.0',
  until: '2027-01-15T10:00:00Z',
};
const NOBODY = `cst_${'a'.repeat(24)}`;
/** Valid in form; each names a customer that does not exist, or a method that Stripe does not know of. */
const BODIES: readonly (readonly [path: string, body: Record<string, unknown>])[] = [
  ['/v1/customers', { email: 'robin@example.test', name: 'Robin', locale: 'de', time_zone: 'Europe/Berlin' }],
  [
    '/v1/charges',
    { customer: NOBODY, amount: 500, currency: 'eur', description: 'Power', metadata: { a: 'b' } },
  ],
  [
    '/v1/charges',
    { customer: NOBODY, amount: 500, currency: 'eur', description: 'Power', due_at: '2027-01-01' },
  ],
  ['/v1/setups', { customer: NOBODY, consent: CONSENT, return_url: 'https://merchant.example.test/' }],
  ['/v1/payment_methods', { customer: NOBODY, stripe_payment_method_id: 'pm_x', consent: CONSENT }],
  [`/v1/customers/${NOBODY}/stop`, {}],
  [`/v1/charges/chg_${'a'.repeat(24)}/cancel`, {}],
  [`/v1/consents/cns_${'a'.repeat(24)}/revoke`, { move: true }],
];
const LISTS = ['/v1/charges', '/v1/customers', '/v1/setups', '/v1/payment_methods'];
const FILTERS = ['limit', 'cursor', 'customer', 'status', 'reference', 'query', 'email', 'wait', 'run', 'a'];
const EVENT_TYPES = ['payment_intent.succeeded', 'setup_intent.canceled', 'charge.dispute.created', 'x'];

/** The parsers, each with what may be sent to it. */
const DRAWERS: Readonly<Record<string, (random: Random, target: FuzzTarget) => Omit<FuzzInput, 'parser'>>> = {
  body: (random, target) => post(random, target, (body) => nearly(random, JSON.stringify(body))),
  long_body: (random, target) => post(random, target, () => hostileText(random, BODY_MAX)),
  field: (random, target) => post(random, target, (body) => JSON.stringify(spoilt(random, body))),
  many: (random, target) => post(random, target, (body) => JSON.stringify({ ...body, ...crowded(random) })),
  query: (random, target) => ({
    method: 'GET',
    url: `${pick(random, LISTS)}?${queryOf(random)}`,
    headers: keyed(target),
  }),
  id: (random, target) => ({
    method: 'GET',
    url: `${pick(random, LISTS)}/${inAddress(hostileText(random, 2_000))}`,
    headers: keyed(target),
  }),
  key: (random, target) => ({
    method: 'GET',
    url: '/v1/charges',
    headers: { authorization: oneLine(nearly(random, `Bearer ${target.token}`), HEAD_MAX) },
  }),
  link: (random) => ({
    method: 'GET',
    url: `/${pick(random, ['r', 's'])}/${inAddress(nearly(random, linkLike(random)))}`,
    headers: {},
  }),
  press: (random) => ({
    method: 'POST',
    url: `/r/page/rec_${'a'.repeat(24)}/${pick(random, ['confirm', 'replace', 'x'])}`,
    headers: {
      'content-type': pick(random, ['application/x-www-form-urlencoded', 'application/json', 'text/plain']),
      cookie: oneLine(hostileText(random, HEAD_MAX), HEAD_MAX),
      origin: oneLine(hostileText(random, 100), 100),
    },
    payload: hostileText(random, 8_000) || 'form_token=x',
  }),
  signature: (random, target) => {
    const payload = hostileText(random, BODY_MAX) || '{}';
    return webhook(payload, oneLine(nearly(random, signatureOf(target, payload)), HEAD_MAX));
  },
  event: (random, target) => {
    const payload = pick(random, [
      nearly(random, eventOf(random)),
      JSON.stringify(spoilt(random, {})),
      '[]',
      '',
    ]);
    return webhook(payload, signatureOf(target, payload));
  },
};
export const PARSERS = Object.keys(DRAWERS);

/** One input, drawn from chance. */
export function fuzzInput(random: Random, target: FuzzTarget): FuzzInput {
  const parser = pick(random, PARSERS);
  const drawn = DRAWERS[parser]?.(random, target);
  if (drawn === undefined) throw new RangeError(`no parser ${parser}`);
  return { parser, ...drawn };
}

type Body = Readonly<Record<string, unknown>>;

function post(random: Random, target: FuzzTarget, payload: (body: Body) => string) {
  const [url, body] = pick(random, BODIES);
  const type = random.chance(0.95) ? 'application/json' : oneLine(hostileText(random, HEAD_MAX), HEAD_MAX);
  const key = random.chance(0.9) ? 'fuzz' : oneLine(hostileText(random, HEAD_MAX), HEAD_MAX);
  const headers = { ...keyed(target), 'content-type': type, 'idempotency-key': key };
  return { method: 'POST' as const, url, headers, payload: payload(body).slice(0, BODY_MAX) };
}

/** One field is another: of another type, hostile, or deep. */
function spoilt(random: Random, body: Body): Body {
  const name = pick(random, [...Object.keys(body), 'metadata', 'consent', 'extra']);
  const text = hostileText(random, BODY_MAX);
  const value = pick(random, [text, null, -1, 1.5, [], {}, [text], { [text.slice(0, 100)]: text }, true]);
  const inner = body[name];
  if (typeof inner === 'object' && inner !== null && random.chance(0.8))
    return { ...body, [name]: spoilt(random, inner as Body) };
  return { ...body, [name]: value };
}

/** Very many values, in one place. */
function crowded(random: Random): Body {
  const count = random.chance(0.05) ? random.below(30_000) : random.below(60);
  const entries = Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index % 7]));
  return pick(random, [
    entries,
    { metadata: entries },
    { consent: entries },
    { metadata: Object.keys(entries) },
  ]);
}

function queryOf(random: Random): string {
  const one = (): string => `${pick(random, FILTERS)}=${inAddress(hostileText(random, 3_000))}`;
  const parts = Array.from({ length: 1 + random.below(5) }, one).join('&');
  return random.chance(0.1) ? `${parts}${'&a'.repeat(random.below(2_000))}` : parts;
}

const keyed = ({ token }: FuzzTarget) => ({ authorization: `Bearer ${token}` });
const linkLike = (random: Random): string =>
  pick(random, [
    `v1.rec_${'a'.repeat(24)}.1.${'A'.repeat(43)}`,
    `v1.set_${'a'.repeat(24)}.1.${'A'.repeat(43)}`,
    '',
  ]);

function eventOf(random: Random): string {
  const object = { id: 'pi_1', object: 'payment_intent', amount: 1, currency: 'eur', metadata: {} };
  const type = pick(random, EVENT_TYPES);
  return JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type,
    created: 1,
    livemode: false,
    data: { object },
  });
}

function signatureOf({ webhook_secret, now_s }: FuzzTarget, payload: string): string {
  return `t=${now_s},v1=${createHmac('sha256', webhook_secret).update(`${now_s}.${payload}`).digest('hex')}`;
}

function webhook(payload: string, signature: string) {
  const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
  return { method: 'POST' as const, url: '/webhooks/stripe', headers, payload };
}

/** A lone surrogate cannot be written there. */
const inAddress = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, '?'));

/** What can stand in a header at all. */
function oneLine(text: string, max: number): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, max);
}
