/**
 * Rooms with few places, and requests that keep theirs for as long as the test wants: each waits for a table that the test
 * has locked. On one queue backend only, because none has to do with it.
 */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { API_WEBHOOK_SECRET, type ApiWorld, createApiWorld } from '../integration/api/api-world.ts';

/** Far beyond what a turn may take. */
const LATE_MS = 200;
/** More than are one bad moment. */
const LATE_TURNS = 8;
const PLACES = { api: 8, stripe: 2, webhooks: 3, pages: 2, waiting: 3 };
let api: ApiWorld;
let port: number;
let sockets: Socket[];
let under_way: Promise<number[]> | undefined;

/** How many of the next turns of the event loop are late, whatever the machine does. */
let late: number;
let clock_ms = 0;
let turns = 0;

function now(): number {
  turns += 1;
  if (late > 0) clock_ms += LATE_MS;
  late = Math.max(0, late - 1);
  return clock_ms;
}

beforeEach(async () => {
  sockets = [];
  late = 0;
  // On a busy machine what a test holds may be held for long.
  api = await createApiWorld({ limits: { places: PLACES, now }, patience_ms: 60_000 });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  port = (api.app.server.address() as AddressInfo).port;
  // From now on the door knows this key before it is looked up.
  await read();
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await api.close();
});

type Half = { hangUp(): void; hangUpAfterAll(): void };

/** A request of which only the first half of the body has been sent. */
async function half(path: string, body: string, headers: Record<string, string>): Promise<Half> {
  const socket = await connected();
  const length = { 'content-length': String(body.length), expect: '100-continue' };
  const all = { host: 'localhost', connection: 'close', ...length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const middle = Math.floor(body.length / 2);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.on('error', () => {});
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  // Node says so when it has read the headers.
  await expect.poll(() => text).toMatch(/^HTTP\/1.1 100/);
  socket.write(body.slice(0, middle));
  return {
    hangUp: () => socket.destroy(),
    hangUpAfterAll: () => socket.end(body.slice(middle), () => socket.destroy()),
  };
}

async function halfCharges(count: number, token = api.tokens.all): Promise<Half[]> {
  const { customer_id } = await api.world.customer('pm_card_visa');
  const body = JSON.stringify({ customer: customer_id, amount: 500, currency: 'eur', description: 'Power' });
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      half('/v1/charges', body, {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': `half-${index}`,
      }),
    ),
  );
}

const halfWebhooks = (count: number): Promise<Half[]> =>
  Promise.all(Array.from({ length: count }, () => half('/webhooks/stripe', '{"id":"evt"}', {})));

/** Runs `act` while every statement on this table waits. */
async function whileLocked(table: string, act: () => Promise<void>): Promise<void> {
  await api.world.sql.begin(async (tx) => {
    await tx`lock table ${tx(table)} in access exclusive mode`;
    await act();
  });
}

/** Takes every place of the first key until `charges` is free. */
async function fillApi(): Promise<void> {
  under_way = Promise.all(Array.from({ length: PLACES.api }, () => read().then(({ status }) => status)));
  await expect.poll(async () => (await probe()).status).toBe(503);
}

/** Asks the database for nothing but its key. */
const probe = () => api.get('/v1/charges/nobody');

/** A genuine event, as Stripe sends it. */
function signedWebhook(id: string): Promise<number> {
  const created = Math.floor(Date.now() / 1_000);
  const data = { object: { id: 'pi_1', object: 'payment_intent' } };
  const event = { id, object: 'event', type: 'payment_intent.succeeded', created, livemode: false, data };
  const body = JSON.stringify(event);
  const mac = createHmac('sha256', API_WEBHOOK_SECRET).update(`${created}.${body}`).digest('hex');
  const headers = { 'stripe-signature': `t=${created},v1=${mac}` };
  return fetch(`http://127.0.0.1:${port}/webhooks/stripe`, { method: 'POST', body, headers }).then(
    ({ status }) => status,
  );
}

/** A link that leads to a page. */
async function linkPath(): Promise<string> {
  const charge = await api.world.charge(await api.world.customer('pm_card_authenticationRequired'));
  await api.world.work();
  const { body } = await api.post(`/v1/charges/${charge}/recovery/resend`);
  return new URL((body.recovery as { url: string }).url).pathname;
}

const statusOf = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then(({ status }) => status);
const connections = () => promisify(api.app.server.getConnections).call(api.app.server);

