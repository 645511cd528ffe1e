import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadConfig, loadDatabaseUrl, VARIABLES } from '../../../src/platform/config.ts';
import { isAppError } from '../../../src/platform/errors.ts';

const complete = {
  DATABASE_URL: 'postgres://duecourse:canary-db@127.0.0.1/duecourse',
  STRIPE_SECRET_KEY: 'sk_test_canarysk',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_canarypk',
  STRIPE_WEBHOOK_SECRETS: 'whsec_new,whsec_old',
  PUBLIC_URL: 'http://127.0.0.1:3000/',
  LINK_KEYS: `k2:${'n'.repeat(32)},k1:${'o'.repeat(40)}`,
  SMTP_URL: 'smtp://user:p%40ss@mail.example:2525',
  MAIL_FROM: 'Utilities <billing@example.com>',
  MERCHANT_NAME: 'Utilities',
  MERCHANT_SUPPORT_EMAIL: 'support@example.com',
};

function refusal(env: Record<string, string | undefined>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (isAppError(error, 'config_invalid')) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('a complete environment', () => {
  test('becomes values, with defaults for what operators rarely set', () => {
    const config = loadConfig(complete);

    expect(config).toMatchObject({
      redisUrl: null,
      stripeApiUrl: null,
      livemode: false,
      testMode: false,
      failpoints: null,
      port: 3000,
      logLevel: 'info',
      stripeRatePerEndpoint: 25,
      stripeRateGlobal: 100,
      publicUrl: 'http://127.0.0.1:3000',
      stripeWebhookSecrets: ['whsec_new', 'whsec_old'],
      smtp: { host: 'mail.example', port: 2525, secure: false, auth: { user: 'user', pass: 'p@ss' } },
    });
    expect(config.linkKeys.map((key) => key.kid)).toEqual(['k2', 'k1']);
  });

  test('treats an empty variable as one that is not set', () => {
    expect(loadConfig({ ...complete, REDIS_URL: '', STRIPE_API_URL: ' ' }).redisUrl).toBeNull();
  });

  test('is what .env.example shows', () => {
    const lines = readFileSync('.env.example', 'utf8').split('\n');
    const pairs = lines.flatMap((line) => (/^[A-Z]/.test(line) ? [line.split(/=(.*)/s, 2)] : []));

    expect(pairs.map(([name]) => name).sort()).toEqual([...VARIABLES].sort());
    expect(loadConfig(Object.fromEntries(pairs)).testMode).toBe(false);
  });
});

describe('a refused environment', () => {
  test('names every variable that is missing', () => {
    const message = refusal({});

    for (const variable of Object.keys(complete)) expect(message).toContain(`at ${variable}`);
  });

  test.each(Object.entries(complete))('names %s when it is wrong, and never quotes the value', (variable) => {
    const message = refusal({ ...complete, [variable]: '\u0001<canary-wrong' });

    if (variable === 'MERCHANT_NAME') expect(message).toBe('accepted');
    else expect(message).toContain(`at ${variable}`);
    expect(message).not.toContain('canary');
  });

  test.each([
    ['TEST_MODE with a live key', { TEST_MODE: '1' }, 'TEST_MODE'],
    ['the simulator with a live key', { STRIPE_API_URL: 'http://127.0.0.1:1' }, 'STRIPE_API_URL'],
    ['plain http with a live key', {}, 'PUBLIC_URL'],
    ['keys of different modes', { STRIPE_PUBLISHABLE_KEY: 'pk_test_x' }, 'STRIPE_PUBLISHABLE_KEY'],
  ])('refuses %s', (_what, change, variable) => {
    const live = { ...complete, STRIPE_SECRET_KEY: 'sk_live_x', STRIPE_PUBLISHABLE_KEY: 'pk_live_x' };

    expect(refusal({ ...live, ...change })).toContain(`at ${variable}`);
    expect(refusal({ ...live, PUBLIC_URL: 'https://pay.example' })).toBe('accepted');
  });

  test('takes addresses, blocks and names of networks for proxies, and nothing else', () => {
    const given = (value: string) => ({ ...complete, TRUSTED_PROXIES: value });

    expect(loadConfig(complete).trustedProxies).toEqual([]);
    expect(loadConfig(given('10.0.0.0/8, ::1,uniquelocal')).trustedProxies).toEqual([
      '10.0.0.0/8',
      '::1',
      'uniquelocal',
    ]);
    expect(refusal(given('proxy.internal'))).toContain('at TRUSTED_PROXIES');
    expect(refusal(given('true'))).toContain('at TRUSTED_PROXIES');
  });

  test('refuses failpoints outside test mode', () => {
    const env = { ...complete, DUECOURSE_FAILPOINTS: 'confirm.before:kill' };

    expect(refusal(env)).toContain('at DUECOURSE_FAILPOINTS');
    expect(loadConfig({ ...env, TEST_MODE: '1' }).failpoints).toBe('confirm.before:kill');
  });

  test.each([
    ['a short secret', 'k1:short'],
    ['no kid', 'n'.repeat(40)],
    ['a kid twice', `k1:${'n'.repeat(32)},k1:${'o'.repeat(32)}`],
  ])('refuses link keys with %s', (_what, value) => {
    expect(refusal({ ...complete, LINK_KEYS: value })).toContain('at LINK_KEYS');
  });
});

test('the database alone is enough for commands that need nothing else', () => {
  expect(loadDatabaseUrl({ DATABASE_URL: complete.DATABASE_URL })).toBe(complete.DATABASE_URL);
  expect(() => loadDatabaseUrl({})).toThrow(/at DATABASE_URL/);
});
