import { emit } from '../events/emit.ts';
import { conflict, invalid, notFound, StripeHttpError } from '../http/errors.ts';
import { listWhere } from '../http/lists.ts';
import { boolean, object, oneOf, requiredInteger, requiredText, text } from '../http/params.ts';
import type { Call, Route } from '../http/router.ts';
import { mergedMetadata, metadata } from '../http/shapes.ts';
import { refuseWrongSecret } from '../machines/confirm-payment.ts';
import {
  checkSetup,
  executeSetup,
  readConfirmSetup,
  refuseUnconfirmableSetup,
  setupOptions,
} from '../machines/confirm-setup.ts';
import { newSetup } from '../machines/intents.ts';
import { methodInParam, refuseForeignMethod } from '../machines/methods.ts';
import { readAllowed, readMethodOptions, readOffer, typesOnOffer } from '../machines/offer.ts';
import { cancelSetup } from '../machines/save.ts';
import { publicSetupIntent, type SetupIntent, type SetupIntentFields } from '../objects/setup-intent.ts';
import { change, insert } from '../world/table.ts';
import type { SetupIntentRow } from '../world/world.ts';
import { refuseUnknownCustomer } from './intent-fields.ts';

export const setupIntentRoutes: readonly Route[] = [
  { method: 'POST', template: '/v1/setup_intents', kind: 'setup_intent', read: create },
  { method: 'GET', template: '/v1/setup_intents', kind: 'setup_intent', list: true, read: list },
  {
    method: 'GET',
    template: '/v1/setup_intents/:id',
    kind: 'setup_intent',
    publishable: true,
    read: retrieve,
  },
  { method: 'POST', template: '/v1/setup_intents/:id', kind: 'setup_intent', locks: true, read: update },
  {
    method: 'POST',
    template: '/v1/setup_intents/:id/confirm',
    kind: 'setup_intent',
    publishable: true,
    locks: true,
    read: confirm,
  },
  {
    method: 'POST',
    template: '/v1/setup_intents/:id/cancel',
    kind: 'setup_intent',
    locks: true,
    read: cancel,
  },
  { method: 'GET', template: '/v1/setup_attempts', kind: 'setup_attempt', list: true, read: listAttempts },
];

function create(call: Call) {
  const { params } = call;
  const confirmed = boolean(params, 'confirm') ?? false;
  if (!confirmed) refuseWithoutConfirm(call);
  const customer = text(params, 'customer') ?? null;
  refuseUnknownCustomer(call, customer);
  const offer = readOffer(params);
  const sent = readConfirmSetup(call, params);
  const usage = oneOf(params, 'usage', ['off_session', 'on_session']) ?? 'off_session';
  const description = text(params, 'description') ?? null;
  const kept = mergedMetadata(null, metadata(params));
  const single = object(params, 'single_use');
  const singleUse = single
    ? { amount: requiredInteger(single, 'amount'), currency: requiredText(single, 'currency') }
    : null;
  const types = typesOnOffer(offer.allowed_payment_method_types, null);
  return () => {
    const method = sent.method === null ? null : methodInParam(call, sent.method);
    if (method !== null) refuseForeignMethod(method, customer);
    const payment_method = method?.value.id ?? null;
    const fields: SetupIntentFields = {
      ...offer,
      customer,
      description,
      metadata: kept,
      payment_method,
      payment_method_options: setupOptions(types, sent.options.request_three_d_secure, null),
      payment_method_types: types,
      usage: call.world.options.setupUsage === 'as_asked' ? usage : 'off_session',
    };
    const row = newSetup(call, fields, null);
    row.singleUse = singleUse;
    const asked = { ...sent, method: payment_method, allowed: undefined };
    const checked = confirmed ? checkSetup(call, row.value, null, asked) : null;
    insert(call.account.setupIntents, row);
    emit(call, 'setup_intent.created', row.value);
    if (checked !== null) executeSetup(call, row, checked);
    return row.value;
  };
}

