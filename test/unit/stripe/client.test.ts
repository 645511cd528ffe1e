import { afterEach, describe, expect, it } from 'vitest';
import { createStripe, STRIPE_API_VERSION, type StripeClient } from '../../../src/stripe/client.ts';
import { createCustomer } from '../../../src/stripe/customers.ts';
import { confirmBody } from '../../../src/stripe/form.ts';
import { confirmPaymentIntent, retrievePaymentIntent } from '../../../src/stripe/payment-intents.ts';
import { comes } from '../../harness/until.ts';
import {
  type Behaviour,
  closed,
  cutOff,
  dribble,
  hang,
  json,
  openRawServer,
  reset,
  text,
} from './raw-server.ts';

const INTENT = { id: 'pi_1', object: 'payment_intent', status: 'succeeded' };
const ATTEMPT = { id: 'pi_1', key: 'dc1:chg_1:confirm:1', body: 'a=b', api_version: STRIPE_API_VERSION };

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function open(timeoutMs: number, ...behaviours: [Behaviour, ...Behaviour[]]) {
  const server = await openRawServer(...behaviours);
  const stripe = createStripe({ secretKey: 'sk_test_1', apiUrl: server.url, timeoutMs, livemode: false });
  closers.push(stripe.close, server.close);
  return { stripe, received: server.received };
}

/** A deadline that is not what ends a call. */
const NEVER_MS = 2 ** 31 - 1;
const confirm = (stripe: StripeClient) => confirmPaymentIntent(stripe, ATTEMPT);

describe('a request', () => {
  it('carries our key, the pinned version and no telemetry, also the second one', async () => {
    const { stripe, received } = await open(30_000, json(200, INTENT));
    await confirm(stripe);
    await confirm(stripe);
    for (const { headers } of received) {
      expect(headers).toMatchObject({
        authorization: 'Bearer sk_test_1',
        'idempotency-key': 'dc1:chg_1:confirm:1',
        'stripe-version': '2026-10-28.endive',
      });
      expect(headers).not.toHaveProperty('x-stripe-client-telemetry');
    }
    expect(received).toHaveLength(2);
  });

  it('to read carries no key', async () => {
    const { stripe, received } = await open(30_000, json(200, INTENT));
    await retrievePaymentIntent(stripe, 'pi_1');
    const url = '/v1/payment_intents/pi_1?expand[0]=latest_charge';
    expect(received[0]).toMatchObject({ method: 'GET', url, body: '' });
    expect(received[0]?.headers).not.toHaveProperty('idempotency-key');
  });

  it('to confirm sends the stored text byte for byte, under the stored version', async () => {
    const bodies = [
      confirmBody({ kind: 'off_session', payment_method: 'pm_1' }),
      confirmBody({
        kind: 'on_session',
        payment_method: 'pm_1',
        return_url: 'https://pay.example/r?a=(b)&c=ü [1]',
      }),
      'z=1&a=2&10=x&2=y&expand[0]=latest_charge&empty=&plus=a+b&lower=%c3%bc',
    ];
    const { stripe, received } = await open(30_000, json(200, INTENT));
    for (const body of bodies) {
      await confirmPaymentIntent(stripe, { ...ATTEMPT, body, api_version: '2026-09-30.endive' });
    }
    expect(received.map(({ body }) => body)).toEqual(bodies);
    for (const { headers, body } of received) {
      expect(headers['stripe-version']).toBe('2026-09-30.endive');
      expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
    }
  });

  it.each(['', 'confirm-1', 'dc1:chg_1:confirm:0', 'stripe-node-retry-1'])(
    'is not sent under the key %j',
    async (key) => {
      const { stripe, received } = await open(30_000, json(200, INTENT));
      expect(() => confirmPaymentIntent(stripe, { ...ATTEMPT, key })).toThrow('stripe idempotency key form');
      expect(received).toHaveLength(0);
    },
  );

  it.each(['', '..', 'pi_1/cancel', 'pi_1?expand=x'])('is not sent for the id %j', async (id) => {
    const { stripe, received } = await open(30_000, json(200, INTENT));
    await expect(retrievePaymentIntent(stripe, id)).rejects.toThrow('stripe id form');
    await expect(confirmPaymentIntent(stripe, { ...ATTEMPT, id })).rejects.toThrow('stripe id form');
    expect(received).toHaveLength(0);
  });

  it('answered with another object is indeterminate', async () => {
    const { stripe } = await open(30_000, json(200, { ...INTENT, id: 'pi_2' }));
    await expect(confirm(stripe)).resolves.toMatchObject({ kind: 'indeterminate', reason: 'bad_body' });
  });
});

