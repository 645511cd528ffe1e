import type Stripe from 'stripe';
import { isDebit, schemeOf } from '../debits/schemes.ts';
import { declineOf } from '../declines.ts';
import { conflict, docUrl, invalid, StripeHttpError } from '../http/errors.ts';
import { boolean, type Params, text } from '../http/params.ts';
import { type Acceptance, mandateData } from '../http/shapes.ts';
import type { SetupIntent } from '../objects/setup-intent.ts';
import { change } from '../world/table.ts';
import type { Context, PaymentMethodRow, SetupIntentRow } from '../world/world.ts';
import { RETURN_URL_MESSAGE } from './confirm-payment.ts';
import { signSetup } from './mandates.ts';
import { type MethodData, readMethodDataIn } from './method-data.ts';
import { makeMethod, methodInParam, refuseForeignMethod } from './methods.ts';
import { type AllowedType, type CardOptions, readAllowed, readMethodOptions, typesOnOffer } from './offer.ts';
import { cardRefused } from './refusals.ts';
import { backToStart, challengeSetup, failSetup, saveMethod } from './save.ts';

/** The parameters of a SetupIntent's confirm. */
export interface ConfirmSetup {
  method: string | null;
  methodData: MethodData | undefined;
  returnUrl: string | null;
  useStripeSdk: boolean;
  acceptance: Acceptance | undefined;
  allowed: AllowedType[] | null | undefined;
  options: CardOptions;
}

export function readConfirmSetup(context: Context, params: Params): ConfirmSetup {
  return {
    method: text(params, 'payment_method') ?? null,
    methodData: readMethodDataIn(context.world, params),
    returnUrl: text(params, 'return_url') ?? null,
    useStripeSdk: boolean(params, 'use_stripe_sdk') ?? false,
    acceptance: mandateData(params),
    allowed: readAllowed(params),
    options: readMethodOptions(params),
  };
}

