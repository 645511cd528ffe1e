/** How the routes of /v1 are declared: what each needs, takes and answers. Each may be refused. */
import type { FastifyContextConfig } from 'fastify';
import type { z } from 'zod';
import { idParams, noBody, noQuery } from './list.ts';
import { refusals } from './problem.ts';

type Responses = { readonly [status: number]: z.ZodType };

export function declare<Schema extends { readonly response: Responses }>(
  config: FastifyContextConfig,
  tag: string,
  summary: string,
  schema: Schema,
) {
  const response: Schema['response'] & typeof refusals = { ...schema.response, ...refusals };
  return { config, schema: { summary, tags: [tag], ...schema, response } };
}

/** Reads something about what has the address's id. */
export function reads<Answer extends z.ZodType>(tag: string, summary: string, answer: Answer) {
  const takes = { params: idParams, querystring: noQuery };
  return declare({ scope: 'read' }, tag, summary, { ...takes, response: { 200: answer } });
}

/** Does something to what has the address's id. */
export function acts<Response extends Responses>(
  tag: string,
  summary: string,
  response: Response,
  idempotencyKey: 'required' | 'optional' = 'required',
) {
  const takes = { params: idParams, body: noBody };
  return declare({ scope: 'write', idempotencyKey }, tag, summary, { ...takes, response });
}