describe('a connection lost', () => {
  it.each([
    ['reset', reset],
    ['closed', closed],
  ])('once, %s, is sent again by the SDK, under the same key and with the same bytes', async (_how, lose) => {
    const { stripe, received } = await open(30_000, lose, json(200, INTENT));
    await expect(confirm(stripe)).resolves.toMatchObject({ kind: 'ok', value: { snapshot: { id: 'pi_1' } } });
    expect(received.map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual([
      ['dc1:chg_1:confirm:1', 'a=b'],
      ['dc1:chg_1:confirm:1', 'a=b'],
    ]);
  });

  it('twice is indeterminate', async () => {
    const { stripe, received } = await open(30_000, reset);
    await expect(confirm(stripe)).resolves.toMatchObject({ kind: 'indeterminate', reason: 'connection' });
    expect(received).toHaveLength(2);
  });

  it('and then a 429 says nothing of the first sending', async () => {
    const limited = json(429, { error: { type: 'invalid_request_error', code: 'rate_limit' } });
    const { stripe } = await open(30_000, reset, limited);
    const answer = await confirm(stripe);
    expect(answer).toMatchObject({ kind: 'indeterminate', reason: 'earlier_sending', status: 429 });
  });

  it('is not sent again once the deadline is over', async () => {
    const { stripe, received } = await open(400, reset, json(200, INTENT));
    const before_ms = performance.now();
    const answer = await confirm(stripe);
    expect(answer).toMatchObject({ kind: 'indeterminate', reason: 'timeout' });
    // The SDK waits half a second before its second sending: look again well after that.
    await expect.poll(() => performance.now() - before_ms, { timeout: 30_000 }).toBeGreaterThan(1_000);
    expect(received).toHaveLength(1);
  });
});

describe('the deadline', () => {
  it.each([
    ['no answer', hang],
    ['an answer that stops half way', dribble],
  ])('ends a call with %s', async (_sentence, behaviour) => {
    const { stripe } = await open(200, behaviour);
    const ended = comes('the end of the call', confirm(stripe));
    await expect(ended).resolves.toMatchObject({ kind: 'indeterminate', reason: 'timeout' });
  });

  it('of the lease ends a call before the timeout, and closes its connection', async () => {
    let closed = false;
    const { stripe } = await open(NEVER_MS, (_response, request) => {
      request.socket.once('close', () => {
        closed = true;
      });
      lease.abort();
    });
    const lease = new AbortController();
    const call = confirmPaymentIntent(stripe, ATTEMPT, { signal: lease.signal });
    const answer = await comes('the end of the call', call);
    expect(answer).toMatchObject({ kind: 'indeterminate', reason: 'timeout' });
    await expect.poll(() => closed).toBe(true);
  });

  it('over while the connection is being made sends nothing on it', async () => {
    const { stripe, received } = await open(30_000, json(200, INTENT));
    const lease = new AbortController();
    const call = confirmPaymentIntent(stripe, ATTEMPT, { signal: lease.signal });
    // No turn of the event loop: no connection is there yet.
    for (let microtask = 0; microtask < 200; microtask += 1) await null;
    lease.abort();
    await expect(call).resolves.toMatchObject({ kind: 'indeterminate', reason: 'timeout' });
    await expect(confirmPaymentIntent(stripe, { ...ATTEMPT, body: 'second=1' }, {})).resolves.toMatchObject({
      kind: 'ok',
    });
    expect(received.map(({ body }) => body)).toEqual(['second=1']);
  });

  it('already over sends nothing', async () => {
    const { stripe, received } = await open(30_000, json(200, INTENT));
    const answer = await confirmPaymentIntent(stripe, ATTEMPT, { signal: AbortSignal.abort() });
    expect(answer).toMatchObject({ kind: 'indeterminate', reason: 'timeout' });
    expect(received).toHaveLength(0);
  });
});

describe('a broken answer', () => {
  it('cut off is indeterminate and never sent again by the SDK', async () => {
    const { stripe, received } = await open(30_000, cutOff);
    const answer = await confirm(stripe);
    expect(answer).toMatchObject({
      kind: 'indeterminate',
      reason: 'connection',
      status: 200,
      request_id: 'req_cut',
    });
    expect(received).toHaveLength(1);
  });

  it.each(['<html>', '"text"', '7', 'null', '[]', '', '{"id":"pi_1"}', '{"id":"pi_1","object":"charge"}'])(
    'of 200 %s is indeterminate',
    async (body) => {
      const { stripe } = await open(30_000, text(200, body));
      await expect(confirm(stripe)).resolves.toMatchObject({ kind: 'indeterminate', reason: 'bad_body' });
    },
  );

  it('of an HTML 502 is a server error', async () => {
    const { stripe, received } = await open(30_000, text(502, '<html>bad gateway</html>'));
    await expect(confirm(stripe)).resolves.toMatchObject({
      kind: 'indeterminate',
      reason: 'server_error',
      status: 502,
    });
    expect(received).toHaveLength(1);
  });

  it('from nobody listening is a connection error', async () => {
    const stripe = createStripe({
      secretKey: 'sk_test_1',
      apiUrl: 'http://127.0.0.1:1',
      timeoutMs: 2_000,
      livemode: false,
    });
    await expect(confirm(stripe)).resolves.toMatchObject({
      kind: 'indeterminate',
      reason: 'connection',
      status: null,
    });
  });
});

describe('an answer tells', () => {
  it('the request id, the replay and whether to send again', async () => {
    const headers = { 'idempotent-replayed': 'true', 'stripe-should-retry': 'false' };
    const { stripe } = await open(30_000, json(500, { error: { type: 'api_error' } }, headers));
    await expect(confirm(stripe)).resolves.toEqual({
      kind: 'indeterminate',
      reason: 'server_error',
      status: 500,
      request_id: 'req_raw',
      replayed: true,
      should_retry: false,
    });
  });

  it("the bank's page in memory, and nothing else of next_action", async () => {
    const next_action = {
      type: 'redirect_to_url',
      redirect_to_url: { url: 'https://bank.example/3ds', return_url: 'https://pay.example' },
    };
    const body = { ...INTENT, status: 'requires_action', client_secret: 'pi_1_secret_canary', next_action };
    const { stripe } = await open(30_000, json(200, body));
    const answer = await confirm(stripe);
    expect(answer).toMatchObject({ kind: 'ok', value: { redirect_url: 'https://bank.example/3ds' } });
    expect(JSON.stringify(answer)).not.toContain('canary');
    if (answer.kind === 'ok') expect(JSON.stringify(answer.value.snapshot)).not.toContain('bank.example');
  });

  it('neither the message nor the parameters of a refusal', async () => {
    const error = {
      type: 'invalid_request_error',
      code: 'email_invalid',
      param: 'email',
      message: 'Invalid email address: canary@example.org',
    };
    const { stripe } = await open(30_000, json(400, { error }));
    const wanted = {
      key: 'dc1:cst_1:create:1',
      email: 'canary@example.org',
      name: null,
      locale: null,
      metadata: {},
    };
    const answer = await createCustomer(stripe, wanted);
    expect(answer).toMatchObject({
      kind: 'refused',
      reason: 'invalid_request',
      code: 'email_invalid',
      param: 'email',
    });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });
});

describe('a client', () => {
  it.each([
    ['a live key in test mode', { secretKey: 'sk_live_1', livemode: false }],
    ['a test key in live mode', { secretKey: 'sk_test_1', livemode: true }],
    ['a publishable key', { secretKey: 'pk_test_1', livemode: false }],
    [
      'another address in live mode',
      { secretKey: 'sk_live_1', livemode: true, apiUrl: 'http://127.0.0.1:1' },
    ],
  ])('is not made with %s', (_sentence, settings) => {
    expect(() => createStripe({ timeoutMs: 1_000, ...settings })).toThrow('stripe');
  });
});
