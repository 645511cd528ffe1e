import http from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
};

/** What the server does with one request, after reading it whole. */
export type Behaviour = (response: http.ServerResponse, request: http.IncomingMessage) => void;

/** A server that does exactly what it is told, one behaviour per request; the last one repeats. */
export async function openRawServer(...behaviours: [Behaviour, ...Behaviour[]]) {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
      const behave = behaviours[Math.min(received.length, behaviours.length) - 1] ?? behaviours[0];
      behave(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export function json(status: number, body: unknown, headers: http.OutgoingHttpHeaders = {}): Behaviour {
  return text(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function text(status: number, body: string, headers: http.OutgoingHttpHeaders = {}): Behaviour {
  return (response) => {
    response.writeHead(status, { 'request-id': 'req_raw', ...headers });
    response.end(body);
  };
}

/** Closes the connection without a word: the SDK then sends a second time. */
export const reset: Behaviour = (response) => void response.socket?.resetAndDestroy();

/** Closes the connection in good order, and without an answer. */
export const closed: Behaviour = (response) => void response.socket?.end();

/** Never answers. */
export const hang: Behaviour = () => undefined;

/** Promises a long answer, sends the start of it, and closes. */
export const cutOff: Behaviour = (response) => {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': 10_000,
    'request-id': 'req_cut',
  });
  response.write('{"id":"pi_1","object":"payment_intent"');
  setImmediate(() => response.socket?.destroy());
};

/** Sends the head and the start of the body, then nothing more. */
export const dribble: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_slow' });
  response.write('{"id":');
};
