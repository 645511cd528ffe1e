import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  NO_CODES,
  SESSION_STATUSES,
  SETUP_INTENT_STATUSES,
  type SetupIntentStatus,
  type SetupSnapshot,
} from '../../../src/domain/charge/payment-snapshot.ts';
import { isTerminal, machines, mayMove, type SetupState } from '../../../src/domain/machines.ts';
import { resendInMs } from '../../../src/domain/resend.ts';
import {
  decideSetup,
  hasOpenCreate,
  isSwitching,
  mayHaveFailed,
  nextReadInMs,
  opensSession,
  SETUP_ENDS,
  type SetupFacts,
  type SetupSituation,
} from '../../../src/domain/setup/setup-decisions.ts';
import { productionTimings as policy } from '../../../src/platform/timings.ts';

const declined = { ...NO_CODES, code: 'card_declined', decline_code: 'insufficient_funds' };

function view(given: Partial<SetupSituation> = {}): SetupSituation {
  return {
    state: 'awaiting_customer',
    close_as: null,
    failed_tries: 0,
    last_error: null,
    stripe_customer_id: 'cus_1',
    livemode: false,
    is_switching: false,
    ...given,
  };
}

function intent(status: SetupIntentStatus, given: Partial<SetupSnapshot> = {}): SetupSnapshot {
  return {
    id: 'seti_1',
    status,
    usage: 'off_session',
    payment_method: status === 'succeeded' ? 'pm_1' : null,
    mandate: null,
    customer: 'cus_1',
    livemode: false,
    created_s: 1,
    metadata: {},
    last_error: null,
    ...given,
  };
}

function facts(seen: SetupSnapshot | null, given: Partial<SetupFacts> = {}): SetupFacts {
  return { intent: seen, session: null, failed_tries: null, ...given };
}

const decide = (given: Partial<SetupSituation>, seen: SetupFacts) => decideSetup(view(given), seen, 5);

