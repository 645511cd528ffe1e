/**
 * A merchant's receiver on this machine: it verifies by the reference library of the specification, keeps what was genuine, and
 * answers as a test says.
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export type Received = {
  readonly id: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly version: number;
    readonly data: object;
  };
};

type Respond = (request: { readonly headers: IncomingMessage['headers'] }, response: ServerResponse) => void;

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** Starts one; it answers 204 until told otherwise. With a certificate for `localhost` it speaks TLS and nothing else. */
export async function startReceiver(tls: { readonly key: string; readonly cert: string } | null = null) {
  const received: Received[] = [];
  const secrets: string[] = [];
  let refused = 0;
  let sockets = 0;
  let respond: Respond = (_request, response) => void response.writeHead(204).end();
  const listener: RequestListener = (request, response) => {
    void bodyOf(request).then((body) => {
      const headers = request.headers as Record<string, string>;
      const genuine = secrets.some((secret) => isGenuine(secret, body, headers));
      if (genuine) {
        const event = JSON.parse(body) as Received['event'];
        received.push({ id: headers['webhook-id'] ?? '', type: event.type, headers, event });
      } else refused += 1;
      respond(request, response);
    });
  };
  const server = tls === null ? createServer(listener) : createTlsServer(tls, listener);
  server.on('connection', () => {
    sockets += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: tls === null ? `http://127.0.0.1:${port}/hooks` : `https://localhost:${port}/hooks`,
    port,
    received,
    /** Requests that no known secret has signed. */
    refused: () => refused,
    /** Connections that were opened. */
    sockets: () => sockets,
    /** What a receiver knows: `whsec_…`, as the API has shown it. */
    trust: (...known: readonly string[]) => {
      secrets.splice(0, secrets.length, ...known);
    },
    answer: (how: Respond) => {
      respond = how;
    },
    /** The same status for everything. */
    answerWith: (status: number, headers: Record<string, string> = {}, body = '') => {
      respond = (_request, response) => void response.writeHead(status, headers).end(body);
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isGenuine(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
