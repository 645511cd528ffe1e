import type Stripe from 'stripe';
import type { Wire } from '../wire-type.ts';

type ErrorCode = Exclude<Wire<Stripe.PaymentIntent.LastPaymentError>['code'], undefined>;
type ErrorType = Wire<Stripe.PaymentIntent.LastPaymentError>['type'];

/** The `error` member of a refused request. Keys that do not apply are absent, as in Stripe's answers. */
export interface ErrorBody {
  type: ErrorType;
  code?: ErrorCode | 'payment_method_types_no_longer_supported';
  message: string;
  param?: string;
  decline_code?: string;
  advice_code?: string;
  network_advice_code?: string;
  network_decline_code?: string;
  charge?: string;
  doc_url?: string;
  payment_intent?: unknown;
  setup_intent?: unknown;
  payment_method?: unknown;
  request_log_url?: string;
}

/** A refusal on its way to the caller. */
export class StripeHttpError extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  /** Whether execution had begun, so that the answer is kept under the idempotency key. */
  readonly stored: boolean;
  readonly headers: readonly string[];

  constructor(status: number, body: ErrorBody, stored = false, headers: readonly string[] = []) {
    super(body.message);
    this.name = 'StripeHttpError';
    this.status = status;
    this.body = body;
    this.stored = stored;
    this.headers = headers;
  }
}

/** 400 found before anything was executed: never stored under a key. */
export function invalid(message: string, param?: string, code?: ErrorBody['code']): StripeHttpError {
  const named = param === undefined ? {} : { param };
  return new StripeHttpError(400, { type: 'invalid_request_error', ...coded(code), message, ...named });
}

/** An id in the body that names nothing: 400. */
export function missing(what: string, id: string, param: string): StripeHttpError {
  return invalid(`No such ${what}: '${id}'`, param, 'resource_missing');
}

/** An id in the path that names nothing: 404. */
export function notFound(what: string, id: string, param = 'id'): StripeHttpError {
  const body = { type: 'invalid_request_error', code: 'resource_missing', param } as const;
  return new StripeHttpError(404, {
    ...body,
    message: `No such ${what}: '${id}'`,
    doc_url: docUrl(body.code),
  });
}

/** 400 because the object is in the wrong state: execution had begun, so it is stored. */
export function conflict(
  code: ErrorBody['code'],
  message: string,
  rest: Partial<ErrorBody> = {},
): StripeHttpError {
  return new StripeHttpError(400, { type: 'invalid_request_error', ...coded(code), message, ...rest }, true);
}

export function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
}

function coded(code: ErrorBody['code']): Pick<ErrorBody, 'code' | 'doc_url'> {
  return code === undefined ? {} : { code, doc_url: docUrl(code) };
}
