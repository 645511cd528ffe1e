/** What the pages behind links have in common: HTML, small forms, a strict policy, no log line, kind errors. */
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isAppError } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import type { FixedPages } from './page-answers.tsx';
import { pageHeaders, sendPage } from './page-guard.ts';

type ErrorPages = Pick<FixedPages, 'refused_press' | 'unavailable'>;

export type PageScope = {
  /** `/r` or `/s`. */
  readonly prefix: string;
  /** Our own origin, as customers see it. */
  readonly origin: string;
  /** The simulator's address, whose pages are not https; null against Stripe itself. */
  readonly stripe_api_url: string | null;
  readonly log: Log;
  readonly fixed: ErrorPages;
  readonly routes: (scope: FastifyInstance) => void;
};

const FORM_BYTES_MAX = 8_192;
const RETRY_AFTER_S = '30';

/** Registers pages in a context of their own. Their requests are not logged: the addresses hold tokens. */
export function registerPageScope(app: FastifyInstance, pages: PageScope): void {
  const simulator = pages.stripe_api_url === null ? null : new URL(pages.stripe_api_url).origin;
  const headers = pageHeaders(pages.origin, simulator);
  app.register(
    async (scope) => {
      await scope.register(formbody, { bodyLimit: FORM_BYTES_MAX });
      scope.addHook('onSend', async (_request, reply) => {
        reply.headers(headers);
      });
      scope.setErrorHandler((error, request, reply) => answerError(pages, error, request, reply));
      pages.routes(scope);
    },
    { prefix: pages.prefix, logLevel: 'silent' },
  );
}

/** Single text fields of the form; repeated ones count as absent. */
export function formOf(request: FastifyRequest): Readonly<Record<string, string | undefined>> {
  const { body } = request;
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(Object.entries(body).filter(([, value]) => typeof value === 'string'));
}

/** Stripe or the database does not answer: press again. */
export function sendUnavailable(reply: FastifyReply, fixed: Pick<FixedPages, 'unavailable'>): FastifyReply {
  return sendPage(reply.header('retry-after', RETRY_AFTER_S), 503, fixed.unavailable);
}

function answerError(
  pages: PageScope,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  // Too many at once: counted at the door, and nothing to look into here.
  if (isAppError(error, 'overloaded')) return sendUnavailable(reply, pages.fixed);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) return sendPage(reply, status, pages.fixed.refused_press);
  pages.log.error({ event: 'page.failed', route: request.routeOptions.url ?? pages.prefix, err: error });
  return sendUnavailable(reply, pages.fixed);
}
