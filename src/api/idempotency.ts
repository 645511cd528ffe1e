/**
 * The Idempotency-Key header: what we compare it with. We remember keys for ever.
 *
 * We hash what was sent (canonical JSON, once it is valid), never the request with defaults filled in: a later release
 * with one more optional field must still recognise last year's request.
 */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { derivedId, type IdPrefix, randomId } from '../platform/ids.ts';
import type { KeyedRequest } from '../store/door/idempotency-keys.ts';
import { fieldProblem } from './problem.ts';

const HEADER = 'idempotency-key';
const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** The key of a request that must have one. Throws `idempotency_key_missing`. */
export function requireIdempotencyKey(request: FastifyRequest): KeyedRequest {
  const keyed = idempotencyKeyOf(request);
  if (keyed === null) throw fieldProblem('Idempotency-Key', 'is required', 'idempotency_key_missing');
  return keyed;
}

/** The key of a request that may have one. Its scope is the deployment and the route's pattern. */
export function idempotencyKeyOf(request: FastifyRequest): KeyedRequest | null {
  const key = request.headers[HEADER];
  if (key === undefined || key === '') return null;
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw fieldProblem('Idempotency-Key', 'must be 1 to 255 printable ASCII characters');
  }
  const body = request.sentBody ?? null;
  return {
    route: `${request.method} ${request.routeOptions.url ?? ''}`,
    key,
    request_hash: canonicalHash({ params: request.params, body: withoutStamp(body) }),
    earlier_hash: canonicalHash({ params: request.params, body }),
  };
}

/** SHA-256 of the canonical JSON of what was sent. */
export function canonicalHash(sent: unknown): Buffer {
  return createHash('sha256').update(canonicalJson(sent)).digest();
}

/**
 * Programs that ask again often stamp `consent.accepted_at` anew. It says when the same thing was agreed to, not what is
 * asked for: such a request is the first one repeated, whose evidence stands.
 */
function withoutStamp(body: unknown): unknown {
  if (!isObject(body) || !isObject(body.consent)) return body;
  const { accepted_at, ...consent } = body.consent;
  return { ...body, consent };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The id that this request makes: derived from route and key, so that a row lost in a failover comes back under
 * the same id. Without a key, derived from the merchant's own `reference`, which no two rows share; random without either.
 */
export function entityIdOf(
  prefix: IdPrefix,
  deriveKey: Buffer,
  request: KeyedRequest | null,
  reference: string | null = null,
): string {
  if (request !== null) return derivedId(prefix, deriveKey, request.route, request.key);
  // Three parts: no route and key derive the same.
  return reference === null ? randomId(prefix) : derivedId(prefix, deriveKey, 'reference', '', reference);
}

/** JSON with its keys in order, so that two spellings of the same value hash alike. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
