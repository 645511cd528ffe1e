/**
 * A thousand requests that are wrong in some way, drawn from a seed: no 5xx, no row, and every refusal names the
 * field or the reason. The seed is printed; FUZZ_SEED repeats a run.
 */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chanceOf } from '../../chaos/chance.ts';
import { fuzzInput, PARSERS } from '../../fuzz/inputs.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type Answer, API_WEBHOOK_SECRET, type ApiWorld, CONSENT, createApiWorld } from './api-world.ts';

const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const TABLES = [
  'customers',
  'consents',
  'payment_methods',
  'setups',
  'charges',
  'charge_attempts',
  'recoveries',
  'messages',
  'deliveries',
  'inbox_events',
  'transitions',
  'idempotency_keys',
];

let api: ApiWorld;
let saved: SavedCustomer;
let link: string;

beforeAll(async () => {
  console.log(`fuzz seed ${SEED}`);
  api = await createApiWorld();
  saved = await api.world.customer('pm_card_visa');
  const asked = await api.world.customer('pm_card_authenticationRequired');
  const charge = await api.world.charge(asked);
  await api.world.work();
  const { body } = await api.post(`/v1/charges/${charge}/recovery/resend`);
  link = new URL((body.recovery as { url: string }).url).pathname;
  // What Stripe tells of these is in before rows are counted.
  await api.world.simulator.control.deliveries();
});
afterAll(() => api.close());

/** mulberry32: small, and the same everywhere. */
function generator(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    pick: <T>(items: readonly T[]): T => items[below(items.length)] as T,
  };
}
type Random = ReturnType<typeof generator>;

type Valid = {
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly required: readonly string[];
};

const validRequests = (): Valid[] => [
  { path: '/v1/customers', body: { email: 'robin@example.test' }, required: ['email'] },
  {
    path: '/v1/setups',
    body: {
      customer: saved.customer_id,
      consent: { ...CONSENT },
      return_url: 'https://merchant.example.test/',
    },
    required: ['customer', 'consent', 'return_url'],
  },
  {
    path: '/v1/payment_methods',
    body: { customer: saved.customer_id, stripe_payment_method_id: 'pm_x', consent: { ...CONSENT } },
    required: ['customer', 'stripe_payment_method_id', 'consent'],
  },
  {
    path: '/v1/charges',
    body: { customer: saved.customer_id, amount: 500, currency: 'eur', description: 'Power' },
    required: ['customer', 'amount', 'currency', 'description'],
  },
];

const NOT_A_TEXT = [null, true, 0, -1, 1.5, [], {}, [''], { a: 1 }];
const UNFIT_TEXTS = [
  '',
  ' ',
  '\r\n',
  '\0',
  ' \u2028',
  '\u202e\u202c',
  '\ud800',
  '4242 4242 4242 4242',
  '5555-5555-5555-4444',
  'x'.repeat(6_000),
];
const UNKNOWN_FIELDS = [
  'state',
  'amount_received',
  'id',
  'livemode',
  'card',
  'number',
  'cvc',
  'a b',
  '',
  '4242424242424242',
  '__proto__',
  'x'.repeat(200),
];