const CONFIRMABLE: readonly string[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

/** 400 unless the SetupIntent can still be confirmed. That no method is there is told before that. */
export function refuseUnconfirmableSetup(row: SetupIntentRow, sent: ConfirmSetup): void {
  if (sent.method === null && sent.methodData === undefined && row.value.payment_method === null)
    throw methodMissing(row.value);
  if (CONFIRMABLE.includes(row.value.status)) return;
  const message = `You cannot confirm this SetupIntent because it has a status of ${row.value.status}.`;
  throw conflict('setup_intent_unexpected_state', message, { setup_intent: row.value });
}

/** A confirm that has been checked against the SetupIntent and can be executed. */
export interface CheckedSetup {
  sent: ConfirmSetup;
  method: PaymentMethodRow;
  patch: Partial<SetupIntent>;
}

/** Checks a confirm without changing the SetupIntent. 400 if it cannot be executed. */
export function checkSetup(
  context: Context,
  intent: SetupIntent,
  currency: string | null,
  sent: ConfirmSetup,
): CheckedSetup {
  const allowed = sent.allowed === undefined ? intent.allowed_payment_method_types : sent.allowed;
  const types = typesOnOffer(allowed, currency);
  refuseMissingReturn(context, intent, sent, allowed !== null);
  const method = chosenMethod(context, intent, sent);
  refuseForeignMethod(method, intent.customer as string | null, { setup_intent: intent });
  if (!types.includes(method.value.type)) {
    const { id, type } = method.value;
    const message = `The PaymentMethod ${id} (${type}) is not allowed for this SetupIntent.`;
    throw invalid(message, 'payment_method', 'setup_intent_invalid_parameter');
  }
  if (method.behaviour.kind === 'bank' && sent.acceptance === undefined) {
    throw invalid(
      'A bank debit needs the mandate_data of its acceptance.',
      'mandate_data',
      'parameter_missing',
    );
  }
  const options = setupOptions(types, sent.options.request_three_d_secure, intent);
  const patch: Partial<SetupIntent> = {
    allowed_payment_method_types: allowed,
    automatic_payment_methods: allowed === null ? intent.automatic_payment_methods : null,
    payment_method_options: options,
    payment_method_types: types,
  };
  return { sent, method, patch };
}

/** Executes a checked confirm. 402 if the card cannot be saved. */
export function executeSetup(context: Context, row: SetupIntentRow, checked: CheckedSetup): void {
  const { sent, method } = checked;
  row.confirms += 1;
  change(row, checked.patch);
  row.acceptance = sent.acceptance ?? null;
  const { behaviour } = method;
  if (behaviour.kind === 'bank' && behaviour.bank.setup === 'rejected') throw rejected(context, row, method);
  const saved = behaviour.kind === 'card' ? behaviour.card.setup : 'ok';
  const secure = row.value.payment_method_options?.card?.request_three_d_secure;
  const asked = (secure === 'any' || secure === 'challenge') && behaviour.kind === 'card';
  const answer = saved === 'ok' && asked ? behaviour.card.onRequest : saved;
  if (answer === 'auth') {
    challengeSetup(context, row, method, sent.useStripeSdk ? null : sent.returnUrl);
  } else if (answer === 'ok') {
    saveMethod(context, row, method, signSetup(context, row, method));
  } else {
    const decline = declineOf(answer);
    failSetup(context, row, method, decline);
    const { options } = context.world;
    throw cardRefused(options, decline, { payment_method: method.value, setup_intent: row.value });
  }
}

/** The number is none of its bank's, which is told while its owner is there; of the code nothing is recorded [U]. */
function rejected(context: Context, row: SetupIntentRow, method: PaymentMethodRow): Error {
  const error = {
    code: 'account_number_invalid',
    doc_url: docUrl('account_number_invalid'),
    message: 'The bank account number provided is invalid.',
    type: 'invalid_request_error',
  } as const;
  backToStart(context, row, method, { ...error, payment_method: method.value as Stripe.PaymentMethod });
  return new StripeHttpError(400, { ...error, setup_intent: row.value }, true);
}

/** The SetupIntent's `payment_method_options` for the types on offer. */
export function setupOptions(
  types: readonly string[],
  secure: CardOptions['request_three_d_secure'],
  before: SetupIntent | null,
): NonNullable<SetupIntent['payment_method_options']> {
  const had = before?.payment_method_options?.card?.request_three_d_secure;
  return {
    ...(types.includes('card')
      ? {
          card: {
            mandate_options: null,
            network: null,
            request_three_d_secure: secure ?? had ?? 'automatic',
          },
        }
      : {}),
    ...Object.fromEntries(types.filter(hasSetupOptions).map((type) => [type, {}])),
  };
}

const hasSetupOptions = (type: string) => isDebit(type) && schemeOf(type).setupOptions;

function chosenMethod(context: Context, intent: SetupIntent, sent: ConfirmSetup): PaymentMethodRow {
  if (sent.methodData !== undefined)
    return makeMethod(context, sent.methodData.source, sent.methodData.extras);
  const id = sent.method ?? (intent.payment_method as string | null);
  if (id !== null) return methodInParam(context, id);
  throw methodMissing(intent);
}

function methodMissing(intent: SetupIntent): Error {
  const message =
    "You cannot confirm this SetupIntent because it's missing a payment method. Update it with " +
    'a payment method and then confirm it again.';
  return conflict('setup_intent_unexpected_state', message, { setup_intent: intent });
}

function refuseMissingReturn(
  context: Context,
  intent: SetupIntent,
  sent: ConfirmSetup,
  listed: boolean,
): void {
  if (context.world.options.returnUrlCheck === 'off' || listed) return;
  const automatic = intent.automatic_payment_methods;
  if (automatic?.enabled !== true || automatic.allow_redirects === 'never') return;
  if (sent.returnUrl === null && !sent.useStripeSdk) throw invalid(RETURN_URL_MESSAGE, 'return_url');
}
