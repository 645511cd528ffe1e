import type Stripe from 'stripe';
import { schemeOf } from '../debits/schemes.ts';
import { answerInMs, expectedDate } from '../debits/timing.ts';
import type { Decline } from '../declines.ts';
import { emit } from '../events/emit.ts';
import { buildCharge, type ChargeResult } from '../objects/charge.ts';
import type { PaymentIntent } from '../objects/payment-intent.ts';
import { change, insert } from '../world/table.ts';
import type { ChargeRow, Context, PaymentIntentRow, PaymentMethodRow } from '../world/world.ts';
import { enterCharge, enterChargeLater } from './balance.ts';
import { openDispute } from './disputes.ts';
import { warnOfFraud } from './fraud-warnings.ts';
import { setMandateStatus } from './mandates.ts';
import { attach } from './methods.ts';
import { authenticationFailure, debitError, declineError } from './refusals.ts';

/** Takes the money, or holds it when the capture is manual. */
export function succeed(
  context: Context,
  row: PaymentIntentRow,
  method: PaymentMethodRow,
  mandate: string | null,
  challenged: boolean,
): void {
  const captured = row.value.capture_method !== 'manual';
  const charge = charged(context, row, method, mandate, { status: 'succeeded', captured, challenged });
  row.successes += 1;
  row.challenge = null;
  if (row.value.capture_method === 'automatic') enterCharge(context, charge);
  change(row, {
    amount_capturable: captured ? 0 : row.value.amount,
    amount_received: captured ? row.value.amount : 0,
    last_payment_error: null,
    latest_charge: charge.value.id,
    next_action: null,
    payment_method: method.value.id,
    processing: null,
    status: captured ? 'succeeded' : 'requires_capture',
  });
  emit(context, 'charge.succeeded', charge.value);
  keepMethod(context, row.value, method);
  emit(
    context,
    captured ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated',
    row.value,
  );
  if (captured && row.value.capture_method === 'automatic_async') enterChargeLater(context, charge);
  if (captured) disputeIfTable(context, charge, method);
  if (method.behaviour.kind === 'card' && method.behaviour.card.fraudWarning) warnOfFraud(context, charge);
  row.session?.moved(context);
}

/** The bank declined: a failed charge, and the PaymentIntent waits for a payment method again. */
export function fail(
  context: Context,
  row: PaymentIntentRow,
  method: PaymentMethodRow,
  decline: Decline,
  challenged: boolean,
): ChargeRow {
  const charge = charged(context, row, method, null, { status: 'failed', decline, challenged });
  emit(context, 'charge.failed', charge.value);
  const error = declineError(context.world.options, decline, method.value, charge.value.id);
  backToStart(context, row, error, charge.value.id);
  return charge;
}

/** The bank wants the customer, who is not there: nothing was charged, and nothing is left of the try but the error. */
export function failUncharged(
  context: Context,
  row: PaymentIntentRow,
  method: PaymentMethodRow,
  decline: Decline,
): void {
  backToStart(context, row, declineError(context.world.options, decline, method.value, null), null);
}

/** The bank wants the customer, who is there: wait for them on the page. */
export function challenge(
  context: Context,
  row: PaymentIntentRow,
  method: PaymentMethodRow,
  afterwards: Decline | null,
  mandate: string | null,
  return_url: string | null,
): void {
  row.challenge = { payment_method: method.value.id, afterwards, mandate };
  change(row, {
    last_payment_error: null,
    next_action: nextAction(context, row.value, return_url),
    payment_method: method.value.id,
    status: 'requires_action',
  });
  emit(context, 'payment_intent.requires_action', row.value);
}

