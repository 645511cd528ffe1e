/** The checker checked: one thing changed at a time, and exactly the invariants that it touches say so. */
import { expect, test } from 'vitest';
import type { Evidence } from '../../chaos/evidence.ts';
import { judge } from '../../chaos/invariants/verdict.ts';
import { type Case, changed, verdictOf } from './changed-evidence.ts';
import { at, CANCELED, PAID, RECOVERY, soundEvidence } from './sound-evidence.ts';

const refusal = (code: string) => ({ status: 422, code, at_ms: at(30).getTime() });

test('sound evidence breaks nothing', () => {
  expect(judge(soundEvidence())).toEqual([]);
});

test.each<Case>([
  [
    'a second PaymentIntent that succeeded',
    ['I-1', 'I-2', 'I-3', 'I-23'],
    'double',
    ({ ledger }) => ({ ledger: [...ledger, { ...(ledger[0] as Evidence['ledger'][number]), id: 'pi_3' }] }),
  ],
  [
    'one PaymentIntent that took money twice',
    ['I-1'],
    'double',
    ({ ledger }) => ({ ledger: changed(ledger, 0, { successes: 2 }) }),
  ],
  [
    'a canceled charge that Stripe has paid',
    ['I-2', 'I-3', 'I-4', 'I-15'],
    'wrong_told',
    ({ ledger }) => ({
      ledger: changed(ledger, 1, { status: 'succeeded', successes: 1, amount_received: 700 }),
    }),
  ],
  [
    'another amount received than asked for',
    ['I-2', 'I-3'],
    'wrong_told',
    ({ ledger }) => ({ ledger: changed(ledger, 0, { amount_received: 400 }) }),
  ],
  [
    'a canceled charge whose PaymentIntent may still be confirmed',
    ['I-4'],
    'wrong_told',
    ({ ledger }) => ({ ledger: changed(ledger, 1, { status: 'requires_confirmation' }) }),
  ],
  [
    'an accepted charge that is not there',
    ['I-5'],
    'lost',
    ({ asked }) => ({
      asked: [...asked, { ...(asked[0] as Evidence['asked'][number]), told: ['chg_gone'] }],
    }),
  ],
  [
    'two charges told for one key',
    ['I-5'],
    'lost',
    ({ asked }) => ({ asked: changed(asked, 0, { told: [PAID, CANCELED] }) }),
  ],
  [
    'a request that was refused for no reason',
    ['I-5'],
    'lost',
    ({ asked }) => ({ asked: changed(asked, 0, { told: [], refused: [refusal('internal_error')] }) }),
  ],
  [
    'a request that was refused for a withdrawal that nobody had made yet',
    ['I-5'],
    'lost',
    ({ asked }) => ({ asked: changed(asked, 0, { told: [], refused: [refusal('consent_missing')] }) }),
  ],
  [
    'a charge that nobody asked for',
    ['I-5', 'I-6'],
    'double',
    ({ charges }) => ({ charges: changed(charges, 1, { reference: 'nobody' }) }),
  ],
  [
    'a charge that waits for a person',
    ['I-7', 'I-13', 'I-15', 'A'],
    'unsettled',
    ({ charges }) => ({ charges: changed(charges, 1, { state: 'needs_review' }) }),
  ],
  [
    'a hole in the numbers of attempts',
    ['I-8'],
    'broken',
    ({ attempts }) => ({ attempts: changed(attempts, 1, { number: 3 }) }),
  ],
  [
    'an attempt without a verdict',
    ['I-8'],
    'unsettled',
    ({ attempts }) => ({ attempts: changed(attempts, 1, { state: 'open' }) }),
  ],
  [
    'a confirm with other bytes than were written',
    ['I-9'],
    'broken',
    ({ attempts }) => ({ attempts: changed(attempts, 0, { request_body: 'payment_method=pm_2' }) }),
  ],
  [
    'a confirm that was written afterwards',
    ['I-9'],
    'broken',
    ({ attempts }) => ({ attempts: changed(attempts, 0, { started_at: at(9) }) }),
  ],
  [
    'a POST with a key of chance',
    ['I-10'],
    'broken',
    ({ requests }) => ({ requests: changed(requests, 0, { idempotency_key: 'stripe-node-retry-1' }) }),
  ],
  [
    'one key for two bodies',
    ['I-10'],
    'broken',
    ({ requests }) => ({
      requests: [...requests, { ...(requests[0] as Evidence['requests'][number]), body: 'amount=501' }],
    }),
  ],
  [
    'a confirm of a PaymentIntent that is not bound',
    ['I-11'],
    'broken',
    ({ requests }) => ({ requests: changed(requests, 1, { path: '/v1/payment_intents/pi_9/confirm' }) }),
  ],
  [
    'a move that no machine allows',
    ['I-13'],
    'broken',
    ({ allowed }) => ({
      allowed: new Set([...allowed].filter((move) => move !== 'charge/closing/canceled')),
    }),
  ],
  [
    'a version left out',
    ['I-13', 'I-14'],
    'broken',
    ({ transitions }) => ({ transitions: changed(transitions, 3, { version: 5 }) }),
  ],
  [
    'an end told twice',
    ['I-14', 'I-15'],
    'wrong_told',
    ({ told }) => ({ told: [...told, { object_id: PAID, version: 5, type: 'charge.failed' }] }),
  ],
  [
    'an end that is not told',
    ['I-14', 'I-15'],
    'wrong_told',
    ({ told }) => ({ told: told.filter(({ type }) => type !== 'charge.canceled') }),
  ],
  [
    'a webhook confirmed and not kept',
    ['I-16'],
    'lost',
    ({ webhooks }) => ({ webhooks: changed(webhooks, 0, { event: 'evt_2' }) }),
  ],
  [
    'an event put aside',
    ['I-16'],
    'broken',
    ({ inbox }) => ({ inbox: changed(inbox, 0, { state: 'parked' }) }),
  ],
  [
    'a recovery that outlives its charge',
    ['I-18'],
    'broken',
    ({ recoveries }) => ({ recoveries: changed(recoveries, 0, { state: 'open' }) }),
  ],
  [
    'a mail about somebody else',
    ['I-19'],
    'wrong_told',
    ({ mails }) => ({ mails: changed(mails, 0, { to: 'eve@chaos.example.test' }) }),
  ],
  [
    'a mail with the link of another recovery',
    ['I-19'],
    'wrong_told',
    ({ mails }) => ({ mails: changed(mails, 0, { links: ['http://127.0.0.1/r/v1.rec_bbbb.1.mac'] }) }),
  ],
  [
    'an orphan at Stripe',
    ['I-23'],
    'broken',
    ({ ledger }) => ({
      ledger: [
        ...ledger,
        {
          ...(ledger[1] as Evidence['ledger'][number]),
          id: 'pi_3',
          status: 'requires_confirmation',
          metadata: { dc_charge: PAID },
        },
      ],
    }),
  ],
  [
    'a break that was written down',
    ['I-24'],
    'broken',
    () => ({ breaks: [{ kind: 'amount_differs', entity_id: PAID, closed_by: 'operator' }] }),
  ],
  [
    'a lease on what has ended',
    ['I-26'],
    'broken',
    () => ({ leases: [{ entity: 'recovery', id: RECOVERY, state: 'completed', is_held: true }] }),
  ],
  [
    'an API that shows something else',
    ['A'],
    'wrong_told',
    ({ shown }) => ({ shown: changed(shown, 0, { status: 'processing' }) }),
  ],
  [
    'a mail that asked for what was paid',
    ['M'],
    'wrong_told',
    ({ charges }) => ({ charges: changed(charges, 0, { settled_at: at(1) }) }),
  ],
])('%s breaks %j', (_what, invariants, harm, change) => {
  const verdict = verdictOf(change);

  expect(verdict.invariants).toEqual(invariants);
  expect(verdict.harms).toContain(harm);
});
