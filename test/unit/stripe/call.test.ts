import { describe, expect, test } from 'vitest';
import { operationOf, type StripeCall } from '../../../src/stripe/call.ts';
import { createStripe } from '../../../src/stripe/client.ts';
import { confirmBody } from '../../../src/stripe/form.ts';
import { confirmPaymentIntent, retrievePaymentIntent } from '../../../src/stripe/payment-intents.ts';
import { hang, json, openRawServer } from './raw-server.ts';

describe('an operation', () => {
  test.each([
    ['POST', '/v1/payment_intents', 'payment_intents.create'],
    ['GET', '/v1/payment_intents?limit=100', 'payment_intents.list'],
    ['GET', '/v1/payment_intents/pi_1?expand[0]=latest_charge', 'payment_intents.retrieve'],
    ['POST', '/v1/payment_intents/pi_1/confirm', 'payment_intents.confirm'],
    ['POST', '/v1/checkout/sessions/cs_1/expire', 'checkout.sessions.expire'],
    ['POST', '/v1/payment_methods/pm_1', 'payment_methods.update'],
    ['GET', '/v1/refunds?payment_intent=pi_1', 'refunds.list'],
    ['POST', '/v1/payment_intents/pi_1/capture', 'other'],
    ['GET', '/v1/secrets/sk_live_1', 'other'],
    ['GET', '/v1/customers/cus_1/payment_methods/pm_1', 'other'],
  ])('%s %s is %s, and never names an object', (method, path, operation) => {
    expect(operationOf(method, path)).toBe(operation);
  });
});

describe('a call', () => {
  const intent = { id: 'pi_1', object: 'payment_intent', status: 'succeeded' };
  const attempt = {
    id: 'pi_1',
    key: 'dc1:chg_1:confirm:1',
    body: confirmBody({ kind: 'off_session', payment_method: 'pm_1' }),
    api_version: '2026-10-28.endive',
  };

  test('is told once it has ended, in seconds, and one that was never sent is not', async () => {
    const server = await openRawServer(json(200, intent), hang);
    const calls: StripeCall[] = [];
    const within = (timeoutMs: number) =>
      createStripe({
        secretKey: 'sk_test_1',
        apiUrl: server.url,
        timeoutMs,
        livemode: false,
        told: (call) => calls.push(call),
      });
    // The answer that comes may take its time, on a busy machine too; the one that never comes need not.
    const [patient, hasty] = [within(60_000), within(200)];
    const began_ms = performance.now();
    await retrievePaymentIntent(patient, 'pi_1');
    await confirmPaymentIntent(hasty, attempt);
    await confirmPaymentIntent(hasty, attempt, { signal: AbortSignal.abort() });
    const watched_s = (performance.now() - began_ms) / 1_000;
    patient.close();
    hasty.close();
    await server.close();
    expect(calls).toEqual([
      { operation: 'payment_intents.retrieve', outcome: 'ok', seconds: expect.any(Number) },
      { operation: 'payment_intents.confirm', outcome: 'timeout', seconds: expect.any(Number) },
    ]);
    // In seconds, not in milliseconds: as long as its timeout, and no longer than it was watched.
    expect(calls[1]?.seconds).toBeGreaterThan(0.19);
    expect(calls[1]?.seconds).toBeLessThanOrEqual(watched_s);
  });
});
