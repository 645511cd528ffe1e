/**
 * What a declined attempt leads to: the same PaymentIntent again later, the customer, or the merchant.
 */

import {
  type Attempt,
  automaticAttempts,
  type ChargeContext,
  type ChargePolicy,
  type CloseAs,
  type ClosedBy,
  confirmsLeft,
  isBesideRetries,
  permissionGone,
  unownedStripeCharge,
} from '../charge/charge.ts';
import type { AttemptChange, ChargePlan, RecoveryChange } from '../charge/charge-facts.ts';
import { type ChargeTerms, earlyRecoveryMs, termsOf, type UsualTerms } from '../charge/charge-terms.ts';
import { NO_CODES, type PaymentError, type PaymentSnapshot } from '../charge/payment-snapshot.ts';
import { mayRepeat } from '../debit/decide-debit.ts';
import { type DebitScheme, schemeOf } from '../debit/schemes.ts';
import { DAY_MS, DAY_S, MINUTE_S } from '../durations.ts';
import type { DeclineClass } from './decline-table.ts';
import { classifyDecline } from './declines.ts';
import { nextRetryDelay_s } from './retry-schedule.ts';
import { verdictsOf } from './verdict.ts';

type Asked = Pick<Attempt, 'kind' | 'payment_method_id' | 'started_at'>;
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
      decision.class === 'authenticate' && attempt.kind === 'off_session' && attempt.state === 'open'
        ? 'authentication_required'
        : 'declined',
    codes: { ...reasonOf(error), advice_code: error.advice_code },
    stripe_charge_id: unownedStripeCharge(context.attempts, attempt.number, error.charge),
    note: null,
  };
  return {
    ...nextAfterDecline(context, attempt, error, policy),
    attempt: change,
    last_error: { ...reasonOf(error), advice: decision.class },
    ...saidOfCard(attempt, error),
  };
}

/** The plan after a failed debit without an open attempt: we had thought the attempt that confirmed it lost. */
export function planFailedDebit(
  context: ChargeContext,
  error: PaymentError | null,
  policy: ChargePolicy,
): ChargePlan {
  const asked = context.attempts.at(-1) ?? {
    kind: 'off_session',
    payment_method_id: context.charge.payment_method_id,
    started_at: context.now,
  };
  const codes = error ?? NO_CODES;
  return {
    ...nextAfterDecline(context, asked, codes, policy),
    attempt: null,
    last_error: { ...reasonOf(codes), advice: classifyDecline(codes).class },
    ...saidOfCard(asked, codes),
  };
}

function saidOfCard({ payment_method_id, started_at }: Asked, error: PaymentError): Pick<ChargePlan, 'card'> {
  const said = verdictsOf(error);
  return said.length === 0 ? {} : { card: { payment_method_id, tried_at: started_at, said } };
}

/**
 * The plan of a charge whose turn meets a closed card: as after the decline that closed it, without asking the bank again
 * (docs/protocol.md, 8.7).
 */
export function planClosedCard(context: ChargeContext, closed: ClosedBy, policy: ChargePolicy): ChargePlan {
  const method = { payment_method_id: context.method.id };
  const next =
    closed.asks === 'stop' ? closeForMerchant : askCustomerAgain(context, method, 'replace', policy);
  const last_error = { code: 'card_closed', decline_code: closed.reason, advice: closed.asks };
  return { ...next, attempt: null, last_error };
}

/** What the merchant is told: the bank's reason stands in one place, wherever Stripe had it. */
function reasonOf({ code, decline_code, failure_code }: PaymentError) {
  return { code, decline_code: decline_code ?? failure_code ?? null };
}

/**
 * The plan for a PaymentIntent to which later use was written by a press that we do not remember: Stripe accepts no
 * confirm of it any more with the customer away. They are asked as they would have been after that press.
 */
export function planForgottenPress(
  context: ChargeContext,
  { id, last_error }: PaymentSnapshot,
  policy: ChargePolicy,
): ChargePlan {
  const charge = { ...context.charge, future_use_at: context.now };
  return { ...planFailedDebit({ ...context, charge }, last_error, policy), bind: id, future_use: true };
}

function nextAfterDecline(
  context: ChargeContext,
  attempt: Asked,
  error: PaymentError,
  policy: ChargePolicy,
): Next {
  if (context.charge.close_requested_at !== null)
    return { state: 'closing', due_in_ms: 0, detail: 'closing', recovery: null };
  // Consent was withdrawn while a debit was on its way. Nothing could stop the debit, but we can stop what follows.
  const gone = permissionGone(context);
  if (gone !== null) return close('canceled', gone);
  const decision = classifyDecline(error);
  // Also after a press: another card could pay twice, or help a fraudster.
  if (decision.class === 'stop') return closeForMerchant;
  if (isCustomersTurn(context, attempt))
    return askCustomerAgain(context, attempt, kindOf(decision.class, context, attempt), policy);
  switch (decision.class) {
    case 'authenticate':
      return askCustomerAgain(context, attempt, 'authenticate', policy);
    case 'replace':
      return askCustomerAgain(context, attempt, 'replace', policy);
    case 'retry': {
      const scheme = schemeOf(context.method.type);
      if (scheme !== null) return presentAgain(context, attempt, error, scheme, policy);
      const terms = termsOf(context.charge.terms, policy);
      const delay_s = nextRetryDelay_s({
        retry_kind: decision.retry_kind ?? 'issuer',
        automatic_attempts_used: automaticAttempts(context.attempts),
        minimum_delay_s: decision.minimum_delay_s,
        schedule: {
          issuer_delays_s: terms.retry_days.map((days) => days * DAY_S),
          technical_delays_s: policy.technicalRetryMinutes.map((minutes) => minutes * MINUTE_S),
          automatic_attempts_max: policy.automaticAttemptsMax,
        },
      });
      if (delay_s === null || confirmsLeft(context, 'off_session', policy) === 0)
        return askCustomerAgain(context, attempt, 'replace', policy);
      return tryAgain(context, attempt, delay_s * 1_000, terms);
    }
  }
}

