import type Stripe from 'stripe';
import type { Decline } from '../declines.ts';
import { emit } from '../events/emit.ts';
import { buildSetupAttempt, type SetupIntent } from '../objects/setup-intent.ts';
import { change, insert } from '../world/table.ts';
import type { Context, PaymentMethodRow, SetupIntentRow } from '../world/world.ts';
import { signSetup } from './mandates.ts';
import { attach } from './methods.ts';
import { declineError } from './refusals.ts';

/** The method is set up: saved to the customer, if there is one, and recorded for its use. */
export function saveMethod(
  context: Context,
  row: SetupIntentRow,
  method: PaymentMethodRow,
  mandate: string | null,
): void {
  const latest_attempt = recordAttempt(context, row, method, 'succeeded', null);
  const { usage, customer } = row.value;
  method.setUpFor =
    usage === 'on_session' && method.setUpFor !== 'off_session' ? 'on_session' : 'off_session';
  if (typeof customer === 'string') attach(context, method, customer);
  change(row, {
    last_setup_error: null,
    latest_attempt,
    mandate: row.singleUse === null ? mandate : null,
    next_action: null,
    payment_method: method.value.id,
    single_use_mandate: row.singleUse === null ? null : mandate,
    status: 'succeeded',
  });
  emit(context, 'setup_intent.succeeded', row.value);
  row.session?.moved(context);
}

/** The bank wants the customer: wait for them on the page. */
export function challengeSetup(
  context: Context,
  row: SetupIntentRow,
  method: PaymentMethodRow,
  return_url: string | null,
): void {
  const latest_attempt = recordAttempt(context, row, method, 'requires_action', null);
  change(row, {
    last_setup_error: null,
    latest_attempt,
    next_action: nextAction(context, row.value, return_url),
    payment_method: method.value.id,
    status: 'requires_action',
  });
  emit(context, 'setup_intent.requires_action', row.value);
}

/** The card cannot be saved. */
export function failSetup(
  context: Context,
  row: SetupIntentRow,
  method: PaymentMethodRow,
  decline: Decline,
): void {
  backToStart(context, row, method, declineError(context.world.options, decline, method.value, null));
}

/** The customer's answer to a challenge. Does nothing unless the SetupIntent waits for one. */
export function authenticateSetup(context: Context, row: SetupIntentRow, outcome: 'succeed' | 'fail'): void {
  if (row.value.status !== 'requires_action') return;
  const method = context.account.paymentMethods.byId.get(
    String(row.value.payment_method),
  ) as PaymentMethodRow;
  if (outcome === 'succeed') saveMethod(context, row, method, signSetup(context, row, method));
  else backToStart(context, row, method, authenticationFailure(method));
}

/** Cancels a SetupIntent that has not succeeded. */
export function cancelSetup(
  context: Context,
  row: SetupIntentRow,
  cancellation_reason: SetupIntent['cancellation_reason'],
): void {
  emit(
    context,
    'setup_intent.canceled',
    change(row, { cancellation_reason, next_action: null, status: 'canceled' }),
  );
}

/** A try failed: the SetupIntent waits for a method again. */
export function backToStart(
  context: Context,
  row: SetupIntentRow,
  method: PaymentMethodRow,
  error: Stripe.SetupIntent.LastSetupError,
): void {
  const latest_attempt = recordAttempt(context, row, method, 'failed', error);
  change(row, {
    last_setup_error: error,
    latest_attempt,
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  });
  emit(context, 'setup_intent.setup_failed', row.value);
  row.session?.moved(context);
}

/** Writes the attempt, or completes the one that was waiting for the customer. */
function recordAttempt(
  context: Context,
  row: SetupIntentRow,
  method: PaymentMethodRow,
  status: 'succeeded' | 'requires_action' | 'failed',
  error: Stripe.SetupIntent.LastSetupError | null,
): string {
  const { account, world } = context;
  const setup_error = error as Stripe.SetupAttempt.SetupError | null;
  const latest = account.setupAttempts.byId.get(String(row.value.latest_attempt));
  if (row.value.status === 'requires_action' && latest !== undefined && status !== 'requires_action') {
    change(latest, { status, setup_error });
    return latest.value.id;
  }
  const id = account.random.id('setatt_1', 23);
  const value = buildSetupAttempt(id, world.clock.seconds(), row.value, method.value, status, setup_error);
  return insert(account.setupAttempts, { value }).value.id;
}

function nextAction(context: Context, intent: SetupIntent, return_url: string | null) {
  if (return_url === null) return { type: 'use_stripe_sdk', use_stripe_sdk: {} };
  const url = `${context.world.url}/3ds/${intent.id}?client_secret=${intent.client_secret}`;
  return { type: 'redirect_to_url', redirect_to_url: { return_url, url } };
}

function authenticationFailure(method: PaymentMethodRow): Stripe.SetupIntent.LastSetupError {
  return {
    code: 'setup_intent_authentication_failure',
    doc_url: 'https://stripe.com/docs/error-codes/setup-intent-authentication-failure',
    message:
      'The latest attempt to set up the payment method has failed because authentication failed. ' +
      'Please provide a new payment method and confirm again.',
    payment_method: method.value as Stripe.PaymentMethod,
    type: 'invalid_request_error',
  };
}
