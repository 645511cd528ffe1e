import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideOrphan, type OrphanCharge } from '../../../src/domain/charge/orphans.ts';
import {
  PAYMENT_INTENT_STATUSES,
  type PaymentIntentStatus,
} from '../../../src/domain/charge/payment-snapshot.ts';

const intent = (status: PaymentIntentStatus) => ({ id: 'pi_this', status });
const charge = (stripe_payment_intent_id: string | null, terminal = false): OrphanCharge => ({
  stripe_payment_intent_id,
  terminal,
});

describe('a PaymentIntent with our metadata', () => {
  it('is cancelled when its charge is bound to another', () => {
    expect(decideOrphan(intent('requires_payment_method'), charge('pi_other'))).toEqual({
      kind: 'cancel',
      because: 'bound_to_another',
    });
  });

  it('is cancelled when its charge closed without one', () => {
    expect(decideOrphan(intent('requires_confirmation'), charge(null, true))).toEqual({
      kind: 'cancel',
      because: 'charge_closed',
    });
  });

  it('is kept while its charge may still bind it', () => {
    expect(decideOrphan(intent('requires_payment_method'), charge(null)).kind).toBe('keep');
  });

  it('is never cancelled when its charge is missing: rows were lost', () => {
    expect(decideOrphan(intent('requires_payment_method'), null).kind).toBe('lost');
  });

  const confirmed = ['succeeded', 'processing', 'requires_capture'] as const;

  it.each(confirmed)('raises the alarm when %s and no charge can take it', (status) => {
    for (const known of [null, charge(null, true), charge('pi_other')]) {
      expect(decideOrphan(intent(status), known).kind).toBe('alarm');
    }
  });

  it.each(confirmed)('is brought to its charge when %s and the charge is bound to none', (status) => {
    expect(decideOrphan(intent(status), charge(null)).kind).toBe('bring');
  });

  it('is never touched when its charge is bound to it, or when it is cancelled already', () => {
    const statuses = fc.constantFrom(...PAYMENT_INTENT_STATUSES);
    fc.assert(
      fc.property(statuses, fc.boolean(), (status, terminal) => {
        expect(decideOrphan(intent(status), charge('pi_this', terminal)).kind).toBe('keep');
        expect(decideOrphan(intent('canceled'), charge('pi_other', terminal)).kind).toBe('keep');
      }),
    );
  });
});