/** Ways to spoil a valid body; each result is wrong for every route. */
const spoilers: ((valid: Valid, random: Random) => string)[] = [
  ({ body, required }, random) => JSON.stringify({ ...body, [random.pick(required)]: undefined }),
  ({ body, required }, random) =>
    JSON.stringify({ ...body, [random.pick(required)]: random.pick(NOT_A_TEXT.slice(0, 2)) }),
  ({ body, required }, random) =>
    JSON.stringify({ ...body, [random.pick(required)]: random.pick([[], {}, ['']]) }),
  ({ body, required }, random) => {
    const texts = required.filter((name) => typeof body[name] === 'string');
    return JSON.stringify({ ...body, [random.pick(texts)]: random.pick(UNFIT_TEXTS) });
  },
  ({ body }, random) => {
    const text = JSON.stringify(body);
    return `{${JSON.stringify(random.pick(UNKNOWN_FIELDS))}:${JSON.stringify(random.pick(NOT_A_TEXT))},${text.slice(1)}`;
  },
  ({ body }, random) => JSON.stringify(body).slice(0, 1 + random.below(JSON.stringify(body).length - 1)),
  (_valid, random) =>
    random.pick(['', 'null', '[]', '"x"', '1', 'NaN', '{', '{}}', "{'a':1}", '\u0000', '<xml/>']),
  (_valid, random) => random.pick(['[', '{"a":', '[[[{']).repeat(1 + random.below(5_000)),
  ({ body }, random) => {
    const key = random.pick(['', 'x'.repeat(41), 'a\nb', '4242424242424242', 'ok']);
    return JSON.stringify({
      ...body,
      metadata: { [key]: random.pick([1, null, {}, 'x'.repeat(501), '4242 4242 4242 4242']) },
    });
  },
  ({ body }, random) =>
    JSON.stringify(body).replace(
      /[{]/,
      `{"amount":${random.pick(['1e999', '-', '0x1', '1.5', '9007199254740993', '00', '+1', 'Infinity'])},`,
    ),
  ({ body }, random) => {
    const consent = {
      ...CONSENT,
      [random.pick(Object.keys(CONSENT))]: random.pick([null, 7, [], '\u2029', '']),
    };
    return JSON.stringify({ ...body, consent });
  },
];

async function rows(): Promise<Record<string, number>> {
  const counts = await Promise.all(TABLES.map(async (table) => [table, await api.count(table)] as const));
  return Object.fromEntries(counts);
}

function expectRefusal(answer: Answer, what: string): void {
  const reason = JSON.stringify(answer.body.errors ?? answer.body.detail ?? '');
  expect({ what, status: answer.status }).toEqual({
    what,
    status: expect.toSatisfy((status) => status >= 400 && status < 500),
  });
  expect({ what, reason: reason.length > 4 }).toEqual({ what, reason: true });
  expect({ what, isEcho: answer.text.includes('4242424242424242') }).toEqual({ what, isEcho: false });
}

test('six hundred malformed bodies', async () => {
  const random = generator(SEED);
  const before = await rows();
  for (let n = 0; n < 600; n += 1) {
    const valid = random.pick(validRequests());
    const spoiler = random.below(spoilers.length);
    const body = spoilers[spoiler]?.(valid, random) ?? '';
    // An email or a customer is the only text of its body that could be fit after all.
    expectRefusal(
      await api.post(valid.path, body),
      `#${n} seed ${SEED} spoiler ${spoiler} ${valid.path} ${body.slice(0, 300)}`,
    );
  }
  expect(await rows()).toEqual(before);
});

test('two hundred malformed signatures and events', async () => {
  const random = generator(SEED + 1);
  const before = await rows();
  const payload = JSON.stringify({
    id: 'evt_fuzz',
    object: 'event',
    type: 'payment_intent.succeeded',
    created: 1,
    livemode: false,
    data: { object: { id: 'pi_1', object: 'payment_intent' } },
  });
  for (let n = 0; n < 200; n += 1) {
    const t = Math.floor(Date.now() / 1_000);
    const mac = createHmac('sha256', API_WEBHOOK_SECRET).update(`${t}.${payload}`).digest('hex');
    const good = `t=${t},v1=${mac}`;
    const at = random.below(mac.length);
    const other = ((Number.parseInt(mac[at] ?? '0', 16) + 1 + random.below(15)) % 16).toString(16);
    const signature = random.pick([
      good.replace(mac, mac.slice(0, at) + other + mac.slice(at + 1)),
      good.replace(`t=${t}`, `t=${t - 301 - random.below(1e9)}`),
      good.replace('v1', random.pick(['v0', 'v2', 'V1', ''])),
      good.slice(0, random.below(good.length)),
      `${good.slice(0, 3)}${random.pick(['x', ',', '=', ' ', 't='])}${good.slice(3)}`,
      ','.repeat(random.below(5_000)),
      `t=${t},${'v1=00,'.repeat(random.below(500))}`,
      random.pick(['null', '{}', 't=,v1=', 't=NaN,v1=NaN', 'é']),
    ]);
    const answer = await api.post('/webhooks/stripe', payload, {
      token: null,
      key: null,
      headers: { 'stripe-signature': signature },
    });
    expectRefusal(answer, `#${n} seed ${SEED} signature ${signature.slice(0, 200)}`);
  }
  expect(await rows()).toEqual(before);
});

test('two hundred malformed tokens, of keys and of links', async () => {
  const random = generator(SEED + 2);
  const before = await rows();
  const spoil = (text: string): string => {
    const at = random.below(text.length);
    const other = random.pick([...'ABCxyz019_-.'].filter((character) => character !== text[at]));
    return random.pick([
      text.slice(0, at) + other + text.slice(at + 1),
      text.slice(0, at),
      text.slice(0, at) + other + text.slice(at),
      text.slice(0, at) + text.slice(at + 1),
      text + other,
      text.replaceAll('_', '-'),
    ]);
  };
  for (let n = 0; n < 100; n += 1) {
    const token = spoil(api.tokens.all);
    const answer = await api.get('/v1/charges', { token });
    expectRefusal(answer, `#${n} seed ${SEED} key`);
    expect(answer.status).toBe(401);
  }
  const bytes = new Set<string>();
  for (let n = 0; n < 100; n += 1) {
    const altered = spoil(link.slice('/r/'.length));
    const answer = await api.get(`/r/${altered}`, { token: null });
    expect({ n, seed: SEED, altered, status: answer.status }).toEqual({
      n,
      seed: SEED,
      altered,
      status: 404,
    });
    bytes.add(answer.text);
  }
  expect(bytes.size).toBe(1);
  expect((await api.get(link, { token: null })).status).toBe(303);
  expect(await rows()).toEqual(before);
});

test('two thousand inputs for every parser at the door, none of which we answer with a failure of ours', async () => {
  const random = chanceOf(SEED, 'parsers');
  const now_s = Math.floor(Date.now() / 1_000);
  const target = { token: api.tokens.all, webhook_secret: API_WEBHOOK_SECRET, now_s };
  const seen = new Set<string>();
  for (let n = 0; n < 2_000; n += 1) {
    const { parser, ...input } = fuzzInput(random, target);
    const { statusCode } = await api.app.inject(input);
    seen.add(parser);
    expect({ n, seed: SEED, parser, input: shortened(input), isOurs: statusCode >= 500 }).toMatchObject({
      isOurs: false,
    });
  }
  expect([...seen].toSorted()).toEqual(PARSERS.toSorted());
});

test.each(['query', 'email', 'reference'])(
  'a control character in ?%s= finds nothing and breaks nothing',
  async (field) => {
    const answer = await api.get('/v1/customers', { query: { [field]: 'a\0b' } });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, field]);
  },
);

const shortened = (input: object): string => JSON.stringify(input).slice(0, 500);
