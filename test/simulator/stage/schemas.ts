import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

type Operation = { responses: Record<string, unknown>; requestBody?: unknown; 'x-query-schema'?: unknown };
type Schema = { properties?: { object?: { enum?: string[]; const?: string } } };
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

const document = JSON.parse(
  readFileSync(new URL('../stripe-openapi-subset.json', import.meta.url), 'utf8'),
) as Document;

closeObjects(document.components.schemas);
const answers = new Ajv2020({ strict: false, allErrors: true });
answers.addSchema({ $id: 'stripe', ...document });

// Form bodies carry text only, so the request schemas are tried with "12" for 12 and "true" for true.
const requests = new Ajv2020({ strict: false, allErrors: true, coerceTypes: true });
requests.addSchema({ $id: 'stripe', ...document });

const templates = Object.keys(document.paths).map((template) => ({
  template,
  // A literal path wins over a template: /v1/payment_intents/search is no PaymentIntent.
  holes: (template.match(/\{/g) ?? []).length,
  pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));

const schemaByObject = new Map<string, string>();
for (const [name, schema] of Object.entries(document.components.schemas)) {
  const object = schema.properties?.object;
  const literal = object?.const ?? object?.enum?.[0];
  if (literal !== undefined && !name.includes('Deleted') && !schemaByObject.has(literal)) {
    schemaByObject.set(literal, name);
  }
}

/**
 * Refuses keys that the schema does not name. Left open are what it names only by a few keys: opaque
 * objects, and the `data.object` of an event, which is held against its own schema.
 */
function closeObjects(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  const node = schema as Record<string, unknown>;
  const named = typeof node.properties === 'object' ? Object.keys(node.properties ?? {}) : [];
  const opaque = 'x-opaque' in node || named.join() === 'object';
  if (node.type === 'object' && named.length > 0 && !opaque) node.additionalProperties ??= false;
  for (const inner of Object.values(node)) closeObjects(inner);
}

/**
 * The schema's path template for a path such as `/v1/payment_intents/pi_1`; undefined when Stripe's subset
 * has none.
 */
function templateOf(path: string): string | undefined {
  const fitting = templates.filter((each) => each.pattern.test(path));
  return fitting.sort((a, b) => a.holes - b.holes)[0]?.template;
}

function complaints(validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath || '/'} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
  );
}

function pointer(...parts: string[]): string {
  return parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
}

function compiled(ajv: Ajv2020, reference: string): ValidateFunction {
  const validate = ajv.getSchema(`stripe#/${reference}`);
  if (validate === undefined) throw new Error(`no schema at ${reference}`);
  return validate;
}

/** What the schema says against a JSON answer; empty when it has nothing to say. */
export function answerComplaints(method: string, path: string, status: number, body: unknown): string[] {
  if (status !== 200) return complaints(compiled(answers, 'components/schemas/Error'), body);
  const template = templateOf(path);
  const verb = method.toLowerCase();
  if (template === undefined || document.paths[template]?.[verb] === undefined) {
    return [`200 for ${method} ${path}, which is not an operation of Stripe`];
  }
  const at = pointer('paths', template, verb, 'responses', '200', 'content', 'application/json', 'schema');
  return complaints(compiled(answers, at), body);
}

/** What the request schema says against the decoded parameters of a request that was answered 200. */
export function requestComplaints(method: string, path: string, params: unknown): string[] {
  const template = templateOf(path);
  const verb = method.toLowerCase();
  const operation = template === undefined ? undefined : document.paths[template]?.[verb];
  if (template === undefined || operation === undefined) return [];
  const rest =
    operation.requestBody === undefined
      ? ['x-query-schema']
      : ['requestBody', 'content', 'application/x-www-form-urlencoded', 'schema'];
  return complaints(compiled(requests, pointer('paths', template, verb, ...rest)), structuredClone(params));
}

/** What the schema says against one object by its `object` field, as in the `data.object` of an event. */
export function objectComplaints(value: unknown): string[] {
  const kind = (value as { object?: string } | null)?.object;
  const name = kind === undefined ? undefined : schemaByObject.get(kind);
  if (name === undefined) return [`no schema for object ${String(kind)}`];
  return complaints(compiled(answers, pointer('components', 'schemas', name)), value);
}
