/**
 * Configuration: the environment, checked once, handed down as values.
 *
 * Only entry points read the environment: they call `loadConfig(process.env)`. Errors name the
 * variable and what is wrong with it, never its value: most of these are secrets.
 */
import { z } from 'zod';
import {
  days,
  flag,
  hostNames,
  hostPorts,
  httpUrl,
  imageAddress,
  ipAddress,
  linkKeys,
  mailbox,
  months,
  numbersByType,
  origins,
  port,
  postgresUrl,
  publicUrl,
  rate,
  redisUrl,
  retryDays,
  type SmtpServer,
  smtpServer,
  stripeKey,
  trustedProxies,
  webColor,
  webhookSecrets,
} from './config-values.ts';
import { merchantOf, usualTermsOf } from './customer-settings.ts';
import { AppError } from './errors.ts';
import { isReachedPrivately, liveErrors } from './live-rules.ts';
import { type Environment, withSecretFiles } from './secret-files.ts';
import { productionTimings } from './timings.ts';

export type { LinkKey, SmtpServer } from './config-values.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type Config = Readonly<ReturnType<typeof toConfig>>;

const variables = {
  DATABASE_URL: postgresUrl,
  DATABASE_PASSWORD: z.string().optional(),
  DATABASE_APP_ROLE: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: 'must be the name of a role, in small letters' })
    .optional(),
  REDIS_URL: redisUrl.optional(),
  REDIS_PASSWORD: z.string().optional(),
  STRIPE_SECRET_KEY: stripeKey(['sk', 'rk']),
  STRIPE_PUBLISHABLE_KEY: stripeKey(['pk']),
  STRIPE_WEBHOOK_SECRETS: webhookSecrets,
  STRIPE_API_URL: httpUrl.optional(),
  STRIPE_RATE_PER_ENDPOINT: rate().default(25),
  STRIPE_RATE_GLOBAL: rate().default(100),
  LOSS_LIST_FIRST_DAYS: days().default(productionTimings.lossListFirstDays),
  EVENTS_KEPT_DAYS: days({ min: productionTimings.eventsKeptDays, max: 3_650 }).default(
    productionTimings.eventsKeptDays,
  ),
  HISTORY_KEPT_MONTHS: months(productionTimings.historyMonths.other).default(
    productionTimings.historyMonths.other,
  ),
  PUBLIC_URL: publicUrl,
  RETURN_ORIGINS: origins.default([]),
  LINK_KEYS: linkKeys,
  SMTP_URL: smtpServer,
  MAIL_FROM: mailbox,
  MERCHANT_NAME: z.string({ error: 'is required' }).trim().min(1).max(100),
  MERCHANT_SUPPORT_EMAIL: z.email({ error: 'must be an e-mail address' }),
  MERCHANT_LOGO_URL: imageAddress.optional(),
  MERCHANT_COLOR: webColor.optional(),
  OPERATOR_EMAIL: z.email({ error: 'must be an e-mail address' }).optional(),
  NOTIFY_PRIVATE_HOSTS: hostPorts.default([]),
  RETRY_DAYS: retryDays.default([...productionTimings.issuerRetryDays]),
  RECOVERY_DEADLINE_DAYS: days({ max: 30 }).default(productionTimings.recoveryDays),
  RECOVERY_ON_EXPIRY: z
    .enum(['close', 'release', 'keep_open'], { error: 'must be close, release or keep_open' })
    .default('close'),
  RECOVERY_MAILS: flag().default('1'),
  RECOVERY_EARLY_MAIL: flag().default('0'),
  RECEIPTS: flag().default('0'),
  DEBIT_NOTICE: z.enum(['us', 'stripe'], { error: 'must be us or stripe' }).default('us'),
  DEBIT_NOTICE_DAYS: numbersByType('days').default(new Map()),
  DEBIT_LIMITS: numbersByType('amount').default(new Map()),
  REFUND_ON_FRAUD_WARNING: flag().default('0'),
  PRIVATE_HOSTS: hostNames.default([]),
  HOST: ipAddress().default('127.0.0.1'),
  PORT: port().default(3000),
  TRUSTED_PROXIES: trustedProxies.default([]),
  METRICS_PORT: port().optional(),
  METRICS_HOST: ipAddress().default('127.0.0.1'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  TEST_MODE: flag().default('0'),
  DUECOURSE_API_URL: httpUrl.optional(),
  DUECOURSE_API_KEY: z.string().optional(),
  DUECOURSE_FAILPOINTS: z.string().optional(),
  TEST_DATABASE_URL: postgresUrl.optional(),
  TEST_REDIS_URL: redisUrl.optional(),
  CHROMIUM_PATH: z.string().optional(),
};

