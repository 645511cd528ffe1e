/** What an integrator expects of docs/openapi.json. */

type Json = { readonly [name: string]: Json } & { readonly [name: string]: unknown };
type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
  }[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body & { readonly $ref?: string }>>;
};
type Body = {
  readonly content?: Readonly<Record<string, { readonly example?: unknown; readonly schema: Json }>>;
};
export type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly responses: Readonly<Record<string, Body>>;
  };
};

type Call = {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
};

export function callsOf(document: OpenApi): Call[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

/** One line for each call that lacks a name, a sentence, an example or a status. */
export function operationErrors(document: OpenApi): string[] {
  const calls = callsOf(document);
  const ids = calls.map(({ operation }) => operation.operationId);
  return calls.flatMap(({ name, operation }) => {
    const {
      operationId = '',
      summary = '',
      description = '',
      parameters = [],
      requestBody,
      responses,
    } = operation;
    const statuses = Object.keys(responses);
    const successes = statuses.filter((status) => status.startsWith('2')).map((status) => responses[status]);
    const wanted = ['400', '401', '403', '429', '500', '503'];
    // An upload has no greatest length.
    if (requestBody !== undefined) wanted.push('415');
    if (requestBody?.content?.['application/json'] !== undefined) wanted.push('413');
    if (name.includes('{id}')) wanted.push('404');
    if (parameters.some((parameter) => parameter.name === 'Idempotency-Key')) wanted.push('422');
    const faults = [
      [!/^[a-z]+(?:[A-Z][a-z]+)+$/.test(operationId), 'has no operationId in camel case'],
      [ids.filter((id) => id === operationId).length > 1, 'shares its operationId'],
      [!/^[A-Z].*[^.]$/.test(summary), 'has no summary of one line'],
      [!/^[A-Z][\s\S]*\.$/.test(description), 'has no description in sentences'],
      [
        [requestBody, ...successes].some((body) => body !== undefined && !hasExamples(body)),
        'has no example',
      ],
    ] as const;
    return [
      ...faults.filter(([isFault]) => isFault).map(([, fault]) => fault),
      ...parameters.filter((one) => !one.description).map((one) => `does not describe ${one.name}`),
      ...wanted.filter((status) => !statuses.includes(status)).map((status) => `lacks ${status}`),
    ].map((fault) => `${name} ${fault}`);
  });
}

function hasExamples({ content = {} }: Body): boolean {
  return Object.values(content).every(({ example }) => example !== undefined);
}

/** One line for each field without a sentence. What refers to a component is described there. */
export function fieldErrors(document: OpenApi): string[] {
  const components = Object.entries(document.components.schemas).flatMap(([name, schema]) => [
    ...(schema.description ? [] : [`${name} is not described`]),
    ...undescribed(schema, name),
  ]);
  const bodies = callsOf(document).flatMap(({ name, operation }) =>
    [operation.requestBody, ...Object.values(operation.responses)].flatMap((body) =>
      Object.values(body?.content ?? {}).flatMap(({ schema }) => undescribed(schema, name)),
    ),
  );
  return [...components, ...bodies];
}

function undescribed(schema: unknown, at: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: Readonly<Record<string, Json>> };
  const here = Object.entries(properties)
    .filter(([, field]) => !field.description && !field.$ref)
    .map(([name]) => `${at}.${name} is not described`);
  const inside = Object.entries(properties).flatMap(([name, field]) => undescribed(field, `${at}.${name}`));
  const { items, anyOf = [], allOf = [] } = schema as Readonly<Record<string, unknown[] | undefined>>;
  return [...here, ...inside, ...[items, ...anyOf, ...allOf].flatMap((part) => undescribed(part, at))];
}

/** The codes that a call may be refused with, as the document names them. */
export function codesOf(document: OpenApi, operation: Operation): string[] {
  return Object.values(operation.responses).flatMap(({ $ref, ...own }) => {
    const body = $ref === undefined ? own : document.components.responses[$ref.split('/').at(-1) ?? ''];
    const { schema } = body?.content?.['application/problem+json'] ?? {};
    const code = schema?.properties?.code as { readonly enum?: readonly string[] } | undefined;
    return [...(code?.enum ?? [])];
  });
}
