import { describe, expect, test } from 'vitest';
import { decideCharge } from '../../../src/domain/charge/decide-charge.ts';
import { productionTimings as policy } from '../../../src/platform/timings.ts';
import { attempt, closeRequest, context, type Given, minutesAgo, now } from './charge-builders.ts';

const DAY_MS = 86_400_000;
const STOLEN = { reason: 'stolen_card', asks: 'replace' } as const;
const card = (given: Partial<ReturnType<typeof context>['method']>) => ({ ...context().method, ...given });

describe('what to do next', () => {
  const queued = { state: 'queued' as const, stripe_payment_intent_id: null };
  const rows: [string, Given, ReturnType<typeof decideCharge>['do'] | object][] = [
    [
      'a new charge creates its PaymentIntent',
      { charge: { ...queued, create_opened_at: null } },
      { do: 'create', number: 1, look_first: null },
    ],
    [
      'a create from a day ago is looked for first',
      { charge: { ...queued, create_opened_at: minutesAgo(23 * 60) } },
      { do: 'create', number: 1, look_first: 'key_old' },
    ],
    ['a bound charge opens its attempt', { charge: { state: 'queued' } }, 'attempt'],
    ['an open attempt is sent again under its key', { attempts: [attempt()] }, 'resend'],
    [
      'an open attempt is resumed in state unknown too',
      { charge: { state: 'unknown' }, attempts: [attempt()] },
      'resend',
    ],
    [
      'a replayed error ends the re-sending',
      { attempts: [attempt({ replayed_error_at: minutesAgo(10) })] },
      'look',
    ],
    [
      'a key as old as 23 hours is not sent again',
      { attempts: [attempt({ started_at: minutesAgo(23 * 60) })] },
      'look',
    ],
    ['the kill switch leaves reading only', { attempts: [attempt()], charging_enabled: false }, 'read'],
    ['the kill switch opens nothing', { charge: { state: 'queued' }, charging_enabled: false }, 'wait'],
    ['a paused run leaves reading only', { attempts: [attempt()], run_gate: 'run_paused' }, 'read'],
    ['a paused run opens nothing', { charge: { state: 'queued' }, run_gate: 'run_paused' }, 'hold'],
    [
      'a close request cancels, even beside an unanswered attempt',
      { charge: { state: 'closing', ...closeRequest }, attempts: [attempt()] },
      'cancel',
    ],
    [
      'a close request without a PaymentIntent looks for a lost one',
      { charge: { ...queued, ...closeRequest, state: 'closing' } },
      { do: 'create', number: 1, look_first: 'rows_lost' },
    ],
    [
      'a close request without a PaymentIntent closes once none was found',
      { charge: { ...queued, ...closeRequest, state: 'closing', listed_at: now } },
      'close_unbound',
    ],
    [
      'a look of before the close request says nothing',
      { charge: { ...queued, ...closeRequest, state: 'closing', listed_at: minutesAgo(10_000) } },
      { do: 'create', number: 1, look_first: 'rows_lost' },
    ],
    [
      'a close request before the charge’s time closes at once',
      { charge: { ...queued, ...closeRequest, state: 'closing', scheduled_for: minutesAgo(-60) } },
      'close_unbound',
    ],
    [
      'a close request for a customer whom Stripe does not know closes at once',
      { charge: { ...queued, ...closeRequest, state: 'closing' }, stripe_customer_id: null },
      'close_unbound',
    ],
    [
      'what a person has released is read before anything opens',
      { charge: { state: 'unknown' }, attempts: [attempt({ state: 'declined' })] },
      { do: 'read', attempt: null },
    ],
    [
      'what a person has released is sent again if it may be on its way',
      { charge: { state: 'unknown' }, attempts: [attempt({ state: 'declined' }), attempt({ number: 2 })] },
      'resend',
    ],
    ['a debit on its way is read, not cancelled', { charge: { state: 'pending', ...closeRequest } }, 'read'],
    [
      'a customer at the bank is read when the time is over',
      {
        charge: { state: 'action_required' },
        attempts: [attempt({ state: 'awaiting_customer', kind: 'on_session' })],
      },
      'read',
    ],
    ['a withdrawn consent closes', { charge: { state: 'queued' }, consent_gone: 'consent_revoked' }, 'close'],
    [
      'a method that is gone asks the customer',
      {
        charge: { state: 'retry_wait' },
        method: {
          id: 'pm_1',
          type: 'card',
          consent_id: 'cns_1',
          usable: false,
          mandate_status: null,
          renewed_at: null,
          closed: null,
          limited_until: null,
        },
      },
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
    [
      'a closed card is not tried',
      { charge: { state: 'queued' }, method: card({ closed: STOLEN }) },
      { do: 'heed_verdict', closed: STOLEN },
    ],
    [
      'a card at its limit is waited for as long as for a retry',
      {
        charge: { state: 'retry_wait' },
        method: card({ limited_until: new Date(now.getTime() + 6 * DAY_MS) }),
      },
      { do: 'wait', reason: 'card_limited', due_in_ms: 6 * DAY_MS },
    ],
    [
      'a card at its limit is not waited for longer',
      {
        charge: { state: 'retry_wait' },
        method: card({ limited_until: new Date(now.getTime() + 8 * DAY_MS) }),
      },
      { do: 'ask_customer', reason: 'card_limited' },
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
