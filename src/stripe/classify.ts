import { NO_CODES } from '../domain/charge/payment-snapshot.ts';
import {
  type Answer,
  afterEarlierSending,
  type Indeterminate,
  type NotExecuted,
  type RefusedReason,
  type Trace,
} from './answer.ts';
import type { Exchange } from './exchange.ts';
import { type Json, objectOf, textOf } from './json.ts';
import { projectError, projectPaymentIntent, projectSetupIntent } from './project.ts';

/** What the head and the body of one call say; the part of an `Exchange` that decides. */
export type Heard = Pick<Exchange, 'sendings' | 'status' | 'headers' | 'body' | 'failure'>;

/** Statuses after which nobody knows what was done (docs.stripe.com/error-low-level); every 5xx as well. */
const INDETERMINATE_STATUSES: readonly number[] = [408, 424];

const NOT_EXECUTED_STATUSES: ReadonlyMap<number, NotExecuted['reason']> = new Map([
  [401, 'unauthenticated'],
  [403, 'forbidden'],
  [409, 'key_in_use'],
  [429, 'rate_limited'],
]);

/** Codes that say "not this time" whatever the status: the SDK knows a 400 `rate_limit`. */
const NOT_EXECUTED_CODES: ReadonlyMap<string, NotExecuted['reason']> = new Map([
  ['idempotency_key_in_use', 'key_in_use'],
  ['lock_timeout', 'locked'],
  ['payment_intent_rate_limit_exceeded', 'rate_limited'],
  ['rate_limit', 'rate_limited'],
]);

const REFUSED_CODES: ReadonlyMap<string, RefusedReason> = new Map([
  ['amount_too_large', 'amount_refused'],
  ['amount_too_small', 'amount_refused'],
  ['intent_invalid_state', 'unexpected_state'],
  ['payment_intent_incompatible_payment_method', 'payment_method_unusable'],
  ['payment_intent_mandate_invalid', 'mandate_invalid'],
  ['payment_intent_unexpected_state', 'unexpected_state'],
  ['payment_method_currency_mismatch', 'currency_refused'],
  ['payment_method_not_available', 'payment_method_unusable'],
  ['payment_method_restricted', 'payment_method_unusable'],
  ['payment_method_unexpected_state', 'payment_method_unusable'],
  ['payment_method_unsupported_type', 'payment_method_unusable'],
  ['resource_missing', 'resource_missing'],
  ['setup_intent_mandate_invalid', 'mandate_invalid'],
  ['setup_intent_unexpected_state', 'unexpected_state'],
]);

/** Of refusals without a code of ours: recorded for a currency that is not the account's ("Invalid currency"). */
const BY_PARAM: ReadonlyMap<string, RefusedReason> = new Map([
  ['amount', 'amount_refused'],
  ['currency', 'currency_refused'],
]);

/**
 * What the answer means, by the tables above (docs/protocol.md, 6.1). `project` reads a 2xx body
 * and answers null for one that is not what was asked for. A call that was sent twice (the SDK does so after
 * a reset) is not told `not_executed`: the first sending may have been.
 */
export function classifyAnswer<T>(heard: Heard, project: (body: Json) => T | null): Answer<T> {
  const answer = classifyLastSending(heard, project);
  return heard.sendings > 1 ? afterEarlierSending(answer) : answer;
}

function classifyLastSending<T>(heard: Heard, project: (body: Json) => T | null): Answer<T> {
  const { status, body } = heard;
  const trace: Trace = { request_id: heard.headers.request_id, replayed: heard.headers.replayed };
  if (heard.failure !== null || status === null) return indeterminate(heard, heard.failure ?? 'connection');
  if (status >= 500 || INDETERMINATE_STATUSES.includes(status)) return indeterminate(heard, 'server_error');
  if (body === null) return indeterminate(heard, 'bad_body');
  if (status >= 200 && status < 300) {
    const value = project(body);
    return value === null ? indeterminate(heard, 'bad_body') : { kind: 'ok', value, ...trace };
  }
  const error = objectOf(body.error);
  if (status < 400 || error === null) return indeterminate(heard, 'bad_body');
  return classifyError(status, error, trace);
}

function classifyError(status: number, error: Json, trace: Trace): Answer<never> {
  const codes = projectError(error) ?? NO_CODES;
  const intents = {
    payment_intent: projectPaymentIntent(error.payment_intent),
    setup_intent: projectSetupIntent(error.setup_intent),
  };
  const not_executed = NOT_EXECUTED_CODES.get(codes.code ?? '') ?? NOT_EXECUTED_STATUSES.get(status);
  if (not_executed !== undefined) return { kind: 'not_executed', reason: not_executed, status, ...trace };
  if (status === 402 || error.type === 'card_error') {
    return { kind: 'declined', error: codes, ...intents, ...trace };
  }
  const param = textOf(error.param);
  const reason = refusedReason(textOf(error.type), codes.code, param);
  return { kind: 'refused', reason, status, code: codes.code, param, ...intents, ...trace };
}

function refusedReason(type: string | null, code: string | null, param: string | null): RefusedReason {
  if (type === 'idempotency_error') return 'idempotency_mismatch';
  const by_code = REFUSED_CODES.get(code ?? '');
  // A method that is gone or somebody else's comes as `resource_missing`, or with no code at all.
  if (param === 'payment_method' && (by_code === undefined || by_code === 'resource_missing')) {
    return 'payment_method_unusable';
  }
  return by_code ?? BY_PARAM.get(param ?? '') ?? 'invalid_request';
}

function indeterminate(heard: Heard, reason: Indeterminate['reason']): Indeterminate {
  return { kind: 'indeterminate', reason, status: heard.status, ...heard.headers };
}
