import {
  type BankAccount,
  type CustomerSnapshot,
  FUTURE_USAGES,
  MANDATE_STATUSES,
  type MandateSnapshot,
  PAYMENT_INTENT_STATUSES,
  type PaymentError,
  type PaymentMethodSnapshot,
  type PaymentSnapshot,
  type ReadMandate,
  type ReadMethod,
  SESSION_STATUSES,
  SETUP_INTENT_STATUSES,
  type SessionSnapshot,
  type SetupSnapshot,
} from '../domain/charge/payment-snapshot.ts';
import { SCHEME_COUNTRIES } from '../domain/setup/methods-to-save.ts';
import { booleanOf, idOf, integerOf, objectOf, oneOf, pickTexts, textOf, textsOf } from './json.ts';

/**
 * From Stripe's JSON to our snapshots: only what is named here is kept. Each answers null for what is not
 * such an object, has no id, or has a status we do not know: nothing may be decided on it.
 */

export function projectPaymentIntent(value: unknown): PaymentSnapshot | null {
  const intent = objectOf(value);
  const id = textOf(intent?.id);
  const status = oneOf(PAYMENT_INTENT_STATUSES, intent?.status);
  if (intent === null || intent.object !== 'payment_intent' || id === null || status === null) return null;
  const latest_charge = objectOf(intent.latest_charge);
  return {
    id,
    status,
    amount_minor: integerOf(intent.amount),
    amount_received_minor: integerOf(intent.amount_received),
    currency: textOf(intent.currency),
    customer: idOf(intent.customer),
    livemode: booleanOf(intent.livemode),
    created_s: integerOf(intent.created),
    payment_method: idOf(intent.payment_method),
    latest_charge: idOf(intent.latest_charge),
    ...(latest_charge === null ? {} : { latest_failure_code: textOf(latest_charge.failure_code) }),
    cancellation_reason: textOf(intent.cancellation_reason),
    setup_future_usage: oneOf(FUTURE_USAGES, intent.setup_future_usage),
    types: textsOf(intent.payment_method_types),
    metadata: pickTexts(intent.metadata, ['dc_charge', 'dc_instance', 'dc_request', 'reference']),
    last_error: projectError(intent.last_payment_error),
  };
}

export function projectSetupIntent(value: unknown): SetupSnapshot | null {
  const intent = objectOf(value);
  const id = textOf(intent?.id);
  const status = oneOf(SETUP_INTENT_STATUSES, intent?.status);
  if (intent === null || intent.object !== 'setup_intent' || id === null || status === null) return null;
  return {
    id,
    status,
    usage: oneOf(FUTURE_USAGES, intent.usage),
    payment_method: idOf(intent.payment_method),
    mandate: idOf(intent.mandate),
    customer: idOf(intent.customer),
    livemode: booleanOf(intent.livemode),
    created_s: integerOf(intent.created),
    metadata: pickTexts(intent.metadata, ['dc_setup', 'dc_instance', 'dc_request']),
    last_error: projectError(intent.last_setup_error),
  };
}

export function projectSession(value: unknown): SessionSnapshot | null {
  const session = objectOf(value);
  const id = textOf(session?.id);
  if (session === null || session.object !== 'checkout.session' || id === null) return null;
  return {
    id,
    status: oneOf(SESSION_STATUSES, session.status),
    setup_intent: idOf(session.setup_intent),
    customer: idOf(session.customer),
    livemode: booleanOf(session.livemode),
    created_s: integerOf(session.created),
    expires_at: integerOf(session.expires_at),
    metadata: pickTexts(session.metadata, ['dc_setup', 'dc_instance', 'dc_request']),
  };
}

export function projectPaymentMethod(value: unknown): PaymentMethodSnapshot | null {
  const method = objectOf(value);
  const id = textOf(method?.id);
  const type = textOf(method?.type);
  if (method === null || method.object !== 'payment_method' || id === null || type === null) return null;
  return {
    id,
    type,
    customer: idOf(method.customer),
    livemode: booleanOf(method.livemode),
    allow_redisplay: textOf(method.allow_redisplay),
    card: projectCard(method.card),
  };
}

/** The fingerprint leaves this function as its mark only. */
export function projectReadMethod(
  value: unknown,
  cardMark: (fingerprint: string | null) => string | null,
): ReadMethod | null {
  const method = projectPaymentMethod(value);
  if (method === null) return null;
  const whole = objectOf(value);
  const card_mark = cardMark(textOf(objectOf(whole?.card)?.fingerprint));
  const address = objectOf(objectOf(whole?.billing_details)?.address);
  const has_address = textOf(address?.line1) !== null && textOf(address?.country) !== null;
  return { ...method, bank: projectBank(method.type, whole?.[method.type]), has_address, card_mark };
}

export function projectCustomer(value: unknown): CustomerSnapshot | null {
  const customer = objectOf(value);
  const id = textOf(customer?.id);
  if (customer === null || customer.object !== 'customer' || id === null) return null;
  return {
    id,
    deleted: customer.deleted === true,
    livemode: booleanOf(customer.livemode),
    created_s: integerOf(customer.created),
    metadata: pickTexts(customer.metadata, ['dc_customer', 'dc_instance']),
  };
}

export function projectMandate(value: unknown): MandateSnapshot | null {
  const mandate = objectOf(value);
  const id = textOf(mandate?.id);
  const status = oneOf(MANDATE_STATUSES, mandate?.status);
  if (mandate === null || mandate.object !== 'mandate' || id === null || status === null) return null;
  const payment_method = idOf(mandate.payment_method);
  return { id, status, payment_method, livemode: booleanOf(mandate.livemode) };
}

/** As `projectMandate`; reference and address stand under the mandate's own type, where its scheme has them. */
export function projectReadMandate(value: unknown): ReadMandate | null {
  const mandate = projectMandate(value);
  const details = objectOf(objectOf(value)?.payment_method_details);
  const scheme = objectOf(details?.[textOf(details.type) ?? '']);
  return mandate === null
    ? null
    : { ...mandate, reference: textOf(scheme?.reference), url: textOf(scheme?.url) };
}

/** The codes of an error body, `last_payment_error` or `last_setup_error`; null where there is none. */
export function projectError(value: unknown): PaymentError | null {
  const error = objectOf(value);
  if (error === null) return null;
  return {
    code: textOf(error.code),
    decline_code: textOf(error.decline_code),
    advice_code: textOf(error.advice_code),
    network_advice_code: textOf(error.network_advice_code),
    network_decline_code: textOf(error.network_decline_code),
    payment_method: idOf(error.payment_method),
    charge: idOf(error.charge),
  };
}

/** Null of a card, and of whatever else has no last four digits. */
function projectBank(type: string, value: unknown): BankAccount | null {
  const account = type === 'card' ? null : objectOf(value);
  const last4 = textOf(account?.last4);
  if (last4 === null) return null;
  const country = textOf(account?.country) ?? SCHEME_COUNTRIES[type] ?? null;
  return { bank_name: textOf(account?.bank_name), country, last4 };
}

function projectCard(value: unknown): PaymentMethodSnapshot['card'] {
  const card = objectOf(value);
  const brand = textOf(card?.brand);
  const last4 = textOf(card?.last4);
  const exp_month = integerOf(card?.exp_month);
  const exp_year = integerOf(card?.exp_year);
  if (brand === null || last4 === null || exp_month === null || exp_year === null) return null;
  return { brand, last4, exp_month, exp_year };
}
