/** How the routes of /v1 are declared: what each needs, takes and answers, and what the description says of it. */
import type { FastifyContextConfig } from 'fastify';
import type { z } from 'zod';
import type { Operation } from '../operations/operation.ts';
import { idParams, noBody, noQuery } from './list.ts';

type Responses = { readonly [status: number]: z.ZodType };

export function declare<Schema extends { readonly response: Responses }>(
  config: FastifyContextConfig,
  operation: Operation,
  schema: Schema,
) {
  return { config: { ...config, operation }, schema };
}

/** Reads something about what has the address's id. */
export function reads<Answer extends z.ZodType>(operation: Operation, answer: Answer) {
  const takes = { params: idParams, querystring: noQuery };
  return declare({ scope: 'read' }, operation, { ...takes, response: { 200: answer } });
}

/** Does something to what has the address's id. */
export function acts<Response extends Responses>(
  operation: Operation,
  response: Response,
  idempotencyKey: 'required' | 'optional' = 'required',
) {
  const takes = { params: idParams, body: noBody };
  return declare({ scope: 'write', idempotencyKey }, operation, { ...takes, response });
}
