/**
 * The record of one call while it runs: every sending of it, by us or by the SDK's hidden second try, adds to
 * the same record. What the answer means is decided from it alone (`classify.ts`), never from an SDK error.
 */
export type Exchange = {
  /** True from the call's deadline on, or from its caller's abort: no later sending starts. */
  is_over: boolean;
  /** Ends the sending under way; null before the first. */
  destroySending: (() => void) | null;
  /** Sent instead of the SDK's own encoding of the parameters: a resumed attempt repeats stored bytes. */
  readonly exact_body: string | null;
  sendings: number;
  /** Which of Stripe's operations was sent (`call.ts`); null before the SDK asked for it. */
  operation: string | null;
  /** Of the last answer whose head arrived. */
  status: number | null;
  headers: AnswerHeaders;
  /** The last answer's JSON object; null when it was no JSON object or was cut off. */
  body: Readonly<Record<string, unknown>> | null;
  /** Set while no complete answer has arrived for the last sending. */
  failure: 'timeout' | 'connection' | null;
};

export type AnswerHeaders = {
  readonly request_id: string | null;
  readonly replayed: boolean;
  readonly should_retry: boolean | null;
};

export const NO_HEADERS: AnswerHeaders = { request_id: null, replayed: false, should_retry: null };

/** A fresh record. `failure` starts as `connection`: until an answer has arrived, none has. */
export function openExchange(exact_body: string | null): Exchange {
  return {
    is_over: false,
    destroySending: null,
    exact_body,
    sendings: 0,
    operation: null,
    status: null,
    headers: NO_HEADERS,
    body: null,
    failure: 'connection',
  };
}
