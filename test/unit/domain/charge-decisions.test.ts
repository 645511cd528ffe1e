import { describe, expect, test } from 'vitest';
import type { Attempt, ChargeContext } from '../../../src/domain/charge.ts';
import type { ChargeFact } from '../../../src/domain/charge-facts.ts';
import { decideCharge } from '../../../src/domain/decide-charge.ts';
import { type ChargeState, machines, mayMove } from '../../../src/domain/machines.ts';
import type { PaymentError, PaymentSnapshot } from '../../../src/domain/payment-snapshot.ts';
import { settleCharge } from '../../../src/domain/settle-charge.ts';
import { productionTimings as policy } from '../../../src/platform/timings.ts';

const now = new Date('2026-11-23T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

function attempt(given: Partial<Attempt> = {}): Attempt {
  const number = given.number ?? 1;
  return {
    number,
    kind: 'off_session',
    state: 'open',
    idempotency_key: `dc1:chg_1:confirm:${number}`,
    payment_method_id: 'pm_1',
    request_body: 'payment_method=pm_1&off_session=true',
    api_version: '2026-10-28.endive',
    lease_number: 1,
    opened_latest_charge: null,
    send_count: 1,
    replayed_error_at: null,
    looked_at: null,
    stripe_charge_id: null,
    started_at: minutesAgo(1),
    ...given,
  };
}

type Given = Omit<Partial<ChargeContext>, 'charge'> & { readonly charge?: Partial<ChargeContext['charge']> };

function context({ charge, ...given }: Given = {}): ChargeContext {
  return {
    now,
    charge: {
      id: 'chg_1',
      state: 'in_flight',
      revision: 3,
      lease_number: 1,
      due_at: now,
      customer_id: 'cst_1',
      payment_method_id: 'pm_1',
      amount_minor: 1_000,
      currency: 'eur',
      livemode: false,
      description: 'Power',
      stripe_payment_intent_id: 'pi_1',
      create_number: 1,
      create_opened_at: minutesAgo(2),
      cancel_number: 1,
      close_requested_at: null,
      close_as: null,
      close_detail: null,
      future_use_at: null,
      tries: 0,
      ...charge,
    },
    attempts: [],
    recovery: null,
    method: { id: 'pm_1', type: 'card', usable: true },
    consent_live: true,
    stripe_customer_id: 'cus_1',
    charging_enabled: true,
    ...given,
  };
}

function snapshot(given: Partial<PaymentSnapshot> = {}): PaymentSnapshot {
  return {
    id: 'pi_1',
    status: 'succeeded',
    amount_minor: 1_000,
    amount_received_minor: 1_000,
    currency: 'eur',
    customer: 'cus_1',
    livemode: false,
    created_s: 1,
    payment_method: null,
    latest_charge: 'ch_1',
    cancellation_reason: null,
    setup_future_usage: null,
    metadata: { dc_charge: 'chg_1' },
    last_error: null,
    ...given,
  };
}

const error = (given: Partial<PaymentError> = {}): PaymentError => ({
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  payment_method: 'pm_1',
  charge: 'ch_9',
  ...given,
});

const told = (given: Partial<PaymentSnapshot>, key: string | null = null, current = true): ChargeFact => ({
  fact: 'payment_intent',
  snapshot: snapshot(given),
  key,
  current,
});

const KEY = 'dc1:chg_1:confirm:1';
const live = { id: 'rec_1', kind: 'authenticate' as const, expires_at: new Date('2026-11-30T12:00:00Z') };
const closing = { close_requested_at: now, close_as: 'canceled' as const };

describe('what to do next', () => {
  const queued = { state: 'queued' as const, stripe_payment_intent_id: null };
  const rows: [string, Given, ReturnType<typeof decideCharge>['do'] | object][] = [
    [
      'a new charge creates its PaymentIntent',
      { charge: { ...queued, create_opened_at: null } },
      { do: 'create', number: 1, list_first: false },
    ],
    [
      'a create from a day ago is looked for first',
      { charge: { ...queued, create_opened_at: minutesAgo(23 * 60) } },
      { do: 'create', number: 1, list_first: true },
    ],
    ['a bound charge opens its attempt', { charge: { state: 'queued' } }, 'attempt'],
    ['an open attempt is sent again under its key', { attempts: [attempt()] }, 'resend'],
    [
      'an open attempt is resumed in state unknown too',
      { charge: { state: 'unknown' }, attempts: [attempt()] },
      'resend',
    ],
    ['a replayed error ends the re-sending', { attempts: [attempt({ replayed_error_at: now })] }, 'look'],
    [
      'a key as old as 23 hours is not sent again',
      { attempts: [attempt({ started_at: minutesAgo(23 * 60) })] },
      'look',
    ],
    ['the kill switch leaves reading only', { attempts: [attempt()], charging_enabled: false }, 'read'],
    ['the kill switch opens nothing', { charge: { state: 'queued' }, charging_enabled: false }, 'wait'],
    [
      'a close request cancels, even beside an unanswered attempt',
      { charge: { state: 'closing', ...closing }, attempts: [attempt()] },
      'cancel',
    ],
    [
      'a close request without a PaymentIntent closes at once',
      { charge: { ...queued, ...closing, state: 'closing' } },
      'close_unbound',
    ],
    ['a debit on its way is read, not cancelled', { charge: { state: 'pending', ...closing } }, 'read'],
    [
      'a customer at the bank is read when the time is over',
      {
        charge: { state: 'action_required' },
        attempts: [attempt({ state: 'awaiting_customer', kind: 'on_session' })],
      },
      'read',
    ],
    ['a withdrawn consent closes', { charge: { state: 'queued' }, consent_live: false }, 'close'],
    [
      'a method that is gone asks the customer',
      { charge: { state: 'retry_wait' }, method: { id: 'pm_1', type: 'card', usable: false } },
      'ask_customer',
    ],
    [
      'four automatic attempts are enough',
      {
        charge: { state: 'retry_wait' },
        attempts: [1, 2, 3, 4].map((number) => attempt({ number, state: 'declined' })),
      },
      'ask_customer',
    ],
    ['an unbound customer is waited for', { charge: queued, stripe_customer_id: null }, 'wait'],
    ['what is final owes nothing', { charge: { state: 'succeeded' } }, 'nothing'],
    [
      'what a person reviews owes nothing',
      { charge: { state: 'needs_review' }, attempts: [attempt()] },
      'nothing',
    ],
  ];
  test.each(rows)('%s', (_name, given, expected) => {
    const action = decideCharge(context(given), policy);
    if (typeof expected === 'string') expect(action.do).toBe(expected);
    else expect(action).toEqual(expected);
  });
});

describe('what a fact leads to', () => {
  const planned = (given: Given, fact: ChargeFact) => {
    const settlement = settleCharge(context(given), fact, policy);
    return settlement.settle === 'apply' ? settlement.plan : settlement;
  };

  test('success settles with or without an open attempt, and ends the recovery', () => {
    expect(planned({ attempts: [attempt()] }, told({}))).toMatchObject({
      state: 'succeeded',
      attempt: { number: 1, state: 'succeeded' },
    });
    const waiting: Given = { charge: { state: 'action_required' }, recovery: live };
    expect(planned(waiting, told({}))).toMatchObject({
      state: 'succeeded',
      recovery: { close: 'completed' },
    });
  });

  test.each([
    { amount_received_minor: 999 },
    { amount_received_minor: null },
    { currency: 'usd' },
    { currency: null },
    { customer: 'cus_2' },
    { customer: null },
    { livemode: true },
    { livemode: null },
  ])('success with %o is a break and parks the charge', (difference) => {
    expect(planned({}, told(difference))).toEqual({ settle: 'break', kind: 'amount_differs', park: true });
  });

  test('success after proven failure is a break and moves nothing', () => {
    const after = planned({ charge: { state: 'failed' } }, told({}));
    expect(after).toEqual({ settle: 'break', kind: 'success_after_close', park: false });
  });

  test('success of another PaymentIntent is not ours', () => {
    expect(planned({}, told({ id: 'pi_2' }))).toEqual({ settle: 'stale' });
  });

  test('a cancellation that we asked for closes as asked, another one as failed', () => {
    const asked: Given = { charge: { state: 'closing', ...closing }, attempts: [attempt()] };
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
    const fact: ChargeFact = { fact: 'declined', key: KEY, error: error() };
    expect(planned({ attempts: [attempt()] }, fact)).toMatchObject({
      state: 'retry_wait',
      due_in_ms: 86_400_000,
      attempt: { number: 1, state: 'declined', stripe_charge_id: 'ch_9' },
    });
    const second: Given = { attempts: [attempt({ state: 'declined' }), attempt({ number: 2 })] };
    expect(planned(second, fact)).toEqual({ settle: 'stale' });
  });

  test('a keyless decline never resolves an attempt whose confirm is unanswered', () => {
    const fact = told({ status: 'requires_payment_method', last_error: error() });
    expect(planned({ attempts: [attempt()] }, fact)).toEqual({ settle: 'stale' });
  });

  test('a keyless decline resolves a waiting attempt only by what is read now', () => {
    const waiting: Given = {
      charge: { state: 'action_required' },
      attempts: [attempt({ kind: 'on_session', state: 'awaiting_customer' })],
      recovery: live,
    };
    const failed = { status: 'requires_payment_method' as const, last_error: error() };
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
      error: error({ code: 'authentication_required', decline_code: 'authentication_required' }),
    };
    expect(planned({ attempts: [attempt()] }, fact)).toMatchObject({
      state: 'action_required',
      attempt: { state: 'authentication_required' },
      recovery: { open: 'authenticate', payment_method_id: 'pm_1' },
    });
  });

  test('the fourth soft decline asks for another card', () => {
    const attempts = [1, 2, 3].map((number) => attempt({ number, state: 'declined' }));
    const fact: ChargeFact = { fact: 'declined', key: 'dc1:chg_1:confirm:4', error: error() };
    expect(planned({ attempts: [...attempts, attempt({ number: 4 })] }, fact)).toMatchObject({
      state: 'action_required',
      recovery: { open: 'replace' },
    });
  });

  test('the eighth decline closes, with proof to come', () => {
    const attempts = [1, 2, 3, 4, 5, 6, 7].map((number) => attempt({ number, state: 'declined' }));
    const last = attempt({ number: 8, kind: 'on_session', state: 'awaiting_customer' });
    const fact = told({ status: 'requires_payment_method', last_error: error() });
    expect(planned({ attempts: [...attempts, last], recovery: live }, fact)).toMatchObject({
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
      charge: { state: 'pending', ...closing },
      attempts: [attempt({ state: 'processing' })],
    };
    const fact = told({ status: 'requires_payment_method', last_error: error() });
    expect(planned(given, fact)).toMatchObject({ state: 'closing', due_in_ms: 0, recovery: null });
  });

  test('once future use was written, a decline schedules no retry', () => {
    const given: Given = { charge: { future_use_at: now }, attempts: [attempt()] };
    const fact: ChargeFact = { fact: 'declined', key: KEY, error: error() };
    expect(planned(given, fact)).toMatchObject({ state: 'action_required' });
  });
});

test('no plan ever asks for a move that the machine does not know', () => {
  const states = Object.keys(machines.charge.moves) as ChargeState[];
  const attempts = [
    [],
    [attempt()],
    [attempt({ kind: 'on_session', state: 'awaiting_customer' })],
    [attempt({ state: 'processing' })],
    [attempt({ looked_at: minutesAgo(2) })],
  ];
  const facts: ChargeFact[] = [
    ...(
      ['succeeded', 'canceled', 'processing', 'requires_action', 'requires_payment_method'] as const
    ).flatMap((status) => [
      told({ status, last_error: error() }),
      told({ status, last_error: error() }, KEY),
    ]),
    { fact: 'declined', key: KEY, error: error() },
    { fact: 'refused', key: KEY, reason: 'needs_review', code: null },
    { fact: 'refused', key: KEY, reason: 'payment_method_unusable', code: null },
    { fact: 'indeterminate', key: KEY, replayed: true },
    { fact: 'postponed', key: KEY, due_in_ms: 1 },
    { fact: 'unchanged', key: KEY },
    { fact: 'abandoned', key: KEY },
  ];
  // What a charge can be while an attempt of each kind is unresolved; the rest never meet.
  const meets = (state: ChargeState, count: number, attemptState: string | undefined) =>
    count === 0 ||
    ['closing', 'needs_review'].includes(state) ||
    (attemptState === 'open' && ['in_flight', 'unknown'].includes(state)) ||
    (attemptState === 'awaiting_customer' && state === 'action_required') ||
    (attemptState === 'processing' && state === 'pending');
  let plans = 0;
  for (const state of states)
    for (const list of attempts)
      for (const fact of facts)
        for (const close of [{}, closing]) {
          if (!meets(state, list.length, list[0]?.state)) continue;
          // A closing charge carries its close request: a CHECK of the table.
          if (state === 'closing' && !('close_as' in close)) continue;
          const settlement = settleCharge(
            context({ charge: { state, ...close }, attempts: list }),
            fact,
            policy,
          );
          if (settlement.settle !== 'apply') continue;
          plans += 1;
          expect(
            mayMove('charge', state, settlement.plan.state),
            `${state} -> ${settlement.plan.state}`,
          ).toBe(true);
        }
  expect(plans).toBeGreaterThan(100);
});
