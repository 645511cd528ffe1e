/** Writes into the OpenAPI document what an operation says beyond its shapes: refusals by status, and examples. */
import { type ProblemCode, problemBody } from '../problem.ts';
import { type Operation, refusalsOf, type Takes } from './operation.ts';

/** Carries an operation from its route's schema to the document that is made of all of them. */
const CARRIED = 'x-operation';

type Json = Record<string, unknown>;
type Carried = { readonly operation: Operation; readonly takes: Takes };
type Described = { [CARRIED]?: Carried; requestBody?: Body & Json; responses: Record<string, Body & Json> };
type Body = { content?: Record<string, Json> };

/** What @fastify/swagger is to take from a route besides its shapes. */
export function carriedSchema(operation: Operation, takes: Takes, scope: string): Json {
  const { id, tag, summary, description } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `${description}\n\nNeeds the scope \`${scope}\`.`,
    [CARRIED]: { operation, takes } satisfies Carried,
  };
}

/** Replaces what was carried by what it says. */
export function describeOperations<Document extends object>(document: Document): Document {
  const { paths, components } = document as unknown as {
    paths: Record<string, Record<string, Described>>;
    components: { responses?: Json };
  };
  const shared: Json = {};
  for (const described of Object.values(paths).flatMap((path) => Object.values(path))) {
    const carried = described[CARRIED];
    if (carried === undefined) continue;
    delete described[CARRIED];
    const { operation, takes } = carried;
    if (described.requestBody !== undefined) described.requestBody.required = takes.needsBody;
    for (const body of Object.values(described.requestBody?.content ?? {})) {
      body.example = operation.request ?? {};
    }
    if (operation.upload !== undefined) described.requestBody = uploadBody(operation.upload);
    for (const [status, response] of Object.entries(described.responses)) {
      response.description = SUCCESSES[status];
      if (takes.idempotencyKey !== undefined) response.headers = REPLAYED;
      for (const body of Object.values(response.content ?? {})) body.example = operation.answer;
    }
    Object.assign(described.responses, refusalResponses(carried, shared));
  }
  components.responses = shared;
  return document;
}

/** A stream has no schema that a route could check, so that it is described here. */
function uploadBody(upload: NonNullable<Operation['upload']>): Body & Json {
  const content = Object.entries(upload).map(([type, example]) => [
    type,
    { schema: { type: 'string' }, example },
  ]);
  return { required: true, content: Object.fromEntries(content) };
}

/** By status. What many calls are refused with in the same way stands once, among the components. */
function refusalResponses({ operation, takes }: Carried, shared: Json): Record<string, Json> {
  const codes = refusalsOf(operation, takes);
  const statuses = [...new Set(codes.map((code) => problemBody(code).status))].toSorted();
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => problemBody(code).status === status);
      if (ofStatus.some((code) => operation.refusals.includes(code))) return [status, refusal(ofStatus)];
      const name = ofStatus.map(pascalCase).join('Or');
      shared[name] ??= refusal(ofStatus);
      return [status, { $ref: `#/components/responses/${name}` }];
    }),
  );
}

function refusal(codes: readonly ProblemCode[]): Json {
  const bodies = codes.map((code) => problemBody(code));
  const mayComeAgain = bodies.some(({ status }) => status === 429 || status === 503);
  return {
    description: bodies.map(({ code, title }) => `\`${code}\`: ${title}`).join('\n\n'),
    ...(mayComeAgain ? { headers: RETRY_AFTER } : {}),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Problem' }],
          type: 'object',
          properties: {
            code: { type: 'string', enum: codes, description: 'Which refusal it is; never changes' },
          },
          required: ['code'],
        },
        examples: Object.fromEntries(bodies.map((body) => [body.code, { value: body }])),
      },
    },
  };
}

const SUCCESSES: Readonly<Record<string, string>> = {
  200: 'Done, or found',
  201: 'Created',
  202: 'Accepted: written down, and done by a worker',
};

const REPLAYED = {
  'Idempotent-Replayed': {
    description: '`true` if this Idempotency-Key was used before: nothing was done again',
    schema: { type: 'string', enum: ['true'] },
  },
};

const RETRY_AFTER = {
  'Retry-After': {
    description: 'After how many seconds to send the same request again',
    schema: { type: 'integer', minimum: 0 },
  },
};

function pascalCase(code: string): string {
  return code.replaceAll(/(?:^|_)([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}
