/**
 * What a declined attempt leads to: the same PaymentIntent again later, the customer, or the merchant.
 */
import {
  type Attempt,
  automaticAttempts,
  type ChargeContext,
  type ChargePolicy,
  confirmsLeft,
} from './charge.ts';
import type { AttemptChange, ChargePlan } from './charge-facts.ts';
import { classifyDecline } from './declines.ts';
import type { PaymentError } from './payment-snapshot.ts';
import { nextRetryDelay_s } from './retry-schedule.ts';

const DAY_S = 86_400;
const MINUTE_S = 60;

type Next = Pick<ChargePlan, 'state' | 'due_in_ms' | 'detail' | 'close' | 'recovery'>;

/** The plan after `attempt` was declined with `error`. */
export function planDecline(
  context: ChargeContext,
  attempt: Attempt,
  error: PaymentError,
  policy: ChargePolicy,
): ChargePlan {
  const decision = classifyDecline(error);
  const change: AttemptChange = {
    number: attempt.number,
    state:
      decision.class === 'authenticate' && attempt.kind === 'off_session'
        ? 'authentication_required'
        : 'declined',
    codes: { code: error.code, decline_code: error.decline_code, advice_code: error.advice_code },
    stripe_charge_id: error.charge,
    note: null,
  };
  return {
    ...nextAfterDecline(context, attempt, error, policy),
    attempt: change,
    last_error: { code: error.code, decline_code: error.decline_code, advice: decision.class },
  };
}

function nextAfterDecline(
  context: ChargeContext,
  attempt: Attempt,
  error: PaymentError,
  policy: ChargePolicy,
): Next {
  if (context.charge.close_requested_at !== null)
    return { state: 'closing', due_in_ms: 0, detail: 'closing', recovery: null };
  if (confirmsLeft(context.attempts, 'on_session', policy) === 0) return closeFailed('attempts_exhausted');
  // The customer stands before the page, or the charge is theirs already: nothing happens behind their back.
  if (attempt.kind === 'on_session' || context.recovery !== null || context.charge.future_use_at !== null)
    return askCustomer(context, attempt, 'replace');
  const decision = classifyDecline(error);
  switch (decision.class) {
    case 'authenticate':
      return askCustomer(context, attempt, 'authenticate');
    case 'replace':
      return askCustomer(context, attempt, 'replace');
    case 'stop':
      return closeFailed('merchant_action');
    case 'retry': {
      const delay_s = nextRetryDelay_s({
        retry_kind: decision.retry_kind ?? 'issuer',
        automatic_attempts_used: automaticAttempts(context.attempts),
        minimum_delay_s: decision.minimum_delay_s,
        schedule: {
          issuer_delays_s: policy.issuerRetryDays.map((days) => days * DAY_S),
          technical_delays_s: policy.technicalRetryMinutes.map((minutes) => minutes * MINUTE_S),
          automatic_attempts_max: policy.automaticAttemptsMax,
        },
      });
      if (delay_s === null || confirmsLeft(context.attempts, 'off_session', policy) === 0)
        return askCustomer(context, attempt, 'replace');
      return { state: 'retry_wait', due_in_ms: delay_s * 1_000, detail: 'retry_scheduled', recovery: null };
    }
  }
}

/** The customer is needed: a live recovery goes on, else one opens. */
export function askCustomer(
  context: ChargeContext,
  attempt: Pick<Attempt, 'payment_method_id'>,
  kind: 'authenticate' | 'replace',
): Next {
  return {
    state: 'action_required',
    due_in_ms: null,
    detail: null,
    recovery: context.recovery === null ? { open: kind, payment_method_id: attempt.payment_method_id } : null,
  };
}

function closeFailed(detail: string): Next {
  return {
    state: 'closing',
    due_in_ms: 0,
    detail: 'closing',
    close: { as: 'failed', detail },
    recovery: null,
  };
}