/** Starts the debit; a timer brings the bank's answer. */
export function process(
  context: Context,
  row: PaymentIntentRow,
  method: PaymentMethodRow,
  mandate: string | null,
): void {
  const { clock, options } = context.world;
  const bank = method.behaviour.kind === 'bank' ? method.behaviour.bank : null;
  const targetDate =
    bank === null ? null : (row.value.payment_method_options?.[bank.type]?.target_date ?? null);
  const expected_debit_date = expectedDate(clock.nowMs(), targetDate);
  const charge = charged(context, row, method, mandate, { status: 'pending', expected_debit_date });
  change(row, {
    last_payment_error: null,
    latest_charge: charge.value.id,
    next_action: null,
    payment_method: method.value.id,
    status: 'processing',
  });
  emit(context, 'charge.pending', charge.value);
  emit(context, 'payment_intent.processing', row.value);
  row.session?.moved(context);
  const later = { ...context, request: null };
  const signed = context.account.mandates.byId.get(mandate ?? '');
  const newMandate = signed?.value.status === 'pending';
  const answer = () => {
    // Settled by hand and confirmed anew meanwhile: the debit in progress is another one, with its own timer.
    if (row.value.latest_charge !== charge.value.id) return;
    // A debit waits for its mandate at the bank, and fails with it.
    if (newMandate && signed.value.status === 'pending') clock.after(options.asyncDelayMs, answer);
    else if (newMandate && signed.value.status === 'inactive') settle(later, row, NOT_AUTHORIZED);
    else settle(later, row, bank?.outcome === 'fails' ? { failureCode: bank.failureCode } : null);
  };
  const at = { nowMs: clock.nowMs(), targetDate, newMandate };
  const delayMs = bank === null ? options.asyncDelayMs : answerInMs(options, schemeOf(bank.type), bank, at);
  clock.after(delayMs, answer);
}

const NOT_AUTHORIZED = { failureCode: 'debit_not_authorized' };

/**
 * The bank's late answer to a debit: success, or a failure, with its code if the bank names one. Does nothing if there
 * is an answer already.
 */
export function settle(
  context: Context,
  row: PaymentIntentRow,
  failure: { readonly failureCode: string | null } | null,
): void {
  const charge = context.account.charges.byId.get(String(row.value.latest_charge));
  const method = context.account.paymentMethods.byId.get(String(row.value.payment_method));
  if (row.value.status !== 'processing' || charge === undefined || method === undefined) return;
  if (failure === null) {
    landed(context, row, charge, method);
  } else {
    const message = 'The debit was refused by the bank.';
    change(charge, {
      amount_captured: 0,
      captured: false,
      failure_code: failure.failureCode,
      failure_message: message,
      paid: false,
      status: 'failed',
    });
    emit(context, 'charge.failed', charge.value);
    const { debitFailureShape } = context.world.options;
    const error = debitError(debitFailureShape, failure.failureCode, message, method.value);
    backToStart(context, row, error, charge.value.id);
    endMandate(context, method);
  }
}

function landed(context: Context, row: PaymentIntentRow, charge: ChargeRow, method: PaymentMethodRow): void {
  change(charge, { paid: true, status: 'succeeded' });
  enterCharge(context, charge);
  row.successes += 1;
  change(row, { amount_received: row.value.amount, status: 'succeeded' });
  emit(context, 'charge.succeeded', charge.value);
  keepMethod(context, row.value, method);
  emit(context, 'payment_intent.succeeded', row.value);
  disputeIfTable(context, charge, method);
  row.session?.moved(context);
}

/** The customer's answer to a challenge. Does nothing unless the PaymentIntent waits for one. */
export function authenticatePayment(
  context: Context,
  row: PaymentIntentRow,
  outcome: 'succeed' | 'fail',
): void {
  const waiting = row.challenge;
  if (row.value.status !== 'requires_action' || waiting === null) return;
  const method = context.account.paymentMethods.byId.get(waiting.payment_method) as PaymentMethodRow;
  row.challenge = null;
  if (outcome === 'succeed' && waiting.afterwards === null) {
    succeed(context, row, method, waiting.mandate, true);
  } else if (outcome === 'succeed') {
    fail(context, row, method, waiting.afterwards as Decline, true);
  } else {
    backToStart(context, row, authenticationFailure(method), null);
  }
}

