/** One request to a receiver, whatever that does: what is called an answer, what is not, and how many go out at a time. */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { newSecret, type SecretKeys } from '../../../src/notify/secrets.ts';
import { createSender } from '../../../src/notify/sender.ts';
import { productionTimings, type Timings } from '../../../src/platform/timings.ts';
import { until } from '../../harness/until.ts';

const KEYS: SecretKeys = [{ kid: 'k1', secret: 'a-link-secret-of-at-least-32-characters' }];
const opened: { close(): void }[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  return listen(server, () => {
    server.close();
    server.closeAllConnections();
  });
}

async function listen(server: Server, close: () => void): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function openSender(timings: Partial<Timings> = {}) {
  const rules = { private_hosts: [], is_sandbox: true };
  const sender = createSender({ rules, keys: KEYS, timings: { ...productionTimings, ...timings } });
  opened.push(sender);
  return (url: string, endpoint_id = 'whe_1', signal = new AbortController().signal) => {
    const secrets = [{ ...newSecret(KEYS, endpoint_id).kept, until: null }];
    return sender.send({ endpoint_id, url, webhook_id: 'dce_1', body: '{}', secrets }, signal);
  };
}

describe('a receiver', () => {
  test.each([200, 204, 301, 404, 410, 500])('that answers %i has answered', async (status) => {
    const url = await serve((_request, response) => void response.writeHead(status).end('said'));
    expect(await openSender()(url)).toMatchObject({ kind: 'answered', status });
  });

  test('that never answers is given up', async () => {
    const url = await serve(() => {});
    expect(await openSender({ notifyTimeoutMs: 50 })(url)).toMatchObject({ kind: 'failed', code: 'timeout' });
  });

  test('that drips its headers for ever is given up as well', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('x-more: 1\r\n'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    const sockets: { destroy(): void }[] = [];
    server.on('connection', (socket) => sockets.push(socket));
    const url = await listen(server, () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    expect((await openSender({ notifyTimeoutMs: 200 })(url)).kind).toBe('failed');
  });

  test('that hangs up has not answered, and one that is not there neither', async () => {
    const url = await serve((request) => void request.socket.destroy());
    expect(await openSender()(url)).toMatchObject({ code: 'connection_lost' });
    opened.splice(0).forEach((each) => {
      each.close();
    });
    expect(await openSender()(url)).toMatchObject({ code: 'connection_refused' });
  });

  test('that answers without an end is heard to its beginning', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200);
      const more = () =>
        void (response.write('x'.repeat(16_384)) ? setImmediate(more) : response.once('drain', more));
      more();
    });
    const answer = await openSender()(url);
    expect(answer).toMatchObject({ kind: 'answered', status: 200, answer: 'x'.repeat(1_024) });
  });

  test('is not waited for when the lease is gone', async () => {
    const stopping = new AbortController();
    const url = await serve(() => stopping.abort());
    expect(await openSender()(url, 'whe_1', stopping.signal)).toEqual({ kind: 'aborted' });
    expect(await openSender()(url, 'whe_1', stopping.signal)).toEqual({ kind: 'aborted' });
  });
});

test('no more than a share goes to one endpoint at a time, and no more than there is room for to all', async () => {
  const held: ServerResponse[] = [];
  const url = await serve((_request, response) => void held.push(response));
  const send = openSender({ notifyEndpointMax: 2, notifyProcessMax: 3 });
  const first = [send(url, 'whe_1'), send(url, 'whe_1')];
  expect(await send(url, 'whe_1')).toEqual({ kind: 'busy' });
  const other = send(url, 'whe_2');
  expect(await send(url, 'whe_2')).toEqual({ kind: 'busy' });
  await until('all three have arrived', () => held.length === 3);
  for (const response of held.splice(0)) response.writeHead(204).end();
  for (const answer of await Promise.all([...first, other])) expect(answer).toMatchObject({ status: 204 });

  const again = send(url, 'whe_1');
  await until('there is room again', () => held.length === 1);
  held[0]?.writeHead(204).end();
  expect(await again).toMatchObject({ status: 204 });
});

test.each([
  ['120', 120],
  [' 7 ', 7],
  ['soon', null],
  ['-5', null],
])('a Retry-After of "%s" is %s seconds', async (header, seconds) => {
  const url = await serve(
    (_request, response) => void response.writeHead(503, { 'retry-after': header }).end(),
  );
  expect(await openSender()(url)).toMatchObject({ retry_after_s: seconds });
});

test('a Retry-After that is a date is the time until then', async () => {
  const at = new Date(Date.now() + 3_600_000).toUTCString();
  const url = await serve((_request, response) => void response.writeHead(429, { 'retry-after': at }).end());
  const answer = await openSender()(url);
  const seconds = answer.kind === 'answered' ? answer.retry_after_s : null;
  expect(seconds).toBeGreaterThan(3_000);
  expect(seconds).toBeLessThanOrEqual(3_600);
});
