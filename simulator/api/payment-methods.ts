import { emit } from '../events/emit.ts';
import { invalid, missing } from '../http/errors.ts';
import { listPage, readPage } from '../http/lists.ts';
import { integer, object, oneOf, requiredText, text } from '../http/params.ts';
import type { Call, Route } from '../http/router.ts';
import { billingDetails, mergedMetadata, metadata } from '../http/shapes.ts';
import { setMandateStatus } from '../machines/mandates.ts';
import { readMethodData } from '../machines/method-data.ts';
import {
  attach,
  makeMethod,
  methodInPath,
  refuseForeignMethod,
  refuseUnattachable,
} from '../machines/methods.ts';
import { change } from '../world/table.ts';

export const paymentMethodRoutes: readonly Route[] = [
  { method: 'POST', template: '/v1/payment_methods', kind: 'payment_method', read: create },
  { method: 'GET', template: '/v1/payment_methods', kind: 'payment_method', list: true, read: list },
  { method: 'GET', template: '/v1/payment_methods/:id', kind: 'payment_method', read: retrieve },
  { method: 'POST', template: '/v1/payment_methods/:id', kind: 'payment_method', read: update },
  { method: 'POST', template: '/v1/payment_methods/:id/attach', kind: 'payment_method', read: attachTo },
  { method: 'POST', template: '/v1/payment_methods/:id/detach', kind: 'payment_method', read: detach },
];

const REDISPLAY = ['always', 'limited', 'unspecified'] as const;

function create(call: Call) {
  const data = readMethodData(call.world, call.params);
  return () => makeMethod(call, data.source, data.extras).value;
}

function retrieve(call: Call) {
  return () => methodInPath(call, call.id).value;
}

function update(call: Call) {
  const { params } = call;
  const details = billingDetails(params);
  const redisplay = oneOf(params, 'allow_redisplay', REDISPLAY) ?? null;
  const sent = metadata(params);
  const card = object(params, 'card');
  const expiry = card ? { month: integer(card, 'exp_month'), year: integer(card, 'exp_year') } : {};
  return () => {
    const row = methodInPath(call, call.id);
    if (row.value.customer === null) {
      throw invalid('You must save this PaymentMethod to a customer before you can update it.');
    }
    const before = row.value;
    const { month, year } = expiry;
    change(row, {
      billing_details: { ...before.billing_details, ...details },
      metadata: mergedMetadata(before.metadata, sent),
      ...(redisplay === null ? {} : { allow_redisplay: redisplay }),
      ...(before.card === undefined
        ? {}
        : {
            card: {
              ...before.card,
              exp_month: month ?? before.card.exp_month,
              exp_year: year ?? before.card.exp_year,
            },
          }),
    });
    emit(call, 'payment_method.updated', row.value, { ...before });
    return row.value;
  };
}

function attachTo(call: Call) {
  const customer = requiredText(call.params, 'customer');
  const owner = call.account.customers.byId.get(customer);
  if (owner === undefined || owner.deleted) throw missing('customer', customer, 'customer');
  return () => {
    const row = methodInPath(call, call.id);
    if (row.value.customer !== null && row.value.customer !== customer) {
      throw invalid('The payment method you provided has already been attached to a customer.');
    }
    refuseForeignMethod(row, customer);
    refuseUnattachable(call, row);
    attach(call, row, customer);
    return row.value;
  };
}

function detach(call: Call) {
  return () => {
    const row = methodInPath(call, call.id);
    if (row.value.customer === null) {
      throw invalid(
        'The payment method you provided is not attached to a customer so detachment is impossible.',
      );
    }
    const before = row.value;
    change(row, { customer: null });
    row.spent = true;
    emit(call, 'payment_method.detached', row.value, { ...before });
    const mandate = call.account.mandates.byId.get(row.mandate ?? '');
    if (mandate !== undefined) setMandateStatus(call, mandate, 'inactive');
    return row.value;
  };
}

function list(call: Call) {
  const { params, account } = call;
  const page = readPage(params);
  const customer = text(params, 'customer') ?? null;
  const type = text(params, 'type') ?? null;
  const redisplay = oneOf(params, 'allow_redisplay', REDISPLAY) ?? null;
  const owner = customer === null ? undefined : account.customers.byId.get(customer);
  if (customer !== null && owner === undefined) throw missing('customer', customer, 'customer');
  // Without a customer Stripe lists none, though there are such methods.
  return () =>
    listPage(
      account.paymentMethods,
      page,
      '/v1/payment_methods',
      ({ value }) =>
        customer !== null &&
        value.customer === customer &&
        (type === null || value.type === type) &&
        (redisplay === null || value.allow_redisplay === redisplay),
      ({ value }) => value,
    );
}
