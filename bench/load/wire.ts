/**
 * A raw keep-alive client with as many connections as a proxy, and only as much HTTP as we need. A request that finds
 * no free connection waits, and the wait counts. With a connection for each request we would measure how Node accepts
 * them, one per turn of its event loop (libuv 1.45), and the kernel's retries once 2,048 wait.
 */
import { Agent, request } from 'node:http';

export type Answer = {
  /** 0: refused, reset or closed; we do not know whether it was read. */
  readonly status: number;
  readonly text: string;
  readonly retry_after_s: number | null;
  /** The code of a problem answer. */
  readonly code: string | null;
};

export type Wire = {
  /** Opens all connections first, because a proxy has them open before an overload. */
  connect(path: string): Promise<void>;
  send(
    method: string,
    path: string,
    body?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  close(): void;
};

const CONNECTIONS_MAX = 256;
const PATIENCE_MS = 30_000;
const CODE = /"code":"(\w+)"/;

/** Opens one to a loopback address. */
export function openWire(url: string, always: Readonly<Record<string, string>>): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, maxFreeSockets: CONNECTIONS_MAX });
  const { hostname: host, port } = new URL(url);
  const send: Wire['send'] = (method, path, body = '', headers = {}) =>
    new Promise((resolve) => {
      const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
      const outgoing = request(
        { agent, host, port, method, path, headers: { ...always, ...headers, ...length } },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', () => resolve(NOBODY));
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const status = incoming.statusCode ?? 0;
            const after = incoming.headers['retry-after'];
            const retry_after_s = after === undefined ? null : Number(after);
            resolve({ status, text, retry_after_s, code: CODE.exec(text)?.[1] ?? null });
          });
        },
      );
      outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy());
      outgoing.on('error', () => resolve(NOBODY));
      outgoing.end(body);
    });
  return {
    send,
    connect: async (path) => {
      await Promise.all(Array.from({ length: CONNECTIONS_MAX }, () => send('GET', path)));
    },
    close: () => agent.destroy(),
  };
}

const NOBODY: Answer = { status: 0, text: '', retry_after_s: null, code: null };
