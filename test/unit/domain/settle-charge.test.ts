import { describe, expect, test } from 'vitest';
import type { ChargeFact } from '../../../src/domain/charge/charge-facts.ts';
import {
  attempt,
  closeRequest,
  type Given,
  KEY,
  liveRecovery,
  minutesAgo,
  now,
  paymentError,
  planned,
  told,
} from './charge-builders.ts';

describe('what a fact leads to', () => {
  test('success settles with or without an open attempt, and ends the recovery', () => {
    expect(planned({ attempts: [attempt()] }, told({}))).toMatchObject({
      state: 'succeeded',
      attempt: { number: 1, state: 'succeeded' },
    });
    const waiting: Given = { charge: { state: 'action_required' }, recovery: liveRecovery };
    expect(planned(waiting, told({}))).toMatchObject({
      state: 'succeeded',
      recovery: { close: 'completed' },
    });
  });

  test.each([
    [{ amount_received_minor: 999 }, 'amount_received'],
    [{ amount_received_minor: null }, 'amount_received'],
    [{ amount_minor: 999 }, 'amount'],
    [{ amount_minor: null }, 'amount'],
    [{ currency: 'usd' }, 'currency'],
    [{ currency: null }, 'currency'],
    [{ customer: 'cus_2' }, 'customer'],
    [{ customer: null }, 'customer'],
    [{ livemode: true }, 'livemode'],
    [{ livemode: null }, 'livemode'],
  ] as const)(
    'success with %o parks the charge; told by an event it is read first',
    (difference, differs) => {
      expect(planned({}, told(difference))).toEqual({ settle: 'differs', differs });
      expect(planned({}, told(difference, null, false))).toEqual({ settle: 'read_first' });
    },
  );

  test('a debit’s attempt is declined, also by the bank’s wish of an attempt that was lost', () => {
    const debit: Given = { charge: { state: 'pending' }, attempts: [attempt({ state: 'processing' })] };
    const asked = paymentError({ code: 'authentication_required', decline_code: 'authentication_required' });
    const failed = {
      status: 'requires_payment_method',
      amount_received_minor: 0,
      last_error: asked,
    } as const;
    expect(planned(debit, told(failed))).toMatchObject({
      state: 'action_required',
      attempt: { number: 1, state: 'declined' },
    });
  });

  test('a cancellation that an event tells with another amount is read first, and believed when it is read', () => {
    const canceled = { status: 'canceled', amount_minor: 999 } as const;
    expect(planned({}, told(canceled, null, false))).toEqual({ settle: 'read_first' });
    expect(planned({}, told(canceled))).toMatchObject({ state: 'failed', payment_intent_canceled: true });
  });

  test('money under the mark of an unbound charge binds when it is read, and never by an event alone', () => {
    const unbound: Given = { charge: { state: 'queued', stripe_payment_intent_id: null } };
    expect(planned(unbound, told({}, null, false))).toEqual({ settle: 'read_first' });
    expect(planned(unbound, told({}))).toMatchObject({ state: 'succeeded', bind: 'pi_1' });
    const debit = { status: 'processing', amount_received_minor: 0 } as const;
    expect(planned(unbound, told(debit, null, false))).toEqual({ settle: 'read_first' });
    expect(planned(unbound, told(debit))).toMatchObject({ state: 'pending', bind: 'pi_1' });
    expect(planned(unbound, told({ ...debit, amount_minor: 999 }))).toEqual({
      settle: 'differs',
      differs: 'amount',
    });
  });

  test('the method told is the one that Stripe names, and an attempt with another ends unpaid', () => {
    const open: Given = { attempts: [attempt({ payment_method_id: 'pm_new' })] };
    expect(planned(open, told({ payment_method: 'pm_old', latest_charge: 'ch_old' }))).toMatchObject({
      paid_with: 'pm_old',
      attempt: { state: 'canceled', stripe_charge_id: null },
    });
    expect(planned(open, told({ payment_method: 'pm_new' }))).toMatchObject({
      paid_with: 'pm_new',
      attempt: { state: 'succeeded' },
    });
    // The answer to the attempt is its own, whatever the method is called by then.
    expect(planned(open, told({ payment_method: 'pm_renamed' }, KEY))).toMatchObject({
      paid_with: 'pm_renamed',
      attempt: { state: 'succeeded' },
    });
    expect(planned(open, told({ payment_method: null }))).toMatchObject({
      paid_with: 'pm_new',
      attempt: { state: 'succeeded' },
    });
  });

  test('success after proven failure is a break and moves nothing', () => {
    const after = planned({ charge: { state: 'failed' } }, told({}));
    expect(after).toEqual({ settle: 'break', kind: 'success_after_close', park: false });
  });

  test('success of another PaymentIntent is not ours', () => {
    expect(planned({}, told({ id: 'pi_2' }))).toEqual({ settle: 'stale' });
  });

  test('a cancellation that we asked for closes as asked, another one as failed', () => {
    const asked: Given = { charge: { state: 'closing', ...closeRequest }, attempts: [attempt()] };
    expect(planned(asked, told({ status: 'canceled' }))).toMatchObject({
      state: 'canceled',
      payment_intent_canceled: true,
      attempt: { state: 'canceled' },
    });
    expect(planned({}, told({ status: 'canceled' }))).toMatchObject({
      state: 'failed',
      detail: 'canceled_at_stripe',
    });
  });

  test('a decline resolves the attempt that its key names, and no other', () => {
    const fact: ChargeFact = { fact: 'declined', key: KEY, error: paymentError() };
    expect(planned({ attempts: [attempt()] }, fact)).toMatchObject({
      state: 'retry_wait',
      due_in_ms: 86_400_000,
      attempt: { number: 1, state: 'declined', stripe_charge_id: 'ch_9' },
    });
    const second: Given = { attempts: [attempt({ state: 'declined' }), attempt({ number: 2 })] };
    expect(planned(second, fact)).toEqual({ settle: 'stale' });
  });

  test('a keyless decline never resolves an attempt whose confirm is unanswered', () => {
    const fact = told({ status: 'requires_payment_method', last_error: paymentError() });
    expect(planned({ attempts: [attempt()] }, fact)).toEqual({ settle: 'stale' });
  });

  test('a keyless decline resolves a waiting attempt only by what is read now', () => {
    const waiting: Given = {
      charge: { state: 'action_required' },
      attempts: [attempt({ kind: 'on_session', state: 'awaiting_customer' })],
      recovery: liveRecovery,
    };
    const failed = { status: 'requires_payment_method' as const, last_error: paymentError() };
    expect(planned(waiting, told(failed, null, false))).toEqual({ settle: 'read_first' });
    expect(planned(waiting, told(failed))).toMatchObject({
      state: 'action_required',
      attempt: { state: 'declined' },
      recovery: null,
    });
  });

  test('authentication opens a recovery for the failed method', () => {
    const fact: ChargeFact = {
      fact: 'declined',
      key: KEY,
      error: paymentError({ code: 'authentication_required', decline_code: 'authentication_required' }),
    };
    expect(planned({ attempts: [attempt()] }, fact)).toMatchObject({
      state: 'action_required',
      attempt: { state: 'authentication_required' },
      recovery: { open: 'authenticate', payment_method_id: 'pm_1' },
    });
  });

  test('the fourth soft decline asks for another card', () => {
    const attempts = [1, 2, 3].map((number) => attempt({ number, state: 'declined' }));
    const fact: ChargeFact = { fact: 'declined', key: 'dc1:chg_1:confirm:4', error: paymentError() };
    expect(planned({ attempts: [...attempts, attempt({ number: 4 })] }, fact)).toMatchObject({
      state: 'action_required',
      recovery: { open: 'replace' },
    });
  });

  test('the eighth decline closes, with proof to come', () => {
    const attempts = [1, 2, 3, 4, 5, 6, 7].map((number) => attempt({ number, state: 'declined' }));
    const last = attempt({ number: 8, kind: 'on_session', state: 'awaiting_customer' });
    const fact = told({ status: 'requires_payment_method', last_error: paymentError() });
    expect(planned({ attempts: [...attempts, last], recovery: liveRecovery }, fact)).toMatchObject({
      state: 'closing',
      close: { as: 'failed', detail: 'attempts_exhausted' },
    });
  });

  test('no answer is unknown, never failed, however often and however long', () => {
    const old = attempt({ send_count: 40, started_at: minutesAgo(22 * 60) });
    const fact: ChargeFact = { fact: 'indeterminate', key: KEY, replayed: false };
    expect(planned({ attempts: [old] }, fact)).toMatchObject({ state: 'unknown', attempt: { note: 'sent' } });
  });

  test('unchanged twice, a minute apart, is lost; once is not', () => {
    const fact: ChargeFact = { fact: 'unchanged', key: KEY };
    const state = { charge: { state: 'unknown' as const } };
    expect(planned({ ...state, attempts: [attempt()] }, fact)).toMatchObject({
      state: 'unknown',
      due_in_ms: 60_000,
      attempt: { note: 'looked' },
    });
    const soon = attempt({ looked_at: new Date(now.getTime() - 59_000) });
    expect(planned({ ...state, attempts: [soon] }, fact)).toMatchObject({ state: 'unknown' });
    expect(planned({ ...state, attempts: [attempt({ looked_at: minutesAgo(1) })] }, fact)).toMatchObject({
      state: 'retry_wait',
      due_in_ms: 0,
      attempt: { state: 'lost' },
    });
  });

  test('a decline after the close request goes straight to the cancellation', () => {
    const given: Given = {
      charge: { state: 'pending', ...closeRequest },
      attempts: [attempt({ state: 'processing' })],
    };
    const fact = told({ status: 'requires_payment_method', last_error: paymentError() });
    expect(planned(given, fact)).toMatchObject({ state: 'closing', due_in_ms: 0, recovery: null });
  });

  describe('a debit that failed, of which the error says only that it did', () => {
    const error = { code: 'payment_intent_payment_attempt_failed', decline_code: null, charge: null };
    const failed = {
      status: 'requires_payment_method' as const,
      last_error: paymentError(error),
      latest_charge: 'py_1',
    };
    const debit: Given = { charge: { state: 'pending' }, attempts: [attempt({ state: 'processing' })] };

    test('is decided by what its charge says, which is the attempt’s charge', () => {
      const plan = planned(debit, told({ ...failed, latest_failure_code: 'insufficient_funds' }));
      expect(plan).toMatchObject({
        state: 'retry_wait',
        attempt: { stripe_charge_id: 'py_1', codes: { decline_code: 'insufficient_funds' } },
        last_error: { decline_code: 'insufficient_funds', advice: 'retry' },
      });
      expect(planned(debit, told({ ...failed, latest_failure_code: 'account_closed' }))).toMatchObject({
        state: 'action_required',
        recovery: { open: 'replace' },
      });
    });

    test('is not tried again when the charge gives no reason, or is not shown', () => {
      for (const given of [failed, { ...failed, latest_failure_code: null }])
        expect(planned(debit, told(given))).toMatchObject({ state: 'action_required' });
    });

    test('is not decided by the charge of an earlier attempt', () => {
      const earlier = attempt({ state: 'declined', stripe_charge_id: 'py_1' });
      const attempts = [earlier, attempt({ number: 2, state: 'processing' })];
      const fact = told({ ...failed, latest_failure_code: 'insufficient_funds' });
      expect(planned({ ...debit, attempts }, fact)).toMatchObject({
        state: 'action_required',
        attempt: { stripe_charge_id: null },
      });
    });

    test('is read before it is decided, also when the event names our own request', () => {
      expect(planned(debit, told(failed, null, false))).toEqual({ settle: 'read_first' });
      expect(planned({ attempts: [attempt()] }, told(failed, KEY, false))).toEqual({ settle: 'read_first' });
      const read = told({ ...failed, latest_failure_code: 'insufficient_funds' }, KEY);
      expect(planned({ attempts: [attempt()] }, read)).toMatchObject({ state: 'retry_wait' });
    });
  });

  test('once future use was written, a decline schedules no retry', () => {
    const given: Given = { charge: { future_use_at: now }, attempts: [attempt()] };
    const fact: ChargeFact = { fact: 'declined', key: KEY, error: paymentError() };
    expect(planned(given, fact)).toMatchObject({ state: 'action_required' });
  });
});
