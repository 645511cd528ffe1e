import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig, loadDatabaseUrl, loadMigration, VARIABLES } from '../../../src/platform/config.ts';
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

/** Secrets as chance makes them. */
const RANDOM = 'q7Jx0Zt4mVb2Lk9Rw5Hs8Yd1Gc6Nf3Pa';
const live = {
  ...complete,
  STRIPE_SECRET_KEY: 'sk_live_x',
  STRIPE_PUBLISHABLE_KEY: 'pk_live_x',
  STRIPE_WEBHOOK_SECRETS: `whsec_${RANDOM}`,
  LINK_KEYS: `k1:${RANDOM}`,
  PUBLIC_URL: 'https://pay.example',
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
      smtp: {
        host: 'mail.example',
        port: 2525,
        secure: false,
        requireTls: true,
        auth: { user: 'user', pass: 'p@ss' },
      },
      host: '127.0.0.1',
      servesMetrics: false,
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
    expect(refusal({ ...live, PUBLIC_URL: complete.PUBLIC_URL, ...change })).toContain(`at ${variable}`);
    expect(refusal(live)).toBe('accepted');
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

  test('takes receivers beside us by host and port, and nothing vaguer', () => {
    const of = (NOTIFY_PRIVATE_HOSTS: string) => refusal({ ...complete, NOTIFY_PRIVATE_HOSTS });
    expect(of('Shop:8080, 10.0.0.7:443,[fd00::1]:80')).toBe('accepted');
    for (const vague of ['shop', '10.0.0.0/8', '*:80', 'http://shop:80', 'shop:0'])
      expect(of(vague)).toContain('NOTIFY_PRIVATE_HOSTS');
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

/** Every value that this tree shows for a variable, in a file to copy from. */
function shown(variable: string): string[] {
  const pages = ['.env.example', 'docs/deploy.md', 'README.md', 'docker-compose.yml'];
  return pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(new RegExp(`^${variable}=(\\S+)$`, 'gm'))].map(
      ([, value]) => value ?? '',
    ),
  );
}

describe('with a live key', () => {
  test.each(['STRIPE_WEBHOOK_SECRETS', 'LINK_KEYS'])('no published %s is accepted', (variable) => {
    expect(shown(variable).length).toBeGreaterThan(0);
    for (const value of shown(variable))
      expect(refusal({ ...live, [variable]: value })).toContain(`at ${variable}`);
  });

  test.each([
    ['whsec_'],
    ['whsec_x'],
    [`whsec_${RANDOM.slice(0, 23)}`],
    [`whsec_${RANDOM},whsec_`],
    [`whsec_${'a'.repeat(32)}`],
  ])('no webhook secret like %s is accepted', (value) => {
    expect(refusal({ ...live, STRIPE_WEBHOOK_SECRETS: value })).toContain('at STRIPE_WEBHOOK_SECRETS');
    expect(refusal({ ...complete, STRIPE_WEBHOOK_SECRETS: value })).toBe('accepted');
  });

  test('no link key of one repeated character is accepted, not even as the oldest', () => {
    expect(refusal({ ...live, LINK_KEYS: `k2:${RANDOM},k1:${'a'.repeat(32)}` })).toContain('at LINK_KEYS');
  });

  test.each([
    [
      'DATABASE_URL',
      'postgres://u:p@db.example/duecourse',
      'postgres://u:p@db.example/duecourse?sslmode=verify-full',
    ],
    ['DATABASE_URL', 'postgres://u:p@db.example/duecourse?sslmode=require', 'postgres://u:p@[::1]/duecourse'],
    ['REDIS_URL', 'redis://db.example', 'rediss://db.example'],
    ['REDIS_URL', 'redis-cluster://127.0.0.1,db.example', 'rediss-cluster://127.0.0.1,db.example'],
    ['REDIS_URL', 'redis-sentinel://db.example/main', 'redis-sentinel://localhost/main'],
  ])('%s=%s is refused unless its host is said to be private', (variable, clear, safe) => {
    const given = { ...live, [variable]: clear };

    expect(refusal(given)).toContain(`at ${variable}`);
    expect(refusal({ ...given, PRIVATE_HOSTS: 'other.example' })).toContain(`at ${variable}`);
    expect(refusal({ ...given, PRIVATE_HOSTS: 'other.example, DB.example' })).toBe('accepted');
    expect(refusal({ ...live, [variable]: safe })).toBe('accepted');
    expect(refusal({ ...complete, [variable]: clear })).toBe('accepted');
  });

  test('mails go to no catcher of mails', () => {
    expect(refusal({ ...live, SMTP_URL: 'smtp://mailpit:1025' })).toContain('at SMTP_URL');
  });
});

test.each([
  ['smtp://mail.example', {}, true],
  ['smtp://127.0.0.1:1025', {}, false],
  ['smtp://mail.example', { PRIVATE_HOSTS: 'mail.example' }, false],
  ['smtp://mail.example', { TEST_MODE: '1' }, false],
  ['smtps://mail.example', {}, false],
])('%s with %o requires STARTTLS: %s', (url, more, requireTls) => {
  expect(loadConfig({ ...complete, SMTP_URL: url, ...more }).smtp.requireTls).toBe(requireTls);
});

test.each([
  ['TRUSTED_PROXIES', '0.0.0.0/0'],
  ['TRUSTED_PROXIES', '10.0.0.0/8,::/0'],
  ['TRUSTED_PROXIES', '128.0.0.0/1'],
  ['PUBLIC_URL', 'https://user@pay.example'],
  ['PUBLIC_URL', 'https://user:pass@pay.example/a'],
  ['PUBLIC_URL', 'https://pay.example/?a=b'],
  ['PUBLIC_URL', 'https://pay.example/#a'],
  ['HOST', 'everywhere'],
  ['EVENTS_KEPT_DAYS', '34'],
  ['HISTORY_KEPT_MONTHS', '24'],
  ['RETURN_ORIGINS', 'shop.example'],
  ['RETURN_ORIGINS', 'https://shop.example/back'],
  ['RETURN_ORIGINS', 'https://shop.example,https://a@b.example'],
])('refuses %s=%s', (variable, value) => {
  expect(refusal({ ...complete, [variable]: value })).toContain(`at ${variable}`);
});

test.each([
  [{}, false],
  [{ METRICS_PORT: '9464' }, false],
  [{ METRICS_PORT: '3000' }, true],
  [{ METRICS_PORT: '0', PORT: '0' }, false],
  [{ TEST_MODE: '1' }, true],
])('with %o the port of the API serves metrics: %s', (more, serves) => {
  expect(loadConfig({ ...complete, ...more }).servesMetrics).toBe(serves);
});

describe('a secret in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (content: string): string => {
    const path = join(folder, String(content.length));
    writeFileSync(path, content);
    return path;
  };

  test('is read in place of its variable, without the line break at its end', () => {
    const { STRIPE_SECRET_KEY: key, DATABASE_URL, ...rest } = complete;
    const given = {
      ...rest,
      STRIPE_SECRET_KEY_FILE: file(`${key}\n`),
      DATABASE_URL_FILE: file(DATABASE_URL),
    };

    expect(loadConfig(given)).toMatchObject({ stripeSecretKey: key, databaseUrl: DATABASE_URL });
    expect(loadDatabaseUrl({ DATABASE_URL_FILE: file(DATABASE_URL) })).toBe(DATABASE_URL);
  });

  test('is refused beside its variable, and where it cannot be read; neither is quoted', () => {
    const path = file('canary-in-a-file');
    expect(refusal({ ...complete, SMTP_URL_FILE: path })).toBe('SMTP_URL and SMTP_URL_FILE are both set');
    const { SMTP_URL: _, ...rest } = complete;
    expect(refusal({ ...rest, SMTP_URL_FILE: join(folder, 'canary') })).toBe('SMTP_URL_FILE cannot be read');
    expect(refusal({ ...rest, SMTP_URL_FILE: path })).not.toContain('canary');
  });

  test('may be the password alone, of any characters', () => {
    const given = { ...complete, REDIS_URL: 'redis://q:6379/1' };
    const passwords = { DATABASE_PASSWORD_FILE: file('a/b:c@d%41 é'), REDIS_PASSWORD: 'e/f' };
    const { databaseUrl, redisUrl } = loadConfig({ ...given, ...passwords });

    expect(decodeURIComponent(new URL(databaseUrl).password)).toBe('a/b:c@d%41 é');
    expect(new URL(databaseUrl).username).toBe('duecourse');
    expect(redisUrl).toBe('redis://:e%2Ff@q:6379/1');
    for (const REDIS_URL of ['', 'redis-cluster://q,r'])
      expect(refusal({ ...given, REDIS_URL, REDIS_PASSWORD: 'e' })).toContain('at REDIS_PASSWORD');
  });
});

test('a migration needs the database and no secret of Stripe or of mails', () => {
  const given = { DATABASE_URL: complete.DATABASE_URL, DATABASE_APP_ROLE: 'duecourse_app' };
  const databaseUrl = complete.DATABASE_URL;

  expect(loadMigration(given)).toEqual({ databaseUrl, appRole: 'duecourse_app', queueHere: true });
  expect(loadMigration({ ...given, REDIS_URL: 'redis://q' }).queueHere).toBe(false);
  expect(() => loadMigration({ ...given, DATABASE_APP_ROLE: 'a"; drop' })).toThrow('at DATABASE_APP_ROLE');
});

test('the database alone is enough for commands that need nothing else', () => {
  expect(loadDatabaseUrl({ DATABASE_URL: complete.DATABASE_URL })).toBe(complete.DATABASE_URL);
  expect(() => loadDatabaseUrl({})).toThrow(/at DATABASE_URL/);
});
