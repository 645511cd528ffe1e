/**
 * What billing needs of the outside to tell merchants, without knowing it: events rendered by the API's own views, and an
 * HTTP client that reaches nothing private. `src/notify` implements the second; the composition root passes both in.
 */
import type { EventRow } from '../store/events/event-list.ts';
import type { SealedSecret } from '../store/schema/endpoints.ts';

/** One request to a merchant's address, before it is signed. */
export type Notification = {
  readonly endpoint_id: string;
  readonly url: string;
  /** The event's id: the same for every try and every endpoint. */
  readonly webhook_id: string;
  readonly body: string;
  readonly secrets: readonly SealedSecret[];
};

/**
 * - `answered`: a status came in time, whichever;
 * - `failed`: none came, by `code`;
 * - `busy`: not sent, because as many as may be are under way, to this endpoint or in all;
 * - `aborted`: given up by our signal, so that nobody knows.
 */
export type NotifyAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly duration_ms: number;
      /** The first kilobyte, without control characters. */
      readonly answer: string;
      readonly retry_after_s: number | null;
    }
  | { readonly kind: 'failed'; readonly code: NotifyFailure; readonly duration_ms: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'aborted' };

/** `address_refused`: the name leads to an address that nothing may be sent to; `secret_unreadable`: no key opens it. */
export type NotifyFailure =
  | 'timeout'
  | 'connection_refused'
  | 'connection_lost'
  | 'name_not_found'
  | 'tls_failed'
  | 'address_refused'
  | 'secret_unreadable';

export type NotifyPorts = {
  /** The event as `GET /v1/events` shows it, as JSON. */
  readonly renderEvent: (event: EventRow) => string;
  /** Why nothing may be sent to this address, as the rest of a sentence ("must …"); null if something may. */
  readonly refusalOf: (url: string) => Promise<string | null>;
  /** Signs and sends, once. Never throws because of the receiver. */
  readonly send: (notification: Notification, signal: AbortSignal) => Promise<NotifyAnswer>;
  /** A fresh secret as it is shown, once, and as it is kept. */
  readonly newSecret: (endpoint_id: string) => {
    readonly shown: string;
    readonly kept: Omit<SealedSecret, 'until'>;
  };
  /** The same secret under the newest key; as it is, where it is so already or no key opens it. */
  readonly resealed: (endpoint_id: string, secret: SealedSecret) => SealedSecret;
};

/** What a try that did not deliver is called in the log; null: it was delivered. */
export function failureOf(answer: Extract<NotifyAnswer, { kind: 'answered' | 'failed' }>): string | null {
  if (answer.kind === 'failed') return answer.code;
  return answer.status >= 200 && answer.status < 300 ? null : `http_${answer.status}`;
}
