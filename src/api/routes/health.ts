/** Whether this process lives, whether it can do its work, and what it counts. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { examine } from '../../doctor/examine.ts';
import { shared } from '../../platform/shared.ts';
import { createHealth, isReady } from '../../store/postgres/health.ts';
import { bearerOf } from '../api-key.ts';
import { keyFor } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { fieldProblem } from '../problem.ts';

const QUIET = { config: { silent: true } } as const;

/** The doctor asks Stripe, the mail server and the queue: callers share what it found for this long. */
const EXAMINED_MS = 5_000;

/**
 * Adds the addresses; none reveals anything about a customer, and only `deep` needs a key. Metrics are served here only if
 * this is said to be their port, because it may face the world.
 */
export async function healthRoutes(app: FastifyInstance, deps: AppDependencies): Promise<void> {
  const { config, metrics } = deps;
  const look = createHealth(deps.sql, config.databaseUrl, deps.queueReady);

  app.get('/livez', QUIET, async () => ({ status: 'ok' }));

  const lookDeep = shared(EXAMINED_MS, () => examine({ config }));

  app.get('/readyz', QUIET, async (request, reply) => {
    if (isDeep(request)) {
      await keyFor('admin', bearerOf(request.headers.authorization), deps.sql, config.livemode);
      const report = await lookDeep();
      return reply.code(report.ok ? 200 : 503).send(report);
    }
    const health = await look();
    if (!isReady(health)) reply.header('retry-after', 2);
    return reply.code(isReady(health) ? 200 : 503).send(health);
  });

  if (!config.servesMetrics) return;
  app.get('/metrics', QUIET, async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
}

/** A probe may bring a query of its own, which is not looked at. */
function isDeep({ query }: FastifyRequest): boolean {
  const { deep } = query as { readonly deep?: unknown };
  if (deep === undefined || deep === '0') return false;
  if (deep !== '1') throw fieldProblem('deep', 'must be 0 or 1');
  return true;
}
