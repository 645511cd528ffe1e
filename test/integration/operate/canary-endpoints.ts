/** Merchants' endpoints in a run with canaries: every secret that the API shows of them, once, is one. */
import { expect } from 'vitest';
import type { Stack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';
import { type Receiver, startReceiver } from '../notify/receiver.ts';

const NOBODY = 'http://127.0.0.1:1/hooks';
const OVERLAP_HOURS = 1;

/**
 * Makes an endpoint with a receiver and one that nobody is at, rotates the secrets of both, has both told, and puts a secret where it
 * does not belong. Returns what a secret looks like, in each of its forms, and the receiver, which is the caller's to close.
 */
export async function tellEndpoints(
  stack: Stack,
): Promise<{ secrets: readonly string[]; receiver: Receiver }> {
  const receiver = await startReceiver();
  const shown: string[] = [];
  for (const url of [receiver.url, NOBODY]) {
    const { body } = await stack.api.post('/v1/webhook_endpoints', { url, events: ['*'] });
    const path = `/v1/webhook_endpoints/${body.id}`;
    const rotated = await stack.api.post(`${path}/rotate_secret`, { overlap_hours: OVERLAP_HOURS });
    const both = [String(body.secret), String(rotated.body.secret)];
    shown.push(...both);
    if (url === receiver.url) receiver.trust(...both);
    expect((await stack.api.post(`${path}/test`, {})).status).toBeLessThan(300);
    const misplaced = { url, events: ['*'], secret: both[0], [String(both[1])]: true };
    expect((await stack.api.post('/v1/webhook_endpoints', misplaced)).status).toBe(400);
    expect((await stack.api.get(`${path}/${both[0]}`)).status).toBe(404);
  }
  await stack.api.post('/v1/customers', { email: 'of-an-event@example.test' });
  const tried = () => stack.sql`
    select state, attempts, detail, count(*)::int as many from webhook_deliveries group by state, attempts, detail`;
  await until(
    'both endpoints were told, one in vain',
    async () => {
      const details = (await tried()).map(({ detail }) => detail);
      return details.includes('connection_refused') && receiver.received.length > 0;
    },
    { tell: tried },
  );
  expect(receiver.refused()).toBe(0);
  // Two signatures: both secrets of the overlap were at work.
  expect(receiver.received.at(-1)?.headers['webhook-signature']?.split(' ')).toHaveLength(2);
  return { secrets: shown.flatMap(formsOf), receiver };
}

/** `whsec_` and base64, of bytes that could be written down in other ways. */
function formsOf(secret: string): string[] {
  const text = secret.slice('whsec_'.length);
  const bytes = Buffer.from(text, 'base64');
  return [text, bytes.toString('hex'), bytes.toString('base64url')];
}
