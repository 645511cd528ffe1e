/** One request on one pool: its answer's status, how long that took, and the beginning of its body. */
import type { Dispatcher, Pool } from 'undici';
import type { NotifyAnswer, NotifyFailure } from '../billing/notify-ports.ts';
import { ADDRESS_REFUSED } from './guarded-connector.ts';

/** What the log keeps. */
const ANSWER_BYTES = 1_024;
/** How long the rest of an answer may take once its status is there: the connection can be used again if it comes. */
const BODY_MS = 1_000;
/** More than any receiver has to say. */
const BODY_BYTES_MAX = 65_536;

type Limits = { readonly timeout_ms: number; readonly signal: AbortSignal };
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Sends it. The status decides: an answer whose body does not end is an answer. */
export function exchange(
  pool: Pool,
  request: Dispatcher.DispatchOptions,
  { timeout_ms, signal }: Limits,
): Promise<NotifyAnswer> {
  const begun_ms = performance.now();
  const duration = () => performance.now() - begun_ms;
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | null = null;
    let isOver = false;
    let timer = setTimeout(() => end(fail('timeout')), timeout_ms);
    let head: { readonly status: number; readonly headers: Headers; readonly duration_ms: number } | null =
      null;
    const body: Buffer[] = [];
    let length = 0;

    const fail = (code: NotifyFailure): NotifyAnswer => ({ kind: 'failed', code, duration_ms: duration() });
    const answered = (): NotifyAnswer | null =>
      head && {
        kind: 'answered',
        status: head.status,
        duration_ms: head.duration_ms,
        answer: cleaned(Buffer.concat(body).subarray(0, ANSWER_BYTES)),
        retry_after_s: retryAfterOf(head.headers['retry-after']),
      };
    const onAbort = () => end(answered() ?? { kind: 'aborted' });

    function end(answer: NotifyAnswer): void {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(answer);
      // Does nothing once the exchange has ended by itself.
      controller?.abort(new Error('the exchange is over'));
    }

    if (signal.aborted) return end({ kind: 'aborted' });
    signal.addEventListener('abort', onAbort, { once: true });
    pool.dispatch(request, {
      // The connection is there only now: nothing is sent on it if the exchange is over.
      onRequestStart: (started) => {
        controller = started;
        if (isOver) started.abort(new Error('the exchange is over'));
      },
      onResponseStart: (_controller, status, headers) => {
        if (status < 200) return;
        head = { status, headers, duration_ms: duration() };
        clearTimeout(timer);
        timer = setTimeout(() => end(answered() ?? fail('timeout')), BODY_MS);
      },
      onResponseData: (_controller, chunk) => {
        length += chunk.length;
        if (length - chunk.length < ANSWER_BYTES) body.push(chunk);
        if (length > BODY_BYTES_MAX) end(answered() ?? fail('connection_lost'));
      },
      onResponseEnd: () => {
        const answer = answered() ?? fail('connection_lost');
        controller = null;
        end(answer);
      },
      onResponseError: (_controller, error) => {
        controller = null;
        end(answered() ?? fail(failureOf(error)));
      },
    });
  });
}

const FAILURES: Readonly<Record<string, NotifyFailure>> = {
  [ADDRESS_REFUSED]: 'address_refused',
  ECONNREFUSED: 'connection_refused',
  ENOTFOUND: 'name_not_found',
  EAI_AGAIN: 'name_not_found',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
};
const TLS = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH)/;

function failureOf(error: Error): NotifyFailure {
  const several = (error as { errors?: readonly Error[] }).errors?.[0];
  const code = String(
    (error as NodeJS.ErrnoException).code ?? (several as NodeJS.ErrnoException | undefined)?.code,
  );
  return FAILURES[code] ?? (TLS.test(code) ? 'tls_failed' : 'connection_lost');
}

/** Seconds, or the time until a date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). */
function retryAfterOf(header: string | readonly string[] | undefined): number | null {
  if (typeof header !== 'string') return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // A date has the name of its month.
  const at_ms = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at_ms) ? null : Math.max(0, (at_ms - Date.now()) / 1_000);
}

/** Text that can be shown: no control characters, no half characters. */
function cleaned(bytes: Buffer): string {
  return bytes
    .toString('utf8')
    .replace(/\ufffd+$/u, '')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim();
}
