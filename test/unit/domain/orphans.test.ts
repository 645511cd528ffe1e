import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideOrphan, type OrphanCharge } from '../../../src/domain/charge/orphans.ts';
import {
  PAYMENT_INTENT_STATUSES,
  type PaymentIntentStatus,
} from '../../../src/domain/charge/payment-snapshot.ts';

const times = { now_s: 1_000_000, orphan_age_s: 86_400 };
const intent = (status: PaymentIntentStatus, age_s = 0) => ({
  id: 'pi_this',
  status,
  created_s: times.now_s - age_s,
});
const charge = (stripe_payment_intent_id: string | null, terminal = false): OrphanCharge => ({
  stripe_payment_intent_id,
  terminal,
});

describe('a PaymentIntent with our metadata', () => {
  it('is cancelled when its charge is bound to another', () => {
    expect(decideOrphan(intent('requires_payment_method'), charge('pi_other'), times)).toEqual({
      kind: 'cancel',
      because: 'bound_to_another',
    });
  });

  it('is cancelled when its charge closed without one', () => {
    expect(decideOrphan(intent('requires_confirmation'), charge(null, true), times)).toEqual({
      kind: 'cancel',
      because: 'charge_closed',
    });
  });

  it('is kept while its charge may still bind it, however old it is', () => {
    expect(decideOrphan(intent('requires_payment_method', 1e6), charge(null), times).kind).toBe('keep');
  });

  it('is kept for a day when no charge is known, and then cancelled', () => {
    expect(decideOrphan(intent('requires_payment_method', 86_399), null, times).kind).toBe('keep');
    expect(decideOrphan(intent('requires_payment_method', 86_400), null, times)).toEqual({
      kind: 'cancel',
      because: 'no_charge',
    });
  });

  it('is kept when Stripe does not say how old it is', () => {
    const ageless = { ...intent('requires_payment_method'), created_s: null };
    expect(decideOrphan(ageless, null, times).kind).toBe('keep');
  });

  const confirmed = ['succeeded', 'processing', 'requires_capture'] as const;

  it.each(confirmed)('raises the alarm when %s and no charge can take it, however old it is', (status) => {
    for (const known of [null, charge(null, true), charge('pi_other')]) {
      expect(decideOrphan(intent(status, 1e6), known, times).kind).toBe('alarm');
    }
  });

  it.each(confirmed)('is brought to its charge when %s and the charge is bound to none', (status) => {
    expect(decideOrphan(intent(status), charge(null), times).kind).toBe('bring');
  });

  it('is never touched when its charge is bound to it, or when it is cancelled already', () => {
    const statuses = fc.constantFrom(...PAYMENT_INTENT_STATUSES);
    fc.assert(
      fc.property(statuses, fc.boolean(), fc.nat(1e7), (status, terminal, age_s) => {
        expect(decideOrphan(intent(status, age_s), charge('pi_this', terminal), times).kind).toBe('keep');
        expect(decideOrphan(intent('canceled', age_s), charge('pi_other', terminal), times).kind).toBe(
          'keep',
        );
      }),
    );
  });
});
