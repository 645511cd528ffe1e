/** Whether this process lives, whether it can do its work, and what it counts. */
import type { FastifyInstance } from 'fastify';
import { watchRows } from '../../platform/metrics.ts';
import { readCharging } from '../../store/charging.ts';
import { readiness } from '../../store/readiness.ts';
import { countOpenBreaks, countReviews } from '../../store/reviews.ts';
import type { AppDependencies } from '../dependencies.ts';

/** Probes come every few seconds from several sides; they share an answer for this long. */
const FRESH_MS = 1_000;
const QUIET = { config: { silent: true } } as const;

export type Health = {
  readonly postgres: boolean;
  readonly queue: boolean;
  readonly schema: boolean;
  readonly clock: boolean;
};

/** Adds the three addresses; none of them needs a key or tells anything about anybody. */
export async function healthRoutes(app: FastifyInstance, deps: AppDependencies): Promise<void> {
  const { config, metrics } = deps;
  const look = shared(FRESH_MS, async (): Promise<Health> => {
    const [database, queue] = await Promise.all([
      readiness(deps.sql, config.databaseUrl),
      isUp(deps.queueReady),
    ]);
    return { ...database, queue };
  });

  app.get('/livez', QUIET, async () => ({ status: 'ok' }));

  app.get('/readyz', QUIET, async (_request, reply) => {
    const { postgres, queue, schema, clock } = await look();
    const isReady = postgres && queue && schema && clock;
    if (!isReady) reply.header('retry-after', 2);
    return reply.code(isReady ? 200 : 503).send({ postgres, queue, schema, clock });
  });

  watchRows(metrics.registry, {
    needsReview: () => countReviews(deps.sql),
    breaksOpen: () => countOpenBreaks(deps.sql),
    chargingEnabled: async () => (await readCharging(deps.sql)).enabled,
  });
  app.get('/metrics', QUIET, async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
}

async function isUp(probe: () => Promise<boolean>): Promise<boolean> {
  try {
    return await probe();
  } catch {
    return false;
  }
}

/** One call for all who ask within `ms`. */
function shared<T>(ms: number, work: () => Promise<T>): () => Promise<T> {
  let latest: { readonly begun_ms: number; readonly result: Promise<T> } | null = null;
  return () => {
    const now_ms = performance.now();
    if (latest === null || now_ms - latest.begun_ms > ms) latest = { begun_ms: now_ms, result: work() };
    return latest.result;
  };
}
