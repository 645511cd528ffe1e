/** Duecourse's API as typed calls. Which calls there are, and what each takes and answers, is generated: `generated/schema.ts`. */
import { randomUUID } from 'node:crypto';
import createFetchClient, { type Client as FetchClient } from 'openapi-fetch';
import type { components, paths } from './generated/schema.ts';
import { type RetryLimits, retrying } from './retry.ts';

export { verifyWebhook, type WebhookEvent } from './verify-webhook.ts';

export type Client = FetchClient<paths>;
type Schemas = components['schemas'];
export type Charge = Schemas['Charge'];
export type NewCharge = Schemas['NewCharge'];
export type NewConsent = Schemas['NewConsent'];
export type Setup = Schemas['Setup'];
export type Problem = Schemas['Problem'];

export type ClientOptions = Partial<RetryLimits> & {
  /** Without a path: `https://duecourse.example`. */
  readonly baseUrl: string;
  /** Made by `npm run keys`. */
  readonly apiKey: string;
};

/**
 * A client of one deployment. Each POST has an Idempotency-Key: the one in `params.header`, or a random one, which covers only
 * the repetitions of this call. What is turned away for load (429, 503), or has no answer, is sent again under the same key.
 */
export function createClient({ baseUrl, apiKey, ...limits }: ClientOptions): Client {
  const client = createFetchClient<paths>({ baseUrl, fetch: retrying(limits) });
  client.use({
    onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${apiKey}`);
      if (request.method === 'POST' && !request.headers.has('idempotency-key'))
        request.headers.set('idempotency-key', randomUUID());
    },
  });
  return client;
}

/**
 * Lines of a run as the body of their upload: `client.POST('/v1/runs/{id}/charges', { params, ...uploadOf(lines) })`. Each needs its
 * `reference`, by which a line that is sent again is taken in once.
 */
export function uploadOf(lines: Iterable<{ readonly reference: string }>) {
  const body = Array.from(lines, (line) => `${JSON.stringify(line)}\n`).join('');
  const headers = { 'content-type': 'application/x-ndjson' };
  return { body, headers, bodySerializer: (text: string) => text };
}

/** A refusal that a repetition would not change. Branch on `code`, which is stable; the message is for people. */
export class Refused extends Error {
  readonly code: Problem['code'] | 'unreadable';
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null) {
    const fields = (problem?.errors ?? []).map(({ path, message }) => `${path} ${message}`);
    super([`${status} ${problem?.title ?? 'The answer cannot be read'}`, ...fields].join('; '));
    this.name = 'Refused';
    this.code = problem?.code ?? 'unreadable';
    this.problem = problem;
  }
}

type Answered<Data> = { readonly data?: Data; readonly error?: unknown; readonly response: Response };

/** What a call answered: `answerOf(await client.GET(…))`. Throws `Refused`. */
export function answerOf<Data>({ data, error, response }: Answered<Data>): NonNullable<Data> {
  if (data !== undefined && data !== null) return data;
  throw new Refused(response.status, isProblem(error) ? error : null);
}

function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'code' in error && 'title' in error;
}
