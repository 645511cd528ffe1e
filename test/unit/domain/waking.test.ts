/** Which charge is tried anew with a card. */
import { describe, expect, test } from 'vitest';
import { decideWaking } from '../../../src/domain/charge/waking.ts';
import { productionTimings as policy } from '../../../src/platform/timings.ts';
import { attempt, context, type Given, liveRecovery, minutesAgo, now } from './charge-builders.ts';

const NEW = {
  id: 'pm_new',
  type: 'card',
  consent_id: 'cns_2',
  usable: true,
  mandate_status: null,
  renewed_at: null,
  closed: null,
  limited_until: null,
};
const declined = attempt({ state: 'declined' });
const replace = { ...liveRecovery, kind: 'replace' as const };

/** A bill that follows its customer, declined with the old card, and waiting. */
function bill({ charge, ...given }: Given = {}) {
  return context({
    method: NEW,
    attempts: [declined],
    ...given,
    charge: { state: 'retry_wait', follows_customer: true, ...charge },
  });
}

const decide = (waiting: Given, woken: Given | null = null) =>
  decideWaking('pm_new', woken === null ? null : bill(woken), [bill(waiting)], policy).do;

describe('a bill that waits', () => {
  const cases: [string, Given, 'wake' | 'end'][] = [
    ['for a retry is woken', {}, 'wake'],
    ['for another card is woken', { charge: { state: 'action_required' }, recovery: replace }, 'wake'],
    [
      'for its customer at the bank is not',
      { charge: { state: 'action_required' }, recovery: liveRecovery },
      'end',
    ],
    ['and names its card is not, unless that was renewed', { charge: { follows_customer: false } }, 'end'],
    [
      'and names a renewed card is woken',
      { charge: { follows_customer: false }, method: { ...NEW, renewed_at: now } },
      'wake',
    ],
    [
      'and was tried with the card is not',
      { attempts: [attempt({ payment_method_id: 'pm_new', state: 'declined' })] },
      'end',
    ],
    [
      'and was tried before the card was renewed is woken',
      {
        attempts: [attempt({ payment_method_id: 'pm_new', state: 'declined', started_at: minutesAgo(9) })],
        method: { ...NEW, renewed_at: minutesAgo(5) },
      },
      'wake',
    ],
    [
      'beside an open press is not',
      {
        charge: { state: 'action_required' },
        recovery: replace,
        attempts: [declined, attempt({ number: 2, kind: 'on_session', state: 'awaiting_customer' })],
      },
      'end',
    ],
    ['is not, once later use was written', { charge: { future_use_at: now } }, 'end'],
    ['is not, once its end was asked for', { charge: { close_requested_at: now } }, 'end'],
    [
      'and was tried four times is not',
      { attempts: [1, 2, 3, 4].map((number) => attempt({ number, state: 'declined' })) },
      'end',
    ],
    ['with a debit is not', { method: { ...NEW, type: 'sepa_debit' } }, 'end'],
    ['with a card that cannot be charged is not', { method: { ...NEW, usable: false } }, 'end'],
    [
      'with a card that its network has closed is not',
      { method: { ...NEW, closed: { reason: 'lost_card', asks: 'replace' } } },
      'end',
    ],
    ['with a card at the limit of its network is not', { method: { ...NEW, limited_until: now } }, 'end'],
    ['with another card is not', { method: { ...NEW, id: 'pm_third' } }, 'end'],
  ];
  test.each(cases)('%s', (_name, waiting, expected) => {
    expect(decide(waiting)).toBe(expected);
  });
});

describe('the next of a card', () => {
  const tried = attempt({ number: 2, payment_method_id: 'pm_new', state: 'declined' });
  const cases: [string, Given, 'wake' | 'wait' | 'end'][] = [
    ['waits for the one that was woken', {}, 'wait'],
    ['waits while that one is held up', { charge: { due_at: new Date(now.getTime() + 30_000) } }, 'wait'],
    [
      'waits for the turn of one whose customer went back to the old card',
      { method: { ...NEW, id: 'pm_1' } },
      'wait',
    ],
    [
      'is that one again, which was tried with another card meanwhile and waits for its retry',
      { charge: { due_at: new Date(now.getTime() + 24 * 3_600_000) } },
      'wake',
    ],
    [
      'waits for the answer about it',
      { charge: { state: 'unknown' }, attempts: [declined, { ...tried, state: 'open' }] },
      'wait',
    ],
    [
      'waits for the answer about one that is to be closed: its try may still arrive',
      {
        charge: { state: 'unknown', close_requested_at: now },
        attempts: [declined, { ...tried, state: 'open' }],
      },
      'wait',
    ],
    ['follows its success', { charge: { state: 'succeeded' } }, 'wake'],
    ['does not follow its decline', { attempts: [declined, tried] }, 'end'],
    ['does not follow its end', { charge: { state: 'canceled', close_requested_at: now } }, 'end'],
    ['does not follow one that waits for a person', { charge: { state: 'needs_review' } }, 'end'],
  ];
  test.each(cases)('%s', (_name, woken, expected) => {
    expect(decide({}, woken)).toBe(expected);
  });
});
