/** The corners of the charging protocol: late events, last attempts, and customers whom nobody may overtake. */
import { describe, expect, test } from 'vitest';
import type { ChargeFact } from '../../../src/domain/charge/charge-facts.ts';
import { decideCharge } from '../../../src/domain/charge/decide-charge.ts';
import { productionTimings as policy } from '../../../src/platform/timings.ts';
import {
  attempt,
  closeRequest,
  context,
  type Given,
  KEY,
  liveRecovery,
  minutesAgo,
  now,
  paymentError,
  planned,
  told,
} from './charge-builders.ts';

const backAtStart = { status: 'requires_payment_method' as const, last_error: paymentError() };
const declined = (key = KEY, error = paymentError()): ChargeFact => ({ fact: 'declined', key, error });
const resolvedUpTo = (count: number) =>
  Array.from({ length: count }, (_, index) => attempt({ number: index + 1, state: 'declined' }));

describe('a debit', () => {
  const pending: Given = { charge: { state: 'pending' } };

  test('that an old event calls processing is read first, so that a failed one is not taken back', () => {
    const failed: Given = {
      charge: { state: 'retry_wait' },
      attempts: [attempt({ state: 'declined' })],
    };
    expect(planned(failed, told({ status: 'processing' }, null, false))).toEqual({ settle: 'read_first' });
    expect(planned(failed, told({ status: 'processing' }))).toMatchObject({ state: 'pending' });
  });

  test('is pending at once when the event answers the open attempt', () => {
    const open: Given = { attempts: [attempt()] };
    expect(planned(open, told({ status: 'processing' }, KEY, false))).toMatchObject({
      state: 'pending',
      attempt: { number: 1, state: 'processing' },
    });
  });

  test('that fails without an open attempt is not waited for any longer', () => {
    const lost: Given = { ...pending, attempts: [attempt({ state: 'lost' })] };
    expect(planned(lost, told(backAtStart))).toMatchObject({
      state: 'retry_wait',
      detail: 'retry_scheduled',
      attempt: null,
    });
    expect(planned(lost, told(backAtStart, null, false))).toEqual({ settle: 'read_first' });
  });

  test('that fails without an open attempt is cancelled where the merchant wished for it', () => {
    const wished: Given = { charge: { state: 'pending', ...closeRequest } };
    expect(planned(wished, told(backAtStart))).toMatchObject({ state: 'closing', due_in_ms: 0 });
  });

  test('that was canceled after the merchant wished for it is told as canceled', () => {
    const wished: Given = { charge: { state: 'pending', ...closeRequest } };
    expect(planned(wished, told({ status: 'canceled' }))).toMatchObject({ state: 'canceled', detail: null });
  });

  test('that fails after the consent was withdrawn is not tried again', () => {
    const withdrawn: Given = {
      ...pending,
      attempts: [attempt({ state: 'processing' })],
      consent_gone: 'consent_revoked',
      recovery: liveRecovery,
    };
    expect(planned(withdrawn, told(backAtStart))).toMatchObject({
      state: 'closing',
      close: { as: 'canceled', detail: 'consent_revoked' },
    });
  });
});

describe('the last of eight confirms closes the charge, however it ended', () => {
  const press = { number: 8, kind: 'on_session' as const, idempotency_key: 'dc1:chg_1:confirm:8' };
  const closes = { state: 'closing', close: { as: 'failed', detail: 'attempts_exhausted' } };
  const eighth = (given: Parameters<typeof attempt>[0], state: 'action_required' | 'in_flight'): Given => ({
    charge: { state },
    attempts: [...resolvedUpTo(7), attempt({ ...press, ...given })],
    recovery: liveRecovery,
  });

  test('abandoned at the bank', () => {
    const fact: ChargeFact = { fact: 'abandoned', key: press.idempotency_key };
    const given = eighth({ state: 'awaiting_customer' }, 'action_required');
    expect(planned(given, fact)).toMatchObject({ ...closes, attempt: { state: 'abandoned' } });
  });

  test('lost', () => {
    const fact: ChargeFact = { fact: 'unchanged', key: press.idempotency_key };
    expect(planned(eighth({ looked_at: minutesAgo(2) }, 'in_flight'), fact)).toMatchObject({
      ...closes,
      attempt: { state: 'lost' },
    });
  });

  test('refused for its method', () => {
    const fact: ChargeFact = {
      fact: 'refused',
      key: press.idempotency_key,
      reason: 'payment_method_unusable',
      code: 'resource_missing',
    };
    expect(planned(eighth({}, 'in_flight'), fact)).toMatchObject({
      ...closes,
      attempt: { state: 'not_executed' },
    });
  });
});

