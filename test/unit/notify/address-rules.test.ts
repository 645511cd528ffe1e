/** No address leads a notification inside, however it is spelt and whatever its name leads to: nothing is connected. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { urlRefusal } from '../../../src/notify/address-rules.ts';
import { newSecret, type SecretKeys } from '../../../src/notify/secrets.ts';
import { createSender, type SenderSettings } from '../../../src/notify/sender.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { HOSTILE_ANSWERS, HOSTILE_URLS, PUBLIC_URLS } from './hostile-addresses.ts';

const KEYS: SecretKeys = [{ kid: 'k1', secret: 'a-link-secret-of-at-least-32-characters' }];
const RULES = { private_hosts: [] as readonly string[], is_sandbox: false };
const timings = { ...productionTimings, notifyTimeoutMs: 2_000 };

let server: Server;
let port: number;
/** What this process connected to, by whatever way. */
const connected: string[] = [];
let arrived = 0;
const connect = Socket.prototype.connect;

beforeAll(async () => {
  server = createServer((_request, response) => void response.writeHead(204).end());
  server.on('connection', () => {
    arrived += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  Socket.prototype.connect = function counted(this: Socket, ...given: unknown[]) {
    this.once('connect', () => connected.push(this.remoteAddress ?? 'unknown'));
    return Reflect.apply(connect, this, given) as Socket;
  } as typeof connect;
});
beforeEach(() => {
  connected.length = 0;
  arrived = 0;
});
afterAll(async () => {
  Socket.prototype.connect = connect;
  await new Promise((resolve) => server.close(resolve));
});

function senderOf(more: Partial<SenderSettings> = {}) {
  return createSender({ rules: RULES, keys: KEYS, timings, ...more });
}

function sendTo(sender: ReturnType<typeof createSender>, url: string) {
  const secrets = [{ ...newSecret(KEYS, 'whe_1').kept, until: null }];
  const notification = { endpoint_id: 'whe_1', url, webhook_id: 'dce_1', body: '{}', secrets };
  return sender.send(notification, new AbortController().signal);
}

const answering = (...addresses: readonly string[]) =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

test('there are more hostile addresses than a hundred and twenty', () => {
  expect(new Set(HOSTILE_URLS).size).toBeGreaterThanOrEqual(120);
});

test.each(HOSTILE_URLS)('%s is refused, when it is given and when it is sent to', async (url) => {
  const sender = senderOf({ resolve: async () => answering('8.8.8.8') });
  expect(await sender.refusalOf(url)).toMatch(/^must /);
  expect(await sendTo(sender, url)).toMatchObject({ kind: 'failed', code: 'address_refused' });
  expect(connected).toEqual([]);
  sender.close();
});

test.each(PUBLIC_URLS)('%s is not', (url) => {
  expect(urlRefusal(RULES, url)).toBeNull();
});

describe('a name', () => {
  test.each(HOSTILE_ANSWERS)('that leads to %s is refused whole', async (...addresses) => {
    const sender = senderOf({ resolve: async () => answering(...addresses) });
    if (addresses.length > 0) expect(await sender.refusalOf('https://hooks.example.com/')).toMatch(/^must /);
    expect(await sendTo(sender, `https://hooks.example.com:${port}/`)).toMatchObject({
      code: 'address_refused',
    });
    expect({ connected, arrived }).toEqual({ connected: [], arrived: 0 });
    sender.close();
  });

  test('that led outside when it was given is judged again at every connection', async () => {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return answering(asked === 1 ? '8.8.8.8' : '127.0.0.1');
    };
    const sender = senderOf({ resolve });
    const url = `https://hooks.example.com:${port}/`;
    expect(await sender.refusalOf(url)).toBeNull();
    for (let time = 0; time < 5; time += 1)
      expect(await sendTo(sender, url)).toMatchObject({ code: 'address_refused' });
    expect({ connected, arrived, asked }).toEqual({ connected: [], arrived: 0, asked: 6 });
    sender.close();
  });

  test('is looked up once for a connection: what was judged is what is connected', async () => {
    let asked = 0;
    const rules = { private_hosts: [`hooks.example.com:${port}`], is_sandbox: false };
    const resolve = async () => {
      asked += 1;
      return answering(asked === 1 ? '127.0.0.1' : '127.0.0.2');
    };
    const sender = senderOf({ rules, resolve });
    expect(await sendTo(sender, `http://hooks.example.com:${port}/`)).toMatchObject({ status: 204 });
    expect({ connected, asked }).toEqual({ connected: ['127.0.0.1'], asked: 1 });
    sender.close();
  });
});

describe('a receiver beside us', () => {
  test('is reached by exactly the host and port that the environment names', async () => {
    const rules = { private_hosts: [`127.0.0.1:${port}`], is_sandbox: false };
    const sender = senderOf({ rules });
    expect(await sendTo(sender, `http://127.0.0.1:${port}/`)).toMatchObject({ status: 204 });
    connected.length = 0;
    for (const url of [
      `http://127.0.0.1:${port + 1}/`,
      `http://127.0.0.2:${port}/`,
      `http://localhost:${port}/`,
      'http://127.0.0.1/',
    ])
      expect(await sendTo(sender, url)).toMatchObject({ code: 'address_refused' });
    expect(connected).toEqual([]);
    sender.close();
  });

  test('in a sandbox is this machine, and nothing else that is private', async () => {
    const sender = senderOf({ rules: { private_hosts: [], is_sandbox: true } });
    expect(await sendTo(sender, `http://127.0.0.1:${port}/`)).toMatchObject({ status: 204 });
    expect(await sendTo(sender, `http://localhost:${port}/`)).toMatchObject({ status: 204 });
    connected.length = 0;
    for (const host of ['10.0.0.1', '169.254.169.254', '0.0.0.0', '[::ffff:127.0.0.1]', '192.168.0.1'])
      expect(await sendTo(sender, `http://${host}:${port}/`)).toMatchObject({ code: 'address_refused' });
    expect(connected).toEqual([]);
    sender.close();
  });
});

test('no proxy of the environment is asked', async () => {
  const given = { ...process.env };
  const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY'];
  for (const name of names) process.env[name] = `http://127.0.0.1:${port}`;
  try {
    const sender = senderOf({ resolve: async () => answering('192.0.2.1') });
    expect(await sendTo(sender, 'https://hooks.example.com/')).toMatchObject({ code: 'address_refused' });
    expect(arrived).toBe(0);
    sender.close();
  } finally {
    for (const name of names) delete process.env[name];
    Object.assign(process.env, given);
  }
});
