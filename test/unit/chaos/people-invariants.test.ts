/** The checker checked, about what people do: merchants who withdraw, operators, persons and programs at Stripe. */
import { expect, test } from 'vitest';
import type { Evidence } from '../../chaos/evidence.ts';
import { judge } from '../../chaos/invariants/verdict.ts';
import type { Preferred } from '../../chaos/merchant.ts';
import { type Case, type Changed, changed, verdictOf } from './changed-evidence.ts';
import { at, PAID, soundEvidence } from './sound-evidence.ts';

/** A hold under a copied mark, which its own program took. */
const HOLD: Evidence['ledger'][number] = {
  id: 'pi_hold',
  status: 'succeeded',
  amount: 77,
  amount_received: 77,
  currency: 'eur',
  successes: 1,
  metadata: { dc_charge: PAID },
};
const madeDefault = (payment_method_id: string, asked_s: number, acked_s: number | null): Preferred => ({
  customer_id: 'cst_1',
  payment_method_id,
  asked_ms: at(asked_s).getTime(),
  acked_ms: acked_s === null ? null : at(acked_s).getTime(),
});
/** The second attempt leaves, which nobody pressed. */
const SENT_LATER = {
  idempotency_key: `dc1:${PAID}:confirm:2`,
  body: 'payment_method=pm_2&off_session=true',
  at_ms: at(31).getTime(),
};
const held = (ledger: Evidence['ledger']): Changed => ({
  foreign: [{ id: HOLD.id, holds: true, released: false }],
  ledger: [...ledger, HOLD],
});

test.each<Case>([
  [
    'a confirm after a revocation was answered',
    ['I-27'],
    'wrong_told',
    ({ withdrawals }) => ({ withdrawals: changed(withdrawals, 1, { acked_ms: at(1.9).getTime() }) }),
  ],
  [
    'a confirm that a revocation named, and that was let go again afterwards',
    ['I-27'],
    'wrong_told',
    ({ withdrawals }) => ({
      withdrawals: changed(withdrawals, 1, { acked_ms: at(1.9).getTime(), in_flight: [PAID] }),
    }),
  ],
  [
    'a confirm with the card of another charge',
    ['I-9', 'I-28'],
    'broken',
    ({ requests }) => ({ requests: changed(requests, 1, { body: 'payment_method=pm_3&off_session=true' }) }),
  ],
  [
    "a confirm with yesterday's default",
    ['I-28'],
    'broken',
    ({ preferred }) => ({ preferred: [...preferred, madeDefault('pm_2', 0.2, 0.9)] }),
  ],
  [
    'a confirm with the default that was asked for later',
    ['I-28'],
    'broken',
    ({ preferred: [first] }) => ({ preferred: [{ ...first, ...madeDefault('pm_1', 2.5, 3) }] }),
  ],
  [
    'a break that somebody else led to, and that no verb has ended',
    ['I-24'],
    'unsettled',
    () => ({
      deeds: ['dashboard_amount_changed'],
      breaks: [{ kind: 'amount_differs', entity_id: PAID, closed_by: null }],
    }),
  ],
  [
    'books that differ after all verbs',
    ['I-30'],
    'broken',
    () => ({ differences: [`amount_differs ${PAID} database: - stripe: -`] }),
  ],
  [
    "another program's payment bound to a charge",
    ['I-29'],
    'broken',
    () => ({ foreign: [{ id: 'pi_1', holds: false, released: false }] }),
  ],
  [
    'a hold of another program that somebody else cancelled',
    ['I-29'],
    'broken',
    ({ ledger }) => ({ ...held(ledger), ledger: [...ledger, { ...HOLD, status: 'canceled' }] }),
  ],
  [
    'a cancel that we sent to a hold of another program',
    ['I-29'],
    'broken',
    ({ ledger, requests }) => ({
      ...held(ledger),
      requests: [
        ...requests,
        {
          ...(requests[0] as Evidence['requests'][number]),
          path: '/v1/payment_intents/pi_hold/cancel',
          idempotency_key: 'dc1:pi_hold:cancel:1',
        },
      ],
    }),
  ],
  [
    'money that an operator gave back, of a charge that is told as paid',
    ['I-2', 'I-3', 'I-15'],
    'wrong_told',
    () => ({ words: [{ verb: 'refund', entity_id: 'pi_1', stripe_id: 'pi_1' }] }),
  ],
  [
    'a confirm with another method of a card that a decline had closed',
    ['I-31'],
    'broken',
    ({ attempts, requests }) => ({
      attempts: changed(changed(attempts, 0, { decline_code: 'lost_card' }), 1, {
        ...{ payment_method_id: 'pm_2', request_body: SENT_LATER.body, sent_at: at(30) },
      }),
      requests: [...requests, { ...(requests[1] as Evidence['requests'][number]), ...SENT_LATER }],
    }),
  ],
])('%s breaks %j', (_what, invariants, harm, change) => {
  const verdict = verdictOf(change);

  expect(verdict.invariants).toEqual(invariants);
  expect(verdict.harms).toContain(harm);
});

