/** Callers who hold on to what they take, or show nothing: no door closes because of them. Over real sockets. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Limits } from '../../../src/api/app.ts';
import { type ApiWorld, createApiWorld } from './api-world.ts';

/** Well formed, and nobody's. */
const STRANGER = `dc_test_${'a'.repeat(24)}_${'A'.repeat(43)}`;
const FORM = 'application/x-www-form-urlencoded';

let api: ApiWorld;
let port: number;
let sockets: Socket[];

async function open(limits: Limits = {}): Promise<void> {
  sockets = [];
  api = await createApiWorld({ limits });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  port = (api.app.server.address() as AddressInfo).port;
}
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await api.close();
});

/** A connection that has sent this and sends no more; `localAddress` is another one of this machine. */
async function idle(text: string, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  sockets.push(socket);
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** The head of a request and the first byte of a longer body. */
function half(path: string, type: string, token: string | null = null): string {
  const key = token === null ? '' : `authorization: Bearer ${token}\r\nidempotency-key: half\r\n`;
  return `POST ${path} HTTP/1.1\r\nhost: localhost\r\n${key}content-type: ${type}\r\ncontent-length: 99\r\n\r\n{`;
}

const times = (count: number, text: string): Promise<Socket[]> =>
  Promise.all(Array.from({ length: count }, () => idle(text)));

async function statusOf(method: string, path: string, body?: string, headers = {}): Promise<number> {
  const init = { method, headers, redirect: 'manual' as const, ...(body === undefined ? {} : { body }) };
  return (await fetch(`http://127.0.0.1:${port}${path}`, init)).status;
}

/** One whole request at each door, and what each answers on any day. */
async function doors(): Promise<Record<string, number>> {
  const authorization = `Bearer ${api.tokens.all}`;
  const customer = JSON.stringify({ email: 'robin@example.test' });
  return {
    page: await statusOf('GET', '/r/nobody'),
    press: await statusOf('POST', '/r/page/nobody/confirm', 'form_token=none', { 'content-type': FORM }),
    setup_page: await statusOf('GET', '/s/nobody'),
    webhook: await statusOf('POST', '/webhooks/stripe', '{}'),
    list: await statusOf('GET', '/v1/charges', undefined, { authorization }),
    customer: await statusOf('POST', '/v1/customers', customer, {
      authorization,
      'content-type': 'application/json',
    }),
  };
}
const OPEN = { page: 404, press: 403, setup_page: 404, webhook: 400, list: 200, customer: 201 };

describe('sockets on which half a request stands', () => {
  test('close no door, three hundred of them', async () => {
    await open();
    await times(60, half('/r/page/nobody/confirm', FORM));
    expect(await doors()).toEqual(OPEN);
    await times(120, half('/webhooks/stripe', 'application/json'));
    expect(await doors()).toEqual(OPEN);
    await times(60, half('/v1/customers', 'application/json', STRANGER));
    await times(60, half('/v1/customers', 'application/json', api.tokens.write));
    expect(await doors()).toEqual(OPEN);
  });

  test('hold no place of their key, which the door knows', async () => {
    await open({ places: { api: 4 } });
    const list = async () => (await api.get('/v1/charges')).status;
    expect(await list()).toBe(200);
    await times(8, half('/v1/customers', 'application/json', api.tokens.all));
    expect(await doors()).toEqual(OPEN);
    expect(await list()).toBe(200);
  });

  test('are hung up on when they are late, wherever they stopped', async () => {
    await open({ requestTimeoutMs: 200 });
    const late = await Promise.all([
      idle(''),
      idle('GET /livez HTTP/1.1\r\nhost: local'),
      idle(half('/webhooks/stripe', 'application/json')),
      idle(half('/v1/customers', 'application/json', STRANGER)),
      idle(half('/v1/customers', 'application/json', api.tokens.write)),
    ]);

    // Node looks for them every half minute unless it is told otherwise.
    await expect
      .poll(() => late.map(({ closed }) => closed), { timeout: 20_000 })
      .toEqual(late.map(() => true));
    expect(await doors()).toEqual(OPEN);
  });

  test('give way to younger ones of the same address, and to no whole request', async () => {
    await open({ unread: { perAddress: 2, altogether: 100 } });
    const before: Socket[] = [];
    for (let n = 0; n < 4; n += 1) before.push(await idle(half('/webhooks/stripe', 'application/json')));

    await expect.poll(() => before.map(({ closed }) => closed)).toEqual([true, true, false, false]);
    const other = await idle(half('/webhooks/stripe', 'application/json'), '127.0.0.2');
    expect(await doors()).toEqual(OPEN);
    expect(other.closed).toBe(false);
  });

  test('are bounded altogether: the address with the most gives way', async () => {
    await open({ unread: { perAddress: 100, altogether: 3 } });
    const greedy = await times(3, half('/webhooks/stripe', 'application/json'));
    const other = await idle(half('/webhooks/stripe', 'application/json'), '127.0.0.2');

    await expect.poll(() => greedy.filter(({ closed }) => closed).length).toBe(1);
    expect(other.closed).toBe(false);
  });
});

describe('callers whose key nobody knows', () => {
  test('keep each other out, and no merchant', async () => {
    await open({ places: { api: 4 }, strangers: { atOnce: 2, inLine: 3 } });
    await api.get('/v1/charges');
    let answers: Promise<number[]> = Promise.resolve([]);
    let merchant: Promise<number> = Promise.resolve(0);
    await api.world.sql.begin(async (tx) => {
      await tx`lock table api_keys in access exclusive mode`;
      const call = () => api.get('/v1/charges', { token: STRANGER }).then(({ status }) => status);
      answers = Promise.all(Array.from({ length: 20 }, call));
      merchant = api.get('/v1/charges').then(({ status }) => status);
    });

    expect(await merchant).toBe(200);
    expect((await answers).toSorted()).toEqual([...Array(5).fill(401), ...Array(15).fill(503)]);
  });

  test('may wait for a change with their very first call', async () => {
    await open();
    const id = await api.world.charge(await api.world.customer('pm_card_visa'));
    const waited = api.get(`/v1/charges/${id}`, { token: api.tokens.read, query: { wait: '20' } });
    await expect.poll(() => api.waiting()).toBe(1);
    await api.world.work();

    expect(await waited).toMatchObject({ status: 200, body: { status: 'succeeded' } });
  });
});
