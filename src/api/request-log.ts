import type { FastifyInstance } from 'fastify';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Probes are not worth a line. */
    silent?: boolean;
  }
}

/**
 * One line and one measurement per answer. The route's pattern stands for the address, which may hold a token;
 * headers and bodies are never looked at.
 */
export function logRequests(app: FastifyInstance, log: Log, metrics: Metrics): void {
  app.addHook('onSend', async (request, reply) => {
    reply.header('request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const { statusCode, elapsedTime } = reply;
    const route = request.routeOptions.url ?? 'none';
    metrics.httpRequestSeconds.observe({ method, route, status: String(statusCode) }, elapsedTime / 1_000);
    // Refused requests are counted and logged together: a line for each would be the next burden.
    if (request.routeOptions.config?.silent === true || request.isTurnedAway) return;
    const durationMs = Math.round(elapsedTime);
    log.info({ event: 'request.answered', reqId: request.id, method, route, statusCode, durationMs });
  });
}
