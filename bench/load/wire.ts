/** A raw keep-alive client: as many connections as there are requests under way, no more than is needed of HTTP. */
import { Agent, request } from 'node:http';

export type Answer = {
  /** 0: refused, reset or hung up on, so nobody knows whether it was read. */
  readonly status: number;
  readonly text: string;
  readonly retry_after_s: number | null;
  /** Of a problem answer. */
  readonly code: string | null;
};

export type Wire = {
  send(
    method: string,
    path: string,
    body?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  close(): void;
};

const PATIENCE_MS = 30_000;
const CODE = /"code":"(\w+)"/;

/** Opens one to a loopback address. */
export function openWire(url: string, always: Readonly<Record<string, string>>): Wire {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1_024 });
  const { hostname: host, port } = new URL(url);
  return {
    send: (method, path, body = '', headers = {}) =>
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
      }),
    close: () => agent.destroy(),
  };
}

const NOBODY: Answer = { status: 0, text: '', retry_after_s: null, code: null };
