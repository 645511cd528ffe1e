/** `POST /webhooks/stripe`: exact bytes, a signature, a row, 200. */
import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FOLLOWED_EVENT_TYPES } from '../../../src/stripe/events/followed-events.ts';
import { API_WEBHOOK_SECRET, type ApiWorld, createApiWorld } from './api-world.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

const now_s = () => Math.floor(Date.now() / 1_000);

function eventOf(more: object = {}): string {
  return JSON.stringify({
    id: `evt_${randomUUID().replaceAll('-', '')}`,
    object: 'event',
    type: 'payment_intent.succeeded',
    created: now_s(),
    livemode: false,
    request: { id: 'req_1', idempotency_key: 'dc1:chg_x:confirm:1' },
    data: {
      object: {
        id: 'pi_1',
        object: 'payment_intent',
        status: 'succeeded',
        amount: 100,
        amount_received: 100,
        currency: 'eur',
        client_secret: 'pi_1_secret_canary',
        livemode: false,
        metadata: {},
      },
    },
    ...more,
  });
}

function sign(payload: string, given: { t?: number; secret?: string } = {}): string {
  const t = given.t ?? now_s();
  const mac = createHmac('sha256', given.secret ?? API_WEBHOOK_SECRET)
    .update(`${t}.${payload}`)
    .digest('hex');
  return `t=${t},v1=${mac}`;
}

const send = (payload: string, signature: string | null, type = 'application/json; charset=utf-8') =>
  api.post('/webhooks/stripe', payload, {
    token: null,
    key: null,
    headers: { 'content-type': type, ...(signature === null ? {} : { 'stripe-signature': signature }) },
  });

test('a genuine event is one row with a whitelisted projection, due and offered, however often it comes', async () => {
  const payload = eventOf();
  const { id } = JSON.parse(payload) as { id: string };
  const before = await api.count('inbox_events');
  const statuses = await Promise.all(Array.from({ length: 5 }, () => send(payload, sign(payload))));

  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(await api.count('inbox_events')).toBe(before + 1);
  const [row] = await api.world.sql`
    select type, object_type, object_id, request_key, carrier, due_at <= dc_now() as due, to_jsonb(e)::text as text
    from inbox_events e where id = ${id}`;
  expect(row).toMatchObject({
    type: 'payment_intent.succeeded',
    object_type: 'payment_intent',
    object_id: 'pi_1',
    request_key: 'dc1:chg_x:confirm:1',
    carrier: 'webhook',
    due: true,
  });
  expect(row?.text).not.toContain('canary');
  expect(api.offered.filter((offer) => offer === `inbox_event ${id}`)).toHaveLength(1);
});

describe('an event is refused', () => {
  const payload = eventOf();
  const good = sign(payload);

  test.each([
    ['without a signature', payload, null],
    ['with an empty one', payload, ''],
    ['signed with another secret', payload, sign(payload, { secret: 'whsec_other' })],
    ['signed ten minutes ago', payload, sign(payload, { t: now_s() - 600 })],
    ['signed in ten minutes', payload, sign(payload, { t: now_s() + 600 })],
    ['with one byte more', `${payload} `, good],
    ['parsed and written again', JSON.stringify(JSON.parse(payload), null, 1), good],
    ['with the old scheme alone', payload, good.replace('v1=', 'v0=')],
    ['with a signature cut short', payload, good.slice(0, -1)],
    ['with nonsense', payload, 'v1'],
  ])('%s', async (_what, sent, signature) => {
    const before = await api.count('inbox_events');
    const answer = await send(sent, signature);

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'Stripe-Signature' }] } });
    expect(await api.count('inbox_events')).toBe(before);
  });

  test('that is larger than any of Stripe’s', async () => {
    const large = eventOf({ padding: 'x'.repeat(1024 * 1024) });
    expect(await send(large, sign(large))).toMatchObject({
      status: 413,
      body: { code: 'payload_too_large' },
    });
  });
});

