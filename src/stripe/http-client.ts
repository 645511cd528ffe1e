import http from 'node:http';
import https from 'node:https';
import type { Stripe } from 'stripe';
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

export type ExchangeHttpClient = SdkHttpClient & {
  /** Says which exchange a sending belongs to; the headers object is the sending's own. */
  bind: (headers: Headers, exchange: Exchange) => void;
  /** Closes idle connections; call it after the last answer. */
  close: () => void;
};

/**
 * An HTTP client for the SDK over node:http with keep-alive, as its own one, and with what that one lacks: an
 * absolute deadline that also ends a running sending, the exact stored bytes as body, and a record of each
 * sending. The SDK sends a second time after ECONNRESET or EPIPE even with retries off; such a second sending
 * passes here too, is counted, and does not start once the deadline is over. Before a GET is sent it awaits `take`.
 */
export function createHttpClient(take?: ReadBudget['take']): ExchangeHttpClient {
  const exchanges = new WeakMap<object, Exchange>();
  const agents = {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true }),
  };
  return {
    bind: (headers, exchange) => void exchanges.set(headers, exchange),
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
    getClientName: () => 'duecourse',
    makeRequest: (host, port, path, method, headers, requestData, protocol) => {
      const exchange = exchanges.get(headers);
      if (exchange === undefined) return Promise.reject(new Error('a request outside of a call'));
      exchange.operation = operationOf(method, path);
      const body = exchange.exact_body ?? requestData;
      const options: https.RequestOptions = {
        host,
        port,
        path,
        method,
        ciphers: CIPHERS,
        headers: plainHeaders(headers, method, body),
        agent: protocol === 'http' ? agents.http : agents.https,
      };
      const request = protocol === 'http' ? http.request : https.request;
      const sent = () => send(exchange, request, options, body);
      return take === undefined || method !== 'GET' ? sent() : turnOf(exchange, take).then(sent);
    },
  };
}

/** Ends with the exchange, if that is over before. */
async function turnOf(exchange: Exchange, take: ReadBudget['take']): Promise<void> {
  const waiting = new AbortController();
  exchange.destroySending = () => waiting.abort(timeoutError());
  await take(exchange.operation ?? 'other', waiting.signal);
}

function send(
  exchange: Exchange,
  request: typeof https.request,
  options: https.RequestOptions,
  body: string,
): Promise<SdkResponse> {
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
    const sending = request(options);
    exchange.destroySending = () => sending.destroy(timeoutError());
    sending.on('error', (error) => {
      exchange.failure = exchange.is_over ? 'timeout' : 'connection';
      reject(error);
    });
    sending.once('response', (response) => {
      readAnswer(exchange, response).then(resolve, reject);
    });
    sending.end(body);
  });
}

/** Reads the whole answer into the exchange; to the SDK, an answer that is cut off is no answer at all. */
function readAnswer(exchange: Exchange, response: http.IncomingMessage): Promise<SdkResponse> {
  exchange.status = response.statusCode ?? null;
  exchange.headers = answerHeaders(response.headers);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > BODY_BYTES_MAX) response.destroy();
    });
    response.once('error', () => undefined);
    response.once('close', () => {
      if (!response.complete || length > BODY_BYTES_MAX) {
        exchange.failure = exchange.is_over ? 'timeout' : 'connection';
        // Without a code, so that the SDK does not send again what Stripe has surely seen.
        reject(new Error('the answer was cut off'));
        return;
      }
      exchange.body = parseObject(Buffer.concat(chunks).toString('utf8'));
      exchange.failure = null;
      resolve(sdkResponse(exchange, response));
    });
  });
}

function sdkResponse(exchange: Exchange, response: http.IncomingMessage): SdkResponse {
  return {
    getStatusCode: () => response.statusCode ?? 0,
    getHeaders: () => response.headers as ReturnType<SdkResponse['getHeaders']>,
    getRawResponse: () => ({}),
    toStream: () => response,
    toJSON: () =>
      exchange.body === null
        ? Promise.reject(new SyntaxError('the answer is not a JSON object'))
        : Promise.resolve(exchange.body),
  };
}

function answerHeaders(headers: http.IncomingHttpHeaders): AnswerHeaders {
  const should_retry = headers['stripe-should-retry'];
  const request_id = headers['request-id'];
  return {
    request_id: typeof request_id === 'string' ? request_id : null,
    replayed: headers['idempotent-replayed'] === 'true',
    should_retry: should_retry === 'true' ? true : should_retry === 'false' ? false : null,
  };
}

function plainHeaders(headers: Headers, method: string, body: string): http.OutgoingHttpHeaders {
  const plain: http.OutgoingHttpHeaders = { ...headers };
  if (method === 'POST') plain['Content-Length'] = Buffer.byteLength(body);
  return plain;
}

function timeoutError(): Error {
  return Object.assign(new Error('the deadline of the call is over'), { code: 'ETIMEDOUT' });
}