describe('the customer', () => {
  test('is asked again when the attempt with the new card never ran: nothing happens behind their back', () => {
    const replaced: Given = {
      attempts: [attempt({ payment_method_id: 'pm_2', looked_at: minutesAgo(2) })],
      recovery: liveRecovery,
    };
    expect(planned(replaced, { fact: 'unchanged', key: KEY })).toMatchObject({
      state: 'action_required',
      due_in_ms: null,
      attempt: { state: 'lost' },
      recovery: null,
    });
  });

  test('is never asked off-session again once future use was written, not even after a lost press', () => {
    const written: Given = {
      charge: { future_use_at: now },
      attempts: [attempt({ looked_at: minutesAgo(2) })],
    };
    expect(planned(written, { fact: 'unchanged', key: KEY })).toMatchObject({ state: 'action_required' });
  });

  test.each(['duplicate_transaction', 'fraudulent', 'revocation_of_authorization'])(
    'is not asked for another card after %s: the merchant is',
    (decline_code) => {
      const pressed: Given = {
        attempts: [attempt({ kind: 'on_session' })],
        recovery: liveRecovery,
      };
      expect(planned(pressed, declined(KEY, paymentError({ decline_code })))).toMatchObject({
        state: 'closing',
        close: { as: 'failed', detail: 'merchant_action' },
        attempt: { state: 'declined' },
      });
    },
  );

  test('who failed at the bank in a browser of Stripe is told so by an event with a key that is not ours', () => {
    const waiting: Given = {
      charge: { state: 'action_required' },
      attempts: [attempt({ kind: 'on_session', state: 'awaiting_customer' })],
      recovery: liveRecovery,
    };
    const browsers = '7c0d7a1e-6a1c-4d3c-9f2e-1f0f4c7a4a11';
    expect(planned(waiting, told(backAtStart, browsers, false))).toEqual({ settle: 'read_first' });
    expect(planned(waiting, told(backAtStart, 'dc1:chg_1:confirm:7', false))).toEqual({ settle: 'stale' });
  });
});

describe('answers that should not be', () => {
  test('a charge of Stripe that another attempt owns is not written twice', () => {
    const attempts = [
      attempt({ state: 'declined', stripe_charge_id: 'ch_9' }),
      attempt({ number: 2, kind: 'on_session', state: 'awaiting_customer' }),
    ];
    const given: Given = { charge: { state: 'action_required' }, attempts, recovery: liveRecovery };
    expect(planned(given, told(backAtStart))).toMatchObject({
      attempt: { number: 2, state: 'declined', stripe_charge_id: null },
    });
    expect(planned(given, told({ latest_charge: 'ch_9' }))).toMatchObject({
      state: 'succeeded',
      attempt: { number: 2, stripe_charge_id: null },
    });
  });

  test('a confirm answered as if it had not happened parks the charge instead of being sent for ever', () => {
    const given: Given = { attempts: [attempt()] };
    for (const status of ['requires_payment_method', 'requires_confirmation'] as const)
      expect(planned(given, told({ status }, KEY))).toEqual({
        settle: 'break',
        kind: 'unexpected_status',
        park: true,
      });
    expect(planned(given, told({ status: 'requires_payment_method' }, KEY, false))).toEqual({
      settle: 'stale',
    });
  });

  test('a replayed error is looked into after the quiet time, not before, whatever woke the charge', () => {
    const replayed = (minutes: number) =>
      context({
        charge: { state: 'unknown' },
        attempts: [attempt({ replayed_error_at: minutesAgo(minutes) })],
      });
    expect(decideCharge(replayed(9), policy).do).toBe('read');
    expect(decideCharge(replayed(10), policy).do).toBe('look');
  });
});