/**
 * A debit has a lane of its own: for the reasons and as often as its scheme allows, counted over all charges of its mandate. It
 * is due at once, because its notice comes first.
 */
function presentAgain(
  context: ChargeContext,
  attempt: Asked,
  { failure_code, decline_code }: PaymentError,
  scheme: DebitScheme,
  policy: ChargePolicy,
): Next {
  const terms = termsOf(context.charge.terms, policy);
  const { retries } = scheme;
  const earlier = context.attempts.filter(
    ({ payment_method_id, state }) => payment_method_id === context.method.id && state === 'declined',
  );
  const isAllowed =
    retries.failure_codes.includes(failure_code ?? decline_code ?? '') &&
    mayRepeat(scheme, context, earlier.length) &&
    terms.retry_days.length > 0 &&
    confirmsLeft(context, 'off_session', policy) > 0;
  return isAllowed
    ? tryAgain(context, attempt, 0, terms)
    : askCustomerAgain(context, attempt, 'replace', policy);
}

/** The customer who is told of it at once may pay before; otherwise nobody hears of it. */
function tryAgain(
  { recovery }: ChargeContext,
  { payment_method_id }: Asked,
  due_in_ms: number,
  terms: ChargeTerms,
): Next {
  const next = { due_in_ms, detail: 'retry_scheduled' } as const;
  if (recovery !== null) return { ...next, state: 'action_required', recovery: null };
  if (!terms.early_mail) return { ...next, state: 'retry_wait', recovery: null };
  const expires_in_ms = earlyRecoveryMs(terms);
  const early = { open: 'replace', payment_method_id, is_early: true, expires_in_ms } as const;
  return { ...next, state: 'action_required', recovery: early };
}

/** A card that only lacks money today may be pressed again; what was tried behind the customer's back is not offered anew. */
function kindOf(
  decline: DeclineClass,
  { recovery }: ChargeContext,
  { kind }: Asked,
): 'authenticate' | 'replace' {
  if (decline === 'authenticate') return 'authenticate';
  return decline === 'retry' && kind === 'on_session' && recovery !== null ? recovery.kind : 'replace';
}

/** The customer is at the page, or the charge is theirs to pay: nothing happens behind their back. */
export function isCustomersTurn(context: ChargeContext, attempt: Pick<Attempt, 'kind'>): boolean {
  const isAsked = context.recovery !== null && !isBesideRetries(context);
  return attempt.kind === 'on_session' || isAsked || context.charge.future_use_at !== null;
}

/** Back to the customer, unless this was the last confirm that the PaymentIntent gets: then it ends with proof. */
export function askCustomerAgain(
  context: ChargeContext,
  attempt: Pick<Attempt, 'payment_method_id'>,
  kind: 'authenticate' | 'replace',
  policy: ChargePolicy,
): Next {
  return confirmsLeft(context, 'on_session', policy) === 0
    ? close('failed', 'attempts_exhausted')
    : askCustomer(context, attempt, kind, policy);
}

/**
 * The customer is needed: one recovery opens, or the live one takes kind and method of this decline. Of a card that pays
 * one charge only it takes nothing: the page offers another in any case.
 */
export function askCustomer(
  context: ChargeContext,
  attempt: Pick<Attempt, 'payment_method_id'>,
  kind: 'authenticate' | 'replace',
  policy: UsualTerms,
): Next {
  return {
    state: 'action_required',
    due_in_ms: null,
    detail: null,
    recovery: changeOf(context, attempt, kind, policy),
  };
}

function changeOf(
  { charge, recovery }: ChargeContext,
  { payment_method_id }: Pick<Attempt, 'payment_method_id'>,
  kind: 'authenticate' | 'replace',
  policy: UsualTerms,
): RecoveryChange | null {
  const expires_in_ms = termsOf(charge.terms, policy).deadline_days * DAY_MS;
  if (recovery === null) return { open: kind, payment_method_id, is_early: false, expires_in_ms };
  const begins_for_ms = recovery.is_early ? expires_in_ms : null;
  const is_told = recovery.kind === kind && recovery.payment_method_id === payment_method_id;
  if (!is_told && payment_method_id === charge.payment_method_id)
    return { turn: kind, payment_method_id, begins_for_ms };
  const { kind: turn, payment_method_id: asked_about } = recovery;
  return recovery.is_early ? { turn, payment_method_id: asked_about, begins_for_ms } : null;
}

function close(as: CloseAs, detail: string): Next {
  return { state: 'closing', due_in_ms: 0, detail: 'closing', close: { as, detail }, recovery: null };
}

/** Only the merchant can mend it: the charge ends with proof, and its customer hears nothing (docs/protocol.md, 8.6). */
export const closeForMerchant: Next = close('failed', 'merchant_action');
