import type { Stripe } from 'stripe';
import type { Dispatcher, Pool } from 'undici';
// @ts-expect-error Not the index: loaded, it replaces the dispatcher of Node's own `fetch`, which in Node 20 then fails.
import UndiciPool from 'undici/lib/dispatcher/pool.js';
import { operationOf } from './call.ts';
import type { ReadBudget } from './client.ts';
import { type AnswerHeaders, type Exchange, NO_HEADERS } from './exchange.ts';
import { parseObject } from './json.ts';

type SdkHttpClient = NonNullable<NonNullable<ConstructorParameters<typeof Stripe>[1]>['httpClient']>;
type SdkResponse = Awaited<ReturnType<SdkHttpClient['makeRequest']>>;
type Headers = Parameters<SdkHttpClient['makeRequest']>[4];

/** The ciphers the SDK's own Node client asks for. */
const CIPHERS = 'DEFAULT:!aNULL:!eNULL:!LOW:!EXPORT:!SSLv2:!MD5';

/** Longer answers are cut off: no object or page of 100 that we read comes near. */
const BODY_BYTES_MAX = 8_388_608;

/** How long a connection is kept for the next call; a server that says less in its `Keep-Alive` is heeded. */
const IDLE_MS = 30_000;

export type ExchangeHttpClient = SdkHttpClient & {
  /** Says which exchange a sending belongs to; the headers object is the sending's own. */
  bind: (headers: Headers, exchange: Exchange) => void;
  /** Closes idle connections; call it after the last answer. */
  close: () => void;
};

/**
 * An HTTP client for the SDK over undici, with what the SDK's own one lacks: half the processor time, an absolute
 * deadline that also ends a running sending, the exact stored bytes as body, and a record of each sending. The SDK
 * sends a second time after ECONNRESET or EPIPE even with retries off; such a second sending passes here too, is counted,
 * and does not start once the deadline is over. Before a GET is sent it awaits `take`.
 */
export function createHttpClient(take?: ReadBudget['take']): ExchangeHttpClient {
  const exchanges = new WeakMap<object, Exchange>();
  const pools = new Map<string, Pool>();
  return {
    bind: (headers, exchange) => void exchanges.set(headers, exchange),
    close: () => {
      for (const pool of pools.values()) void pool.destroy();
      pools.clear();
    },
    getClientName: () => 'duecourse',
    makeRequest: (host, port, path, method, headers, requestData, protocol) => {
      const exchange = exchanges.get(headers);
      if (exchange === undefined) return Promise.reject(new Error('a request outside of a call'));
      exchange.operation = operationOf(method, path);
      const pool = poolOf(pools, `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`);
      const body = exchange.exact_body ?? requestData;
      const sent = () => send(exchange, pool, { path, method, headers: plainHeaders(headers), body });
      return take === undefined || method !== 'GET' ? sent() : turnOf(exchange, take).then(sent);
    },
  };
}

function poolOf(pools: Map<string, Pool>, origin: string): Pool {
  const known = pools.get(origin);
  if (known !== undefined) return known;
  // The call's own deadline is the only one.
  const timeouts = { headersTimeout: 0, bodyTimeout: 0, connectTimeout: 0, keepAliveTimeout: IDLE_MS };
  const pool: Pool = new UndiciPool(origin, { ...timeouts, connect: { ciphers: CIPHERS } });
  pools.set(origin, pool);
  return pool;
}

/** Ends with the exchange, if that is over before. */
async function turnOf(exchange: Exchange, take: ReadBudget['take']): Promise<void> {
  const waiting = new AbortController();
  exchange.destroySending = () => waiting.abort(timeoutError());
  await take(exchange.operation ?? 'other', waiting.signal);
}

type Sending = {
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
};

function send(exchange: Exchange, pool: Pool, sending: Sending): Promise<SdkResponse> {
  exchange.failure = 'connection';
  exchange.status = null;
  exchange.headers = NO_HEADERS;
  exchange.body = null;
  if (exchange.is_over) {
    exchange.failure = 'timeout';
    return Promise.reject(timeoutError());
  }
  exchange.sendings += 1;
  return new Promise((resolve, reject) => {
    pool.dispatch(sending as Dispatcher.DispatchOptions, answerHandler(exchange, resolve, reject));
  });
}

/** Reads the whole answer into the exchange; to the SDK, an answer that is cut off is no answer at all. */
function answerHandler(
  exchange: Exchange,
  resolve: (response: SdkResponse) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let length = 0;
  let received: ReturnType<SdkResponse['getHeaders']> | null = null;
  return {
    // The connection is there only now: nothing is sent on it if the call is over.
    onRequestStart: (controller) => {
      exchange.destroySending = () => controller.abort(timeoutError());
      if (exchange.is_over) controller.abort(timeoutError());
    },
    onResponseStart: (_controller, status, headers) => {
      received = headers as ReturnType<SdkResponse['getHeaders']>;
      exchange.status = status;
      exchange.headers = answerHeaders(headers);
    },
    onResponseData: (controller, chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > BODY_BYTES_MAX) controller.abort(new Error('the answer is too long'));
    },
    onResponseEnd: () => {
      const whole = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      exchange.body = parseObject((whole as Buffer).toString('utf8'));
      exchange.failure = null;
      resolve(sdkResponse(exchange, received ?? {}));
    },
    onResponseError: (_controller, error) => {
      exchange.failure = exchange.is_over ? 'timeout' : 'connection';
      // What Stripe has surely seen the SDK must not send again: it does so by the error's code.
      reject(received === null ? withCode(error) : new Error('the answer was cut off'));
    },
  };
}

/** A connection that was closed before its answer, as Node names it. */
function withCode(error: Error): Error {
  return 'code' in error && error.code === 'UND_ERR_SOCKET'
    ? Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' })
    : error;
}

function sdkResponse(exchange: Exchange, headers: ReturnType<SdkResponse['getHeaders']>): SdkResponse {
  return {
    getStatusCode: () => exchange.status ?? 0,
    getHeaders: () => headers,
    getRawResponse: () => ({}),
    toStream: () => {
      throw new Error('no answer is streamed');
    },
    toJSON: () =>
      exchange.body === null
        ? Promise.reject(new SyntaxError('the answer is not a JSON object'))
        : Promise.resolve(exchange.body),
  };
}

type ReceivedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

function answerHeaders(headers: ReceivedHeaders): AnswerHeaders {
  const should_retry = headers['stripe-should-retry'];
  const request_id = headers['request-id'];
  return {
    request_id: typeof request_id === 'string' ? request_id : null,
    replayed: headers['idempotent-replayed'] === 'true',
    should_retry: should_retry === 'true' ? true : should_retry === 'false' ? false : null,
  };
}

/** Without the length, which is that of the bytes that go out. */
function plainHeaders(headers: Headers): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (name.toLowerCase() !== 'content-length') plain[name] = String(value);
  return plain;
}

function timeoutError(): Error {
  return Object.assign(new Error('the deadline of the call is over'), { code: 'ETIMEDOUT' });
}
