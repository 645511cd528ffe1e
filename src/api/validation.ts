/** zod's findings as refusals: every error with its path, nothing of the value that was refused. */
import type { FastifyInstance } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { looksLikeCardNumber } from './card-number.ts';
import { type FieldError, problem } from './problem.ts';

const ERRORS_MAX = 50;
const FIELD = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** Validates with zod and serialises by zod, in this context. */
export function validateWithZod(app: FastifyInstance): void {
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (value: unknown) => {
    const result = schema.safeParse(value);
    if (result.success) return { value: result.data };
    const errors = fieldErrors(result.error, httpPart === 'body' ? '(body)' : `(${httpPart ?? 'request'})`);
    return { error: problem('invalid_request', { errors }) };
  });
  app.setSerializerCompiler(serializerCompiler);
}

/** `whole` names the value itself, for errors that concern all of it. */
export function fieldErrors(error: z.ZodError, whole: string): FieldError[] {
  return error.issues.flatMap((issue) => ofIssue(issue, whole)).slice(0, ERRORS_MAX);
}

function ofIssue(issue: z.core.$ZodIssue, whole: string): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    const inside = issue.path.map(String);
    return issue.keys.map((key) => ({
      path: pathOf([...inside, key], whole),
      message: 'is not a field of this call',
    }));
  }
  return [{ path: pathOf(issue.path.map(String), whole), message: issue.message }];
}

/** Repeats a name that the caller made up only if it is a plain word. */
function pathOf(path: readonly string[], whole: string): string {
  if (path.length === 0) return whole;
  return path.map((part) => (isPlain(part) ? part : '(unreadable)')).join('.');
}

function isPlain(part: string): boolean {
  return /^\d{1,4}$/.test(part) || (FIELD.test(part) && !looksLikeCardNumber(part));
}
