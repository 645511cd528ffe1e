import { describe, expect, test } from 'vitest';
import { toProblem } from '../../../src/api/error-handler.ts';
import { fieldProblem, PROBLEM_CODES, problemBody } from '../../../src/api/problem.ts';
import { newCharge } from '../../../src/api/schemas/charge.ts';
import { fieldErrors } from '../../../src/api/validation.ts';
import { AppError } from '../../../src/platform/errors.ts';

const errorOf = (fields: object) => Object.assign(new Error('secret canary'), fields);

describe('what is thrown becomes', () => {
  test.each([
    ['a refusal, as it is', fieldProblem('amount', 'x', 'amount_too_small'), 422, 'amount_too_small'],
    ['503 for a database that is away', errorOf({ code: 'ECONNREFUSED' }), 503, 'unavailable'],
    ['503 for one that has no connections left', errorOf({ code: '53300' }), 503, 'unavailable'],
    ['503 for a statement that ran out of time', errorOf({ code: '57014' }), 503, 'unavailable'],
    ['503 for a lock that was not to be had', errorOf({ code: '55P03' }), 503, 'unavailable'],
    [
      '413 for a body that is too large',
      errorOf({ code: 'FST_ERR_CTP_BODY_TOO_LARGE' }),
      413,
      'payload_too_large',
    ],
    ['500 for a bug', new AppError('invariant_x'), 500, 'internal_error'],
    ['500 for a value', 'canary', 500, 'internal_error'],
    ['400 for what the framework refuses', errorOf({ statusCode: 400 }), 400, 'invalid_request'],
  ])('%s', (_what, thrown, status, code) => {
    const body = toProblem(thrown);

    expect(body).toMatchObject({ status, code });
    expect(JSON.stringify(body)).not.toContain('canary');
  });
});

test('every code has its status, and a type of its own', () => {
  const bodies = PROBLEM_CODES.map((code) => problemBody(code));

  expect(new Set(bodies.map(({ type }) => type)).size).toBe(PROBLEM_CODES.length);
  for (const { code, status } of bodies) {
    if (code.startsWith('already_')) expect(status).toBe(409);
    expect(status).toBeGreaterThanOrEqual(400);
  }
});

test('a field that the caller made up is named only if its name is a plain word', () => {
  const errors = (body: unknown) =>
    fieldErrors(newCharge.safeParse(body).error ?? (undefined as never), '(body)');

  expect(errors({ 'a\nb': 1 }).map(({ path }) => path)).toContain('(unreadable)');
  expect(errors({ '4242424242424242': 1 }).map(({ path }) => path)).toContain('(unreadable)');
  expect(errors({ state: 1 }).map(({ path }) => path)).toContain('state');
  expect(errors(7).map(({ path }) => path)).toEqual(['(body)']);
});
