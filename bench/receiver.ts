/**
 * A merchant's receiver of notifications: `/quick` answers at once, `/slow` after `--slow` milliseconds. `GET /bench` says how
 * many events the quick one was told, each counted once; `GET /bench?since=MS` also how long those took that were written
 * from then on (`lags_ms`). Its first line of stdout is `{url}`; SIGTERM ends it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { slow: { type: 'string', default: '10000' } } });
const slow_ms = Number(values.slow);

/** By event: when it was written, and when it first came, by the clock of this machine. */
const told = new Map<string, { readonly written_ms: number; readonly came_ms: number }>();

function lagsSince(since: string | null): number[] {
  if (since === null) return [];
  return [...told.values()]
    .filter(({ written_ms }) => written_ms >= Number(since))
    .map(({ written_ms, came_ms }) => came_ms - written_ms);
}

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://receiver');
  if (pathname === '/bench') {
    const text = JSON.stringify({ told: told.size, lags_ms: lagsSince(searchParams.get('since')) });
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  } else if (pathname === '/slow') {
    setTimeout(() => response.writeHead(200).end(), slow_ms);
  } else {
    const came_ms = Date.now();
    const { id, created_at } = JSON.parse(body) as { id: string; created_at: string };
    if (!told.has(id)) told.set(id, { written_ms: Date.parse(created_at), came_ms });
    response.writeHead(200).end();
  }
}

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => {
    body += part;
  });
  request.on('end', () => answer(request, response, body));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