/** Cancels a PaymentIntent that has not succeeded, and releases held money. */
export function cancelPayment(
  context: Context,
  row: PaymentIntentRow,
  cancellation_reason: PaymentIntent['cancellation_reason'],
): void {
  const charge = context.account.charges.byId.get(String(row.value.latest_charge));
  const held = row.value.status === 'requires_capture';
  row.challenge = null;
  change(row, {
    amount_capturable: 0,
    canceled_at: context.world.clock.seconds(),
    cancellation_reason,
    next_action: null,
    status: 'canceled',
  });
  if (held && charge !== undefined) {
    row.successes -= 1;
    change(charge, { amount_refunded: charge.value.amount, refunded: true });
    emit(context, 'charge.refunded', charge.value);
  }
  emit(context, 'payment_intent.canceled', row.value);
}

function charged(
  context: Context,
  row: PaymentIntentRow,
  method: PaymentMethodRow,
  mandate: string | null,
  result: ChargeResult,
): ChargeRow {
  const { account, world } = context;
  const id = account.random.id(method.behaviour.kind === 'card' ? 'ch_3' : 'py_3', 23);
  const risk = method.behaviour.kind === 'card' ? method.behaviour.card.risk : 'normal';
  const value = buildCharge(id, world.clock.seconds(), row.value, method.value, mandate, result, risk);
  return insert(account.charges, { value, refunds: [], dispute: null });
}

function backToStart(
  context: Context,
  row: PaymentIntentRow,
  last_payment_error: Stripe.PaymentIntent.LastPaymentError,
  charge: string | null,
): void {
  row.challenge = null;
  change(row, {
    last_payment_error,
    next_action: null,
    // The method that failed is only in the error and on the charge: a recorded payload shows null here.
    payment_method: null,
    status: 'requires_payment_method',
    ...(charge === null ? {} : { latest_charge: charge }),
  });
  emit(context, 'payment_intent.payment_failed', row.value);
  row.session?.moved(context);
}

/** Future use was agreed: the method is saved and counts as set up. Otherwise a loose one is used up. */
function keepMethod(context: Context, intent: PaymentIntent, method: PaymentMethodRow): void {
  const usage = intent.payment_method_options?.card?.setup_future_usage ?? intent.setup_future_usage;
  if (usage === 'off_session' || usage === 'on_session') {
    if (method.setUpFor !== 'off_session')
      method.setUpFor = usage === 'off_session' ? 'off_session' : 'on_session';
    if (typeof intent.customer === 'string') attach(context, method, intent.customer);
  }
  if (method.value.customer === null) method.spent = true;
}

function disputeIfTable(context: Context, charge: ChargeRow, method: PaymentMethodRow): void {
  const { behaviour } = method;
  const reason =
    behaviour.kind === 'card'
      ? behaviour.card.dispute
      : behaviour.bank.outcome === 'disputed'
        ? 'debit_not_authorized'
        : null;
  if (reason === null) return;
  if (reason === 'inquiry') openDispute(context, charge, 'general', true);
  else openDispute(context, charge, reason, false);
}

function endMandate(context: Context, method: PaymentMethodRow): void {
  if (method.behaviour.kind !== 'bank' || !method.behaviour.bank.endsMandate) return;
  const mandate = context.account.mandates.byId.get(method.mandate ?? '');
  if (mandate !== undefined) setMandateStatus(context, mandate, 'inactive');
}

function nextAction(context: Context, intent: PaymentIntent, return_url: string | null) {
  if (return_url === null) return { type: 'use_stripe_sdk', use_stripe_sdk: {} };
  const url = `${context.world.url}/3ds/${intent.id}?client_secret=${intent.client_secret}`;
  return { type: 'redirect_to_url', redirect_to_url: { return_url, url } };
}
