/** The environment of the sandbox's processes: addresses and secrets made up for this sandbox alone. */
import { randomBytes } from 'node:crypto';
import type { Variable } from '../src/platform/config.ts';

export type Secrets = {
  readonly stripe_secret_key: string;
  readonly stripe_publishable_key: string;
  readonly stripe_webhook_secret: string;
  readonly link_secret: string;
};

/** Secrets made up for this sandbox, except those that are given. */
export function sandboxSecrets(given: Partial<Secrets> | undefined): Secrets {
  const account = randomBytes(12).toString('hex');
  return {
    stripe_secret_key: `sk_test_${account}`,
    stripe_publishable_key: `pk_test_${account}`,
    stripe_webhook_secret: `whsec_${randomBytes(16).toString('hex')}`,
    link_secret: randomBytes(32).toString('base64url'),
    ...given,
  };
}

export type Addresses = {
  readonly database_url: string;
  readonly redis_url: string | null;
  readonly stripe_url: string;
  readonly smtp_url: string;
  readonly api_url: string;
  readonly port: number;
};

/**
 * The environment of the API and the workers. Of our own we pass on only what finds programs: a REDIS_URL or a live
 * key from the shell must not get into a sandbox.
 */
export function processEnvironment(
  addresses: Addresses,
  secrets: Secrets,
  overrides: Readonly<Partial<Record<Variable, string>>> = {},
): Record<string, string> {
  const ours: Partial<Record<Variable, string>> = {
    DATABASE_URL: addresses.database_url,
    ...(addresses.redis_url === null ? {} : { REDIS_URL: addresses.redis_url }),
    STRIPE_SECRET_KEY: secrets.stripe_secret_key,
    STRIPE_PUBLISHABLE_KEY: secrets.stripe_publishable_key,
    STRIPE_WEBHOOK_SECRETS: secrets.stripe_webhook_secret,
    STRIPE_API_URL: addresses.stripe_url,
    STRIPE_RATE_PER_ENDPOINT: '100',
    STRIPE_RATE_GLOBAL: '400',
    PUBLIC_URL: addresses.api_url,
    LINK_KEYS: `sandbox:${secrets.link_secret}`,
    SMTP_URL: addresses.smtp_url,
    MAIL_FROM: 'Sandbox Utility <billing@sandbox.example>',
    MERCHANT_NAME: 'Sandbox Utility',
    MERCHANT_SUPPORT_EMAIL: 'support@sandbox.example',
    PORT: String(addresses.port),
    TEST_MODE: '1',
    ...overrides,
  };
  return { ...shellEnvironment(), ...ours };
}

/** What a program needs to run at all. */
export function shellEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