describe('decideSetup', () => {
  test('a SetupIntent that ended because a Session takes its place ends nothing', () => {
    const canceled = facts(intent('canceled'));
    expect(decide({ is_switching: true }, canceled)).toEqual({ kind: 'stay' });
    expect(decide({ is_switching: false }, canceled)).toMatchObject({ kind: 'end', as: 'canceled' });
    expect(decide({ is_switching: true }, facts(intent('succeeded')))).toMatchObject({ kind: 'succeed' });
  });

  test('a SetupIntent that succeeded saves its method', () => {
    const seen = facts(intent('succeeded', { mandate: 'mandate_1' }));
    expect(decide({}, seen)).toEqual({
      kind: 'succeed',
      setup_intent_id: 'seti_1',
      payment_method_id: 'pm_1',
      mandate_id: 'mandate_1',
      in_time: true,
    });
  });

  test('a success that outran our closing counts, and is told as too late', () => {
    const decision = decide({ state: 'closing', close_as: 'canceled' }, facts(intent('succeeded')));
    expect(decision).toMatchObject({ kind: 'succeed', in_time: false });
  });

  test.each(SETUP_ENDS)('Stripe saying canceled ends a closing setup as %s', (close_as) => {
    const decision = decide({ state: 'closing', close_as }, facts(intent('canceled')));
    expect(decision).toEqual({ kind: 'end', as: close_as, detail: null });
  });

  test('a cancellation that we did not ask for is told as one', () => {
    const decision = decide({}, facts(intent('canceled')));
    expect(decision).toEqual({ kind: 'end', as: 'canceled', detail: 'canceled_at_stripe' });
  });

  test('a Session that expired by itself ends its setup as expired', () => {
    for (const status of ['requires_payment_method', 'canceled'] as const) {
      const decision = decide({}, facts(intent(status), { session: 'expired' }));
      expect(decision).toEqual({ kind: 'end', as: 'expired', detail: 'expired_at_stripe' });
    }
  });

  test('no closing setup ends while its SetupIntent can still succeed', () => {
    for (const status of [
      'requires_payment_method',
      'requires_confirmation',
      'requires_action',
      'processing',
    ]) {
      const seen = facts(intent(status as SetupIntentStatus));
      expect(decide({ state: 'closing', close_as: 'canceled' }, seen)).toEqual({ kind: 'stay' });
    }
    const at_bank = facts(intent('processing'), { session: 'expired' });
    expect(decide({ state: 'closing', close_as: 'expired' }, at_bank)).toEqual({ kind: 'stay' });
  });

  test('a failed try is shown, and counted as often as Stripe counts it', () => {
    const seen = facts(intent('requires_payment_method', { last_error: declined }), { failed_tries: 2 });
    expect(decide({ failed_tries: 1 }, seen)).toEqual({
      kind: 'move',
      to: 'awaiting_customer',
      failed_tries: 2,
      last_error: { code: 'card_declined', decline_code: 'insufficient_funds' },
    });
  });

  test('the same failed try told again changes nothing', () => {
    const last_error = { code: 'card_declined', decline_code: 'insufficient_funds' };
    const seen = facts(intent('requires_payment_method', { last_error: declined }), { failed_tries: 2 });
    expect(decide({ failed_tries: 2, last_error }, seen)).toEqual({ kind: 'stay' });
  });

  test('a count that comes late never lowers the one we have', () => {
    const seen = facts(intent('requires_payment_method', { last_error: declined }), { failed_tries: 1 });
    expect(decide({ failed_tries: 4 }, seen)).toMatchObject({ kind: 'move', failed_tries: 4 });
  });

  test('the fifth failed try closes the setup, even while a sixth is on its way', () => {
    expect(decide({}, facts(intent('requires_action'), { failed_tries: 5 }))).toMatchObject({
      kind: 'close',
    });
    expect(decide({}, facts(intent('requires_action'), { failed_tries: 4 }))).toMatchObject({ kind: 'move' });
  });

  test('a bank at work shows as processing, and back again when it refuses', () => {
    expect(decide({}, facts(intent('processing')))).toMatchObject({ kind: 'move', to: 'processing' });
    const refused = facts(intent('requires_payment_method', { last_error: declined }));
    expect(decide({ state: 'processing' }, refused)).toMatchObject({ kind: 'move', to: 'awaiting_customer' });
  });

  test('another customer, another mode or a missing method goes to a person', () => {
    const foreign = facts(intent('succeeded', { customer: 'cus_2' }));
    expect(decide({}, foreign)).toEqual({ kind: 'review', detail: 'setup_intent_mismatch' });
    const absent = facts(intent('succeeded', { customer: null }));
    expect(decide({}, absent)).toEqual({ kind: 'review', detail: 'setup_intent_mismatch' });
    const live = facts(intent('requires_action', { livemode: true }));
    expect(decide({}, live)).toEqual({ kind: 'review', detail: 'setup_intent_mismatch' });
    const empty = facts(intent('succeeded', { payment_method: null }));
    expect(decide({}, empty)).toEqual({ kind: 'review', detail: 'setup_intent_without_method' });
  });

  test('a success after we told the end is a contradiction, never a move', () => {
    for (const state of SETUP_ENDS) {
      expect(decide({ state }, facts(intent('succeeded')))).toEqual({ kind: 'contradiction' });
    }
    expect(decide({ state: 'succeeded' }, facts(intent('canceled')))).toEqual({ kind: 'stay' });
  });
});

