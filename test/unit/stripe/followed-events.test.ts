/** Which events of Stripe's are kept: what may change something of ours, and nothing else. */
import { describe, expect, it, test } from 'vitest';
import { settleCharge } from '../../../src/domain/charge/settle-charge.ts';
import { buildKey } from '../../../src/domain/keys.ts';
import { type ChargeState, machines } from '../../../src/domain/machines.ts';
import { productionTimings as policy } from '../../../src/platform/timings.ts';
import {
  EVENT_MEANINGS,
  FOLLOWED_EVENT_TYPES,
  isFollowed,
  LISTED_EVENT_TYPES,
} from '../../../src/stripe/events/followed-events.ts';
import { attempt, closeRequest, context, told } from '../domain/charge-builders.ts';

/** What the application of an event does something with, whatever the type. */
const APPLIED = [
  'charge',
  'checkout.session',
  'customer',
  'dispute',
  'mandate',
  'payment_intent',
  'payment_method',
  'radar.early_fraud_warning',
  'refund',
  'setup_intent',
];

describe('the table of event types', () => {
  const rows = Object.entries(EVENT_MEANINGS).flatMap(([object, types]) =>
    Object.entries(types).map(([type, meaning]) => ({ object, type, meaning })),
  );

  it('has every object that is applied, with types that are followed', () => {
    expect(Object.keys(EVENT_MEANINGS).sort()).toEqual(APPLIED);
    for (const object of APPLIED)
      expect(rows.filter((row) => row.object === object && isFollowed(row.type))).not.toEqual([]);
  });

  test.each(rows)('$type is followed exactly if it may change something', ({ type, meaning }) => {
    expect(isFollowed(type)).toBe(meaning !== 'left');
    expect(FOLLOWED_EVENT_TYPES.includes(type)).toBe(meaning !== 'left');
    expect(LISTED_EVENT_TYPES.includes(type)).toBe(meaning === 'listed');
  });

  it('lists no more types than Stripe takes', () => {
    expect(LISTED_EVENT_TYPES.length).toBeLessThanOrEqual(20);
    expect(new Set(FOLLOWED_EVENT_TYPES).size).toBe(FOLLOWED_EVENT_TYPES.length);
  });
});

test.each(['charge.succeeded', 'charge.updated', 'customer.updated', 'invoice.created', 'toString', '*', ''])(
  'an event of type %j is followed by nobody',
  (type) => {
    expect(isFollowed(type)).toBe(false);
  },
);

test('the creation of a PaymentIntent changes no charge, whatever has become of it', () => {
  const created = (status: 'requires_payment_method' | 'requires_confirmation') =>
    told({ status, last_error: null }, buildKey({ row: 'chg_1', verb: 'create', n: 1 }));
  const attempts = [
    [],
    [attempt()],
    [attempt({ kind: 'on_session', state: 'awaiting_customer' })],
    [attempt({ state: 'processing' })],
  ];
  const settlements = (Object.keys(machines.charge.moves) as ChargeState[]).flatMap((state) =>
    [null, 'pi_1', 'pi_other'].flatMap((stripe_payment_intent_id) =>
      attempts.flatMap((list) =>
        [{}, closeRequest].flatMap((close) => {
          const of = context({ charge: { state, stripe_payment_intent_id, ...close }, attempts: list });
          return [created('requires_payment_method'), created('requires_confirmation')].map((fact) =>
            settleCharge(of, fact, policy),
          );
        }),
      ),
    ),
  );
  expect(settlements.length).toBeGreaterThan(100);
  expect(new Set(settlements.map(({ settle }) => settle))).toEqual(new Set(['stale']));
});
