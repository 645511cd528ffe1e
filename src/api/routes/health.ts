/** Whether this process lives, whether it can do its work, and what it counts. */
import type { FastifyInstance } from 'fastify';
import { createHealth, isReady } from '../../store/postgres/health.ts';
import type { AppDependencies } from '../dependencies.ts';

const QUIET = { config: { silent: true } } as const;

/**
 * Adds the addresses; none needs a key or reveals anything about a customer. Metrics are served here only if
 * this is said to be their port, because it may face the world.
 */
export async function healthRoutes(app: FastifyInstance, deps: AppDependencies): Promise<void> {
  const { config, metrics } = deps;
  const look = createHealth(deps.sql, config.databaseUrl, deps.queueReady);

  app.get('/livez', QUIET, async () => ({ status: 'ok' }));

  app.get('/readyz', QUIET, async (_request, reply) => {
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
