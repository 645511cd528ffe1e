/** Holds every refusal that a test meets against what docs/openapi.json says of its call. */
import { readFileSync } from 'node:fs';
import { callsOf, codesOf, type OpenApi } from './description-rules.ts';

const description = JSON.parse(
  readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;
const described = callsOf(description).map(({ name, method, path, operation }) => ({
  name,
  method,
  path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/?]+')}(?:\\?|$)`),
  codes: codesOf(description, operation),
}));

/** @throws Error for a code that the description does not name among those of its call */
export function mustBeDescribed(method: string, path: string, code: string): void {
  const call = described.find((one) => one.method === method && one.path.test(path));
  if (call === undefined || call.codes.includes(code)) return;
  throw new Error(`${call.name} answered ${code}, which docs/openapi.json does not name there`);
}
