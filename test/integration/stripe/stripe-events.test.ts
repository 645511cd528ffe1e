/** Stripe's facts as they reach us: by webhook, and by the events list when webhooks are missed. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STRIPE_API_VERSION } from '../../../src/stripe/client.ts';
import { eventsIn, findEventsByKey } from '../../../src/stripe/events/events.ts';
import { LISTED_EVENT_TYPES } from '../../../src/stripe/events/followed-events.ts';
import { verifyWebhook } from '../../../src/stripe/events/webhook.ts';
import { confirmBody } from '../../../src/stripe/form.ts';
import { readList } from '../../../src/stripe/pages.ts';
import { confirmPaymentIntent } from '../../../src/stripe/payment-intents.ts';
import { done, openAccount, savedCard, unconfirmed } from './stripe-account.ts';

const SECRET = 'whsec_integration';
const received: { raw: Buffer; header: string | undefined }[] = [];
const inbox = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    received.push({ raw: Buffer.concat(chunks), header: String(request.headers['stripe-signature']) });
    response.end();
  });
});
await new Promise<void>((resolve) => inbox.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(inbox.address() as AddressInfo).port}/webhooks/stripe`;
const account = openAccount({ clock: 'real', webhooks: [{ url, secret: SECRET, enabled_events: ['*'] }] });
afterAll(() => void inbox.close());

let paid: { id: string; charge: string };
let key: string;
beforeAll(async () => {
  const saved = await savedCard(account);
  paid = await unconfirmed(account, saved);
  key = `dc1:${paid.charge}:confirm:1`;
  const body = confirmBody({ kind: 'off_session', payment_method: saved.payment_method });
  await done(
    confirmPaymentIntent(account.stripe, { id: paid.id, key, body, api_version: STRIPE_API_VERSION }),
  );
});

describe('a webhook of the simulator', () => {
  const verdicts = () =>
    received.map(({ raw, header }) => verifyWebhook({ raw, header, secrets: [SECRET], now_ms: Date.now() }));

  it('is verified and names the key of the call that caused it', async () => {
    const event = { type: 'payment_intent.succeeded', object_id: paid.id, request_key: key };
    await expect.poll(verdicts).toContainEqual({ kind: 'verified', event: expect.objectContaining(event) });
    for (const verdict of verdicts()) expect(verdict.kind).toBe('verified');
  });

  it('carries no client secret once it is projected', async () => {
    await expect.poll(() => received.some(({ raw }) => raw.includes('_secret_'))).toBe(true);
    expect(JSON.stringify(verdicts())).not.toContain('_secret_');
  });

  it('is refused under another secret', async () => {
    await expect.poll(() => received.length).toBeGreaterThan(0);
    const [first] = received;
    if (first === undefined) throw new Error('no webhook came');
    const verdict = verifyWebhook({ ...first, secrets: ['whsec_other'], now_ms: Date.now() });
    expect(verdict).toEqual({ kind: 'refused', reason: 'signature_mismatch' });
  });
});

describe('the events list', () => {
  const window = { types: LISTED_EVENT_TYPES, created_gte_s: 0 };

  it('tells what a webhook would have told', async () => {
    const events = await done(readList(account.stripe, eventsIn(window)));
    const succeeded = events.find(
      ({ type, object_id }) => type === 'payment_intent.succeeded' && object_id === paid.id,
    );
    expect(succeeded).toMatchObject({
      request_key: key,
      projection: { object: 'payment_intent', snapshot: { id: paid.id, status: 'succeeded' } },
    });
    for (const { type } of events) expect(LISTED_EVENT_TYPES).toContain(type);
  });

  it('proves by its key that a call was executed', async () => {
    const caused = await done(findEventsByKey(account.stripe, { ...window, key }));
    expect(caused.map(({ type }) => type)).toEqual(['payment_intent.succeeded']);
    const other = { ...window, key: `dc1:${paid.charge}:confirm:2` };
    expect(await done(findEventsByKey(account.stripe, other))).toEqual([]);
  });

  it('is read from a time on', async () => {
    const later_s = Math.floor(Date.now() / 1_000) + 3_600;
    const later = eventsIn({ ...window, created_gte_s: later_s });
    expect(await done(readList(account.stripe, later))).toEqual([]);
  });
});
