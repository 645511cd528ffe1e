import { setTimeout as sleep } from 'node:timers/promises';

export type RetryLimits = {
  /** How often a request is sent, at most. */
  readonly triesMax: number;
  /** How long one answer may take: longer than the longest `wait`. */
  readonly timeoutMs: number;
  /** How long to wait between two tries at most, whatever Retry-After says. */
  readonly pauseMsMax: number;
};

const USUAL: RetryLimits = { triesMax: 8, timeoutMs: 30_000, pauseMsMax: 20_000 };
/** Turned away for load by the API, or not passed on by what stands before it. */
const PASSING = new Set([429, 502, 503, 504]);
const PAUSE_MS = 1_000;

/**
 * A `fetch` that sends a request again, unchanged, if it is turned away or its answer is lost, after what Retry-After says.
 * Its Idempotency-Key makes this safe for a POST: the API does it once and repeats the answer as often as it is asked. PATCH and
 * DELETE say what is to be, so that twice is as good as once. Answers what the last try did. Throws when the caller's signal
 * aborts, or when the last try got no answer.
 */
export function retrying(limits: Partial<RetryLimits>): (request: Request) => Promise<Response> {
  const { triesMax, timeoutMs, pauseMsMax } = { ...USUAL, ...limits };
  return async (request) => {
    for (let tries = 1; ; tries += 1) {
      const isLast = tries >= triesMax;
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
      try {
        const answer = await fetch(request.clone(), { signal });
        if (isLast || !PASSING.has(answer.status)) return answer;
        await answer.body?.cancel();
        await sleep(Math.min(pauseOf(answer), pauseMsMax), undefined, { signal: request.signal });
      } catch (error) {
        if (request.signal.aborted || isLast) throw error;
        await sleep(Math.min(PAUSE_MS, pauseMsMax), undefined, { signal: request.signal });
      }
    }
  };
}

/** Retry-After in whole seconds, as Duecourse writes it; a proxy's date is waited for like nothing. */
function pauseOf(answer: Response): number {
  const header = answer.headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(header) ? 1_000 * Number(header) : PAUSE_MS;
}
