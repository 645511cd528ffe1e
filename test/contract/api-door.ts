/** The way to the API, on which a charge is turned away for load, or its answer is lost after it was taken in. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type Passage = 'pass' | 'busy' | 'lose';

export type ApiDoor = {
  readonly url: string;
  /** Asked as each `POST /v1/charges` arrives; counts from 1 since it was set. */
  onCharge(decide: (count: number) => Passage): void;
  close(): Promise<void>;
};

/** Opens it on a free port of this machine. */
export async function openDoor(api_url: string): Promise<ApiDoor> {
  let decide: (count: number) => Passage = () => 'pass';
  let count = 0;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isCharge = request.method === 'POST' && request.url === '/v1/charges';
    if (isCharge) count += 1;
    const passage = isCharge ? decide(count) : 'pass';
    const body = await buffer(request);
    if (passage === 'busy') return turnAway(response);
    const { host, connection, 'content-length': _, ...headers } = request.headers;
    const answer = await fetch(new URL(request.url ?? '/', api_url), {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      body: body.length === 0 ? null : body,
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (passage === 'lose') return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(bytes);
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    onCharge: (next) => {
      decide = next;
      count = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** As the API does under load. */
function turnAway(response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1' });
  response.end(JSON.stringify({ status: 503, code: 'unavailable', title: 'Not available right now' }));
}
