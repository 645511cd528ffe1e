/** Every kind of fault. Each applies to both queue backends, unless it is about Redis. */

const ANYWHERE = [
  'worker_killed',
  'api_killed',
  'worker_stopped',
  'api_stopped',
  'workers_deployed',
  'api_deployed',
  'queue_wiped',
  'queue_listener_cut',
  'postgres_backends_terminated',
  'postgres_restarted',
  'postgres_cut',
  'postgres_replies_dropped',
  'postgres_delayed',
  'stripe_cut',
  'stripe_refused',
  'stripe_requests_lost',
  'stripe_replies_dropped',
  'stripe_delayed',
  'stripe_cut_in_answer',
  'stripe_500_rolled_back',
  'stripe_500_rolled_forward',
  'stripe_500_neither',
  'stripe_409',
  'stripe_429_storm',
  'stripe_lock_timeout',
  'stripe_401',
  'stripe_html_502',
  'stripe_truncated_body',
  'stripe_answer_lost',
  'stripe_never_answers',
  'webhooks_lost',
  'webhooks_duplicated',
  'webhooks_reordered',
  'webhooks_days_late',
  'smtp_down',
  'smtp_reply_lost',
] as const;

const ON_REDIS = [
  'redis_restarted_empty',
  'redis_cut',
  'redis_replies_dropped',
  'redis_unreachable',
] as const;

/** What the merchant's endpoint does. Dealt from a deck of its own, so that the other faults of a seed stay as they were. */
export const AT_ENDPOINT = [
  'endpoint_down',
  'endpoint_slow',
  'endpoint_lying',
  'endpoint_redirecting',
  'endpoint_answer_lost',
] as const;

/**
 * What people do meanwhile, and programs that are not ours. They are dealt from a deck of their own, so that the other
 * faults of a seed stay as they were.
 */
export const DEEDS = [
  'consent_revoked',
  'customer_stopped',
  'method_detached',
  'charges_canceled',
  'charging_switched_off',
  'card_set_up',
  'method_adopted',
  'dashboard_canceled',
  'dashboard_refunded',
  'dashboard_amount_changed',
  'dashboard_customer_deleted',
  'dashboard_method_detached',
  'foreign_payment',
  'foreign_hold',
  'commits_lost',
  'default_changed',
  'charge_refunded',
  'dashboard_disputed',
  'dashboard_fraud_warned',
] as const;

/** Those of debits, dealt from a deck of their own for the same reason. */
export const DEBIT_DEEDS = ['mandate_withdrawn', 'debit_changed'] as const;

/**
 * The migration that came with what a deed is judged by, where that is not the baseline's: an earlier build that does not
 * know it cannot keep it (docs/deploy.md).
 */
const SINCE: Readonly<Partial<Record<DeedName, number>>> = {
  consent_revoked: 3,
  customer_stopped: 3,
  method_detached: 3,
  charges_canceled: 3,
  charging_switched_off: 3,
  dashboard_amount_changed: 4,
  foreign_payment: 4,
  foreign_hold: 4,
  commits_lost: 6,
  default_changed: 7,
  charge_refunded: 25,
  dashboard_disputed: 25,
  dashboard_fraud_warned: 25,
};

/** The deeds that a build with so many migrations knows. */
export const deedsKnownTo = (migrations: number): readonly (typeof DEEDS)[number][] =>
  DEEDS.filter((deed) => (SINCE[deed] ?? 0) < migrations);

export type DeedName = (typeof DEEDS)[number] | (typeof DEBIT_DEEDS)[number];

export type FaultName = (typeof ANYWHERE)[number] | (typeof ON_REDIS)[number] | (typeof AT_ENDPOINT)[number];

/** The kinds that apply to a backend. */
export function faultNames(backend: 'postgres' | 'redis'): readonly FaultName[] {
  return backend === 'redis' ? [...ANYWHERE, ...ON_REDIS] : ANYWHERE;
}
