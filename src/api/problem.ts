/**
 * Every way in which a request can be refused: the code, its status, its title. The one table that turns a
 * refusal into HTTP (RFC 9457).
 */
import { AppError } from '../platform/errors.ts';

const PROBLEMS = {
  invalid_request: [400, 'The request is not valid'],
  idempotency_key_missing: [400, 'This call needs an Idempotency-Key header'],
  signature_invalid: [400, 'The signature is not valid'],
  unauthenticated: [401, 'A valid API key is needed'],
  forbidden: [403, 'The API key does not have the scope for this call'],
  not_found: [404, 'There is nothing here under this id'],
  conflict: [409, 'The state of things does not allow this'],
  reference_taken: [409, 'There is another with this reference'],
  charges_open: [409, 'A charge of this customer is open'],
  mail_limit_reached: [409, 'This recovery, or its customer today, has had as many mails as may be sent'],
  already_succeeded: [409, 'It has succeeded already'],
  already_failed: [409, 'It has failed already'],
  already_canceled: [409, 'It is canceled already'],
  already_expired: [409, 'It has expired already'],
  already_running: [409, 'It is running already'],
  already_paused: [409, 'It is paused already'],
  already_completed: [409, 'It is completed already'],
  already_decided: [409, 'It is decided already, and a decision stands'],
  already_detached: [409, 'It is detached already'],
  charge_not_succeeded: [409, 'Nothing was received that could go back'],
  charge_disputed: [409, 'Its bank has the money, or decides about it'],
  already_refunded: [409, 'All of it has gone back, or is on its way'],
  cursor_gone: [410, 'Events from before this cursor are gone, or rows were lost since'],
  payload_too_large: [413, 'The request body is too large'],
  unsupported_media_type: [415, 'The request body must be application/json'],
  consent_missing: [422, 'There is no live consent that covers this'],
  consent_used: [422, 'This one-time consent covers another charge already'],
  consent_exceeded: [422, 'The consent does not reach this far'],
  customer_stopped: [422, 'The customer is stopped: nothing is charged until they are resumed'],
  customer_deleted: [422, 'The customer was deleted at Stripe'],
  customer_erased: [422, 'The customer is erased, and does not come back'],
  no_payment_method: [422, 'The customer has no default payment method'],
  payment_method_unusable: [422, 'This payment method cannot be charged'],
  amount_too_small: [422, 'The amount is below the minimum of its currency'],
  amount_too_large: [422, 'The amount is above the maximum'],
  due_at_too_far: [422, 'The bank days of that time are not known yet'],
  refund_exceeds_charge: [422, 'More would go back than is left of what was received'],
  currency_unknown: [422, 'The currency is not known'],
  idempotency_mismatch: [422, 'This Idempotency-Key was used with another request'],
  rate_limited: [429, 'Too many requests'],
  internal_error: [500, 'Something went wrong on our side'],
  unavailable: [503, 'Not available right now'],
  overloaded: [503, 'Too much to do right now; nothing was done about this request'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

export type FieldError = { readonly path: string; readonly message: string };

export type ProblemExtra = {
  /** One fixed sentence; never anything the caller sent. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** The id that stands in the way. */
  readonly existing?: string;
  /** Some of the charges that stand in the way. */
  readonly charges?: readonly string[];
};

export type ProblemBody = ProblemExtra & {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
};

/** A refusal on its way to the error handler. */
export class ProblemError extends AppError {
  readonly body: ProblemBody;

  constructor(code: ProblemCode, extra: ProblemExtra) {
    super(code);
    this.name = 'ProblemError';
    this.body = problemBody(code, extra);
  }
}

/** Throw this to refuse a request. */
export function problem(code: ProblemCode, extra: ProblemExtra = {}): ProblemError {
  return new ProblemError(code, extra);
}

/** The body of a refusal. */
export function problemBody(code: ProblemCode, extra: ProblemExtra = {}): ProblemBody {
  const [status, title] = PROBLEMS[code];
  return { type: `urn:duecourse:problem:${code}`, title, status, code, ...extra };
}

/** A field, what is wrong with it, the code. */
export type FieldRefusal = readonly [path: string, message: string, code: ProblemCode];

/** Refuses one field: `invalid_request` unless another code says more. */
export function fieldProblem(
  path: string,
  message: string,
  code: ProblemCode = 'invalid_request',
  existing: string | null = null,
): ProblemError {
  return problem(code, { errors: [{ path, message }], ...(existing === null ? {} : { existing }) });
}
