import type { Account } from '../world/world.ts';
import { StripeHttpError } from './errors.ts';
import type { Kind } from './expand.ts';

/**
 * What a restricted key may be given, by the names that Stripe's refusals carry after `rak_`
 * (https://docs.stripe.com/stripe-apps/reference/permissions; refunds go with charges there). That page lets some
 * permissions imply others; here none does, so that a key which suffices here suffices there. It names none for early
 * fraud warnings: theirs is a guess [U].
 */
export const RESOURCES = [
  'balance',
  'balance_transaction_source',
  'charge',
  'checkout_session',
  'customer',
  'dispute',
  'event',
  'mandate',
  'payment_intent',
  'payment_method',
  'radar_early_fraud_warning',
  'setup_intent',
  'webhook',
] as const;
export type Resource = (typeof RESOURCES)[number];

export const LEVELS = ['none', 'read', 'write'] as const;
export type Level = (typeof LEVELS)[number];

/** What is not named is `none`. */
export type Permissions = Readonly<Partial<Record<Resource, Level>>>;

/** A key about which something was said. A key about which nothing was said may do everything. */
export interface ApiKey {
  readonly key: string;
  /** The secret key of the account that it belongs to. */
  readonly secretKey: string;
  /** Null for a secret key, which may do everything. */
  readonly permissions: Permissions | null;
  /** Rolled or deleted in the Dashboard. */
  readonly revoked: boolean;
  /** What its calls needed, given or not: `charge_read`. */
  readonly needed: Set<string>;
}

const RESOURCE_OF: Readonly<Record<Kind, Resource>> = {
  balance_transaction: 'balance',
  charge: 'charge',
  'checkout.session': 'checkout_session',
  customer: 'customer',
  dispute: 'dispute',
  event: 'event',
  item: 'checkout_session',
  mandate: 'mandate',
  payment_intent: 'payment_intent',
  payment_method: 'payment_method',
  'radar.early_fraud_warning': 'radar_early_fraud_warning',
  refund: 'charge',
  setup_attempt: 'setup_intent',
  setup_intent: 'setup_intent',
  webhook_endpoint: 'webhook',
};

/** 403 for an operation that the key may not do. A read is enough for a GET. */
export function refuseUnpermitted(
  apiKey: ApiKey,
  account: Account,
  method: 'GET' | 'POST' | 'DELETE',
  kind: Kind,
): void {
  refuseWithout(apiKey, account, RESOURCE_OF[kind], method === 'GET' ? 'read' : 'write');
}

/** 403 for an answer that would show an object which the key may not read: what is expanded counts as read. */
export function refuseUnreadable(apiKey: ApiKey, account: Account, kinds: Iterable<Kind | 'any'>): void {
  for (const kind of kinds) {
    const resource = kind === 'any' ? 'balance_transaction_source' : RESOURCE_OF[kind];
    refuseWithout(apiKey, account, resource, 'read');
  }
}

function refuseWithout(
  { key, permissions, needed }: ApiKey,
  account: Account,
  resource: Resource,
  level: 'read' | 'write',
): void {
  needed.add(`${resource}_${level}`);
  const given = permissions === null ? 'write' : (permissions[resource] ?? 'none');
  if (given !== 'write' && given !== level) throw notPermitted(key, account, resource, level);
}

/** As reported in https://github.com/stripe/stripe-node/issues/2246 of January 2025: no code, no param, no `doc_url`. */
function notPermitted(key: string, account: Account, resource: Resource, level: 'read' | 'write') {
  const message =
    `The provided key '${masked(key)}' does not have the required permissions for this endpoint on account ` +
    `'${account.id}'. Having the 'rak_${resource}_${level}' permission would allow this request to continue.`;
  return new StripeHttpError(403, { type: 'invalid_request_error', message });
}

const SHOWN = { start: 'rk_test_'.length, end: 6 };

/** A key as Stripe repeats it: its kind and its last six characters. */
export function masked(key: string): string {
  const hidden = Math.max(0, key.length - SHOWN.start - SHOWN.end);
  return key.slice(0, SHOWN.start) + '*'.repeat(hidden) + key.slice(SHOWN.start + hidden);
}
