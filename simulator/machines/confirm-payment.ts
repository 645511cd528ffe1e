import { currencyOf } from '../debits/schemes.ts';
import { ACTION_REFUSED, type Decline } from '../declines.ts';
import { conflict, invalid } from '../http/errors.ts';
import { absent, boolean, integer, oneOf, type Params, text } from '../http/params.ts';
import { type Acceptance, mandateData, type ShippingShape, shipping } from '../http/shapes.ts';
import type { PaymentIntent } from '../objects/payment-intent.ts';
import { change } from '../world/table.ts';
import type { Context, PaymentIntentRow, PaymentMethodRow } from '../world/world.ts';
import { mandateFor, mandateMissing, signMandate } from './mandates.ts';
import { type MethodData, readMethodDataIn } from './method-data.ts';
import { makeMethod, methodInParam, refuseForeignMethod } from './methods.ts';
import {
  type AllowedType,
  type CardOptions,
  paymentOptions,
  readAllowed,
  readMethodOptions,
  refuseTargetDates,
  typesOnOffer,
} from './offer.ts';
import { challengeRefused, decide } from './outcome.ts';
import { cancelPayment, challenge, fail, failUncharged, process, succeed } from './pay.ts';
import { cardRefused } from './refusals.ts';

/** Parameters that only a confirm may have. */
export interface ConfirmOnly {
  offSession: boolean;
  errorOnAction: boolean;
  returnUrl: string | null;
  mandate: string | null;
  acceptance: Acceptance | undefined;
}

/** Further parameters of a confirm. */
export interface ConfirmPayment extends ConfirmOnly {
  method: string | null;
  methodData: MethodData | undefined;
  useStripeSdk: boolean;
  allowed: AllowedType[] | null | undefined;
  captureMethod: PaymentIntent['capture_method'] | undefined;
  setupFutureUsage: 'off_session' | 'on_session' | null | undefined;
  options: CardOptions;
  receiptEmail: string | null | undefined;
  shipping: ShippingShape | null | undefined;
}

const CAPTURE_METHODS = ['automatic', 'automatic_async', 'manual'] as const;

/** `off_session` and its companions, which a create may carry only together with `confirm=true`. */
function readConfirmOnly(params: Params): ConfirmOnly {
  const offSession = oneOf(params, 'off_session', ['true', 'false', 'one_off', 'recurring']);
  return {
    offSession: offSession !== undefined && offSession !== null && offSession !== 'false',
    errorOnAction: boolean(params, 'error_on_requires_action') ?? false,
    returnUrl: text(params, 'return_url') ?? null,
    mandate: text(params, 'mandate') ?? null,
    acceptance: mandateData(params),
  };
}

export function readConfirmPayment(context: Context, params: Params): ConfirmPayment {
  const options = readMethodOptions(params);
  refuseTargetDates(context, options);
  return {
    ...readConfirmOnly(params),
    method: text(params, 'payment_method') ?? null,
    methodData: readMethodDataIn(context.world, params),
    useStripeSdk: boolean(params, 'use_stripe_sdk') ?? false,
    allowed: readAllowed(params),
    captureMethod: oneOf(params, 'capture_method', CAPTURE_METHODS) ?? undefined,
    setupFutureUsage: oneOf(params, 'setup_future_usage', ['off_session', 'on_session']),
    options,
    receiptEmail: text(params, 'receipt_email'),
    shipping: shipping(params),
  };
}

/** The amount a confirm repeats must be the PaymentIntent's. */
export function refuseOtherAmount(params: Params, intent: PaymentIntent): void {
  const amount = integer(params, 'amount_to_confirm');
  if (amount === undefined || amount === intent.amount) return;
  throw invalid(`amount_to_confirm must equal the PaymentIntent's amount.`, 'amount_to_confirm');
}

