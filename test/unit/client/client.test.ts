/** The client before a server that turns away, hangs up and answers late. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answerOf, createClient, Refused } from '../../../clients/typescript/src/client.ts';

type Answer = { status: number; body?: object; retry_after?: string } | 'hang up' | 'stay silent';

let answers: Answer[] = [];
let received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    received.push({ headers: request.headers, body });
    const answer = answers.shift() ?? { status: 200, body: { id: 'chg_1' } };
    if (answer === 'hang up') return void request.socket.destroy();
    if (answer === 'stay silent') return;
    const { status, retry_after, body: told = {} } = answer;
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(retry_after === undefined ? {} : { 'retry-after': retry_after }),
    });
    response.end(JSON.stringify(told));
  });
});
let baseUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.closeAllConnections());
afterAll(() => void server.close());
beforeEach(() => {
  answers = [];
  received = [];
});

const open = (limits: object = {}) =>
  createClient({ baseUrl, apiKey: 'dc_test_key', pauseMsMax: 1, ...limits });
const wanted = { customer: 'cst_1', amount: 100, currency: 'eur', description: 'October' };
const charge = (limits?: object, header?: { 'Idempotency-Key': string }) =>
  open(limits).POST('/v1/charges', { body: wanted, ...(header === undefined ? {} : { params: { header } }) });

test('a call shows the key of the API, and a POST an Idempotency-Key: the given one, or one of its own', async () => {
  await open().GET('/v1/charges/{id}', { params: { path: { id: 'chg_1' }, query: { wait: 20 } } });
  await charge({}, { 'Idempotency-Key': 'october' });
  await charge();
  await charge();

  const keys = received.map(({ headers }) => headers['idempotency-key']);
  expect(received.map(({ headers }) => headers.authorization)).toEqual(Array(4).fill('Bearer dc_test_key'));
  expect(keys.slice(0, 2)).toEqual([undefined, 'october']);
  expect(keys[2]).toMatch(/^[0-9a-f-]{36}$/);
  expect(keys[3]).not.toBe(keys[2]);
});

test('what is turned away, or answered by nothing, is sent again, the same bytes under the same key', async () => {
  answers = [
    { status: 429, retry_after: '0' },
    { status: 503, retry_after: '3' },
    'hang up',
    'stay silent',
    { status: 202, body: { id: 'chg_2' } },
  ];
  expect(answerOf(await charge({ timeoutMs: 200 }))).toEqual({ id: 'chg_2' });
  expect(received).toHaveLength(5);
  expect(new Set(received.map(({ body }) => body))).toEqual(new Set([JSON.stringify(wanted)]));
  expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
});

test('it ends after so many tries: with the last answer, or the failure of the last', async () => {
  const problem = { status: 503, title: 'Too much to do', code: 'overloaded' };
  answers = Array(9).fill({ status: 503, body: problem, retry_after: '0' });
  await expect(charge({ triesMax: 3 }).then(answerOf)).rejects.toMatchObject({ code: 'overloaded', problem });
  expect(received).toHaveLength(3);
  answers = Array(9).fill('hang up');
  await expect(charge({ triesMax: 2 })).rejects.toThrow('fetch failed');
  expect(received).toHaveLength(5);
});

test('a refusal is not repeated: it throws with its code', async () => {
  const errors = [{ path: 'amount', message: 'must be an integer' }];
  answers = [
    {
      status: 400,
      body: { status: 400, title: 'The request is not valid', code: 'invalid_request', errors },
    },
    { status: 500 },
  ];
  const refused = await charge()
    .then(answerOf)
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
  expect(String(refused)).toBe('Refused: 400 The request is not valid; amount must be an integer');
  await expect(charge().then(answerOf)).rejects.toMatchObject({ code: 'unreadable', problem: null });
  expect(received).toHaveLength(2);
});

test('whoever called may give up', async () => {
  answers = Array(9).fill('stay silent');
  const ending = new AbortController();
  const called = open().GET('/v1/charges', { signal: ending.signal });
  await expect.poll(() => received).toHaveLength(1);
  ending.abort();
  await expect(called).rejects.toMatchObject({ name: 'AbortError' });
  expect(received).toHaveLength(1);
});