test('whatever Stripe says in whatever state, the decision is a move that the machine allows', () => {
  const states = Object.keys(machines.setup.moves) as SetupState[];
  const any_view = fc.record({
    state: fc.constantFrom(...states),
    close_as: fc.constantFrom(null, ...SETUP_ENDS),
    failed_tries: fc.nat(6),
    stripe_customer_id: fc.constantFrom('cus_1', null),
  });
  const any_intent = fc
    .record({
      status: fc.constantFrom(...SETUP_INTENT_STATUSES),
      payment_method: fc.constantFrom('pm_1', null),
      customer: fc.constantFrom('cus_1', 'cus_2', null),
      last_error: fc.constantFrom(declined, null),
    })
    .map((seen) => intent(seen.status, seen));
  const any_facts = fc.record({
    intent: fc.option(any_intent),
    session: fc.constantFrom(null, ...SESSION_STATUSES),
    failed_tries: fc.option(fc.nat(8)),
  });
  fc.assert(
    fc.property(any_view, any_facts, (given, seen) => {
      const from = given.state;
      const decision = decide(given, seen);
      if (decision.kind === 'stay' || decision.kind === 'contradiction') return;
      const targets = { close: 'closing', review: 'needs_review', succeed: 'succeeded' } as const;
      const to =
        decision.kind === 'move'
          ? decision.to
          : decision.kind === 'end'
            ? decision.as
            : targets[decision.kind];
      expect(isTerminal('setup', from)).toBe(false);
      expect(mayMove('setup', from, to)).toBe(true);
      if (decision.kind === 'end') {
        expect(seen.intent?.status === 'canceled' || seen.session === 'expired').toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('only a SetupIntent that nobody has touched is spared the question how many tries failed', () => {
  expect(mayHaveFailed(intent('requires_payment_method'))).toBe(false);
  expect(mayHaveFailed(intent('requires_payment_method', { last_error: declined }))).toBe(true);
  expect(mayHaveFailed(intent('requires_action'))).toBe(true);
  expect(mayHaveFailed(intent('succeeded', { last_error: declined }))).toBe(false);
});

describe('nextReadInMs', () => {
  const opened_at = new Date('2026-11-23T12:00:00Z');
  const minutesIn = (minutes: number) => new Date(opened_at.getTime() + minutes * 60_000);
  const clock = { state: 'awaiting_customer' as const, opened_at, expires_at: minutesIn(1_440) };
  const wait = (minutes: number) =>
    nextReadInMs({ ...clock, now: minutesIn(minutes) }, policy.setupReadMinutes) / 60_000;

  test('Stripe is asked after 1, 5, 30 and 60 minutes, then every hour until the setup expires', () => {
    const read_at: number[] = [];
    for (let minutes = 0; minutes < 1_440; ) {
      minutes += wait(minutes);
      read_at.push(minutes);
    }
    expect(read_at.slice(0, 6)).toEqual([1, 5, 30, 60, 120, 180]);
    expect(read_at.at(-1)).toBe(1_440);
  });

  test('the last reading falls on the expiry, and one that is past waits no longer', () => {
    expect(wait(1_430)).toBe(10);
    expect(wait(1_500)).toBe(0);
  });

  test('what the bank is working on is read on after the expiry', () => {
    const at_bank = { ...clock, state: 'processing' as const, now: minutesIn(1_500) };
    expect(nextReadInMs(at_bank, policy.setupReadMinutes)).toBe(60 * 60_000);
  });
});

test('a repetition waits as long as it has been tried for, from a second to a minute', () => {
  const opened_at = new Date('2026-11-23T12:00:00Z');
  const at = (ms: number) => resendInMs(opened_at, new Date(opened_at.getTime() + ms));
  expect([at(0), at(3_000), at(30_000), at(600_000)]).toEqual([1_000, 3_000, 30_000, 60_000]);
});

describe('the object that a setup makes at Stripe', () => {
  const opened_at = new Date('2026-01-15T10:00:00Z');
  const bare = {
    state: 'awaiting_customer',
    via: 'elements',
    session_instead_at: null,
    stripe_setup_intent_id: 'seti_1',
    stripe_checkout_session_id: null,
    create_opened_at: opened_at,
  };
  const instead = { ...bare, session_instead_at: opened_at };

  test('is a Session where the merchant asked for one, or the customer pressed on our page', () => {
    expect([bare, { ...bare, via: 'checkout' }, instead].map(opensSession)).toEqual([false, true, true]);
  });

  test.each([
    ['its SetupIntent is bound', bare, false],
    ['its first create is open', { ...bare, stripe_setup_intent_id: null }, true],
    ['nothing was begun', { ...bare, stripe_setup_intent_id: null, create_opened_at: null }, false],
    ['a Session is being made instead', instead, true],
    ['a Session is to be made instead', { ...instead, create_opened_at: null }, false],
    ['the Session is bound', { ...instead, stripe_checkout_session_id: 'cs_1' }, false],
  ])('may exist unbound: %s', (_what, setup, expected) => {
    expect(hasOpenCreate(setup)).toBe(expected);
  });

  test('is being switched until the Session is bound, and in a closing setup only while one may come', () => {
    const begun = { ...instead, state: 'closing' };
    expect(isSwitching(bare)).toBe(false);
    expect([instead, begun].map(isSwitching)).toEqual([true, true]);
    expect(isSwitching({ ...begun, create_opened_at: null })).toBe(false);
    expect(isSwitching({ ...instead, stripe_checkout_session_id: 'cs_1' })).toBe(false);
  });
});
