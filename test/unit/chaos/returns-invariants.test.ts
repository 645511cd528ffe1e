/** The checker checked, about money that goes back and what the merchant's endpoint got. */
import { expect, test } from 'vitest';
import type { Evidence } from '../../chaos/evidence.ts';
import { type Case, changed, verdictOf } from './changed-evidence.ts';
import { PAID, REFUND } from './sound-evidence.ts';

type Returns = Evidence['returns'];
const atStripe = (returns: Returns, change: Partial<Returns['stripe']>): Pick<Evidence, 'returns'> => ({
  returns: { ...returns, stripe: { ...returns.stripe, ...change } },
});
const withReceived = ({ received }: Evidence, change: Partial<NonNullable<Evidence['received']>>) => {
  if (received === null) throw new Error('sound evidence has an endpoint');
  return { received: { ...received, ...change } };
};

test.each<Case>([
  [
    'a refund that Stripe made twice',
    ['I-32', 'I-33'],
    'double',
    ({ returns }) => {
      const [first] = returns.stripe.refunds as [Returns['stripe']['refunds'][number]];
      return atStripe(returns, { refunds: [first, { ...first, id: 're_2' }] });
    },
  ],
  [
    'a refund of another amount',
    ['I-32'],
    'wrong_told',
    ({ returns }) => atStripe(returns, { refunds: changed(returns.stripe.refunds, 0, { amount: 900 }) }),
  ],
  [
    'an accepted refund that is not there',
    ['I-32'],
    'lost',
    ({ refunded }) => ({ refunded: [...refunded, { id: 'rfd_2', charge_id: PAID, amount_minor: 1 }] }),
  ],
  [
    'a refund that failed, and whose money went back',
    ['I-32', 'I-33'],
    'wrong_told',
    ({ returns }) => ({
      returns: { ...returns, refunds: changed(returns.refunds, 0, { state: 'failed' }) },
    }),
  ],
  [
    'a dispute that was lost, and is shown as won',
    ['I-33'],
    'wrong_told',
    ({ returns }) => atStripe(returns, { disputes: changed(returns.stripe.disputes, 0, { status: 'lost' }) }),
  ],
  [
    'a warning that nobody noticed',
    ['I-33'],
    'wrong_told',
    ({ returns }) => ({ returns: { ...returns, fraud_warnings: [] } }),
  ],
  [
    'a refund that nobody was told of',
    ['I-34'],
    'wrong_told',
    ({ told }) => ({ told: told.filter(({ object_id }) => object_id !== REFUND) }),
  ],
  [
    'an event that never came',
    ['I-35'],
    'wrong_told',
    (sound) => withReceived(sound, { events: new Map([...(sound.received?.events ?? [])].slice(1)) }),
  ],
  [
    'an event that came otherwise than the feed shows it',
    ['I-35'],
    'wrong_told',
    ({ feed }) => ({ feed: changed(feed, 2, { version: 9 }) }),
  ],
  ['an event that the feed has not', ['I-36'], 'wrong_told', ({ feed }) => ({ feed: feed.slice(0, -1) })],
  [
    'a notification with a bad signature',
    ['I-36'],
    'wrong_told',
    (sound) => withReceived(sound, { refused: ['signature_mismatch'] }),
  ],
  ['a redirect that was followed', ['I-36'], 'wrong_told', (sound) => withReceived(sound, { led_astray: 1 })],
])('%s: %s', (_what, invariants, harm, change) => {
  const verdict = verdictOf(change);
  expect(verdict.invariants).toEqual(invariants);
  expect(verdict.harms).toContain(harm);
});
