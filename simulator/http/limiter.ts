import { RATE_LIMITS, type RateLimits } from '../options.ts';
import type { Account, PaymentIntentRow, World } from '../world/world.ts';
import { StripeHttpError } from './errors.ts';

/** Token buckets of one account, by endpoint; the account's own under ''. */
export type Buckets = Map<string, Bucket>;

interface Bucket {
  tokens: number;
  atMs: number;
}

const ACCOUNT = '';
const UPDATES_PER_HOUR = 1000;
const HOUR_MS = 60 * 60 * 1000;

/** 429 when the account or the endpoint (a method and a path template) is over its rate. Real time. */
export function spendToken(world: World, account: Account, endpoint: string): void {
  const limits = limitsOf(world);
  if (limits === null) return;
  const nowMs = performance.now();
  const whole = refill(account.buckets, ACCOUNT, limits.account, nowMs);
  const own = refill(account.buckets, endpoint, limits.endpoint, nowMs);
  if (whole.tokens < 1) throw rateLimited('global-rate');
  if (own.tokens < 1) throw rateLimited('endpoint-rate');
  whole.tokens -= 1;
  own.tokens -= 1;
}

/** 429 when one PaymentIntent is updated more than 1,000 times in an hour. */
export function countUpdate(world: World, row: PaymentIntentRow): void {
  if (limitsOf(world) === null) return;
  const nowMs = world.clock.nowMs();
  row.updates = row.updates.filter((atMs) => atMs > nowMs - HOUR_MS);
  if (row.updates.length >= UPDATES_PER_HOUR) throw rateLimited('resource-specific');
  row.updates.push(nowMs);
}

/** The refusal of the limiter. Nothing was executed. */
export function rateLimited(reason: 'global-rate' | 'endpoint-rate' | 'resource-specific'): StripeHttpError {
  const message =
    'Request rate limit exceeded. Learn more about rate limits at https://stripe.com/docs/rate-limits.';
  const headers = ['stripe-rate-limited-reason', reason];
  return new StripeHttpError(
    429,
    { type: 'invalid_request_error', code: 'rate_limit', message },
    false,
    headers,
  );
}

function limitsOf(world: World): RateLimits | null {
  const { limits } = world.options;
  if (limits === 'off') return null;
  return typeof limits === 'string' ? RATE_LIMITS[limits] : limits;
}

/** A full bucket holds one second's worth. */
function refill(buckets: Buckets, name: string, perSecond: number, nowMs: number): Bucket {
  const bucket = buckets.get(name) ?? { tokens: perSecond, atMs: nowMs };
  bucket.tokens = Math.min(perSecond, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond);
  bucket.atMs = nowMs;
  buckets.set(name, bucket);
  return bucket;
}
