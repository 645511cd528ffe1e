/** The door itself, over real HTTP: what is let in, what every answer carries, and how it closes. */
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from './api-world.ts';

let api: ApiWorld;
let port: number;

beforeAll(async () => {
  api = await createApiWorld();
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  port = (api.app.server.address() as AddressInfo).port;
});
afterAll(() => api.close());

const url = (path: string) => `http://127.0.0.1:${port}${path}`;
const auth = () => ({ authorization: `Bearer ${api.tokens.all}` });
const customer = JSON.stringify({ email: 'robin@example.test' });

function post(path: string, body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) {
  return fetch(url(path), {
    method: 'POST',
    body,
    headers: { ...auth(), 'content-type': 'application/json', ...headers },
  });
}

describe('a body', () => {
  test('of another content type is refused', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/json-patch+json',
      'application/json; charset=latin1',
      'application/json\ta',
      'application/jsona',
      'text/json',
    ];
    for (const type of types) {
      const answer = await post('/v1/customers', customer, { 'content-type': type });
      expect([type, answer.status]).toEqual([type, 415]);
      expect(await answer.json()).toMatchObject({ code: 'unsupported_media_type' });
    }
    expect(await api.count('customers')).toBe(0);
  });

  test('of JSON in UTF-8 is taken, however that is said', async () => {
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'Application/JSON;charset=UTF-8',
    ]) {
      expect((await post('/v1/customers', customer, { 'content-type': type })).status).toBe(201);
    }
  });

  test('of more than 256 kB is refused, whether its length is told or not', async () => {
    const large = JSON.stringify({ email: 'robin@example.test', name: 'x'.repeat(256 * 1024) });
    const told = await post('/v1/customers', large);
    expect([told.status, await told.json()]).toMatchObject([413, { code: 'payload_too_large' }]);
    expect(await chunked(large)).toBe(413);
  });

  test.each([
    ['cut off', '{"email":'],
    ['of a list', '[]'],
    ['of nothing but a word', 'null'],
    ['that poisons a prototype', '{"email":"robin@example.test","__proto__":{"a":1}}'],
    ['that poisons a constructor', '{"email":"robin@example.test","constructor":{"prototype":{"a":1}}}'],
    ['two hundred thousand brackets deep', '['.repeat(200_000)],
    ['two hundred thousand objects deep', '{"a":'.repeat(40_000)],
    ['with nothing in it', ''],
  ])('%s is refused with a reason', async (_what, body) => {
    const before = await api.count('customers');
    const answer = await post('/v1/customers', body);
    const problem = (await answer.json()) as { code: string; errors: unknown[] };

    expect(answer.status).toBe(400);
    expect(problem).toMatchObject({ code: 'invalid_request', errors: [expect.anything()] });
    expect(await api.count('customers')).toBe(before);
  });

  test('of bytes that are no UTF-8 is refused', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"email":"robin@example.test","name":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ]);
    expect((await post('/v1/customers', bytes as Buffer<ArrayBuffer>)).status).toBe(400);
  });
});

/** Sends a body without telling its length. */
function chunked(body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url('/v1/customers'), {
      method: 'POST',
      headers: { ...auth(), 'content-type': 'application/json' },
    });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject);
    for (let at = 0; at < body.length; at += 32_768) request.write(body.slice(at, at + 32_768));
    request.end();
  });
}

describe('an answer', () => {
  test('tells browsers to do nothing with it', async () => {
    for (const path of ['/v1/charges', '/v1/charges/x', '/livez', '/readyz', '/metrics', '/nowhere']) {
      const { headers } = await fetch(url(path), { headers: auth() });
      expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
    }
    expect((await fetch(url('/v1/charges'), { headers: auth() })).headers.get('cache-control')).toBe(
      'no-store',
    );
  });

  test('carries an id of ours, never one of the caller', async () => {
    const answer = await fetch(url('/livez'), { headers: { 'request-id': 'mine', 'x-request-id': 'mine' } });
    expect(answer.headers.get('request-id')).toMatch(/^req_[a-z2-7]{24}$/);
  });

  test('to an address that is none is 404, with or without a key', async () => {
    for (const path of ['/nowhere', '/v1/nowhere', '/V1/charges', '/v1/charges/%zz', '/%']) {
      const answer = await fetch(url(path));
      expect([path, answer.status]).toEqual([path, 404]);
      expect(await answer.json()).toMatchObject({ code: 'not_found' });
    }
    const method = await fetch(url('/v1/charges'), { method: 'DELETE', headers: auth() });
    expect(method.status).toBe(404);
  });
});

test('the description of the API is shown by scripts and styles of our own alone', async () => {
  const page = await fetch(url('/docs'));
  expect(page.status).toBe(200);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|https:/);
  const html = await page.text();
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|style=/);
  const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
  expect(addresses.length).toBeGreaterThan(3);
  for (const address of addresses) {
    const part = await fetch(new URL(address, url('/docs/')));
    expect(part.status).toBe(200);
    // What nobody reads would hold its connection open, and the door with it.
    await part.arrayBuffer();
  }
  const json = (await (await fetch(url('/docs/json'))).json()) as { paths: object };
  expect(Object.keys(json.paths)).toContain('/v1/charges');
});

test('a key that asks too often is told when to come again, and no other key is', async () => {
  const limited = await createApiWorld({ limits: { callsPerSecondMax: 20 } });
  try {
    const ask = (token: string) => limited.get('/v1/charges', { token });
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(limited.tokens.read)));
    const refused = answers.filter(({ status }) => status === 429);

    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused[0]?.body).toMatchObject({ code: 'rate_limited', status: 429 });
    expect((await ask(limited.tokens.all)).status).toBe(200);
  } finally {
    await limited.close();
  }
});

test('nonsense on the wire is answered and hung up on, and the door stays open', async () => {
  for (const bytes of [
    'GET / HTTP/9\r\n\r\n',
    '\0\0\0\0',
    `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
    'x\r\n\r\n',
  ]) {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^(HTTP\/1\.1 (400|431|505)|$)/);
  }
  expect((await fetch(url('/livez'))).status).toBe(200);
});

test('whoever waits is answered when the door closes', async () => {
  const other = await createApiWorld();
  await other.app.listen({ port: 0, host: '127.0.0.1' });
  const saved = await other.world.customer('pm_card_visa');
  const body = { customer: saved.customer_id, amount: 500, currency: 'eur', description: 'Power' };
  const { id } = (await other.post('/v1/charges', body)).body;
  const address = `http://127.0.0.1:${(other.app.server.address() as AddressInfo).port}/v1/charges/${id}?wait=20`;
  const waited = fetch(address, { headers: { authorization: `Bearer ${other.tokens.all}` } });
  await expect.poll(() => other.waiting()).toBe(1);
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
  }, 20_000);

  await other.close();

  const answer = await waited;
  clearTimeout(timer);
  expect(await answer.json()).toMatchObject({ id, status: 'processing' });
  expect(isOver, 'its own twenty seconds are over').toBe(false);
});
