/**
 * The API through `fetch`, for the examples beside this file: a base address, a key, and what to do if an answer is
 * missing or a refusal. Using the API needs no other client.
 */
import { setTimeout as wait } from 'node:timers/promises';

const { DUECOURSE_URL, DUECOURSE_KEY } = process.env;

type Problem = { status: number; code: string; title: string; errors?: { path: string; message: string }[] };

const TRIES_MAX = 8;
/** Longer than the longest `?wait=`. */
const TIMEOUT_MS = 30_000;

/** A refusal that a repetition would not change. `code` is stable; the sentence is for people. */
export class Refused extends Error {
  readonly code: string;

  constructor({ status, code, title, errors = [] }: Problem) {
    super([`${status} ${title}`, ...errors.map(({ path, message }) => `${path} ${message}`)].join('; '));
    this.code = code;
  }
}

/**
 * One call. If it is turned away for load (429, 503 with Retry-After), or its answer is lost, we send it again
 * unchanged. The key makes this safe for a POST: the API does it once, and repeats the answer as often as asked.
 *
 * @throws Refused; Error if the last try got no answer either
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
