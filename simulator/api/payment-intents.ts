import { readCurrency, refuseAmount } from '../currencies.ts';
import { emit } from '../events/emit.ts';
import { conflict, invalid, StripeHttpError } from '../http/errors.ts';
import { listWhere } from '../http/lists.ts';
import { boolean, oneOf, requiredInteger, requiredText, text } from '../http/params.ts';
import type { Call, Route } from '../http/router.ts';
import { mergedMetadata, metadata } from '../http/shapes.ts';
import {
  checkConfirm,
  credentialRefused,
  executeConfirm,
  readConfirmPayment,
  refuseOtherAmount,
  refuseUnconfirmable,
  refuseWithoutConfirm,
  refuseWrongSecret,
} from '../machines/confirm-payment.ts';
import { newPayment } from '../machines/intents.ts';
import { methodInParam, refuseForeignMethod } from '../machines/methods.ts';
import { paymentOptions, readOffer, typesOnOffer } from '../machines/offer.ts';
import { cancelPayment } from '../machines/pay.ts';
import { type PaymentIntent, publicPaymentIntent } from '../objects/payment-intent.ts';
import { insert } from '../world/table.ts';
import type { PaymentIntentRow } from '../world/world.ts';
import { findPaymentIntent, isEarly, refuseUnknownCustomer } from './intent-fields.ts';
import { capture, update } from './payment-intent-changes.ts';

export const paymentIntentRoutes: readonly Route[] = [
  { method: 'POST', template: '/v1/payment_intents', kind: 'payment_intent', read: create },
  { method: 'GET', template: '/v1/payment_intents', kind: 'payment_intent', list: true, read: list },
  {
    method: 'GET',
    template: '/v1/payment_intents/:id',
    kind: 'payment_intent',
    publishable: true,
    read: retrieve,
  },
  { method: 'POST', template: '/v1/payment_intents/:id', kind: 'payment_intent', locks: true, read: update },
  {
    method: 'POST',
    template: '/v1/payment_intents/:id/confirm',
    kind: 'payment_intent',
    publishable: true,
    locks: true,
    read: confirm,
  },
  {
    method: 'POST',
    template: '/v1/payment_intents/:id/cancel',
    kind: 'payment_intent',
    locks: true,
    read: cancel,
  },
  {
    method: 'POST',
    template: '/v1/payment_intents/:id/capture',
    kind: 'payment_intent',
    locks: true,
    read: capture,
  },
];

function create(call: Call) {
  const { params } = call;
  const confirmed = boolean(params, 'confirm') ?? false;
  if (!confirmed) refuseWithoutConfirm(params);
  const amount = requiredInteger(params, 'amount');
  const currency = readCurrency(requiredText(params, 'currency'));
  refuseAmount(amount, currency);
  const customer = text(params, 'customer') ?? null;
  refuseUnknownCustomer(call, customer);
  const offer = readOffer(params);
  const sent = readConfirmPayment(call, params);
  const fields = {
    confirmation_method: oneOf(params, 'confirmation_method', ['automatic', 'manual']) ?? 'automatic',
    description: text(params, 'description') ?? null,
    metadata: mergedMetadata(null, metadata(params)),
    statement_descriptor: text(params, 'statement_descriptor') ?? null,
    statement_descriptor_suffix: text(params, 'statement_descriptor_suffix') ?? null,
  } as const;
  const types = typesOnOffer(offer.allowed_payment_method_types, currency);
  const future = sent.setupFutureUsage ?? null;
  if (future !== null && sent.options.stored_credential_usage !== undefined) throw credentialRefused();
  return () => {
    const method = sent.method === null ? null : methodInParam(call, sent.method);
    if (method !== null) refuseForeignMethod(method, customer);
    const row = newPayment(call, {
      ...fields,
      ...offer,
      amount,
      capture_method: sent.captureMethod ?? 'automatic_async',
      currency,
      customer,
      payment_method: method?.value.id ?? null,
      payment_method_options: paymentOptions(types, null, sent.options),
      payment_method_types: types,
      receipt_email: sent.receiptEmail ?? null,
      setup_future_usage: future,
      shipping: sent.shipping ?? null,
    });
    const asked = { ...sent, method: row.value.payment_method as string | null, allowed: undefined };
    const checked = confirmed ? checkConfirm(call, row.value, asked) : null;
    insert(call.account.paymentIntents, row);
    emit(call, 'payment_intent.created', row.value);
    if (checked !== null) executeConfirm(call, row, checked);
    return row.value;
  };
}

function confirm(call: Call) {
  const row = findPaymentIntent(call);
  refuseWrongSecret(call.params, row.value.client_secret, call.publishable);
  refuseOtherAmount(call.params, row.value);
  const sent = readConfirmPayment(call, call.params);
  if (call.publishable && sent.offSession) throw invalid('off_session needs a secret key.', 'off_session');
  return () => {
    try {
      refuseSessionsOwn(row, 'confirm');
      refuseUnconfirmable(row);
      executeConfirm(call, row, checkConfirm(call, row.value, sent));
      return shown(call, row.value);
    } catch (error) {
      throw call.publishable ? redacted(error) : error;
    }
  };
}

function retrieve(call: Call) {
  const row = findPaymentIntent(call);
  refuseWrongSecret(call.params, row.value.client_secret, call.publishable);
  return () => shown(call, row.value);
}

function list({ params, account }: Call) {
  return listWhere(params, account.paymentIntents, '/v1/payment_intents', ['customer']);
}

const REASONS = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;

function cancel(call: Call) {
  const row = findPaymentIntent(call);
  const reason = oneOf(call.params, 'cancellation_reason', REASONS) ?? null;
  return () => {
    const { status } = row.value;
    if (status !== 'requires_capture') refuseSessionsOwn(row, 'cancel');
    if (!isEarly(status) && status !== 'requires_capture') {
      const message = `You cannot cancel this PaymentIntent because it has a status of ${status}.`;
      throw conflict('payment_intent_unexpected_state', message, { payment_intent: row.value });
    }
    cancelPayment(call, row, reason);
    return row.value;
  };
}

function shown(call: Call, intent: PaymentIntent): Partial<PaymentIntent> {
  return call.publishable ? publicPaymentIntent(intent) : intent;
}

/** A refusal that shows a publishable key no more of the PaymentIntent than an ordinary answer would. */
function redacted(error: unknown): unknown {
  if (!(error instanceof StripeHttpError) || error.body.payment_intent === undefined) return error;
  const payment_intent = publicPaymentIntent(error.body.payment_intent as PaymentIntent);
  return new StripeHttpError(error.status, { ...error.body, payment_intent }, error.stored, error.headers);
}

/** Checkout keeps its PaymentIntent to itself; only a held amount may be released directly. */
function refuseSessionsOwn(row: PaymentIntentRow, verb: string): void {
  if (row.session === null) return;
  throw invalid(`You cannot ${verb} the PaymentIntent of a Checkout Session. Expire the Session instead.`);
}
