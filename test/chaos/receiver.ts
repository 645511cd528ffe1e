/**
 * The merchant's endpoint for notifications: it verifies each as our client does, keeps the events, and has its own
 * weather. Past every proxy: what comes here is the merchant's record of what it was told.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook, type WebhookEvent } from '../../clients/typescript/src/client.ts';

export type ReceiverWeather =
  | 'pass'
  /** Its connections are reset. */
  | 'down'
  /** It reads, and answers nobody. */
  | 'slow'
  /** It has kept the event, and says that it failed; or asks for another try after ten years. */
  | 'lying'
  /** It sends whoever comes elsewhere. */
  | 'redirecting'
  /** It has kept the event, and its answer never arrives. */
  | 'answer_lost';

export type Receiver = {
  /** `host:port`. */
  readonly host: string;
  /** How many notifications each weather has met. */
  readonly counts: Readonly<Record<ReceiverWeather, number>>;
  weather(next: { readonly kind: ReceiverWeather }): void;
  /** Begins to verify with this secret. */
  listenWith(secret: string): void;
  readonly url: string;
  /** What came, by id. */
  readonly events: ReadonlyMap<string, WebhookEvent>;
  /** Why notifications were turned away. */
  readonly refused: readonly string[];
  /** How many followed a redirect. */
  led_astray(): number;
  close(): Promise<void>;
};

const HOST = '127.0.0.1';
const PATH = '/duecourse';
const ELSEWHERE = '/elsewhere';
const TEN_YEARS_S = 315_360_000;

/** Listens on a free loopback port. */
export async function openReceiver(): Promise<Receiver> {
  const counts = { pass: 0, down: 0, slow: 0, lying: 0, redirecting: 0, answer_lost: 0 };
  const events = new Map<string, WebhookEvent>();
  const refused: string[] = [];
  let secret = '';
  let weather: ReceiverWeather = 'pass';
  let astray = 0;

  function keep(request: IncomingMessage, body: Buffer): boolean {
    const verdict = verifyWebhook(secret, request.headers, body);
    if (verdict.outcome === 'refused') refused.push(verdict.because);
    else events.set(verdict.event.id, verdict.event);
    return verdict.outcome === 'verified';
  }

  const server = createServer(async (request, response) => {
    if (request.url !== PATH) {
      astray += 1;
      return void response.writeHead(204).end();
    }
    // By the weather of its arrival: the body may come after it has changed.
    const met = weather;
    const body = await bodyOf(request).catch(() => null);
    if (body === null) return;
    counts[met] += 1;
    answer(met, request, response, () => keep(request, body));
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const host = `${HOST}:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}${PATH}`,
    counts,
    events,
    refused,
    weather: ({ kind }) => {
      weather = kind;
    },
    listenWith: (given) => {
      secret = given;
    },
    led_astray: () => astray,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  weather: ReceiverWeather,
  request: IncomingMessage,
  response: ServerResponse,
  keep: () => boolean,
): void {
  switch (weather) {
    case 'pass':
      return void response.writeHead(keep() ? 204 : 400).end();
    case 'down':
      return void request.socket.resetAndDestroy();
    case 'slow':
      return;
    case 'lying':
      if (keep()) response.setHeader('retry-after', TEN_YEARS_S);
      return void response.writeHead(503).end('nothing was kept');
    case 'redirecting':
      return void response.writeHead(307, { location: ELSEWHERE }).end();
    case 'answer_lost':
      keep();
      return void request.socket.resetAndDestroy();
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
