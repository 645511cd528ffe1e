/** docs/openapi.json as an integrator reads it, and as clients are generated from it. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { PROBLEM_CODES } from '../../src/api/problem.ts';
import {
  callsOf,
  codesOf,
  fieldErrors,
  type OpenApi,
  operationErrors,
} from '../harness/description/description-rules.ts';

const document = JSON.parse(
  readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;

/** Answered to Stripe alone, whose webhook is no part of the description. */
const OF_THE_WEBHOOK = ['signature_invalid'];

test('every call has a name, sentences, examples and each status that it can answer', () => {
  expect(operationErrors(document)).toEqual([]);
});

test('every field has a sentence', () => {
  expect(fieldErrors(document)).toEqual([]);
});

test('every refusal of ours is named by a call that answers it, and no other is', () => {
  const named = new Set(callsOf(document).flatMap(({ operation }) => codesOf(document, operation)));
  expect([...named, ...OF_THE_WEBHOOK].toSorted()).toEqual([...PROBLEM_CODES].toSorted());
});

test('every example is what its schema allows', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...document, $id: 'openapi' });
  const errors = callsOf(document).flatMap(({ name, operation }) =>
    [operation.requestBody, ...Object.values(operation.responses)].flatMap((body) =>
      Object.values(body?.content ?? {}).flatMap(({ schema, example }) => {
        if (example === undefined) return [];
        const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object;
        return ajv.validate(absolute, example) ? [] : [`${name}: ${ajv.errorsText()}`];
      }),
    ),
  );
  expect(errors).toEqual([]);
});

test('what the rules look for is found in a planted document', () => {
  const planted = {
    paths: {
      '/v1/things/{id}': {
        post: {
          operationId: 'make-thing',
          summary: 'Makes a thing.',
          parameters: [{ name: 'id', in: 'path' }],
          requestBody: { content: { 'application/json': { schema: { properties: { a: {} } } } } },
          responses: { 200: { content: {} }, 400: {}, 401: {}, 403: {}, 404: {}, 413: {}, 429: {}, 500: {} },
        },
      },
    },
    components: { schemas: { Thing: { properties: { b: {} } } }, responses: {} },
  } as unknown as OpenApi;
  const name = 'POST /v1/things/{id}';
  expect(operationErrors(planted)).toEqual(
    [
      'has no operationId in camel case',
      'has no summary of one line',
      'has no description in sentences',
      'has no example',
      'does not describe id',
      'lacks 503',
      'lacks 415',
    ].map((fault) => `${name} ${fault}`),
  );
  expect(fieldErrors(planted)).toEqual([
    'Thing is not described',
    'Thing.b is not described',
    `${name}.a is not described`,
  ]);
});
