/**
 * A port for machines: `/metrics` for Prometheus, `/livez` and `/readyz` for supervisors. For a private network
 * only. It accepts few connections, small headers, no bodies, and takes a few seconds at most.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { AppError } from './errors.ts';

export type MetricsPortOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly registry: Registry;
  readonly health: () => Promise<Readonly<Record<string, boolean>>>;
  /** Of what `health` said, what the process cannot do without. */
  readonly isReady: (health: Readonly<Record<string, boolean>>) => boolean;
};

export type MetricsPort = {
  readonly port: number;
  /** Finishes the answers under way, for a second at most, then closes the connections. */
  close(): Promise<void>;
};

const CONNECTIONS_MAX = 32;
const HEAD_BYTES_MAX = 8_192;
const REQUEST_MS = 5_000;
/** A client that does not read its answer. */
const IDLE_MS = 10_000;
const FAREWELL_MS = 1_000;

/**
 * Listens.
 *
 * @throws AppError `metrics_port_unusable`
 */
export async function openMetricsPort(options: MetricsPortOptions): Promise<MetricsPort> {
  const server = createServer(
    {
      maxHeaderSize: HEAD_BYTES_MAX,
      requestTimeout: REQUEST_MS,
      headersTimeout: REQUEST_MS,
      keepAliveTimeout: REQUEST_MS,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => void respond(options, request, response).catch(() => response.destroy()),
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.setTimeout(IDLE_MS);
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), FAREWELL_MS);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function listen(server: Server, { host, port }: MetricsPortOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = 'METRICS_HOST and METRICS_PORT cannot be listened on';
      reject(new AppError('metrics_port_unusable', { message, cause }));
    });
    server.listen(port, host, resolve);
  });
}

async function respond(
  options: MetricsPortOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  // No request here has a body: close the connection of a client that sends one.
  if (!isRead) return send(response, 405, 'text/plain', '', { allow: 'GET, HEAD', connection: 'close' });
  switch (request.url) {
    case '/metrics':
      return send(response, 200, options.registry.contentType, await options.registry.metrics());
    case '/livez':
      return sendJson(response, 200, { status: 'ok' });
    case '/readyz': {
      const health = await options.health();
      return sendJson(response, options.isReady(health) ? 200 : 503, health);
    }
    default:
      return send(response, 404, 'text/plain', '');
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, 'application/json', JSON.stringify(body));
}

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const fixed = {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  response.writeHead(status, { ...fixed, 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}