async function connected(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function statusLine(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.write(
    `GET /v1/charges HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer ${api.tokens.all}\r\n\r\n`,
  );
  await once(socket, 'close');
  return text.slice(0, 'HTTP/1.1 200'.length);
}

const webhook = () =>
  fetch(`http://127.0.0.1:${port}/webhooks/stripe`, { method: 'POST', body: '{}' }).then(
    ({ status }) => status,
  );
const read = (query = {}) => api.get('/v1/charges', { query });

test('a request too many is turned away before its key is looked up, and told when to come again', async () => {
  await whileLocked('charges', async () => {
    await fillApi();
    await whileLocked('api_keys', async () => {
      const refused = await read();

      expect(refused.body).toEqual({
        type: 'urn:duecourse:problem:overloaded',
        title: 'Too much to do right now; nothing was done about this request',
        status: 503,
        code: 'overloaded',
      });
      expect(refused.headers['content-type']).toBe('application/problem+json');
      expect(refused.headers['retry-after']).toMatch(/^[1-4]$/);
    });
  });
  // A probe may have had the place of one of them.
  expect((await under_way)?.length).toBe(PLACES.api);
});

test('one key does not use up what another needs', async () => {
  await whileLocked('charges', async () => {
    await fillApi();
    // The first call of another key, which nobody has seen before.
    expect((await api.get('/v1/charges/nobody', { token: api.tokens.read })).status).toBe(404);
    expect((await probe()).status).toBe(503);
  });
  await under_way;
});

test('merchants do not use up what webhooks, pages and probes need, nor the other way round', async () => {
  const link = await linkPath();
  await whileLocked('charges', async () => {
    await fillApi();
    // Read, and refused for its signature.
    expect(await webhook()).toBe(400);
    expect(await statusOf('/r/nobody')).toBe(404);
    expect([await statusOf('/livez'), await statusOf('/readyz'), await statusOf('/metrics')]).toEqual([
      200, 200, 200,
    ]);
  });
  await under_way;

  const events = Array.from({ length: PLACES.webhooks }, (_, index) => `evt_${index}`);
  await whileLocked('inbox_events', async () => {
    under_way = Promise.all(events.map(signedWebhook));
    await expect.poll(webhook).toBe(503);
    expect((await read()).status).toBe(200);
    expect(await statusOf('/r/nobody')).toBe(404);
  });
  expect(await under_way).toEqual(events.map(() => 200));

  await whileLocked('recoveries', async () => {
    under_way = Promise.all(Array.from({ length: PLACES.pages }, () => statusOf(link)));
    await expect.poll(() => statusOf('/r/nobody')).toBe(503);
    expect((await probe()).status).toBe(404);
  });
  await under_way;
});

/** Nobody is read meanwhile, so that all are read in the turn that follows. */
function blockLoop(): void {
  const end_ms = performance.now() + LATE_MS;
  while (performance.now() < end_ms);
}

test('while the event loop is late again and again a room has fewer places, and all of them afterwards', async () => {
  const callers = await Promise.all(Array.from({ length: PLACES.api }, () => connected()));
  await expect.poll(connections).toBe(callers.length);
  const before = turns;
  late = Number.POSITIVE_INFINITY;
  await expect.poll(() => turns - before).toBeGreaterThan(LATE_TURNS);
  const statuses = Promise.all(callers.map(statusLine));
  blockLoop();

  expect((await statuses).toSorted()).toEqual([
    'HTTP/1.1 200',
    ...Array(PLACES.api - 1).fill('HTTP/1.1 503'),
  ]);

  late = 0;
  const all = () => Promise.all(Array.from({ length: PLACES.api - 1 }, () => read()));
  await expect.poll(async () => (await all()).every(({ status }) => status === 200)).toBe(true);
});

test('one late turn turns nobody away', async () => {
  const callers = await Promise.all(Array.from({ length: PLACES.api - 1 }, () => connected()));
  await expect.poll(connections).toBe(callers.length);
  const statuses = Promise.all(callers.map(statusLine));
  late = 1;
  blockLoop();

  expect(await statuses).toEqual(callers.map(() => 'HTTP/1.1 200'));
});

test('who waits for a change keeps nobody out, and there is an end to how many may wait', async () => {
  const { customer_id } = await api.world.customer('pm_card_visa');
  const body = { customer: customer_id, amount: 500, currency: 'eur', description: 'Power' };
  const { id } = (await api.post('/v1/charges', body)).body;
  const wait = () => api.get(`/v1/charges/${id}`, { query: { wait: '20' } });
  const waiting = Array.from({ length: PLACES.waiting }, wait);
  await expect.poll(() => api.waiting()).toBe(PLACES.waiting);
  // Each has read its charge and moved to its place to wait in: all places at the door are free.
  const all = () => Promise.all(Array.from({ length: PLACES.api }, () => read()));
  await expect.poll(async () => (await all()).every(({ status }) => status === 200)).toBe(true);

  const refused = await wait();
  expect([refused.status, refused.body.code]).toEqual([503, 'overloaded']);
  const others = await Promise.all(Array.from({ length: PLACES.api - 1 }, () => read()));
  expect(others.map(({ status }) => status)).toEqual(others.map(() => 200));

  await api.world.work();
  expect((await Promise.all(waiting)).map((answer) => answer.body.status)).toEqual(
    waiting.map(() => 'succeeded'),
  );
  // Their places are free again.
  const again = Array.from({ length: PLACES.waiting }, wait);
  expect((await Promise.all(again)).map(({ status }) => status)).toEqual(again.map(() => 200));
});

test('who hangs up in the middle leaves every place free', async () => {
  for (const each of await halfCharges(PLACES.api)) each.hangUp();
  for (const each of await halfWebhooks(PLACES.webhooks)) each.hangUp();

  const all = () => Promise.all(Array.from({ length: PLACES.api }, () => read()));
  await expect.poll(async () => (await all()).every(({ status }) => status === 200)).toBe(true);
  await expect.poll(webhook).toBe(400);
});

test.each([
  ['a known caller', () => api.tokens.all],
  ['a stranger', () => api.tokens.write],
])('so does %s who sends all of it and hangs up before it is known who that is', async (_who, token) => {
  await whileLocked('api_keys', async () => {
    for (const each of await halfCharges(PLACES.api, token())) each.hangUpAfterAll();
    await expect.poll(connections).toBe(0);
  });

  const all = () => Promise.all(Array.from({ length: PLACES.api }, () => read()));
  await expect.poll(async () => (await all()).every(({ status }) => status === 200)).toBe(true);
});
