/** What the checks look at, each opened when it is first needed and closed by `close`. */
import { statfs } from 'node:fs/promises';
import type { Config } from '../platform/config.ts';
import { lookAtRedis, type RedisServer } from '../queue/look-at-redis.ts';
import { openDatabase, type Sql } from '../store/postgres/database.ts';
import type { Answer } from '../stripe/answer.ts';
import { createStripe, type StripeClient } from '../stripe/client.ts';
import { retrievePaymentIntent } from '../stripe/payment-intents.ts';

export type Patient = {
  readonly config: Config;
  readonly sql: Sql;
  /** Every server of the queue's Redis. */
  readonly redis: () => Promise<readonly RedisServer[]>;
  readonly stripe: StripeClient;
  /** Stripe's answer to a question after a PaymentIntent that nobody has. */
  readonly greeting: () => Promise<Answer<unknown>>;
  readonly machine: Surroundings;
};

/** Where the process runs. */
export type Surroundings = {
  /** What is free where a path lies; null where it cannot be asked. */
  readonly freeBytes: (path: string) => Promise<number | null>;
  /** Undefined for a `TZ` that names none. */
  readonly timeZone: () => string | undefined;
};

/** Of each call; a person waits. */
const ANSWER_MS = 5_000;

/** Opens nothing yet. */
export function openPatient(
  config: Config,
  machine: Surroundings = THIS_MACHINE,
): Patient & { close(): Promise<void> } {
  const database = openDatabase({
    url: config.databaseUrl,
    applicationName: 'duecourse-doctor',
    connectionsMax: 2,
  });
  const stripe = createStripe({
    secretKey: config.stripeSecretKey,
    apiUrl: config.stripeApiUrl ?? undefined,
    timeoutMs: ANSWER_MS,
    livemode: config.livemode,
  });
  return {
    config,
    sql: database.sql,
    redis: once(() => lookAtRedis(config.redisUrl ?? '', ANSWER_MS)),
    stripe,
    greeting: once(() => retrievePaymentIntent(stripe, 'pi_duecourse_doctor')),
    machine,
    close: async () => {
      stripe.close();
      await database.close();
    },
  };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | null = null;
  return () => {
    asked ??= ask();
    return asked;
  };
}

const THIS_MACHINE: Surroundings = {
  freeBytes: (path) =>
    statfs(path).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    ),
  timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
};