test.each([
  ['of the other mode', () => eventOf({ livemode: true })],
  ['that is no event', () => '{"object":"list"}'],
  [
    'of the new thin kind',
    () => '{"object":"v2.core.event","id":"evt_1","type":"v1.payment_intent.succeeded"}',
  ],
  ['that is no JSON', () => 'x'],
  ['that is empty', () => ''],
  ['whose id no database can hold', () => eventOf({ id: 'evt_\0' })],
])(
  'a genuine event %s is answered 200, since sending it again would not help, and not kept',
  async (_what, make) => {
    const payload = make();
    const before = await api.count('inbox_events');

    expect((await send(payload, sign(payload))).status).toBe(200);
    expect(await api.count('inbox_events')).toBe(before);
  },
);

describe('over the wire', () => {
  let url: string;
  beforeAll(async () => {
    url = `${await api.app.listen({ host: '127.0.0.1', port: 0 })}/webhooks/stripe`;
  });

  async function deliver(payload: string): Promise<number> {
    const headers = { 'content-type': 'application/json', 'stripe-signature': sign(payload) };
    return (await fetch(url, { method: 'POST', headers, body: payload })).status;
  }

  async function counted(outcome: string): Promise<number> {
    const { text } = await api.get('/metrics', { token: null });
    const name = `duecourse_inbox_events_total{type="verified",outcome="${outcome}"} `;
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.slice(name.length) ?? 0,
    );
  }

  const charge = { id: 'ch_1', object: 'charge', status: 'succeeded', payment_intent: 'pi_1' };

  test.each([
    ['payment_intent.created', {}],
    ['charge.succeeded', { data: { object: charge } }],
    ['charge.updated', { data: { object: charge } }],
    ['invoice.created', { data: { object: { id: 'in_1', object: 'invoice' } } }],
    ['constructor', {}],
  ])(
    '%s, which nobody follows, is answered 200, counted, and leaves neither row nor job',
    async (type, more) => {
      const before = {
        rows: await api.count('inbox_events'),
        offers: api.offered.length,
        counted: await counted('unfollowed'),
      };

      expect(await deliver(eventOf({ type, ...more }))).toBe(200);

      expect({
        rows: await api.count('inbox_events'),
        offers: api.offered.length,
        counted: await counted('unfollowed'),
      }).toEqual({ ...before, counted: before.counted + 1 });
    },
  );

  test.each(FOLLOWED_EVENT_TYPES)('%s, which is followed, is one row and one offer', async (type) => {
    const payload = eventOf({ type });
    const { id } = JSON.parse(payload) as { id: string };

    expect(await deliver(payload)).toBe(200);

    expect(await api.world.sql`select type from inbox_events where id = ${id}`).toEqual([{ type }]);
    expect(api.offered.filter((offer) => offer === `inbox_event ${id}`)).toHaveLength(1);
  });

  test('one that nobody follows is still refused when it is not signed', async () => {
    const payload = eventOf({ type: 'charge.updated' });
    const headers = { 'content-type': 'application/json', 'stripe-signature': sign(`${payload} `) };
    expect((await fetch(url, { method: 'POST', headers, body: payload })).status).toBe(400);
  });
});

test('an event of a followed type about an object that nobody applies is kept and ignored by the worker', async () => {
  const payload = eventOf({ data: { object: { id: 'in_1', object: 'invoice' } } });
  expect((await send(payload, sign(payload))).status).toBe(200);
  await api.world.work(['inbox_event']);
  const [row] = await api.world.sql`select state from inbox_events where object_id = 'in_1'`;
  expect(row?.state).toBe('ignored');
});

test.each(['text/plain', 'application/json', 'application/x-www-form-urlencoded', 'a/b; c=\td'])(
  'the content type %s is not what decides',
  async (type) => {
    const payload = eventOf();
    expect((await send(payload, sign(payload), type)).status).toBe(200);
    expect((await send(payload, sign(`${payload} `), type)).status).toBe(400);
  },
);
