/**
 * Checks who calls and whether they may, before the body is read.
 *
 * Denies by default: a route without a scope does not register, and a key may do only what its scopes name.
 */
import type { FastifyInstance } from 'fastify';
import type { ApiKeyRow, Scope } from '../store/door/api-keys.ts';
import type { Sql } from '../store/postgres/database.ts';
import { type Bearer, findApiKey } from './api-key.ts';
import { fieldProblem, problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What an API key needs to call this route. */
    scope?: Scope;
    /** Whether the route looks at the Idempotency-Key header. */
    idempotencyKey?: 'required' | 'optional';
  }
  interface FastifyRequest {
    /** Set in the API's context by `authenticate`. */
    apiKey: ApiKeyRow | null;
    /** The body as it was sent, before defaults and transformations. */
    sentBody: unknown;
  }
}

/** Adds the check to every route of this context; the door has read what key the request shows. */
export function authenticate(app: FastifyInstance, sql: Sql, livemode: boolean): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.scope === undefined) throw new Error(`${route.url} names no scope`);
  });
  app.addHook('onRequest', async (request) => {
    const { scope } = request.routeOptions.config;
    request.apiKey = await keyFor(scope, request.bearer, sql, livemode);
  });
}

/**
 * The key that a caller shows, if it may do what needs this scope.
 *
 * @throws the problems `unauthenticated` and `forbidden`
 */
export async function keyFor(
  scope: Scope | undefined,
  bearer: Bearer | null,
  sql: Sql,
  livemode: boolean,
): Promise<ApiKeyRow> {
  const key = bearer === null ? null : await findApiKey(sql, bearer, livemode);
  if (key === null) {
    const message = 'must be Bearer and an API key that is not revoked';
    throw fieldProblem('Authorization', message, 'unauthenticated');
  }
  if (scope === undefined || !key.scopes.includes(scope)) {
    throw problem('forbidden', { detail: `This call needs the scope ${scope ?? 'none'}` });
  }
  return key;
}

/** The id of the calling key; the timeline names it as the cause. */
export function callerOf(request: { readonly apiKey: ApiKeyRow | null }): string {
  if (request.apiKey === null) throw problem('unauthenticated');
  return request.apiKey.id;
}
