import fc from 'fast-check';
import { Stripe } from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confirmBody, formText } from '../../../src/stripe/form.ts';
import { json, openRawServer } from './raw-server.ts';

describe('the body of a confirm', () => {
  it('away from the customer says so', () => {
    const body = confirmBody({ kind: 'off_session', payment_method: 'pm_1' });
    expect(body).toBe('payment_method=pm_1&off_session=true');
  });

  it('names a new type of method', () => {
    const body = confirmBody({ kind: 'off_session', payment_method: 'pm_1', new_type: 'sepa_debit' });
    expect(body).toBe('payment_method=pm_1&allowed_payment_method_types[0]=sepa_debit&off_session=true');
  });

  it('in the presence of the customer says where to come back, and nothing of off_session', () => {
    const return_url = 'https://pay.example/r/page/rec_1/return';
    expect(confirmBody({ kind: 'on_session', payment_method: 'pm_1', return_url })).toBe(
      'payment_method=pm_1&return_url=https%3A%2F%2Fpay.example%2Fr%2Fpage%2Frec_1%2Freturn',
    );
  });

  it('sets the method up for the future only where told', () => {
    const return_url = 'https://pay.example/';
    const body = confirmBody({
      kind: 'on_session',
      payment_method: 'pm_1',
      return_url,
      setup_future_usage: 'off_session',
    });
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      payment_method: 'pm_1',
      return_url,
      setup_future_usage: 'off_session',
    });
  });
});

describe('our encoding', () => {
  let server: Awaited<ReturnType<typeof openRawServer>>;
  beforeAll(async () => {
    server = await openRawServer(json(200, { id: 'pi_1', object: 'payment_intent' }));
  });
  afterAll(() => server.close());

  it("is the SDK's, byte for byte", async () => {
    const { hostname, port } = new URL(server.url);
    const sdk = new Stripe('sk_test_1', { host: hostname, port, protocol: 'http', telemetry: false });
    const texts = fc.sample(fc.string({ unit: 'grapheme', maxLength: 20 }), 100);
    for (const text of [...texts, "!*()' []+&=%ü\n"]) {
      await sdk.paymentIntents.confirm('pi_1', {
        return_url: text,
        allowed_payment_method_types: ['card', 'link'],
      });
      const sent = server.received.at(-1)?.body;
      const types = [0, 1].map(
        (index) => [`allowed_payment_method_types[${index}]`, ['card', 'link'][index] ?? ''] as const,
      );
      expect(formText([['return_url', text], ...types])).toBe(sent);
    }
  });
});
