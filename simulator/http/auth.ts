import { type Account, accountOf, type World } from '../world/world.ts';
import { docUrl, StripeHttpError } from './errors.ts';
import { type ApiKey, masked } from './permissions.ts';

export interface Caller {
  account: Account;
  publishable: boolean;
  /** What was said about the key; null if nothing was. */
  apiKey: ApiKey | null;
}

const SECRET = /^(sk|rk)_test_[A-Za-z0-9_]+$/;
const PUBLISHABLE = /^pk_test_([A-Za-z0-9_]+)$/;

/**
 * Who calls: each secret key is an account of its own; `pk_test_X` belongs to the account of `sk_test_X`, and a
 * restricted key to the account that it was made in. 401 otherwise, and for a key that was revoked.
 */
export function authenticate(world: World, authorization: string | undefined): Caller {
  const key = keyIn(authorization);
  if (key === null) {
    throw refused('You did not provide an API key. Use the Authorization header with a Bearer token.');
  }
  const apiKey = world.apiKeys.get(key);
  if (apiKey !== undefined) {
    if (apiKey.revoked) throw expired(key);
    return { account: accountOf(world, apiKey.secretKey), publishable: false, apiKey };
  }
  if (SECRET.test(key)) return { account: accountOf(world, key), publishable: false, apiKey: null };
  const name = PUBLISHABLE.exec(key)?.[1];
  if (name !== undefined) {
    return { account: accountOf(world, `sk_test_${name}`), publishable: true, apiKey: null };
  }
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

/** The secret key of the account that a key belongs to, which stands for the account in logs and control calls. */
export function accountKeyOf(world: World, key: string): string {
  return world.apiKeys.get(key)?.secretKey ?? key.replace(/^pk_test_/, 'sk_test_');
}

/** As reported in https://github.com/stripe/stripe-cli/pull/792 of a key that was rolled. */
function expired(key: string): StripeHttpError {
  const code = 'api_key_expired';
  const message = `Expired API Key provided: ${masked(key)}`;
  const body = { type: 'invalid_request_error', code, doc_url: docUrl(code), message } as const;
  return new StripeHttpError(401, body);
}

function refused(message: string): StripeHttpError {
  return new StripeHttpError(401, { type: 'invalid_request_error', message });
}