const environment = z.object(variables).superRefine((env, ctx) => {
  const refuse = (variable: Variable, message: string): void =>
    ctx.addIssue({ code: 'custom', path: [variable], message });
  const live = isLive(env.STRIPE_SECRET_KEY);
  if (isLive(env.STRIPE_PUBLISHABLE_KEY) !== live) {
    refuse('STRIPE_PUBLISHABLE_KEY', 'must be of the same mode (test or live) as STRIPE_SECRET_KEY');
  }
  for (const [variable, message] of live ? liveErrors(env) : []) refuse(variable, message);
  if (env.REDIS_PASSWORD !== undefined && !/^rediss?:/.test(env.REDIS_URL ?? '')) {
    refuse('REDIS_PASSWORD', 'goes with a REDIS_URL of one server; elsewhere it stands in the URL');
  }
  if (env.DUECOURSE_FAILPOINTS && env.TEST_MODE !== '1') {
    refuse('DUECOURSE_FAILPOINTS', 'is refused unless TEST_MODE=1');
  }
});

export type Variable = keyof typeof variables;
export type { Environment } from './secret-files.ts';

/** Every variable that is read anywhere; `.env.example` lists exactly these. */
export const VARIABLES = Object.keys(variables) as readonly Variable[];

/** The environment with the secrets that it names as files. */
export function withFiles(env: Environment): Environment {
  return withSecretFiles(env, VARIABLES);
}

/**
 * The configuration of the API and the workers: the same environment, and files, give the same configuration.
 *
 * @throws AppError `config_invalid` whose message lists every variable that is missing or wrong
 */
export function loadConfig(env: Environment): Config {
  return toConfig(checked(environment, env));
}

/**
 * The database alone, for commands that need nothing else (migrate, keys).
 *
 * @throws AppError `config_invalid`
 */
export function loadDatabaseUrl(env: Environment): string {
  const { DATABASE_URL, DATABASE_PASSWORD } = variables;
  return databaseUrlOf(checked(z.object({ DATABASE_URL, DATABASE_PASSWORD }), env));
}

/** What `migrate` needs: the database as its owner, the role to grant to, and whether the queue is there too. */
export function loadMigration(env: Environment) {
  const { DATABASE_URL, DATABASE_PASSWORD, DATABASE_APP_ROLE, REDIS_URL } = variables;
  const given = checked(z.object({ DATABASE_URL, DATABASE_PASSWORD, DATABASE_APP_ROLE, REDIS_URL }), env);
  return {
    databaseUrl: databaseUrlOf(given),
    appRole: given.DATABASE_APP_ROLE ?? null,
    queueHere: given.REDIS_URL === undefined,
  };
}

/** What `reconcile` needs: our database and the Stripe account to compare it with. */
export type ReconcileConfig = Pick<
  Config,
  | 'databaseUrl'
  | 'stripeSecretKey'
  | 'stripeApiUrl'
  | 'livemode'
  | 'stripeRatePerEndpoint'
  | 'stripeRateGlobal'
>;

/**
 * The two sides of the comparison, without the rest of a deployment's configuration.
 *
 * @throws AppError `config_invalid`
 */
export function loadReconcileConfig(env: Environment): ReconcileConfig {
  const { DATABASE_URL, DATABASE_PASSWORD, STRIPE_SECRET_KEY, STRIPE_API_URL } = variables;
  const { STRIPE_RATE_PER_ENDPOINT, STRIPE_RATE_GLOBAL } = variables;
  const account = { STRIPE_SECRET_KEY, STRIPE_API_URL, STRIPE_RATE_PER_ENDPOINT, STRIPE_RATE_GLOBAL };
  const given = checked(z.object({ DATABASE_URL, DATABASE_PASSWORD, ...account }), env);
  return {
    databaseUrl: databaseUrlOf(given),
    stripeSecretKey: given.STRIPE_SECRET_KEY,
    stripeApiUrl: given.STRIPE_API_URL ?? null,
    livemode: isLive(given.STRIPE_SECRET_KEY),
    stripeRatePerEndpoint: given.STRIPE_RATE_PER_ENDPOINT,
    stripeRateGlobal: given.STRIPE_RATE_GLOBAL,
  };
}