test('what a withdrawal named may still arrive, and what is lifted is permitted', () => {
  const sound = soundEvidence();
  const early = { acked_ms: at(1.9).getTime(), in_flight: [PAID] };
  const attempts = changed(sound.attempts, 0, { sent_at: at(1.5) });
  const named = changed(sound.withdrawals, 1, early);
  const lifted = changed(sound.withdrawals, 1, {
    ...early,
    kind: 'switch',
    in_flight: [],
    lifted_ms: at(1.95).getTime(),
  });

  expect(judge({ ...sound, attempts, withdrawals: named })).toEqual([]);
  const silent = changed(sound.withdrawals, 1, { ...early, in_flight: [] });
  expect(judge({ ...sound, attempts, withdrawals: silent }).map(({ invariant }) => invariant)).toEqual([
    'I-27',
  ]);
  const late = sound.requests
    .slice(0, 2)
    .map((request) => ({ ...request, replayed: true, at_ms: at(90).getTime() }));
  expect(judge({ ...sound, requests: [...sound.requests, ...late] })).toEqual([]);
  expect(judge({ ...sound, withdrawals: lifted })).toEqual([]);
  const key = sound.attempts[0]?.idempotency_key ?? '';
  const later = changed(sound.withdrawals, 1, {
    ...early,
    kind: 'switch',
    in_flight: [key],
    lifted_ms: at(3).getTime(),
  });
  const again = changed(sound.attempts, 0, { sent_at: at(4) });
  expect(judge({ ...sound, attempts: again, withdrawals: later })).toEqual([]);
});

test('while another default is asked for and not answered, both may be named, and so may the card that the page shows', () => {
  const sound = soundEvidence();
  const change = (...changes: Preferred[]) => ({ ...sound, preferred: [...sound.preferred, ...changes] });
  const pressed = { body: 'payment_method=pm_1&return_url=x' };

  expect(judge(change(madeDefault('pm_2', 0.5, 1.5)))).toEqual([]);
  expect(judge(change(madeDefault('pm_2', 0.5, null)))).toEqual([]);
  expect(judge(change(madeDefault('pm_2', 0.2, 0.4), madeDefault('pm_1', 0.5, 0.9)))).toEqual([]);
  expect(judge(change(madeDefault('pm_2', 40, 41)))).toEqual([]);
  const attempts = changed(sound.attempts, 0, { request_body: pressed.body });
  const requests = changed(sound.requests, 1, pressed);
  expect(judge({ ...change(madeDefault('pm_2', 0.2, 0.4)), attempts, requests })).toEqual([]);
});

test("another program's money is no second payment of ours, whatever mark it copied", () => {
  const sound = soundEvidence();

  expect(judge({ ...sound, ...held(sound.ledger) })).toEqual([]);
});

test('nor is it once a person has claimed it for a charge of its own', () => {
  const sound = soundEvidence();
  const [paid] = sound.charges;
  const claimed = { ...paid, id: 'chg_claimed', stripe_payment_intent_id: HOLD.id } as typeof paid;
  const charges = [...sound.charges, claimed] as Evidence['charges'];
  const found = judge({ ...sound, ...held(sound.ledger), charges });

  expect(found.map(({ invariant }) => invariant)).not.toContain('I-1');
  expect(judge({ ...sound, ...held(sound.ledger), foreign: [] }).map(({ invariant }) => invariant)).toContain(
    'I-1',
  );
});

