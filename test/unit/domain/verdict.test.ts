/** What a decline says of its card. The expectations are written from Stripe's list of codes and the networks' rules. */
import { describe, expect, it, test } from 'vitest';
import { NO_CODES } from '../../../src/domain/charge/payment-snapshot.ts';
import type { DeclineCodes } from '../../../src/domain/decline/declines.ts';
import { DECLINE_LIMITS, NEVER_AGAIN, outdatedNetworks } from '../../../src/domain/decline/network-rules.ts';
import { verdictsOf } from '../../../src/domain/decline/verdict.ts';

const DAY_MS = 86_400_000;

/** The verdict on a card of this network: `scope`, `asks` and the code. */
function said(codes: Partial<DeclineCodes>, brand = 'visa'): string | null {
  const verdict = verdictsOf({ ...NO_CODES, ...codes }).find(
    ({ network }) => network === null || network === brand,
  );
  return verdict === undefined ? null : `${verdict.scope} ${verdict.asks} ${verdict.reason}`;
}

describe('a decline', () => {
  it.each<[string, Partial<DeclineCodes>, string | null]>([
    ['of a stolen card closes the card', { decline_code: 'stolen_card' }, 'card replace stolen_card'],
    ['of a lost card closes the card', { decline_code: 'lost_card' }, 'card replace lost_card'],
    ['of one to be picked up closes the card', { decline_code: 'pickup_card' }, 'card replace pickup_card'],
    ['of a closed account closes it', { failure_code: 'account_closed' }, 'card replace account_closed'],
    [
      'of a revoked authorization ends the agreement',
      { decline_code: 'revocation_of_all_authorizations' },
      'agreement stop revocation_of_all_authorizations',
    ],
    [
      'after a stop payment order ends the agreement',
      { decline_code: 'stop_payment_order' },
      'agreement stop stop_payment_order',
    ],
    ['for want of money is about its charge', { decline_code: 'insufficient_funds' }, null],
    ['that a person must look into is about its charge', { decline_code: 'fraudulent' }, null],
    ['that Stripe forbids for this payment is about its charge', { advice_code: 'do_not_try_again' }, null],
    ['of a code that nobody knows yet is about its charge', { decline_code: 'code_of_next_year' }, null],
    [
      'that the network forbids closes the card',
      { decline_code: 'do_not_honor', network_decline_code: '14' },
      'card replace 14',
    ],
    [
      'for which the network names a revocation ends the agreement',
      { decline_code: 'do_not_honor', network_decline_code: 'R3' },
      'agreement stop R3',
    ],
    [
      'that is to be tried again closes nothing, whatever the network’s code',
      { decline_code: 'do_not_honor', advice_code: 'try_again_later', network_decline_code: '14' },
      null,
    ],
    [
      'whose bank wants its customer closes nothing',
      { decline_code: 'authentication_required', network_decline_code: '14' },
      null,
    ],
    [
      'that says both closes the card',
      { decline_code: 'revocation_of_authorization', network_decline_code: '46' },
      'card stop 46',
    ],
  ])('%s', (_name, codes, expected) => {
    expect(said(codes)).toBe(expected);
  });

  it.each([
    ['03', 'card replace 03'],
    ['21', 'card stop 21'],
    ['02', null],
  ])('with Mastercard’s advice %s: %s', (network_advice_code, expected) => {
    expect(said({ network_advice_code }, 'mastercard')).toBe(expected);
    expect(said({ network_advice_code }, 'visa')).toBeNull();
  });

  it('of another network than Visa says nothing by a code of Visa’s', () => {
    expect(said({ decline_code: 'do_not_honor', network_decline_code: '14' }, 'mastercard')).toBeNull();
  });
});

test('every rule has its source and its date, and is old a year later', () => {
  const rules = [...NEVER_AGAIN, ...DECLINE_LIMITS];
  for (const { network, source, valid_from } of rules) {
    expect(source).toMatch(/^https:\/\//);
    const from_ms = Date.parse(valid_from);
    expect(outdatedNetworks(new Date(from_ms + 367 * DAY_MS))).toContain(network);
  }
  const newest_ms = Math.min(...rules.map(({ valid_from }) => Date.parse(valid_from)));
  expect(outdatedNetworks(new Date(newest_ms + 300 * DAY_MS))).toEqual([]);
  for (const network of outdatedNetworks(new Date()))
    console.warn(`the rules of ${network} are from an edition of more than a year ago: read them again`);
});