function confirm(call: Call) {
  const row = find(call);
  refuseWrongSecret(call.params, row.value.client_secret, call.publishable);
  const sent = readConfirmSetup(call, call.params);
  return () => {
    try {
      refuseSessionsOwn(row, 'confirm');
      refuseUnconfirmableSetup(row, sent);
      executeSetup(call, row, checkSetup(call, row.value, row.currency, sent));
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

function list({ params, account }: Call) {
  return listWhere(params, account.setupIntents, '/v1/setup_intents', ['customer', 'payment_method']);
}

const OPEN: readonly string[] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

function update(call: Call) {
  const { params } = call;
  const row = find(call);
  const customer = text(params, 'customer');
  if (customer) refuseUnknownCustomer(call, customer);
  const methodId = text(params, 'payment_method');
  const description = text(params, 'description');
  const sent = metadata(params);
  const allowed = readAllowed(params);
  const options = readMethodOptions(params);
  return () => {
    const { value } = row;
    const asked = Object.keys(params.tree).filter(
      (key) => !['metadata', 'description', 'expand'].includes(key),
    );
    if (!OPEN.includes(value.status) && asked.length > 0) {
      const message = `You cannot update this SetupIntent because it has a status of ${value.status}.`;
      throw conflict('setup_intent_unexpected_state', message, { setup_intent: value });
    }
    const owner = customer === undefined ? (value.customer as string | null) : customer;
    const method = methodId ? methodInParam(call, methodId) : null;
    if (method !== null) refuseForeignMethod(method, owner);
    const list = allowed === undefined ? value.allowed_payment_method_types : allowed;
    const types = typesOnOffer(list, row.currency);
    return change(row, {
      allowed_payment_method_types: list,
      automatic_payment_methods: list === null ? value.automatic_payment_methods : null,
      customer: owner,
      description: description === undefined ? value.description : description,
      metadata: mergedMetadata(value.metadata, sent),
      payment_method_options: setupOptions(types, options.request_three_d_secure, value),
      payment_method_types: types,
      ...(method === null
        ? {}
        : { payment_method: method.value.id, status: 'requires_confirmation', next_action: null }),
    });
  };
}

const REASONS = ['abandoned', 'duplicate', 'requested_by_customer'] as const;

function cancel(call: Call) {
  const row = find(call);
  const reason = oneOf(call.params, 'cancellation_reason', REASONS) ?? null;
  return () => {
    refuseSessionsOwn(row, 'cancel');
    if (!OPEN.includes(row.value.status)) {
      const message = `You cannot cancel this SetupIntent because it has a status of ${row.value.status}.`;
      throw conflict('setup_intent_unexpected_state', message, { setup_intent: row.value });
    }
    cancelSetup(call, row, reason);
    return row.value;
  };
}

function listAttempts({ params, account }: Call) {
  requiredText(params, 'setup_intent');
  return listWhere(params, account.setupAttempts, '/v1/setup_attempts', ['setup_intent']);
}

function find(call: Call): SetupIntentRow {
  const row = call.account.setupIntents.byId.get(call.id);
  if (row === undefined) throw notFound('setupintent', call.id, 'intent');
  return row;
}

function shown(call: Call, intent: SetupIntent): Partial<SetupIntent> {
  return call.publishable ? publicSetupIntent(intent) : intent;
}

/** A refusal that shows a publishable key no more of the SetupIntent than an ordinary answer would. */
function redacted(error: unknown): unknown {
  if (!(error instanceof StripeHttpError) || error.body.setup_intent === undefined) return error;
  const setup_intent = publicSetupIntent(error.body.setup_intent as SetupIntent);
  return new StripeHttpError(error.status, { ...error.body, setup_intent }, error.stored, error.headers);
}

function refuseSessionsOwn(row: SetupIntentRow, verb: string): void {
  if (row.session === null) return;
  throw invalid(`You cannot ${verb} the SetupIntent of a Checkout Session. Expire the Session instead.`);
}

function refuseWithoutConfirm(call: Call): void {
  for (const key of ['return_url', 'mandate_data']) {
    if (call.params.tree[key] === undefined) continue;
    throw invalid(`You can only set \`${key}\` when \`confirm=true\`.`, key);
  }
}
