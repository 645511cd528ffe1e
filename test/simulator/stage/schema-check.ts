import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeForm } from './form.ts';
import { answerComplaints, requestComplaints } from './schemas.ts';

/**
 * A reverse proxy in front of the simulator that holds every `/v1` answer against Stripe's schema, by
 * method, path and status, and every request the simulator accepted against the request schema. It passes
 * on what it sees byte for byte, broken connections included, so a client cannot tell it from the
 * simulator.
 */
export type SchemaCheck = {
  host: string;
  port: number;
  /** How many JSON answers were held against the schema so far. */
  checked: () => number;
  /** What the schema said against them since the last call. */
  takeComplaints: () => string[];
  close: () => Promise<void>;
};

type Target = { host: string; port: number };
type Seen = { checked: number; complaints: string[] };

export async function startSchemaCheck(target: Target): Promise<SchemaCheck> {
  const seen: Seen = { checked: 0, complaints: [] };
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => forward(target, incoming, outgoing, Buffer.concat(chunks), seen));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    checked: () => seen.checked,
    takeComplaints: () => seen.complaints.splice(0),
    close: () => closeServer(server),
  };
}

function forward(
  target: Target,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  sent: Buffer,
  seen: Seen,
): void {
  const { method = 'GET', url = '/' } = incoming;
  // One connection per request: a kept-alive socket that the simulator has closed would look like a fault.
  const upstream = request({ ...target, method, path: url, headers: incoming.headers, agent: false });
  // What has been sent is executed, whether or not the client still waits: nothing is taken back here.
  upstream.on('error', () => outgoing.destroy());
  upstream.on('response', (answer) => {
    const received: Buffer[] = [];
    const { connection: _, 'keep-alive': __, ...headers } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 0, headers);
    outgoing.flushHeaders();
    answer.on('data', (chunk: Buffer) => {
      received.push(chunk);
      outgoing.write(chunk);
    });
    answer.on('error', () => outgoing.destroy());
    answer.on('end', () => {
      record(incoming, sent, answer, Buffer.concat(received), seen);
      outgoing.end();
    });
  });
  upstream.end(sent);
}

function record(
  incoming: IncomingMessage,
  sent: Buffer,
  answer: IncomingMessage,
  received: Buffer,
  seen: Seen,
): void {
  const { method = 'GET', url = '/' } = incoming;
  const { pathname, search } = new URL(url, 'http://simulator');
  if (!pathname.startsWith('/v1/')) return;
  const status = answer.statusCode ?? 0;
  const label = `${method} ${pathname} ${status}`;
  if (!String(answer.headers['content-type']).startsWith('application/json')) {
    // Only a gateway in front of Stripe answers in HTML.
    if (status !== 502) seen.complaints.push(`${label}: content-type ${answer.headers['content-type']}`);
    return;
  }
  seen.checked += 1;
  const body: unknown = JSON.parse(received.toString());
  const publishable = incoming.headers.authorization?.includes('pk_test_') === true;
  for (const complaint of answerComplaints(method, pathname, status, body)) {
    // A publishable key is shown a part of the object; the SDK's types describe what a secret key is shown.
    if (publishable && complaint.startsWith('/ must have required property')) continue;
    seen.complaints.push(`${label}: answer ${complaint}`);
  }
  if (status !== 200) return;
  const params = decodeForm(method === 'POST' ? sent.toString() : search.slice(1));
  // What Stripe.js sends and a server may not: the secret, and the card itself.
  if (publishable) for (const name of ['client_secret', 'payment_method_data']) delete params[name];
  for (const complaint of requestComplaints(method, pathname, params)) {
    seen.complaints.push(`${label}: request ${complaint}`);
  }
}

/** Stops listening and drops what is still connected. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