test("another program's copy is what a look finds for a charge that was lost, and for no other", () => {
  const breaks = ['amount_differs', 'several_payment_intents'].map((kind) => ({
    kind,
    entity_id: PAID,
    closed_by: 'accept',
  }));
  const broken = (deeds: Evidence['deeds']) =>
    judge({ ...soundEvidence(), deeds, breaks }).filter(({ invariant }) => invariant === 'I-24').length;
  expect(broken(['foreign_payment', 'commits_lost'])).toBe(0);
  expect(broken(['foreign_payment'])).toBe(2);
  expect(broken(['commits_lost'])).toBe(2);
});

test('a card whose agreement was lost is rightly refused, and one whose was not is not', () => {
  const sound = soundEvidence();
  const refused = [{ status: 422, code: 'no_payment_method', at_ms: at(9).getTime() }];
  const lost = { at_ms: at(1).getTime(), left: new Set<string>() };
  const asked = changed(sound.asked, 0, { refused });
  const verdict = (unagreed: string[]) =>
    judge({ ...sound, asked, lost, unagreed: new Set(unagreed) }).map(({ invariant }) => invariant);
  expect(verdict(['cst_1'])).not.toContain('I-5');
  expect(verdict(['cst_2'])).toContain('I-5');
});

test('two builds may send two creates under one key, and no two confirms', () => {
  const sound = soundEvidence();
  const create = sound.requests.findIndex(({ idempotency_key }) => idempotency_key?.endsWith(':create:1'));
  const confirm = sound.requests.findIndex(({ idempotency_key }) => idempotency_key?.endsWith(':confirm:1'));
  const again = (index: number): Changed => {
    const first = sound.requests[index] as Evidence['requests'][number];
    return { requests: [...sound.requests, { ...first, body: `${first.body}&other=1` }] };
  };
  const brokenBy = (change: Changed) => judge({ ...sound, ...change }).map(({ invariant }) => invariant);

  expect(brokenBy(again(create))).toEqual(['I-10']);
  expect(brokenBy({ ...again(create), two_creates: true })).toEqual([]);
  expect(brokenBy({ ...again(confirm), two_creates: true })).toContain('I-10');
});

test('what was written before commits were lost may be missing, and what came later may not', () => {
  const sound = soundEvidence();
  const attempts = sound.attempts.slice(1);
  const lost = (seconds: number) => ({ at_ms: at(seconds).getTime(), left: new Set<string>() });

  expect(judge({ ...sound, attempts, lost: lost(0) })).toEqual([]);
  expect(judge({ ...sound, attempts, lost: lost(-10) }).map(({ invariant }) => invariant)).toEqual(['I-9']);
  const requests = changed(sound.requests, 1, { body: 'payment_method=pm_lost&return_url=x' });
  expect(judge({ ...sound, attempts, requests, lost: lost(10) })).toEqual([]);
  expect(judge({ ...sound, attempts, requests, lost: lost(0) }).map(({ invariant }) => invariant)).toEqual([
    'I-28',
  ]);
});

test('what was confirmed and cancelled before its row was lost need not be bound again, and what still lives must', () => {
  const sound = soundEvidence();
  const charges = sound.charges.map((charge) => ({ ...charge, stripe_payment_intent_id: 'pi_new' }));
  const invariants = (status: string, lost: Evidence['lost']) => {
    const ledger = sound.ledger.map((intent) => ({ ...intent, status }));
    return judge({ ...sound, charges, ledger, lost }).map(({ invariant }) => invariant);
  };
  const lost = { at_ms: at(100).getTime(), left: new Set<string>() };

  expect(invariants('canceled', lost)).not.toContain('I-11');
  expect(invariants('canceled', null)).toContain('I-11');
  expect(invariants('requires_payment_method', lost)).toContain('I-11');
});

test('what a person wrote off after its row was lost is bound to nothing, and nothing else is let go unbound', () => {
  const sound = soundEvidence();
  const charges = sound.charges.map((charge) => ({ ...charge, stripe_payment_intent_id: null }));
  const lost = { at_ms: at(100).getTime(), left: new Set<string>() };
  const words = sound.charges.map(({ id }) => ({ verb: 'write_off', entity_id: id, stripe_id: null }));
  const invariants = (change: Changed) =>
    judge({ ...sound, charges, ...change }).map(({ invariant }) => invariant);

  expect(invariants({ lost, words })).not.toContain('I-11');
  expect(invariants({ lost })).toContain('I-11');
  expect(invariants({ lost: null, words })).toContain('I-11');
});
