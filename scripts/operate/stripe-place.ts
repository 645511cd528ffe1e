/** Which books and which Stripe a command is about: the environment's when there is one, else the sandbox that runs. */

import { createPacer, readBudget } from '../../src/billing/work/pace.ts';
import { loadReconcileConfig, type ReconcileConfig, withFiles } from '../../src/platform/config.ts';
import { AppError } from '../../src/platform/errors.ts';
import { productionTimings } from '../../src/platform/timings.ts';
import { type Database, openDatabase } from '../../src/store/postgres/database.ts';
import { createStripe, type StripeClient } from '../../src/stripe/client.ts';
import { readRunningSandbox } from './running-sandbox.ts';

/** @throws AppError `config_invalid`, or `nowhere` without an environment and without a sandbox */
export function findPlace(name: string, env: NodeJS.ProcessEnv): ReconcileConfig {
  const { DATABASE_URL, STRIPE_SECRET_KEY } = withFiles(env);
  if (DATABASE_URL && STRIPE_SECRET_KEY) return loadReconcileConfig(env);
  const ready = readRunningSandbox();
  if (ready === null)
    throw new AppError('nowhere', {
      message: `${name} needs DATABASE_URL and STRIPE_SECRET_KEY, or a sandbox that runs (npm run dev).`,
    });
  return loadReconcileConfig({
    DATABASE_URL: ready.database_url,
    STRIPE_SECRET_KEY: ready.stripe_secret_key,
    STRIPE_API_URL: ready.stripe_url,
  });
}

/** Opens both, and closes them when the work is done. */
export async function atPlace<T>(
  name: string,
  place: ReconcileConfig,
  work: (both: Database & { readonly stripe: StripeClient }) => Promise<T>,
  statementTimeout_ms?: number,
): Promise<T> {
  const database = openDatabase({
    url: place.databaseUrl,
    applicationName: name,
    connectionsMax: 2,
    ...(statementTimeout_ms === undefined ? {} : { statementTimeout_ms }),
  });
  const rates = { per_endpoint: place.stripeRatePerEndpoint, global: place.stripeRateGlobal };
  const stripe = createStripe({
    secretKey: place.stripeSecretKey,
    apiUrl: place.stripeApiUrl ?? undefined,
    timeoutMs: productionTimings.stripeTimeoutMs,
    livemode: place.livemode,
    budget: readBudget(createPacer(database.sql, { rates, blockMs: productionTimings.paceBlockMs })),
  });
  try {
    return await work({ ...database, stripe });
  } finally {
    stripe.close();
    await database.close();
  }
}
