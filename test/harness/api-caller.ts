/** A merchant's HTTP client, as small as one can be. */
import { randomUUID } from 'node:crypto';
import { mustBeDescribed } from './description/described-refusals.ts';

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
    patch: (path: string, body: unknown) => call('PATCH', path, body),
    post: (path: string, body?: unknown, key?: string) => call('POST', path, body, key),
  };
}
