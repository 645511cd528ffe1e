import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseMarked } from '../../../src/domain/charge/marked-intents.ts';
import {
  NO_CODES,
  PAYMENT_INTENT_STATUSES,
  type PaymentIntentStatus,
} from '../../../src/domain/charge/payment-snapshot.ts';

/** The oldest is `pi_1`. */
function listed(...oldestFirst: readonly PaymentIntentStatus[]) {
  return oldestFirst.map((status, index) => ({
    id: `pi_${index + 1}`,
    status,
    latest_charge: null,
    last_error: null,
  }));
}

function chosen(...oldestFirst: readonly PaymentIntentStatus[]): string | null {
  const choice = chooseMarked(listed(...oldestFirst));
  return choice.choice === 'one' ? choice.intent.id : null;
}

describe('of the PaymentIntents under one mark', () => {
  test('the oldest is chosen if none was paid, and never one that is cancelled', () => {
    expect(chosen('requires_payment_method', 'requires_confirmation')).toBe('pi_1');
    expect(chosen('canceled', 'requires_payment_method', 'requires_payment_method')).toBe('pi_2');
    expect(chooseMarked(listed('canceled'))).toEqual({ choice: 'none' });
    expect(chooseMarked([])).toEqual({ choice: 'none' });
  });

  test('one that was tried comes before an older one that was not: only one is ever confirmed', () => {
    const [one, ...others] = listed('requires_payment_method', 'requires_payment_method', 'requires_action');
    const [tried] = others.map((intent) => ({ ...intent, latest_charge: 'ch_declined' }));
    if (one === undefined || tried === undefined) throw new Error('nothing is listed');
    expect(chooseMarked([one, tried])).toMatchObject({ choice: 'one', intent: { id: 'pi_2' } });
    const refused = { ...tried, latest_charge: null, last_error: NO_CODES };
    expect(chooseMarked([one, refused])).toMatchObject({ choice: 'one', intent: { id: 'pi_2' } });
    expect(chosen('requires_payment_method', 'requires_payment_method', 'requires_action')).toBe('pi_3');
  });

  test.each(['succeeded', 'processing'] as const)('one that is %s comes before any other', (status) => {
    expect(chosen('requires_action', 'requires_payment_method', status)).toBe('pi_3');
    expect(chosen(status, 'requires_action')).toBe('pi_1');
  });

  test('the others are those that are still alive', () => {
    const choice = chooseMarked(
      listed('requires_payment_method', 'canceled', 'succeeded', 'requires_action'),
    );
    expect(choice).toMatchObject({
      choice: 'one',
      intent: { id: 'pi_3' },
      others: [{ id: 'pi_1' }, { id: 'pi_4' }],
    });
  });

  test('one at the bank comes before those that nobody has tried', () => {
    expect(chosen('requires_payment_method', 'requires_action', 'requires_action')).toBe('pi_2');
  });

  test('a person is asked exactly if two have money or an amount is held, and told of all, oldest first', () => {
    const statuses = fc.array(fc.constantFrom(...PAYMENT_INTENT_STATUSES), { maxLength: 6 });
    fc.assert(
      fc.property(statuses, (given) => {
        const paid = given.filter((status) => status === 'succeeded' || status === 'processing');
        const choice = chooseMarked(listed(...given));
        expect(choice.choice === 'person').toBe(paid.length > 1 || given.includes('requires_capture'));
        if (choice.choice !== 'person') return;
        const alive = listed(...given).filter(({ status }) => status !== 'canceled');
        expect(choice.contenders).toEqual(alive);
      }),
    );
  });
});
