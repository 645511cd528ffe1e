import { StripeHttpError } from './errors.ts';

/** Objects being changed, each with the requests that wait for it. */
export type Locks = Map<string, (() => void)[]>;

/** Takes the lock at once, or returns that it is taken. */
export function tryLock(locks: Locks, id: string): boolean {
  if (locks.has(id)) return false;
  locks.set(id, []);
  return true;
}

/** Waits up to `wait_ms` of real time for the lock; throws 429 `lock_timeout` if it does not come. */
export async function waitForLock(locks: Locks, id: string, waitMs: number): Promise<void> {
  const untilMs = performance.now() + waitMs;
  while (!tryLock(locks, id)) {
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) throw lockTimeout();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, leftMs);
      locks.get(id)?.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

export function unlock(locks: Locks, id: string): void {
  const waiting = locks.get(id) ?? [];
  locks.delete(id);
  for (const wake of waiting) wake();
}

/**
 * We do not know whether the refusal of a busy object names a reason [U]: Stripe's page says that only the limiter's
 * does.
 */
const LOCK_HEADERS = ['stripe-should-retry', 'true', 'stripe-rate-limited-reason', 'resource-specific'];

/** The refusal of a busy object. Nothing was executed. */
export function lockTimeout(): StripeHttpError {
  const message =
    'This object cannot be accessed right now because another API request or Stripe process is currently ' +
    'accessing it. If you see this error intermittently, retry the request.';
  const body = { type: 'invalid_request_error', code: 'lock_timeout', message } as const;
  return new StripeHttpError(429, body, false, LOCK_HEADERS);
}
