import { emit } from '../events/emit.ts';
import { conflict, invalid, missing, notFound, StripeHttpError } from '../http/errors.ts';
import { countUpdate } from '../http/limiter.ts';
import { listPage, readCreated, readPage } from '../http/lists.ts';
import { boolean, integer, oneOf, requiredInteger, requiredText, text } from '../http/params.ts';
import type { Call, Route } from '../http/router.ts';
import { type MetadataChange, mergedMetadata, metadata, shipping } from '../http/shapes.ts';
import { enterCharge } from '../machines/balance.ts';
import {
  checkConfirm,
  credentialRefused,
  executeConfirm,
  readConfirmPayment,
  refuseAmount,
  refuseOtherAmount,
  refuseUnconfirmable,
  refuseWithoutConfirm,
  refuseWrongSecret,
} from '../machines/confirm-payment.ts';
import { newPayment } from '../machines/intents.ts';
import { methodInParam, refuseForeignMethod } from '../machines/methods.ts';
import {
  paymentOptions,
  readAllowed,
  readMethodOptions,
  readOffer,
  typesOnOffer,
} from '../machines/offer.ts';
import { cancelPayment } from '../machines/pay.ts';
import { type PaymentIntent, publicPaymentIntent } from '../objects/payment-intent.ts';
import { change, insert } from '../world/table.ts';
import type { Context, PaymentIntentRow } from '../world/world.ts';

const CURRENCY = /^[a-z]{3}$/;

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
  refuseAmount(amount);
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
  const row = find(call);
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
  const row = find(call);
  refuseWrongSecret(call.params, row.value.client_secret, call.publishable);
  return () => shown(call, row.value);
}

function list(call: Call) {
  const { params, account } = call;
  const page = readPage(params);
  const within = readCreated(params);
  const customer = text(params, 'customer') ?? null;
  return () =>
    listPage(
      account.paymentIntents,
      page,
      '/v1/payment_intents',
      ({ value }) => (customer === null || value.customer === customer) && within(value.created),
      ({ value }) => value,
    );
}

const EARLY: readonly string[] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
/** What may be changed at any time. */
const ALWAYS: readonly string[] = ['metadata', 'description', 'expand'];

function update(call: Call) {
  const { params } = call;
  const row = find(call);
  const patch: Partial<PaymentIntent> = {};
  const amount = integer(params, 'amount');
  if (amount !== undefined) refuseAmount(amount);
  const currency = text(params, 'currency');
  const customer = text(params, 'customer');
  if (customer) refuseUnknownCustomer(call, customer);
  const methodId = text(params, 'payment_method');
  const future = oneOf(params, 'setup_future_usage', ['off_session', 'on_session']);
  const allowed = readAllowed(params);
  const options = readMethodOptions(params);
  const sentMetadata: MetadataChange = metadata(params);
  const captureMethod = oneOf(params, 'capture_method', ['automatic', 'automatic_async', 'manual']);
  const sentShipping = shipping(params);
  if (amount !== undefined) patch.amount = amount;
  if (currency) patch.currency = readCurrency(currency);
  if (customer !== undefined) patch.customer = customer;
  if (future !== undefined) patch.setup_future_usage = future;
  if (captureMethod) patch.capture_method = captureMethod;
  if (sentShipping !== undefined) patch.shipping = sentShipping;
  for (const key of [
    'description',
    'receipt_email',
    'statement_descriptor',
    'statement_descriptor_suffix',
  ] as const) {
    const value = text(params, key);
    if (value !== undefined) patch[key] = value;
  }
  return () => {
    const { value } = row;
    const late = Object.keys(params.tree).filter((key) => !ALWAYS.includes(key));
    if (!EARLY.includes(value.status) && late.length > 0) {
      const message = `This PaymentIntent's ${late[0]} could not be updated because it has a status of ${value.status}.`;
      throw conflict('payment_intent_unexpected_state', message, { payment_intent: value });
    }
    countUpdate(call.world, row);
    const owner = patch.customer === undefined ? value.customer : patch.customer;
    const method = methodId ? methodInParam(call, methodId) : null;
    if (method !== null) {
      refuseForeignMethod(method, owner as string | null);
      Object.assign(patch, {
        payment_method: method.value.id,
        status: 'requires_confirmation',
        next_action: null,
      });
      row.challenge = null;
    } else if (methodId === null) {
      Object.assign(patch, { payment_method: null, status: 'requires_payment_method', next_action: null });
      row.challenge = null;
    }
    const list = allowed === undefined ? value.allowed_payment_method_types : allowed;
    const types = typesOnOffer(list, patch.currency ?? value.currency);
    const merged = paymentOptions(types, value.payment_method_options, options);
    const sets =
      (patch.setup_future_usage === undefined ? value.setup_future_usage : patch.setup_future_usage) !== null;
    if (sets && merged.card?.stored_credential_usage !== undefined) throw credentialRefused();
    change(row, {
      ...patch,
      allowed_payment_method_types: list,
      metadata: mergedMetadata(value.metadata, sentMetadata),
      payment_method_options: merged,
      payment_method_types: types,
      ...(late.length > 0 ? { last_payment_error: null } : {}),
    });
    return row.value;
  };
}