function toConfig(env: z.output<typeof environment>) {
  return {
    databaseUrl: databaseUrlOf(env),
    /** `null`: the queue runs on Postgres. */
    redisUrl: env.REDIS_URL === undefined ? null : withPassword(env.REDIS_URL, env.REDIS_PASSWORD),
    stripeSecretKey: env.STRIPE_SECRET_KEY,
    stripePublishableKey: env.STRIPE_PUBLISHABLE_KEY,
    /** Newest first; a delivery signed with any of them is genuine. */
    stripeWebhookSecrets: env.STRIPE_WEBHOOK_SECRETS as readonly string[],
    /** The simulator's address; `null` is Stripe itself. */
    stripeApiUrl: env.STRIPE_API_URL ?? null,
    /** Whether the secret key moves real money. */
    livemode: isLive(env.STRIPE_SECRET_KEY),
    /** Calls per second to one Stripe endpoint, shared by all workers. */
    stripeRatePerEndpoint: env.STRIPE_RATE_PER_ENDPOINT,
    /** Calls per second to the Stripe account, shared by all workers. */
    stripeRateGlobal: env.STRIPE_RATE_GLOBAL,
    /** For how many days after a loss of rows every create looks at Stripe first. */
    lossListFirstDays: env.LOSS_LIST_FIRST_DAYS,
    /** For how long a settled event is kept, and the history of a charge from its end. */
    eventsKeptDays: env.EVENTS_KEPT_DAYS,
    historyKeptMonths: env.HISTORY_KEPT_MONTHS,
    /** Where customers and merchants reach this deployment; no slash at the end. */
    publicUrl: env.PUBLIC_URL,
    /** Where a setup may send its customer back to; empty: to any host. */
    returnOrigins: env.RETURN_ORIGINS,
    /** Newest first: the first signs, all verify. */
    linkKeys: env.LINK_KEYS,
    smtp: smtpOf(env),
    mailFrom: env.MAIL_FROM,
    /** Shown to customers on pages and in mails. */
    merchant: merchantOf(env),
    /** Who is told of what only a person can mend; `null`: nobody. */
    operatorEmail: env.OPERATOR_EMAIL ?? null,
    /** `host:port` of receivers beside us, which may be private and without TLS. */
    notifyPrivateHosts: env.NOTIFY_PRIVATE_HOSTS as readonly string[],
    /** What holds for charges that say nothing else. */
    usualTerms: usualTermsOf(env),
    refundOnFraudWarning: env.REFUND_ON_FRAUD_WARNING === '1',
    /** The address that the API listens on. */
    host: env.HOST,
    port: env.PORT,
    /** Proxies before the API. Only their word on where a request came from counts. */
    trustedProxies: env.TRUSTED_PROXIES as readonly string[],
    /** Port of `/metrics` and health for machines; `null`: nowhere. */
    metricsPort: env.METRICS_PORT ?? null,
    /** Whether the API serves `/metrics` on its own port: only if that is named as the port for it, or in a sandbox. */
    servesMetrics:
      env.METRICS_PORT === undefined
        ? env.TEST_MODE === '1'
        : env.METRICS_PORT > 0 && env.METRICS_PORT === env.PORT,
    /** Who announces debits; by type the days that were agreed, and most of one debit. The schemes are not known here. */
    debits: { sent_by: env.DEBIT_NOTICE, days: env.DEBIT_NOTICE_DAYS, limits: env.DEBIT_LIMITS },
    metricsHost: env.METRICS_HOST,
    logLevel: env.LOG_LEVEL,
    /** Sandbox and tests: the test clock and failpoints exist only here. */
    testMode: env.TEST_MODE === '1',
    failpoints: env.DUECOURSE_FAILPOINTS ?? null,
  };
}

type DatabaseAddress = { readonly DATABASE_URL: string; readonly DATABASE_PASSWORD?: string | undefined };

function databaseUrlOf({ DATABASE_URL, DATABASE_PASSWORD }: DatabaseAddress): string {
  return withPassword(DATABASE_URL, DATABASE_PASSWORD);
}

function withPassword(text: string, password: string | undefined): string {
  if (password === undefined) return text;
  const url = new URL(text);
  url.password = encodeURIComponent(password);
  return url.href;
}

/** STARTTLS can be stripped by whoever stands between, and takes the password and the customer's link. */
function smtpOf(env: z.output<typeof environment>): SmtpServer {
  const { SMTP_URL, TEST_MODE } = env;
  const isPrivate = TEST_MODE === '1' || isReachedPrivately(env, SMTP_URL.host);
  return { ...SMTP_URL, requireTls: !SMTP_URL.secure && !isPrivate };
}

function checked<Schema extends z.ZodType>(schema: Schema, env: Environment): z.output<Schema> {
  const parsed = schema.safeParse(withoutBlanks(withFiles(env)));
  if (parsed.success) return parsed.data;
  const message = `Configuration is not usable:\n${z.prettifyError(parsed.error)}`;
  throw new AppError('config_invalid', { message, cause: parsed.error });
}

/** `FOO=` in an env file means "not set". */
function withoutBlanks(env: Environment): Record<string, string> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim()));
  return Object.fromEntries(set);
}

function isLive(key: string): boolean {
  return key.split('_')[1] === 'live';
}
