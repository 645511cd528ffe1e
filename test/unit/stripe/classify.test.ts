import { describe, expect, it } from 'vitest';
import { type Answer, afterEarlierSending } from '../../../src/stripe/answer.ts';
import { classifyAnswer, type Heard } from '../../../src/stripe/classify.ts';
import { NO_HEADERS } from '../../../src/stripe/exchange.ts';
import { projectPaymentIntent } from '../../../src/stripe/project.ts';

const INTENT = { id: 'pi_1', object: 'payment_intent', status: 'requires_payment_method' };

const silence: Heard = { sendings: 1, status: null, headers: NO_HEADERS, body: null, failure: 'connection' };

function hear(status: number, body: Heard['body'], more: Partial<Heard> = {}): Answer<unknown> {
  return classifyAnswer({ ...silence, status, body, failure: null, ...more }, projectPaymentIntent);
}

const hearError = (status: number, error: Record<string, unknown>) => hear(status, { error });

/** By hand from docs/protocol.md, 6.1, docs.stripe.com/api/errors and docs.stripe.com/error-low-level. */
describe('an error answer', () => {
  it.each<[number, Record<string, unknown>, string, string | undefined]>([
    [
      402,
      { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' },
      'declined',
      undefined,
    ],
    [402, { type: 'card_error', code: 'authentication_required' }, 'declined', undefined],
    [402, { type: 'invalid_request_error' }, 'declined', undefined],
    [400, { type: 'card_error', code: 'card_declined' }, 'declined', undefined],
    [400, { code: 'payment_intent_unexpected_state' }, 'refused', 'unexpected_state'],
    [400, { code: 'setup_intent_unexpected_state' }, 'refused', 'unexpected_state'],
    [400, { code: 'payment_intent_mandate_invalid' }, 'refused', 'mandate_invalid'],
    [400, { type: 'idempotency_error' }, 'refused', 'idempotency_mismatch'],
    [404, { code: 'resource_missing', param: 'intent' }, 'refused', 'resource_missing'],
    [400, { code: 'resource_missing', param: 'customer' }, 'refused', 'resource_missing'],
    [400, { code: 'resource_missing', param: 'payment_method' }, 'refused', 'payment_method_unusable'],
    [404, { code: 'resource_missing', param: 'payment_method' }, 'refused', 'payment_method_unusable'],
    [400, { param: 'payment_method' }, 'refused', 'payment_method_unusable'],
    [400, { code: 'payment_method_unexpected_state' }, 'refused', 'payment_method_unusable'],
    [400, { code: 'payment_method_currency_mismatch' }, 'refused', 'currency_refused'],
    [400, { param: 'currency' }, 'refused', 'currency_refused'],
    [400, { param: 'amount' }, 'refused', 'amount_refused'],
    [
      400,
      { code: 'payment_intent_unexpected_state', param: 'payment_method' },
      'refused',
      'unexpected_state',
    ],
    [400, { code: 'amount_too_small', param: 'amount' }, 'refused', 'amount_refused'],
    [400, { code: 'parameter_unknown', param: 'x' }, 'refused', 'invalid_request'],
    [400, { code: 'payment_method_types_no_longer_supported' }, 'refused', 'invalid_request'],
    [400, { code: 'toString' }, 'refused', 'invalid_request'],
    [404, {}, 'refused', 'invalid_request'],
    [401, {}, 'not_executed', 'unauthenticated'],
    [403, {}, 'not_executed', 'forbidden'],
    [409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }, 'not_executed', 'key_in_use'],
    [409, { type: 'invalid_request_error' }, 'not_executed', 'key_in_use'],
    [400, { type: 'idempotency_error', code: 'idempotency_key_in_use' }, 'not_executed', 'key_in_use'],
    [429, { code: 'rate_limit' }, 'not_executed', 'rate_limited'],
    [429, {}, 'not_executed', 'rate_limited'],
    [429, { code: 'lock_timeout' }, 'not_executed', 'locked'],
    [400, { code: 'rate_limit' }, 'not_executed', 'rate_limited'],
    [500, { type: 'api_error' }, 'indeterminate', 'server_error'],
    [500, { type: 'card_error', code: 'card_declined' }, 'indeterminate', 'server_error'],
    [502, {}, 'indeterminate', 'server_error'],
    [503, {}, 'indeterminate', 'server_error'],
    [504, {}, 'indeterminate', 'server_error'],
    [424, {}, 'indeterminate', 'server_error'],
    [408, {}, 'indeterminate', 'server_error'],
    [302, {}, 'indeterminate', 'bad_body'],
  ])('%i %j is %s %s', (status, error, kind, reason) => {
    const answer = hearError(status, error);
    expect(answer.kind).toBe(kind);
    expect('reason' in answer ? answer.reason : undefined).toBe(reason);
  });

  it('without an error object is indeterminate, whatever the 4xx', () => {
    for (const status of [400, 401, 402, 404, 409, 429]) {
      expect(hear(status, {})).toMatchObject({ kind: 'indeterminate', reason: 'bad_body' });
      expect(hear(status, null)).toMatchObject({ kind: 'indeterminate', reason: 'bad_body' });
    }
  });

  it('of a decline brings every code and the PaymentIntent as it is now', () => {
    const error = {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
      advice_code: 'try_again_later',
      network_advice_code: '02',
      network_decline_code: '01',
      charge: 'ch_1',
      message: 'Your card was declined.',
      payment_method: { id: 'pm_1', object: 'payment_method', billing_details: { email: 'a@b.c' } },
      payment_intent: { ...INTENT, latest_charge: 'ch_1', last_payment_error: { code: 'card_declined' } },
    };
    expect(hearError(402, error)).toMatchObject({
      kind: 'declined',
      error: {
        code: 'card_declined',
        decline_code: 'generic_decline',
        advice_code: 'try_again_later',
        network_advice_code: '02',
        network_decline_code: '01',
        payment_method: 'pm_1',
        charge: 'ch_1',
      },
      payment_intent: { id: 'pi_1', latest_charge: 'ch_1', last_error: { code: 'card_declined' } },
      setup_intent: null,
    });
  });

  it('of a wrong state brings the PaymentIntent that is elsewhere', () => {
    const error = {
      code: 'payment_intent_unexpected_state',
      payment_intent: { ...INTENT, status: 'succeeded' },
    };
    expect(hearError(400, error)).toMatchObject({ payment_intent: { id: 'pi_1', status: 'succeeded' } });
  });
});

