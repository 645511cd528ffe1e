/** A merchant's HTTP client, as small as one can be. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { callsOf, codesOf, type OpenApi } from './description-rules.ts';

export type ApiAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { readonly id: string; readonly status?: string };
};

/** Calls an API with a key of its own; every POST has a fresh Idempotency-Key unless one is given. */
export function callerOf(api_url: string, token: string) {
  async function call(method: string, path: string, body?: unknown, key?: string): Promise<ApiAnswer> {
    const response = await fetch(`${api_url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === 'POST' ? { 'idempotency-key': key ?? randomUUID() } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === '' ? {} : JSON.parse(text);
    if (response.status >= 400) mustBeDescribed(method, path, parsed.code);
    return { status: response.status, headers: response.headers, body: parsed as ApiAnswer['body'] };
  }
  return {
    get: (path: string) => call('GET', path),
    post: (path: string, body?: unknown, key?: string) => call('POST', path, body, key),
  };
}

const description = JSON.parse(
  readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;
const described = callsOf(description).map(({ name, method, path, operation }) => ({
  name,
  method,
  path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/?]+')}(?:\\?|$)`),
  codes: codesOf(description, operation),
}));

/** Whatever a test meets as a refusal, the description names among those of its call. */
function mustBeDescribed(method: string, path: string, code: string): void {
  const call = described.find((one) => one.method === method && one.path.test(path));
  if (call === undefined || call.codes.includes(code)) return;
  throw new Error(`${call.name} answered ${code}, which docs/openapi.json does not name there`);
}
