/**
 * The API by `fetch`, for the examples beside this file: a base address, a key, and what to do when an answer does not
 * come or is a refusal. Nothing else of the API needs a client.
 */
import { setTimeout as wait } from 'node:timers/promises';

const { DUECOURSE_URL, DUECOURSE_KEY } = process.env;

type Problem = { status: number; code: string; title: string; errors?: { path: string; message: string }[] };

const TRIES_MAX = 8;
/** Longer than the longest `?wait=`. */
const TIMEOUT_MS = 30_000;

/** A refusal that would be the same if asked again. `code` is stable; the sentence is for people. */
export class Refused extends Error {
  readonly code: string;

  constructor({ status, code, title, errors = [] }: Problem) {
    super([`${status} ${title}`, ...errors.map(({ path, message }) => `${path} ${message}`)].join('; '));
    this.code = code;
  }
}

/**
 * One call. A request that was turned away for load (429, 503 with Retry-After), or whose answer was lost, goes again
 * exactly as it was. That is safe for a POST because of its key: the API does it once and answers it as often as asked.
 *
 * @throws Refused; Error when the last try was not answered either
 */
export async function call<T>(
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  idempotency_key?: string,
): Promise<T> {
  if (!DUECOURSE_URL || !DUECOURSE_KEY) throw new Error('Set DUECOURSE_URL and DUECOURSE_KEY');
  for (let tries = 1; ; tries += 1) {
    const headers = new Headers({ authorization: `Bearer ${DUECOURSE_KEY}` });
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (idempotency_key !== undefined) headers.set('idempotency-key', idempotency_key);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sent = { method, headers, signal, body: body === undefined ? null : JSON.stringify(body) };
    const isLast = tries === TRIES_MAX;
    try {
      const answer = await fetch(`${DUECOURSE_URL}${path}`, sent);
      const isPassing = answer.status === 429 || answer.status >= 500;
      if (!isPassing || isLast) return await read<T>(answer);
      await wait(1_000 * Number(answer.headers.get('retry-after') ?? 1));
    } catch (error) {
      if (error instanceof Refused) throw error;
      if (isLast) throw new Error('The API did not answer', { cause: error });
      await wait(1_000);
    }
  }
}

async function read<T>(answer: Response): Promise<T> {
  const json = await answer.json();
  if (answer.ok) return json as T;
  throw new Refused(json as Problem);
}
