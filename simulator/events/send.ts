import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { signature } from './sign.ts';

/** An address, and the secrets that sign its events. */
export interface Target {
  url: string;
  secrets: readonly string[];
}

const TIMEOUT_MS = 10_000;

/**
 * One POST of an event. `done` gets the status, or why there is none; we follow no redirects. Each POST is signed
 * anew, in real time. The returned function aborts it.
 */
export function send(
  target: Target,
  body: string,
  done: (status: number | null, error: string | null) => void,
): () => void {
  const url = new URL(target.url);
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  let answered = false;
  const finish = (status: number | null, error: string | null) => {
    if (answered) return;
    answered = true;
    done(status, error);
  };
  // A fresh connection each time: an idle one may be closed under the next event, which would be a fault that nobody
  // asked for.
  const outgoing = open(url, {
    method: 'POST',
    agent: false,
    timeout: TIMEOUT_MS,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'stripe-signature': signature(body, target.secrets, Math.floor(Date.now() / 1000)),
    },
  });
  outgoing.on('response', (response) => {
    response.resume();
    response.on('error', () => undefined);
    response.on('end', () => finish(response.statusCode ?? null, null));
  });
  outgoing.on('timeout', () => outgoing.destroy(new Error('timed out')));
  outgoing.on('error', (error) => finish(null, error.message));
  outgoing.on('close', () => finish(null, 'closed without an answer'));
  outgoing.end(body);
  return () => outgoing.destroy();
}
