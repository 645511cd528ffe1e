/** What docs/openapi.json says of a call besides its shapes: its name, its sentences, its refusals, an example. */
import type { ProblemCode } from '../problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the description of the API says of this route. */
    operation?: Operation;
  }
}

export type Operation = {
  /** The OpenAPI `operationId`, in camel case: generated clients name their functions by it. */
  readonly id: string;
  readonly tag: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** What it does, and for whom. */
  readonly description: string;
  /** The codes that only some calls answer. Those that follow from what a call takes are in `refusalsOf`. */
  readonly refusals: readonly ProblemCode[];
  /** An example of the body; absent where none is needed. */
  readonly request?: object;
  /** The media types of an upload that is read as it comes, each with an example. */
  readonly upload?: Readonly<Record<string, string>>;
  /** An example of the answer. */
  readonly answer: object;
};

/** The operations of one tag, each under its `operationId`. */
export function operationsOf<Id extends string>(
  tag: string,
  said: Readonly<Record<Id, Omit<Operation, 'id' | 'tag'>>>,
): Readonly<Record<Id, Operation>> {
  const named = Object.entries<Omit<Operation, 'id' | 'tag'>>(said).map(([id, one]) => [
    id,
    { id, tag, ...one },
  ]);
  return Object.fromEntries(named);
}

const OF_EVERY_CALL = [
  'invalid_request',
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'internal_error',
  'unavailable',
  'overloaded',
] as const satisfies readonly ProblemCode[];

export type Takes = {
  readonly hasBody: boolean;
  readonly needsBody: boolean;
  readonly hasId: boolean;
  readonly idempotencyKey: 'required' | 'optional' | undefined;
};

/** Every code that a call may be refused with. */
export function refusalsOf(
  { refusals }: Operation,
  { hasBody, hasId, idempotencyKey }: Takes,
): ProblemCode[] {
  const codes: ProblemCode[] = [...OF_EVERY_CALL, ...refusals];
  if (hasBody) codes.push('payload_too_large', 'unsupported_media_type');
  if (hasId) codes.push('not_found');
  if (idempotencyKey !== undefined) codes.push('idempotency_mismatch');
  if (idempotencyKey === 'required') codes.push('idempotency_key_missing');
  return [...new Set(codes)];
}
