/**
 * The types of clients/typescript, made of docs/openapi.json by openapi-typescript. It builds them with the API of
 * TypeScript 5, which TypeScript 7 no longer has: it is given the copy that @ts-morph/common carries.
 */
import { register } from 'node:module';

const REDIRECTED = `
export async function resolve(specifier, context, next) {
  const isIts = specifier === 'typescript' && context.parentURL?.includes('/openapi-typescript/');
  if (!isIts) return next(specifier, context);
  const { url } = await next('@ts-morph/common', context);
  const source = 'import common from ' + JSON.stringify(url) + '; export default common.ts;';
  return { url: 'data:text/javascript,' + encodeURIComponent(source), shortCircuit: true };
}`;

const HEAD = `/**
 * Generated from docs/openapi.json by \`npm run client\`; do not edit.
 */
`;

/** The text of clients/typescript/src/generated/schema.ts. */
export async function clientSchema(document: object): Promise<string> {
  register(`data:text/javascript,${encodeURIComponent(REDIRECTED)}`);
  const { astToString, default: generate } = await import('openapi-typescript');
  const types = await generate(shapesOf(document), { defaultNonNullable: false, silent: true });
  return HEAD + astToString(types);
}

/**
 * What types are made of. Examples stay in the document, where they are shown; and the client makes an Idempotency-Key where its
 * caller gives none.
 */
function shapesOf(document: object): string {
  return JSON.stringify(document, (name, value: unknown) => {
    if (name === 'example' || name === 'examples') return undefined;
    return isKeyParameter(value) ? { ...value, required: false } : value;
  });
}

function isKeyParameter(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'name' in value && value.name === 'Idempotency-Key';
}
