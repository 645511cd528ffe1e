import { readCurrency, refuseAmount } from '../currencies.ts';
import { emit } from '../events/emit.ts';
import { conflict, invalid } from '../http/errors.ts';
import { countUpdate } from '../http/limiter.ts';
import { boolean, integer, oneOf, text } from '../http/params.ts';
import type { Call } from '../http/router.ts';
import { type MetadataChange, mergedMetadata, metadata, shipping } from '../http/shapes.ts';
import { enterCharge } from '../machines/balance.ts';
import { credentialRefused } from '../machines/confirm-payment.ts';
import { methodInParam, refuseForeignMethod } from '../machines/methods.ts';
import {
  paymentOptions,
  readAllowed,
  readMethodOptions,
  refuseTargetDates,
  typesOnOffer,
} from '../machines/offer.ts';
import type { PaymentIntent } from '../objects/payment-intent.ts';
import { change } from '../world/table.ts';
import type { PaymentIntentRow } from '../world/world.ts';
import { findPaymentIntent, isEarly, refuseUnknownCustomer } from './intent-fields.ts';

/** What may be changed at any time. */
const ALWAYS: readonly string[] = ['metadata', 'description', 'expand'];
const PLAIN = [
  'description',
  'receipt_email',
  'statement_descriptor',
  'statement_descriptor_suffix',
] as const;

/** `POST /v1/payment_intents/:id` */
export function update(call: Call) {
  const { params } = call;
  const row = findPaymentIntent(call);
  const patch = readPatch(call, row.value.currency);
  const methodId = text(params, 'payment_method');
  const allowed = readAllowed(params);
  const options = readMethodOptions(params);
  refuseTargetDates(call, options);
  const sent: MetadataChange = metadata(params);
  const late = Object.keys(params.tree).filter((key) => !ALWAYS.includes(key));
  return () => {
    refuseLate(row, late[0]);
    countUpdate(call.world, row);
    const { value } = row;
    const list = allowed === undefined ? value.allowed_payment_method_types : allowed;
    const types = typesOnOffer(list, patch.currency ?? value.currency);
    const merged = paymentOptions(types, value.payment_method_options, options);
    const future =
      patch.setup_future_usage === undefined ? value.setup_future_usage : patch.setup_future_usage;
    if (future !== null && merged.card?.stored_credential_usage !== undefined) throw credentialRefused();
    const chosen = methodPatch(call, row, patch, methodId);
    return change(row, {
      ...patch,
      ...chosen,
      allowed_payment_method_types: list,
      automatic_payment_methods: list === null ? value.automatic_payment_methods : null,
      metadata: mergedMetadata(value.metadata, sent),
      payment_method_options: merged,
      payment_method_types: types,
      ...(late.length > 0 ? { last_payment_error: null } : {}),
    });
  };
}

function readPatch(call: Call, standing: string): Partial<PaymentIntent> {
  const { params } = call;
  const patch: Partial<PaymentIntent> = {};
  const amount = integer(params, 'amount');
  const sentCurrency = text(params, 'currency');
  const currency = sentCurrency ? readCurrency(sentCurrency) : undefined;
  const customer = text(params, 'customer');
  const future = oneOf(params, 'setup_future_usage', ['off_session', 'on_session']);
  const captureMethod = oneOf(params, 'capture_method', ['automatic', 'automatic_async', 'manual']);
  const sentShipping = shipping(params);
  if (amount !== undefined) refuseAmount(amount, currency ?? standing);
  if (amount !== undefined) patch.amount = amount;
  if (customer) refuseUnknownCustomer(call, customer);
  if (customer !== undefined) patch.customer = customer;
  if (currency !== undefined) patch.currency = currency;
  if (future !== undefined) patch.setup_future_usage = future;
  if (captureMethod) patch.capture_method = captureMethod;
  if (sentShipping !== undefined) patch.shipping = sentShipping;
  for (const key of PLAIN) {
    const value = text(params, key);
    if (value !== undefined) patch[key] = value;
  }
  return patch;
}

/** A new method requires a new confirm; removing the method requires another. */
function methodPatch(
  call: Call,
  row: PaymentIntentRow,
  patch: Partial<PaymentIntent>,
  methodId: string | null | undefined,
): Partial<PaymentIntent> {
  if (methodId === undefined) return {};
  const owner = patch.customer === undefined ? row.value.customer : patch.customer;
  const method = methodId === null ? null : methodInParam(call, methodId);
  if (method !== null) refuseForeignMethod(method, owner as string | null);
  row.challenge = null;
  if (method === null) return { payment_method: null, status: 'requires_payment_method', next_action: null };
  return { payment_method: method.value.id, status: 'requires_confirmation', next_action: null };
}

function refuseLate(row: PaymentIntentRow, late: string | undefined): void {
  const { status } = row.value;
  if (late === undefined || isEarly(status)) return;
  const message = `This PaymentIntent's ${late} could not be updated because it has a status of ${status}.`;
  throw conflict('payment_intent_unexpected_state', message, { payment_intent: row.value });
}

/** `POST /v1/payment_intents/:id/capture` */
export function capture(call: Call) {
  const row = findPaymentIntent(call);
  const asked = integer(call.params, 'amount_to_capture');
  const sent: MetadataChange = metadata(call.params);
  const suffix = text(call.params, 'statement_descriptor_suffix');
  const descriptor = text(call.params, 'statement_descriptor');
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
      statement_descriptor: descriptor === undefined ? value.statement_descriptor : descriptor,
      statement_descriptor_suffix: suffix === undefined ? value.statement_descriptor_suffix : suffix,
      status: 'succeeded',
    });
    emit(call, 'charge.captured', charge.value);
    emit(call, 'payment_intent.succeeded', row.value);
    row.session?.moved(call);
    return row.value;
  };
}
