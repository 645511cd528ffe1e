/** A charge, its attempts and what Stripe says of them, as the tables of the charge's tests vary them. */
import type { Attempt, ChargeContext } from '../../../src/domain/charge/charge.ts';
import type { ChargeFact } from '../../../src/domain/charge/charge-facts.ts';
import {
  NO_CODES,
  type PaymentError,
  type PaymentSnapshot,
} from '../../../src/domain/charge/payment-snapshot.ts';
import { settleCharge } from '../../../src/domain/charge/settle-charge.ts';
import { productionTimings as policy } from '../../../src/platform/timings.ts';

export const now = new Date('2026-11-23T12:00:00Z');
export const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

export function attempt(given: Partial<Attempt> = {}): Attempt {
  const number = given.number ?? 1;
  return {
    number,
    kind: 'off_session',
    state: 'open',
    idempotency_key: `dc1:chg_1:confirm:${number}`,
    payment_method_id: 'pm_1',
    consent_id: 'cns_1',
    method_usable: true,
    request_body: 'payment_method=pm_1&off_session=true',
    api_version: '2026-10-28.endive',
    lease_number: 1,
    opened_status: 'requires_payment_method',
    opened_latest_charge: null,
    send_count: 1,
    replayed_error_at: null,
    looked_at: null,
    stripe_charge_id: null,
    started_at: minutesAgo(1),
    sent_at: given.started_at ?? minutesAgo(1),
    ...given,
  };
}

export type Given = Omit<Partial<ChargeContext>, 'charge'> & {
  readonly charge?: Partial<ChargeContext['charge']>;
};

export function context({ charge, ...given }: Given = {}): ChargeContext {
  return {
    now,
    charge: {
      id: 'chg_1',
      state: 'in_flight',
      revision: 3,
      lease_number: 1,
      due_at: now,
      customer_id: 'cst_1',
      payment_method_id: 'pm_1',
      consent_id: 'cns_1',
      follows_customer: false,
      amount_minor: 1_000,
      currency: 'eur',
      livemode: false,
      description: 'Power',
      reference: null,
      stripe_payment_intent_id: 'pi_1',
      create_number: 1,
      create_opened_at: minutesAgo(2),
      create_type: 'card',
      listed_at: null,
      scheduled_for: null,
      request_hash: null,
      cancel_number: 1,
      close_requested_at: null,
      close_as: null,
      close_detail: null,
      future_use_at: null,
      terms: null,
      tries: 0,
      ...charge,
    },
    attempts: [],
    recovery: null,
    debit: null,
    method: {
      id: 'pm_1',
      type: 'card',
      consent_id: 'cns_1',
      usable: true,
      mandate_status: null,
      renewed_at: null,
      closed: null,
      limited_until: null,
    },
    consent_gone: null,
    stripe_customer_id: 'cus_1',
    numbers_used: given.attempts?.at(-1)?.number ?? 0,
    charging_enabled: true,
    run_gate: null,
    loss: null,
    events_read_at: now,
    ...given,
  };
}

function snapshot(given: Partial<PaymentSnapshot> = {}): PaymentSnapshot {
  return {
    id: 'pi_1',
    status: 'succeeded',
    amount_minor: 1_000,
    amount_received_minor: 1_000,
    currency: 'eur',
    customer: 'cus_1',
    livemode: false,
    created_s: 1,
    payment_method: null,
    latest_charge: 'ch_1',
    cancellation_reason: null,
    setup_future_usage: null,
    types: null,
    metadata: { dc_charge: 'chg_1' },
    last_error: null,
    ...given,
  };
}

/** Stripe's account of a decline, insufficient funds where nothing else is given. */
export const paymentError = (given: Partial<PaymentError> = {}): PaymentError => ({
  ...NO_CODES,
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  payment_method: 'pm_1',
  charge: 'ch_9',
  ...given,
});

/** What Stripe said of the PaymentIntent; `current` when it was read now and not carried by an event. */
export const told = (
  given: Partial<PaymentSnapshot>,
  key: string | null = null,
  current = true,
): ChargeFact => ({
  fact: 'payment_intent',
  snapshot: snapshot(given),
  key,
  current,
});

export const KEY = 'dc1:chg_1:confirm:1';
export const liveRecovery = {
  id: 'rec_1',
  kind: 'authenticate' as const,
  is_early: false,
  payment_method_id: 'pm_1',
  expires_at: new Date('2026-11-30T12:00:00Z'),
};
/** What a charge carries once somebody asked for its end. */
export const closeRequest = { close_requested_at: now, close_as: 'canceled' as const };

/** What the fact leads to: the plan, or why there is none. */
export function planned(given: Given, fact: ChargeFact) {
  const settlement = settleCharge(context(given), fact, policy);
  return settlement.settle === 'apply' ? settlement.plan : settlement;
}
