/**
 * The budget of calls that all processes of a deployment share. Only its shape is here: the row it lives in
 * belongs to the store (protocol.md 14).
 */

/** Who goes first when tokens are short. A person waiting never queues behind a run. */
export const LANES = ['person', 'recovery', 'single', 'run'] as const;
export type Lane = (typeof LANES)[number];

/** Stripe limits each named operation by itself (default 25/s) and the account as a whole. */
export const ENDPOINTS = [
  'POST /v1/customers',
  'POST /v1/setup_intents',
  'POST /v1/checkout/sessions',
  'POST /v1/payment_intents',
  'POST /v1/payment_intents/{id}/confirm',
  'POST /v1/payment_intents/{id}/cancel',
  'GET /v1/payment_intents/{id}',
  'GET /v1/payment_intents',
  'GET /v1/events',
] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** Calls per second; a token is one call. */
export type PaceLimits = { readonly per_endpoint: number; readonly global: number };

/** No reservation covers more than this, so that a dead process holds back little. */
export const RESERVATION_MAX_MS = 250;

export type PaceAsk = { readonly endpoint: Endpoint; readonly lane: Lane; readonly tokens: number };

/** `granted` may be fewer than asked, or 0; ask for the rest after `wait_ms`. */
export type PaceGrant = { readonly granted: number; readonly wait_ms: number };

/** Reserves tokens before the claim that opens an attempt: a claim never waits for its turn. */
export type ReserveTokens = (ask: PaceAsk) => Promise<PaceGrant>;

/** Told after a 429: everybody slows down on that endpoint for this long. */
export type SlowDown = (endpoint: Endpoint, pause_ms: number) => Promise<void>;