describe('a 2xx answer', () => {
  it('is ok with what was asked for', () => {
    expect(hear(200, INTENT)).toMatchObject({ kind: 'ok', value: { id: 'pi_1' } });
  });

  it.each([
    ['a status nobody knows', { ...INTENT, status: 'suceeded' }],
    ['another object', { ...INTENT, object: 'charge' }],
    ['no id', { object: 'payment_intent', status: 'succeeded' }],
    ['an error', { error: { code: 'card_declined' } }],
  ])('is indeterminate with %s', (_sentence, body) => {
    expect(hear(200, body)).toMatchObject({ kind: 'indeterminate', reason: 'bad_body', status: 200 });
  });
});

describe('silence', () => {
  it.each(['timeout', 'connection'] as const)(
    'by %s is indeterminate, whatever came before it',
    (failure) => {
      const cut = { failure, body: INTENT };
      expect(hear(200, null, cut)).toMatchObject({ kind: 'indeterminate', reason: failure, status: 200 });
      expect(hear(429, null, cut)).toMatchObject({ kind: 'indeterminate', reason: failure });
    },
  );
});

describe('a call sent twice', () => {
  it.each([401, 403, 409, 429])('and answered %i is not told as not executed', (status) => {
    const answer = hear(status, { error: {} }, { sendings: 2 });
    expect(answer).toMatchObject({ kind: 'indeterminate', reason: 'earlier_sending', status });
  });

  it('keeps a final answer', () => {
    expect(hear(402, { error: { code: 'card_declined' } }, { sendings: 2 }).kind).toBe('declined');
    expect(hear(200, INTENT, { sendings: 2 }).kind).toBe('ok');
  });

  it('by us is treated alike', () => {
    expect(afterEarlierSending(hear(429, { error: {} }))).toMatchObject({ reason: 'earlier_sending' });
    expect(afterEarlierSending(hear(200, INTENT)).kind).toBe('ok');
  });
});