const REASONS = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;

function cancel(call: Call) {
  const row = find(call);
  const reason = oneOf(call.params, 'cancellation_reason', REASONS) ?? null;
  return () => {
    const { status } = row.value;
    if (status !== 'requires_capture') refuseSessionsOwn(row, 'cancel');
    if (!EARLY.includes(status) && status !== 'requires_capture') {
      const message = `You cannot cancel this PaymentIntent because it has a status of ${status}.`;
      throw conflict('payment_intent_unexpected_state', message, { payment_intent: row.value });
    }
    cancelPayment(call, row, reason);
    return row.value;
  };
}

function capture(call: Call) {
  const row = find(call);
  const asked = integer(call.params, 'amount_to_capture');
  const sent: MetadataChange = metadata(call.params);
  boolean(call.params, 'final_capture');
  return () => {
    const { value } = row;
    const charge = call.account.charges.byId.get(String(value.latest_charge));
    if (value.status !== 'requires_capture' || charge === undefined) {
      const message = `This PaymentIntent could not be captured because it has a status of ${value.status}.`;
      throw conflict('payment_intent_unexpected_state', message, { payment_intent: value });
    }
    const amount = asked ?? value.amount_capturable;
    if (amount < 1 || amount > value.amount_capturable) {
      throw invalid(
        'amount_to_capture must be at most the amount capturable.',
        'amount_to_capture',
        'amount_too_large',
      );
    }
    change(charge, {
      amount_captured: amount,
      amount_refunded: charge.value.amount - amount,
      captured: true,
    });
    enterCharge(call, charge);
    change(row, {
      amount_capturable: 0,
      amount_received: amount,
      metadata: mergedMetadata(value.metadata, sent),
      status: 'succeeded',
    });
    emit(call, 'charge.captured', charge.value);
    emit(call, 'payment_intent.succeeded', row.value);
    row.session?.moved(call);
    return row.value;
  };
}

function find(call: Call): PaymentIntentRow {
  const row = call.account.paymentIntents.byId.get(call.id);
  if (row === undefined) throw notFound('payment_intent', call.id, 'intent');
  return row;
}

function shown(call: Call, intent: PaymentIntent): Partial<PaymentIntent> {
  return call.publishable ? publicPaymentIntent(intent) : intent;
}

/** A refusal that shows a publishable key no more of the PaymentIntent than an answer would. */
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

function refuseUnknownCustomer(context: Context, id: string | null): void {
  if (id === null) return;
  const row = context.account.customers.byId.get(id);
  if (row === undefined || row.deleted) throw missing('customer', id, 'customer');
}

function readCurrency(sent: string): string {
  const currency = sent.toLowerCase();
  if (CURRENCY.test(currency)) return currency;
  throw invalid(`Invalid currency: ${sent}. Three-letter ISO codes are expected.`, 'currency');
}