const CONFIRMABLE: readonly string[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

/** 400 unless the PaymentIntent can still be confirmed. */
export function refuseUnconfirmable(row: PaymentIntentRow): void {
  const { status, id } = row.value;
  if (CONFIRMABLE.includes(status)) return;
  const message =
    status === 'succeeded'
      ? 'You cannot confirm this PaymentIntent because it has already succeeded.'
      : `You cannot confirm this PaymentIntent because it has a status of ${status}.`;
  throw conflict('payment_intent_unexpected_state', `${message} (${id})`, { payment_intent: row.value });
}

/** A confirm that has been checked against the PaymentIntent and can be executed. */
export interface CheckedConfirm {
  sent: ConfirmPayment;
  method: PaymentMethodRow;
  patch: Partial<PaymentIntent>;
}

/**
 * Checks a confirm without changing the PaymentIntent: the method, its type and its owner, future use and
 * credentials, the return address. 400 if one is wrong.
 */
export function checkConfirm(context: Context, intent: PaymentIntent, sent: ConfirmPayment): CheckedConfirm {
  const allowed = sent.allowed === undefined ? intent.allowed_payment_method_types : sent.allowed;
  const types = typesOnOffer(allowed, intent.currency);
  const options = paymentOptions(types, intent.payment_method_options, sent.options);
  const future = sent.setupFutureUsage === undefined ? intent.setup_future_usage : sent.setupFutureUsage;
  refuseFutureUse(sent, options.card?.setup_future_usage ?? future, options.card?.stored_credential_usage);
  refuseMissingReturn(context, intent, sent, allowed !== null);
  const method = chosenMethod(context, intent, sent);
  refuseForeignMethod(method, intent.customer as string | null, { payment_intent: intent });
  refuseUnfitType(method, intent.currency, types);
  const patch: Partial<PaymentIntent> = {
    allowed_payment_method_types: allowed,
    automatic_payment_methods: allowed === null ? intent.automatic_payment_methods : null,
    capture_method: sent.captureMethod ?? intent.capture_method,
    payment_method_options: options,
    payment_method_types: types,
    receipt_email: sent.receiptEmail === undefined ? intent.receipt_email : sent.receiptEmail,
    setup_future_usage: future,
    shipping: sent.shipping === undefined ? intent.shipping : sent.shipping,
  };
  return { sent, method, patch };
}

/** Executes a checked confirm. 402 if the bank declines, or wants a customer who is not there. */
export function executeConfirm(context: Context, row: PaymentIntentRow, checked: CheckedConfirm): void {
  const { sent, method, patch } = checked;
  const { maxConfirms } = context.world.options;
  if (maxConfirms !== undefined && row.confirms >= maxConfirms) {
    cancelPayment(context, row, 'automatic');
    return;
  }
  const mandate = mandateOf(context, row, checked);
  row.confirms += 1;
  change(row, patch);
  const secure = row.value.payment_method_options?.card?.request_three_d_secure ?? null;
  const outcome = decide(method, { offSession: sent.offSession, request_three_d_secure: secure });
  switch (outcome.kind) {
    case 'ok':
      succeed(context, row, method, mandate, false);
      break;
    case 'debit':
      process(context, row, method, mandate);
      break;
    case 'decline':
      refuse(context, row, method, outcome.decline);
      break;
    case 'challenge':
      // Without the customer, a challenge is a decline.
      if (sent.offSession) refuseChallenge(context, row, method, challengeRefused(context));
      else if (sent.errorOnAction) refuseChallenge(context, row, method, ACTION_REFUSED);
      else {
        const returnUrl = sent.useStripeSdk ? null : sent.returnUrl;
        challenge(context, row, method, outcome.afterwards, mandate, returnUrl);
      }
      break;
  }
}

function refuse(context: Context, row: PaymentIntentRow, method: PaymentMethodRow, decline: Decline): never {
  const charge = fail(context, row, method, decline, false).value.id;
  const embedded = { charge, payment_intent: row.value, payment_method: method.value };
  throw cardRefused(context.world.options, decline, embedded);
}

/** Without the customer, a challenge is a decline. */
function refuseChallenge(
  context: Context,
  row: PaymentIntentRow,
  method: PaymentMethodRow,
  decline: Decline,
): never {
  const { options } = context.world;
  if (options.challengeLeaves === 'charge') refuse(context, row, method, decline);
  failUncharged(context, row, method, decline);
  throw cardRefused(options, decline, { payment_intent: row.value, payment_method: method.value });
}

/** The mandate of a debit. Where there is none, the PaymentIntent keeps the method, and waits for its confirmation. */
function mandateOf(
  context: Context,
  row: PaymentIntentRow,
  { sent, method, patch }: CheckedConfirm,
): string | null {
  if (sent.acceptance !== undefined) return signMandate(context, method, sent.acceptance, null);
  if (method.behaviour.kind === 'card') return sent.mandate;
  const mandate = mandateFor(context, method, sent.mandate);
  if (mandate !== null) return mandate;
  const payment_method = method.value.id;
  change(row, { ...patch, payment_method, status: 'requires_confirmation' });
  throw mandateMissing(row.value);
}

function chosenMethod(context: Context, intent: PaymentIntent, sent: ConfirmPayment): PaymentMethodRow {
  if (sent.methodData !== undefined)
    return makeMethod(context, sent.methodData.source, sent.methodData.extras);
  const id = sent.method ?? (intent.payment_method as string | null);
  if (id !== null) return methodInParam(context, id);
  const message =
    "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent " +
    'with a payment method and then confirm it again, or confirm it again directly with one.';
  throw conflict('payment_intent_unexpected_state', message, { payment_intent: intent });
}

/** Stripe accepts neither `off_session` nor a stored credential's usage while future use is being set up. */
function refuseFutureUse(sent: ConfirmPayment, future: string | null, stored: string | undefined): void {
  const sets = future === 'off_session' || future === 'on_session';
  if (sets && sent.offSession) {
    throw invalid(
      'You cannot set `off_session` on a PaymentIntent with `setup_future_usage`.',
      'off_session',
    );
  }
  if (sets && stored !== undefined) throw credentialRefused();
}

/** 400 for `stored_credential_usage` together with `setup_future_usage`. */
export function credentialRefused(): Error {
  const param = 'payment_method_options[card][stored_credential_usage]';
  return invalid('`stored_credential_usage` is not supported together with `setup_future_usage`.', param);
}

/**
 * A method that may redirect needs a return address. Exempting `off_session` is an assumption [U].
 */
function refuseMissingReturn(
  context: Context,
  intent: PaymentIntent,
  sent: ConfirmPayment,
  listed: boolean,
): void {
  if (context.world.options.returnUrlCheck === 'off' || listed) return;
  const automatic = intent.automatic_payment_methods;
  if (automatic?.enabled !== true || automatic.allow_redirects === 'never') return;
  if (sent.returnUrl !== null || sent.useStripeSdk || sent.offSession) return;
  throw invalid(RETURN_URL_MESSAGE, 'return_url');
}

export const RETURN_URL_MESSAGE =
  'This intent is configured to accept payment methods enabled in your Dashboard. Because some of these ' +
  'payment methods might redirect your customer off of your page, you must provide a `return_url`.';

function refuseUnfitType(method: PaymentMethodRow, currency: string, types: readonly string[]): void {
  const { type, id } = method.value;
  const only = currencyOf(type);
  if (only !== null && only !== currency) {
    throw invalid(
      `${type} moves ${only} only, not ${currency}.`,
      'payment_method',
      'payment_method_currency_mismatch',
    );
  }
  if (types.includes(type)) return;
  const message = `The PaymentMethod ${id} (${type}) is not allowed for this PaymentIntent.`;
  throw invalid(message, 'payment_method', 'payment_intent_incompatible_payment_method');
}

/** 400 for what only makes sense together with `confirm=true`. */
export function refuseWithoutConfirm(params: Params): void {
  for (const key of ['off_session', 'return_url', 'mandate', 'mandate_data', 'error_on_requires_action']) {
    if (params.tree[key] === undefined) continue;
    throw invalid(`You can only set \`${key}\` when \`confirm=true\`.`, key);
  }
}

/** The client secret that a publishable key must show. */
export function refuseWrongSecret(params: Params, secret: string | null, publishable: boolean): void {
  const sent = text(params, 'client_secret') ?? null;
  if (sent === null && !publishable) return;
  if (sent === null) throw absent(params, 'client_secret');
  if (sent === secret) return;
  throw invalid(
    'The client_secret provided does not match the client_secret of this intent.',
    'client_secret',
  );
}
