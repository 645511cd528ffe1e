/**
 * Stripe's front: idempotency keys and their stored answers, kept for 24 h and then forgotten
 * (https://docs.stripe.com/api/idempotent_requests); locks while a request is under way; and errors that do not say
 * what was done.
 */

import type { Moments } from '../moments.ts';
import type { Fault } from '../people/faults.ts';
import type { Random } from '../people/random.ts';
import { intentJson } from './intent-json.ts';
import type { Bank, Intent, Json } from './stripe-intents.ts';

export type StripeRequest = {
  readonly op: 'create' | 'confirm' | 'cancel' | 'retrieve' | 'list' | 'events' | 'customer';
  readonly id: string | null;
  readonly key: string | null;
  readonly params: Json;
};

export type StripeResponse = {
  readonly status: number;
  readonly replayed: boolean;
  readonly should_retry: boolean | null;
  readonly body: Json | null;
};

export type StripeApi = {
  /** Answers now, or later when Stripe is slow. */
  handle(request: StripeRequest, respond: (response: StripeResponse) => void): void;
};

export type StripeApiOptions = {
  readonly bank: Bank;
  readonly random: Random;
  readonly now_ms: () => number;
  readonly at: (delay_ms: number, happen: () => void) => void;
  readonly late: Moments['late'];
  readonly strikes: (fault: Fault) => boolean;
  readonly count: (name: string) => void;
  /** Receives each confirm and cancel right before its execution. */
  readonly executing: (request: StripeRequest, intent: Intent, arrived_ms: number) => void;
  /** Methods and customers that Stripe no longer knows. */
  readonly isGone: (id: string) => boolean;
};

type Entry = { readonly at_ms: number; readonly asked: StripeRequest; answer: StripeResponse | null };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const KEY_MS = 24 * HOUR_MS;
const PAGE = 100;
const CANCELABLE = ['requires_payment_method', 'requires_action', 'requires_capture'];
const BAD_GATEWAY: StripeResponse = { status: 502, replayed: false, should_retry: null, body: null };

/** An API over a bank. */
export function createStripeApi(options: StripeApiOptions): StripeApi {
  const { bank, random, at, strikes } = options;
  const entries = new Map<string, Entry>();
  const locked = new Set<string>();

  function handle(request: StripeRequest, respond: (response: StripeResponse) => void): void {
    const known = strikes('bad_gateway') ? BAD_GATEWAY : unexecuted(request);
    if (known === null) begin(request, respond);
    else respond(known);
  }

  /** The answer that needs no execution; null when this sending must be executed. */
  function unexecuted(request: StripeRequest): StripeResponse | null {
    const { key } = request;
    if (key === null) return read(options, request);
    if (strikes('rate_limited')) return failure(429, { type: 'invalid_request_error', code: 'rate_limit' });
    const known = entries.get(key);
    if (known !== undefined) {
      if (options.now_ms() - known.at_ms < KEY_MS) return again(known, request);
      options.count('key_forgotten');
    }
    if (request.id !== null && locked.has(request.id))
      return failure(429, { type: 'invalid_request_error', code: 'lock_timeout' });
    return refusal(request);
  }

  function begin(request: StripeRequest, respond: (response: StripeResponse) => void): void {
    const entry: Entry = { at_ms: options.now_ms(), asked: request, answer: null };
    entries.set(request.key ?? '', entry);
    const finish = () => {
      entry.answer = executed(request, entry.at_ms);
      respond(entry.answer);
    };
    if (!strikes('slow')) {
      finish();
      return;
    }
    const { id } = request;
    if (id !== null) locked.add(id);
    at(random.between(500, 60_000), () => {
      if (id !== null) locked.delete(id);
      finish();
    });
  }

  function again(known: Entry, request: StripeRequest): StripeResponse {
    if (textOf(known.asked) !== textOf(request)) {
      bank.reused.add(request.key ?? '');
      return failure(400, { type: 'idempotency_error' });
    }
    if (known.answer !== null) return { ...known.answer, replayed: true };
    return failure(409, { type: 'idempotency_error', code: 'idempotency_key_in_use' });
  }

  /** A refusal before anything runs is not stored under the key. */
  function refusal(request: StripeRequest): StripeResponse | null {
    if (request.op === 'create' && options.isGone(String(request.params.customer)))
      return failure(400, { type: 'invalid_request_error', code: 'resource_missing', param: 'customer' });
    if (request.op !== 'confirm') return null;
    const intent = bank.intents.get(request.id ?? '');
    if (options.isGone(String(request.params.payment_method)))
      return failure(400, {
        type: 'invalid_request_error',
        code: 'resource_missing',
        param: 'payment_method',
      });
    if (intent?.setup_future_usage === 'off_session' && request.params.off_session === 'true')
      return failure(400, { type: 'invalid_request_error', param: 'off_session' });
    return null;
  }

  function executed(request: StripeRequest, arrived_ms: number): StripeResponse {
    const retry = random.chance(0.5) ? null : random.chance(0.5);
    const error = { ...failure(500, { type: 'api_error' }), should_retry: retry };
    if (strikes('error_rolled_back')) return error;
    if (strikes('error_rolled_forward')) {
      const at_most_ms = random.chance(0.2) ? HOUR_MS : random.between(0, 5 * MINUTE_MS);
      options.late(at_most_ms, () => void execute(request, arrived_ms));
      return error;
    }
    const response = execute(request, arrived_ms);
    return strikes('error_after_effect') ? error : response;
  }

  function execute(request: StripeRequest, arrived_ms: number): StripeResponse {
    switch (request.op) {
      case 'create':
        return create(request, arrived_ms);
      case 'confirm':
        return withIntent(bank, request, ['requires_payment_method', 'requires_action'], (intent) =>
          confirm(request, intent, arrived_ms),
        );
      case 'cancel':
        return withIntent(bank, request, CANCELABLE, (intent) => {
          options.executing(request, intent, arrived_ms);
          bank.cancel(intent, request.key, 'requested_by_customer');
          return answer(200, intentJson(intent));
        });
      default:
        throw new Error(`${request.op} is no write`);
    }
  }

  function create(request: StripeRequest, arrived_ms: number): StripeResponse {
    const { customer, metadata, amount = 4_200, confirm: confirms } = request.params;
    const intent = bank.create(
      { customer: customer as string, metadata: (metadata ?? {}) as Json, amount: amount as number },
      request.key,
    );
    return confirms === true ? confirm(request, intent, arrived_ms) : answer(200, intentJson(intent));
  }

  function confirm(request: StripeRequest, intent: Intent, arrived_ms: number): StripeResponse {
    options.executing(request, intent, arrived_ms);
    const { payment_method, off_session, setup_future_usage } = request.params;
    const verdict = bank.confirm(intent, {
      payment_method: String(payment_method),
      off_session: off_session === 'true',
      setup_future_usage: (setup_future_usage as string | undefined) ?? null,
      key: request.key,
    });
    if (verdict.outcome === 'done') return answer(200, intentJson(intent));
    return failure(402, { ...verdict.error, payment_intent: intentJson(intent) });
  }

  return { handle };
}

