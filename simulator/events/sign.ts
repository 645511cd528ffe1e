import { createHmac } from 'node:crypto';

/**
 * `Stripe-Signature` over the exact bytes: one `v1` for each secret, keyed with the whole of it, `whsec_`
 * included.
 */
export function signature(body: string, secrets: readonly string[], unixSeconds: number): string {
  const signed = secrets.map((secret) => {
    const digest = createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex');
    return `v1=${digest}`;
  });
  return [`t=${unixSeconds}`, ...signed].join(',');
}
