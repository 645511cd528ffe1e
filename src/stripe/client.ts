import { Stripe } from 'stripe';
import { parseKey } from '../domain/keys.ts';
import { invariant } from '../platform/errors.ts';
import { cardMark } from '../platform/ids.ts';
import type { Answer } from './answer.ts';
import { outcomeOf, type StripeCall } from './call.ts';
import { classifyAnswer } from './classify.ts';
import { type Exchange, openExchange } from './exchange.ts';
import { createHttpClient } from './http-client.ts';
import type { Json } from './json.ts';

/** The API version of every request and of every body we write ahead; `stripe` 23.1's own. */
export const STRIPE_API_VERSION = '2026-10-28.endive';

export type StripeSettings = {
  readonly secretKey: string;
  /** Only for the simulator: `http://127.0.0.1:12111`. Refused in live mode. */
  readonly apiUrl?: string | undefined;
  /** The whole of a call, the SDK's hidden second sending included. */
  readonly timeoutMs: number;
  readonly livemode: boolean;
  /** The instance's derivation key, for marks of cards; without one no two methods are known to be the same card. */
  readonly instanceKey?: Buffer;
  /** Without it nothing waits. */
  readonly budget?: ReadBudget;
  /** Receives every call that was sent, once it has ended. */
  readonly told?: (call: StripeCall) => void;
};

/** The account's budget of calls. Each read takes from it when it is sent; whoever writes has taken before writing ahead. */
export type ReadBudget = {
  /** Resolves when the operation may be sent once; rejects when the signal aborts first. */
  readonly take: (operation: string, signal: AbortSignal) => Promise<void>;
  /** Stripe answered 429 to the operation, be it a read or not. */
  readonly exceeded: (operation: string) => void;
};

/** Ends a call early, at the local deadline of its lease: the call then answers `timeout`. */
export type CallLimits = { readonly signal?: AbortSignal | undefined };

/** One POST: its key, and for a resumed attempt the exact stored body and API version. */
export type Write = CallLimits & {
  readonly key: string;
  readonly body?: string;
  readonly api_version?: string;
};

type Send = (sdk: Stripe, options: Stripe.RequestOptions) => Promise<unknown>;
type Project<T> = (body: Json) => T | null;

/** Calls Stripe and answers in our terms. The SDK itself never leaves this folder. */
export type StripeClient = {
  readonly livemode: boolean;
  /** What stands for a card's fingerprint outside of this folder; null without one. */
  readonly cardMark: (fingerprint: string | null) => string | null;
  /** A POST under our own key. Throws on a key of another form: that is a defect. */
  readonly write: <T>(write: Write, send: Send, project: Project<T>) => Promise<Answer<T>>;
  /** A GET. */
  readonly read: <T>(limits: CallLimits, send: Send, project: Project<T>) => Promise<Answer<T>>;
  /** Closes idle connections; call it after the last answer. */
  readonly close: () => void;
};

/**
 * A client for one Stripe account. No retries but ours, no telemetry, a pinned version, a deadline on every
 * call. Throws when the key does not belong to the mode, or an address is given in live mode.
 */
export function createStripe(settings: StripeSettings): StripeClient {
  const { secretKey, apiUrl, timeoutMs, livemode, instanceKey, budget } = settings;
  invariant(/^[sr]k_(live|test)_/.test(secretKey), 'stripe_secret_key_form');
  invariant(/^[sr]k_live_/.test(secretKey) === livemode, 'stripe_secret_key_mode');
  invariant(apiUrl === undefined || !livemode, 'stripe_api_url_in_live_mode');
  const httpClient = createHttpClient(budget?.take);
  const sdk = new Stripe(secretKey, {
    apiVersion: STRIPE_API_VERSION,
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: timeoutMs,
    httpClient,
    ...(apiUrl === undefined ? {} : addressOf(apiUrl)),
  });

  async function call<T>(
    limits: CallLimits,
    options: Stripe.RequestOptions,
    body: string | null,
    send: Send,
    project: Project<T>,
  ): Promise<Answer<T>> {
    const begun_ms = performance.now();
    const exchange = openExchange(body);
    const deadline = openDeadline(exchange, timeoutMs, limits.signal);
    // The one hook the SDK calls before each sending, its hidden second one included.
    const authenticator: Stripe.RequestOptions['authenticator'] = async (request) => {
      request.headers.Authorization = `Bearer ${secretKey}`;
      httpClient.bind(request.headers, exchange);
    };
    try {
      const sent = send(sdk, { ...options, authenticator, maxNetworkRetries: 0 });
      const thrown = await Promise.race([thrownBy(sent), deadline.over]);
      if (exchange.is_over) exchange.failure &&= 'timeout';
      else refuseUnsent(exchange, thrown);
      const answer = classifyAnswer(exchange, project);
      tell(exchange, answer, performance.now() - begun_ms);
      return answer;
    } finally {
      deadline.close();
    }
  }

  function tell({ operation, sendings }: Exchange, answer: Answer<unknown>, elapsed_ms: number): void {
    if (operation === null || sendings === 0) return;
    const outcome = outcomeOf(answer);
    if (outcome === 'rate_limited') budget?.exceeded(operation);
    settings.told?.({ operation, outcome, seconds: elapsed_ms / 1_000 });
  }

  return {
    livemode,
    cardMark: (fingerprint) => (instanceKey === undefined ? null : cardMark(instanceKey, fingerprint)),
    write: (write, send, project) => {
      invariant(parseKey(write.key) !== null, 'stripe_idempotency_key_form');
      const apiVersion = write.api_version ?? STRIPE_API_VERSION;
      return call(write, { idempotencyKey: write.key, apiVersion }, write.body ?? null, send, project);
    },
    read: (limits, send, project) => call(limits, {}, null, send, project),
    close: httpClient.close,
  };
}

/** What the SDK threw, or null. The exchange holds what Stripe said either way. */
function thrownBy(sent: Promise<unknown>): Promise<unknown> {
  return sent.then(
    () => null,
    (error: unknown) => error,
  );
}

/** An error before the SDK asked for a request is the SDK refusing our parameters: a defect, not an answer. */
function refuseUnsent(exchange: Exchange, thrown: unknown): void {
  if (exchange.operation === null && thrown !== null) throw thrown;
}

/**
 * Ends the exchange after `timeoutMs` or with the caller's signal; `over` is that moment. Plain functions, no
 * AbortController: one for each call costs a third of the calls per second.
 */
function openDeadline(exchange: Exchange, timeoutMs: number, outer: AbortSignal | undefined) {
  let close = () => {};
  const over = new Promise<null>((resolve) => {
    const end = () => {
      exchange.is_over = true;
      exchange.destroySending?.();
      resolve(null);
    };
    const timer = setTimeout(end, timeoutMs);
    outer?.addEventListener('abort', end, { once: true });
    close = () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', end);
    };
    if (outer?.aborted) end();
  });
  return { over, close };
}

function addressOf(apiUrl: string): { host: string; port: string; protocol: 'http' | 'https' } {
  const { hostname, port, protocol } = new URL(apiUrl);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port || (protocol === 'https:' ? '443' : '80'),
    protocol: protocol === 'https:' ? 'https' : 'http',
  };
}