/** A key stands for one request: another text under it is refused. */
function textOf({ op, id, params }: StripeRequest): string {
  return JSON.stringify([op, id, params]);
}

function withIntent(
  bank: Bank,
  request: StripeRequest,
  statuses: readonly string[],
  act: (intent: Intent) => StripeResponse,
): StripeResponse {
  const intent = bank.intents.get(request.id ?? '');
  if (intent === undefined) return failure(404, { type: 'invalid_request_error', code: 'resource_missing' });
  if (statuses.includes(intent.status)) return act(intent);
  const payment_intent = intentJson(intent);
  return failure(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    payment_intent,
  });
}

function read({ bank, isGone, now_ms }: StripeApiOptions, request: StripeRequest): StripeResponse {
  switch (request.op) {
    case 'customer':
      return answer(200, { object: 'customer', id: request.id, deleted: isGone(request.id ?? '') });
    case 'retrieve': {
      const intent = bank.intents.get(request.id ?? '');
      if (intent !== undefined) return answer(200, intentJson(intent));
      return failure(404, { type: 'invalid_request_error', code: 'resource_missing' });
    }
    case 'list':
      return page(
        [...bank.intents.values()]
          .filter(({ created_s }) => isWithin(created_s, request.params))
          .map(intentJson),
      );
    case 'events':
      return page(
        bank.events
          .filter((event) => event.listed_at_ms <= now_ms() && isWithin(event.created_s, request.params))
          .map(({ json }) => json),
      );
    default:
      throw new Error(`${request.op} needs a key`);
  }
}

function isWithin(created_s: number, { created }: Json): boolean {
  return created_s >= ((created as { readonly gte?: number } | undefined)?.gte ?? 0);
}

/** Newest first; no world of one charge fills a page. */
function page(items: readonly Json[]): StripeResponse {
  if (items.length > PAGE) throw new Error('the model lists one page');
  return answer(200, { object: 'list', data: [...items].reverse(), has_more: false });
}

function answer(status: number, body: Json): StripeResponse {
  return { status, replayed: false, should_retry: null, body };
}

function failure(status: number, error: Json): StripeResponse {
  return answer(status, { error });
}
