import { type Account, accountOf, type World } from '../world/world.ts';
import { StripeHttpError } from './errors.ts';

export interface Caller {
  account: Account;
  publishable: boolean;
}

const SECRET = /^(sk|rk)_test_[A-Za-z0-9_]+$/;
const PUBLISHABLE = /^pk_test_([A-Za-z0-9_]+)$/;

/**
 * Who calls: each secret key is an account of its own; `pk_test_X` belongs to the account of `sk_test_X`. 401
 * otherwise.
 */
export function authenticate(world: World, authorization: string | undefined): Caller {
  const key = keyIn(authorization);
  if (key === null) {
    throw refused('You did not provide an API key. Use the Authorization header with a Bearer token.');
  }
  if (SECRET.test(key)) return { account: accountOf(world, key), publishable: false };
  const name = PUBLISHABLE.exec(key)?.[1];
  if (name !== undefined) return { account: accountOf(world, `sk_test_${name}`), publishable: true };
  throw refused(`Invalid API Key provided: ${key.slice(0, 8)}${'*'.repeat(8)}`);
}

/** What a publishable key may not do. */
export function secretKeyRequired(): StripeHttpError {
  const message = 'This API call cannot be made with a publishable API key. Please use a secret API key.';
  return new StripeHttpError(401, { type: 'invalid_request_error', code: 'secret_key_required', message });
}

/** The key of `Bearer <key>` or of Basic's user name. */
export function keyIn(authorization: string | undefined): string | null {
  if (authorization === undefined) return null;
  const [scheme, credentials] = authorization.split(' ');
  if (credentials === undefined) return null;
  if (scheme?.toLowerCase() === 'bearer') return credentials;
  if (scheme?.toLowerCase() !== 'basic') return null;
  return Buffer.from(credentials, 'base64').toString('utf8').split(':')[0] ?? null;
}

function refused(message: string): StripeHttpError {
  return new StripeHttpError(401, { type: 'invalid_request_error', message });
}
