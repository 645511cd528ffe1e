/** The description of the API: made from the routes' own schemas, shown at `/docs`, kept in docs/openapi.json. */
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { carriedSchema, describeOperations } from './operations/describe-operations.ts';
import './schemas/problem.ts';

/** The page loads only what it brings: no inline script, no style or image from elsewhere except data: icons. */
const CONTENT_SECURITY_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'font-src': ["'self'"],
  'form-action': ["'none'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** Collects the routes registered after it. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Duecourse',
        version: '1',
        description:
          'Charges saved payment methods while the customer is away, exactly once, and brings the customer back ' +
          'when the bank asks. Amounts are integers in minor units, times ISO 8601, errors RFC 9457: branch on their ' +
          '`code`. A request that got no answer, 429 or 503 may be sent again under the same Idempotency-Key. ' +
          'Beside these calls, `GET /readyz?deep=1` with the scope `admin` answers what `npm run doctor -- --json` prints: ' +
          '200 if every check of the deployment holds, 503 if one fails.',
      },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'An API key, made by `npm run keys`' },
        },
      },
      security: [{ key: [] }],
    },
    transform: describeRoute,
    transformObject: (document) =>
      serialised(usedOnly(describeOperations(jsonSchemaTransformObject(document)))),
  });
}

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transform']>;

/** A route of the API with what it says of itself; pages, probes and the webhook are left out: programs do not call them. */
const describeRoute: Transform = (document) => {
  const { url, route, schema } = document;
  if (!url.startsWith('/v1/')) return { schema: { hide: true }, url };
  const described = jsonSchemaTransform(document);
  const { scope, idempotencyKey, operation } = route.config ?? {};
  if (operation === undefined || scope === undefined) throw new Error(`${url} names no operation`);
  const body = schema?.body as z.ZodType | undefined;
  const needsBody = body?.safeParse(undefined).success === false;
  const takes = { hasBody: body !== undefined, needsBody, hasId: url.includes('/:'), idempotencyKey };
  return {
    url: described.url,
    schema: {
      ...described.schema,
      ...carriedSchema(operation, takes, scope),
      ...(idempotencyKey === undefined ? {} : { headers: keyHeader(idempotencyKey === 'required') }),
    },
  };
};

function keyHeader(isRequired: boolean): object {
  const schema = {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description: 'Names this request: sent again, it does nothing again and answers the same. Kept for ever',
    examples: ['usage-2026-10-H0001'],
  };
  return {
    type: 'object',
    properties: { 'Idempotency-Key': schema },
    required: isRequired ? ['Idempotency-Key'] : [],
  };
}

/** zod makes each component twice, for input and output; we keep what a route refers to, under its plain name. */
function usedOnly<Document extends object>(document: Document): Document {
  const copy = JSON.parse(JSON.stringify(document)) as Document & Components;
  const schemas = copy.components.schemas;
  let known = -1;
  for (let size = Object.keys(schemas).length; size !== known; size = Object.keys(schemas).length) {
    known = size;
    const text = JSON.stringify(copy);
    for (const name of Object.keys(schemas)) {
      if (!text.includes(`"#/components/schemas/${name}"`)) delete schemas[name];
    }
  }
  const names = Object.keys(schemas).filter((name) => name.endsWith('Input'));
  const text = names.reduce(
    (all, name) =>
      all.replaceAll(`"${name}"`, `"${plain(name)}"`).replaceAll(`/${name}"`, `/${plain(name)}"`),
    JSON.stringify(copy),
  );
  return JSON.parse(text) as Document;
}

/** How a parameter is written into the address is said beside its schema, not in it (OpenAPI 3.1, Parameter Object). */
function serialised<Document extends object>(document: Document): Document {
  const copy = document as Document & { paths: Record<string, Record<string, { parameters?: Parameter[] }>> };
  for (const { parameters = [] } of Object.values(copy.paths).flatMap((path) => Object.values(path))) {
    for (const parameter of parameters) {
      const { style, explode, ...schema } = parameter.schema;
      if (style !== undefined) Object.assign(parameter, { schema, style, explode });
    }
  }
  return document;
}

type Parameter = { schema: { style?: string; explode?: boolean } };
type Components = { components: { schemas: Record<string, unknown> } };

function plain(name: string): string {
  return name.slice(0, -'Input'.length);
}

/** Shows them. */
export async function docsRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { deepLinking: true, validatorUrl: null },
    staticCSP: CONTENT_SECURITY_POLICY,
  });
}
