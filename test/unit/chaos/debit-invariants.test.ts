/** The checker of debits checked: one thing changed at a time, and exactly the invariants that it touches say so. */
import { expect, test } from 'vitest';
import type { Evidence } from '../../chaos/evidence.ts';
import { type Case, changed, verdictOf } from './changed-evidence.ts';
import { ACCOUNT, ENDED, onDay } from './sound-debits.ts';

/** Rows of the debits stand behind those of the cards. */
const last = <T extends object>(rows: readonly T[], change: Partial<T>, before_last = 0): T[] =>
  changed(rows, rows.length - 1 - before_last, change);

test.each<Case>([
  [
    'a debit that was confirmed a minute before the period of its notice had passed',
    ['I-37'],
    'wrong_told',
    ({ mails }) => ({ mails: last(mails, { at_ms: onDay(7) + 60_000 }) }),
  ],
  [
    'a repetition of which no mail told',
    ['I-37'],
    'wrong_told',
    ({ mails }) => ({ mails: mails.slice(0, -1) }),
  ],
  [
    'a repetition whose notice is the first one, which came twice',
    ['I-37'],
    'wrong_told',
    ({ mails }) => ({ mails: last(mails, { message_id: mails.at(-2)?.message_id ?? '' }) }),
  ],
  [
    'a debit whose notices told another amount',
    ['I-37'],
    'wrong_told',
    ({ mails }) => ({
      mails: mails.map((mail) => ({ ...mail, text: mail.text.replace('25.00', '125.00') })),
    }),
  ],
  [
    'a notice that somebody else got',
    ['I-19', 'I-37'],
    'wrong_told',
    ({ mails }) => ({ mails: last(mails, { to: 'robin@chaos.example.test' }) }),
  ],
  [
    'a debit that began while another was with the bank',
    ['I-38'],
    'double',
    ({ debits }) => ({ debits: changed(debits, 0, { status: 'pending' }) }),
  ],
  [
    'a debit after one whose account is closed',
    ['I-39'],
    'double',
    ({ debits }) => ({ debits: changed(debits, 0, { failure_code: 'account_closed' }) }),
  ],
  [
    'a debit after one that failed for no reason',
    ['I-39'],
    'double',
    ({ debits }) => ({ debits: changed(debits, 0, { failure_code: null }) }),
  ],
  [
    'a mandate that was presented again three times in a month',
    ['I-39'],
    'double',
    ({ debits }) => ({ debits: [...again(debits, 'chg_b', 12), ...again(debits, 'chg_c', 18), ...debits] }),
  ],
  [
    'a confirm with a mandate whose end the merchant had been told of',
    ['I-28', 'I-40'],
    'broken',
    ({ requests, attempts }) => ({
      requests: last(requests, { body: `payment_method=${ENDED}&off_session=true` }),
      attempts: last(attempts, {
        payment_method_id: ENDED,
        request_body: `payment_method=${ENDED}&off_session=true`,
      }),
    }),
  ],
  [
    'a late return of which the merchant was not told',
    ['I-35', 'I-41'],
    'wrong_told',
    ({ received }) => ({ received: without(received, 'dce_returned') }),
  ],
])('%s is noticed', (_what, invariants, harm, change) => {
  const verdict = verdictOf(change);
  expect(verdict.invariants).toEqual(invariants);
  expect(verdict.harms).toContain(harm);
});

test('a mandate that is presented again twice, and then after thirty days, breaks nothing', () => {
  const { invariants } = verdictOf(({ debits }) => ({
    debits: [...again(debits, 'chg_b', 12), ...debits, ...again(debits, 'chg_c', 45)],
  }));
  expect(invariants).toEqual([]);
});

/** The same two debits of another charge, the second of them on this day. */
function again(debits: Evidence['debits'], charge_id: string, day: number): Evidence['debits'] {
  return debits
    .filter(({ payment_method }) => payment_method === ACCOUNT)
    .map((one, nth) => ({
      ...one,
      ...{ id: `${one.id}_${charge_id}`, charge_id, payment_intent: `pi_${charge_id}`, disputed: false },
      created_ms: onDay(day + nth),
    }));
}

function without(received: Evidence['received'], id: string): Evidence['received'] {
  if (received === null) return null;
  return { ...received, events: new Map([...received.events].filter(([each]) => each !== id)) };
}
