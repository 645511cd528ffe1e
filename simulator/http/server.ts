import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerControl } from '../control/routes.ts';
import { answerPage } from '../pages/routes.ts';
import type { World } from '../world/world.ts';
import { accountKeyOf, keyIn } from './auth.ts';
import { type Answer, dispatch } from './dispatch.ts';
import { kindOf } from './faults.ts';
import type { LoggedRequest } from './request-log.ts';
import { matchRoute, type Router } from './router.ts';
import { API_VERSION } from './version.ts';

const MAX_BODY_BYTES = 1_000_000;

/** Listens; resolves once the port is known. */
export async function listen(world: World, router: Router): Promise<Server> {
  // No Nagle and no idle timeout: a connection closed between two requests would look like a fault.
  const server = createServer(
    { keepAliveTimeout: 0, requestTimeout: 0, noDelay: true },
    (request, response) => {
      receive(request, response, (body) => answer(world, router, request, response, body));
    },
  );
  server.headersTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(world.options.port, world.options.host, resolve);
  });
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function receive(request: IncomingMessage, response: ServerResponse, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    if (size > MAX_BODY_BYTES) return void response.writeHead(413).end();
    const only = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    done((only as Buffer).toString('utf8'));
  });
  request.on('error', () => undefined);
  response.on('error', () => undefined);
}

function answer(
  world: World,
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): void {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  if (path.startsWith('/v1/')) return void answerApi(world, router, request, response, path, query, body);
  if (path.startsWith('/_sim/')) return void answerControl(world, request, response, path, body);
  answerPage(world, request, response, path, query, body);
}

async function answerApi(
  world: World,
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
  body: string,
): Promise<void> {
  const method = request.method ?? 'GET';
  const requestId = world.random.id('req_', 14);
  const sentKey = request.headers['idempotency-key'];
  const key = method === 'POST' && typeof sentKey === 'string' && sentKey !== '' ? sentKey : null;
  const { authorization } = request.headers;
  const sentSecret = keyIn(authorization);
  const matched = matchRoute(router, method, path);
  const entry: LoggedRequest = {
    method,
    path,
    query,
    idempotency_key: key,
    body,
    status: null,
    replayed: false,
    atMs: Date.now(),
    fault: null,
    account: sentSecret === null ? null : accountKeyOf(world, sentSecret),
    request_id: requestId,
    route: matched === undefined ? null : `${method} ${matched.route.template}`,
  };
  if (world.options.logs === 'on') world.requests.push(entry);
  const answer =
    matched === undefined
      ? unknownRoute(method, path)
      : await dispatch(world, { matched, path, query, body, authorization, key, requestId });
  if (reaches(answer)) entry.status = answer.status;
  entry.replayed = answer.replayed;
  if (answer.fault !== null) entry.fault = kindOf(answer.fault);
  if (answer.account !== null) entry.account = answer.account.secretKey;
  send(response, answer, requestId, key, request.headers['stripe-version']);
}

const LOST: readonly string[] = ['reset_before', 'reset_after', 'hang_after'];

/** Whether any of the answer reaches the caller. */
function reaches(answer: Answer): boolean {
  return answer.fault === null || !LOST.includes(answer.fault.type);
}

function send(
  response: ServerResponse,
  answer: Answer,
  requestId: string,
  key: string | null,
  version: string | string[] | undefined,
): void {
  const fault = answer.fault?.type;
  if (fault === 'hang_after') return;
  if (fault === 'reset_before' || fault === 'reset_after') return void response.socket?.resetAndDestroy();
  const headers = [
    ...(answer.headers.includes('content-type') ? [] : ['content-type', 'application/json']),
    'content-length',
    String(Buffer.byteLength(answer.body)),
    'request-id',
    requestId,
    'stripe-version',
    typeof version === 'string' ? version : API_VERSION,
    ...answer.headers,
  ];
  if (key !== null) {
    headers.push('idempotency-key', key);
    if (!answer.replayed) headers.push('original-request', requestId);
  }
  if (typeof version === 'string' && version !== API_VERSION) {
    headers.push('x-simulator-warning', `answers are written in ${API_VERSION}`);
  }
  response.writeHead(answer.status, headers);
  // As text, so that Node sends head and body in one write.
  if (fault !== 'partial_body') return void response.end(answer.body);
  response.write(answer.body.slice(0, answer.body.length >> 1), () => response.socket?.destroy());
}

function unknownRoute(method: string, path: string): Answer {
  const message = `Unrecognized request URL (${method}: ${path}).`;
  const body = JSON.stringify({ error: { type: 'invalid_request_error', message } });
  return { status: 404, body, headers: [], fault: null, replayed: false, account: null };
}
