/** The one place where an error becomes an answer. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../platform/log.ts';
import { errorCode, failureKind } from '../store/postgres/database.ts';
import { fieldProblem, type ProblemBody, ProblemError, problemBody } from './problem.ts';

/** `Retry-After` is random up to this; otherwise all who were refused together would come back together. */
const RETRY_AFTER_S_MAX = 4;
/** A statement that exceeded its time limit, and a database without room. */
const BUSY_SQLSTATES = new Set(['57014', '53100', '53200', '53300']);

/** Set here, because refusals come from every context, also from those without helmet. */
const NO_PAGE_HEADERS = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** Installs the error handler and the answer to unknown addresses. */
export function handleErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, log));
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, problemBody('not_found')));
}

export function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const body = toProblem(error);
  if (body.status === 500) {
    const { method, routeOptions } = request;
    log.error({
      event: 'request.failed',
      reqId: request.id,
      method,
      route: routeOptions.url ?? 'none',
      err: error,
    });
  }
  return sendProblem(reply, body);
}

/** When a refused caller may come again, in whole seconds as the header wants. */
export function retryAfter_s(): number {
  return 1 + Math.floor(Math.random() * RETRY_AFTER_S_MAX);
}

/** Sends a refusal with the headers that belong to its status. */
function sendProblem(reply: FastifyReply, body: ProblemBody): FastifyReply {
  reply.headers(NO_PAGE_HEADERS);
  if (body.status === 401) reply.header('www-authenticate', 'Bearer');
  // Fastify would hang up, and a caller that still writes would miss the refusal. Node reads the rest and drops it.
  if (body.status === 413) reply.removeHeader('connection');
  if (body.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfter_s());
  // Bytes, so that neither a route's response schema nor a charset is applied to it.
  return reply
    .code(body.status)
    .type('application/problem+json')
    .send(Buffer.from(JSON.stringify(body)));
}

/** What an error means to the caller. Messages of drivers and parsers stay here, because they quote what was sent. */
export function toProblem(error: unknown): ProblemBody {
  if (error instanceof ProblemError) return error.body;
  const code = errorCode(error) ?? '';
  if (failureKind(error) !== 'other' || BUSY_SQLSTATES.has(code)) return problemBody('unavailable');
  return problemOfFramework(code, statusOf(error));
}

function problemOfFramework(code: string, status: number): ProblemBody {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return problemBody('payload_too_large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problemBody('unsupported_media_type');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return fieldProblem('content-length', 'does not match the body').body;
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
    case 'FST_ERR_ASYNC_CONSTRAINT':
      return problemBody('not_found');
    default:
      break;
  }
  if (status === 429) return problemBody('rate_limited');
  if (status === 503) return problemBody('unavailable');
  if (status >= 400 && status < 500)
    return problemBody('invalid_request', { detail: 'The request cannot be read' });
  return problemBody('internal_error');
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500;
  return typeof error.statusCode === 'number' ? error.statusCode : 500;
}
