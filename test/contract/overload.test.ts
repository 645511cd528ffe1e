/**
 * Rooms with few places, and requests that keep theirs for as long as the test wants: each has sent only half of its
 * body. On one queue backend only, because none has to do with it.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../integration/api/api-world.ts';

/** Far beyond what a turn may take. */
const LATE_MS = 200;
/** More than are one bad moment. */
const LATE_TURNS = 8;
const PLACES = { api: 8, stripe: 2, webhooks: 3, pages: 2, waiting: 3 };
let api: ApiWorld;
let port: number;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  api = await createApiWorld({ limits: { places: PLACES } });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  port = (api.app.server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await api.close();
});

type Half = { finish(): Promise<string>; hangUp(): void; hangUpAfterAll(): void };

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
  // Node says so when it has read the headers: from then on the request has its place, or has been refused one.
  await expect.poll(() => text).toMatch(/^HTTP\/1.1 100/);
  text = '';
  socket.write(body.slice(0, middle));
  return {
    finish: async () => {
      socket.write(body.slice(middle));
      if (!socket.closed) await once(socket, 'close');
      return text.slice(0, 'HTTP/1.1 202'.length);
    },
    hangUp: () => socket.destroy(),
    hangUpAfterAll: () => socket.end(body.slice(middle), () => socket.destroy()),
  };
}

async function halfCharges(count: number): Promise<Half[]> {
  const { customer_id } = await api.world.customer('pm_card_visa');
  const body = JSON.stringify({ customer: customer_id, amount: 500, currency: 'eur', description: 'Power' });
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      half('/v1/charges', body, {
        authorization: `Bearer ${api.tokens.all}`,
        'content-type': 'application/json',
        'idempotency-key': `half-${index}`,
      }),
    ),
  );
}

const halfPresses = (count: number): Promise<Half[]> =>
  Promise.all(
    Array.from({ length: count }, () =>
      half('/r/page/nobody', 'form_token=none', { 'content-type': 'application/x-www-form-urlencoded' }),
    ),
  );
const halfWebhooks = (count: number): Promise<Half[]> =>
  Promise.all(Array.from({ length: count }, () => half('/webhooks/stripe', '{"id":"evt"}', {})));

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
  const halves = await halfCharges(PLACES.api);
  expect((await read()).status).toBe(503);

  const refused = await api.get('/v1/charges', { token: 'dc_test_nobody' });

  expect(refused.body).toEqual({
    type: 'urn:duecourse:problem:overloaded',
    title: 'Too much to do right now; nothing was done about this request',
    status: 503,
    code: 'overloaded',
  });
  expect(refused.headers['content-type']).toBe('application/problem+json');
  expect(refused.headers['retry-after']).toMatch(/^[1-4]$/);
  expect(await Promise.all(halves.map((each) => each.finish()))).toEqual(halves.map(() => 'HTTP/1.1 202'));
  expect(await api.count('charges')).toBe(PLACES.api);
});

test('a full room opens again when a quarter of its places is free, and not before', async () => {
  const [one, other, ...rest] = await halfCharges(PLACES.api);
  expect((await read()).status).toBe(503);

  await one?.finish();
  expect((await read()).status).toBe(503);
  await other?.finish();
  expect((await read()).status).toBe(200);

  for (const each of rest) await each.finish();
});

test('merchants do not use up what webhooks, pages and probes need, nor the other way round', async () => {
  const charges = await halfCharges(PLACES.api);
  expect((await read()).status).toBe(503);
  // Read, and refused for its signature.
  expect(await webhook()).toBe(400);
  expect(await statusOf('/r/nobody')).toBe(404);
  expect([await statusOf('/livez'), await statusOf('/readyz'), await statusOf('/metrics')]).toEqual([
    200, 200, 200,
  ]);
  for (const each of charges) await each.finish();

  await halfWebhooks(PLACES.webhooks);
  expect(await webhook()).toBe(503);
  expect((await read()).status).toBe(200);
  expect(await statusOf('/r/nobody')).toBe(404);

  await halfPresses(PLACES.pages);
  expect(await statusOf('/r/nobody')).toBe(503);
  expect((await read()).status).toBe(200);
});

/** Nothing else is done meanwhile, nobody read. */
function blockLoop(): void {
  const end_ms = performance.now() + LATE_MS;
  while (performance.now() < end_ms);
}

test('while the event loop is late again and again a room has fewer places, and all of them afterwards', async () => {
  const callers = await Promise.all(Array.from({ length: PLACES.api }, () => connected()));
  await expect.poll(connections).toBe(callers.length);
  for (let turn = 0; turn < LATE_TURNS; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve));
    blockLoop();
  }
  const statuses = Promise.all(callers.map(statusLine));
  blockLoop();

  expect((await statuses).toSorted()).toEqual([
    'HTTP/1.1 200',
    ...Array(PLACES.api - 1).fill('HTTP/1.1 503'),
  ]);

  const all = () => Promise.all(Array.from({ length: PLACES.api - 1 }, () => read()));
  await expect.poll(async () => (await all()).every(({ status }) => status === 200)).toBe(true);
});

test('one late turn turns nobody away', async () => {
  const callers = await Promise.all(Array.from({ length: PLACES.api - 1 }, () => connected()));
  await expect.poll(connections).toBe(callers.length);
  const statuses = Promise.all(callers.map(statusLine));
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

test('who hangs up in the middle leaves a free place', async () => {
  for (const each of await halfCharges(PLACES.api)) each.hangUp();
  for (const each of await halfWebhooks(PLACES.webhooks)) each.hangUp();

  const all = () => Promise.all(Array.from({ length: PLACES.api }, () => read()));
  await expect.poll(async () => (await all()).every(({ status }) => status === 200)).toBe(true);
  await expect.poll(webhook).toBe(400);
});

test('so does who sends all of it and hangs up before it is known who that is', async () => {
  await api.world.sql.begin(async (tx) => {
    await tx`lock table api_keys in access exclusive mode`;
    for (const each of await halfCharges(PLACES.api)) each.hangUpAfterAll();
    await expect.poll(connections).toBe(0);
  });

  const all = () => Promise.all(Array.from({ length: PLACES.api }, () => read()));
  await expect.poll(async () => (await all()).every(({ status }) => status === 200)).toBe(true);
});
