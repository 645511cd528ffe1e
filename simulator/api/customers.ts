import { emit } from '../events/emit.ts';
import { missing, notFound } from '../http/errors.ts';
import { listPage, listWhere, readPage } from '../http/lists.ts';
import { integer, object, oneOf, type Params, text, texts } from '../http/params.ts';
import type { Call, Route } from '../http/router.ts';
import { address, mergedMetadata, metadata, shipping } from '../http/shapes.ts';
import { attach, methodInParam, refuseForeignMethod, refuseUnattachable } from '../machines/methods.ts';
import { buildCustomer } from '../objects/customer.ts';
import { change, insert } from '../world/table.ts';
import type { CustomerRow } from '../world/world.ts';

export const customerRoutes: readonly Route[] = [
  { method: 'POST', template: '/v1/customers', kind: 'customer', read: create },
  { method: 'GET', template: '/v1/customers', kind: 'customer', list: true, read: list },
  { method: 'GET', template: '/v1/customers/:id', kind: 'customer', read: retrieve },
  { method: 'POST', template: '/v1/customers/:id', kind: 'customer', read: update },
  { method: 'DELETE', template: '/v1/customers/:id', kind: 'customer', read: remove },
  {
    method: 'GET',
    template: '/v1/customers/:id/payment_methods',
    kind: 'payment_method',
    list: true,
    read: listMethods,
  },
  {
    method: 'GET',
    template: '/v1/customers/:id/payment_methods/:inner',
    kind: 'payment_method',
    read: retrieveMethod,
  },
];

function create(call: Call) {
  const { params, account, world } = call;
  const sent = readFields(params);
  const methodId = text(params, 'payment_method') ?? null;
  return () => {
    const id = account.random.id('cus_', 14);
    const value = buildCustomer(id, world.clock.seconds(), {
      address: sent.address ?? null,
      balance: sent.balance ?? 0,
      description: sent.description ?? null,
      email: sent.email ?? null,
      invoice_settings: invoiceSettings(sent.defaultMethod ?? null),
      metadata: mergedMetadata(null, sent.metadata),
      name: sent.name ?? null,
      phone: sent.phone ?? null,
      preferred_locales: sent.preferred_locales ?? [],
      shipping: sent.shipping ?? null,
    });
    const method = methodId === null ? null : methodInParam(call, methodId);
    if (method !== null) {
      refuseForeignMethod(method, null);
      refuseUnattachable(call, method);
    }
    const row = insert(account.customers, { value, deleted: false });
    emit(call, 'customer.created', value);
    if (method !== null) attach(call, method, id);
    return row.value;
  };
}

function retrieve(call: Call) {
  const row = call.account.customers.byId.get(call.id);
  if (row === undefined) throw notFound('customer', call.id);
  return () => (row.deleted ? deletedBody(call.id) : row.value);
}

function update(call: Call) {
  const row = findLive(call);
  const sent = readFields(call.params);
  return () => {
    const before = row.value;
    const { defaultMethod, metadata: sentMetadata, ...plain } = sent;
    if (defaultMethod) {
      const method = call.account.paymentMethods.byId.get(defaultMethod);
      if (method?.value.customer !== call.id) {
        throw missing('PaymentMethod', defaultMethod, 'invoice_settings[default_payment_method]');
      }
    }
    const named = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
    change(row, {
      ...named,
      ...(defaultMethod === undefined ? {} : { invoice_settings: invoiceSettings(defaultMethod) }),
      metadata: mergedMetadata(before.metadata, sentMetadata),
    });
    emit(call, 'customer.updated', row.value, { ...before });
    return row.value;
  };
}

function remove(call: Call) {
  const row = findLive(call);
  return () => {
    row.deleted = true;
    for (const method of call.account.paymentMethods.rows) {
      if (method.value.customer !== call.id) continue;
      change(method, { customer: null });
      method.spent = true;
    }
    emit(call, 'customer.deleted', row.value);
    return deletedBody(call.id);
  };
}

function list({ params, account }: Call) {
  return listWhere(params, account.customers, '/v1/customers', ['email'], (row) => !row.deleted);
}

function listMethods(call: Call) {
  const { params, account } = call;
  const row = findLive(call);
  const page = readPage(params);
  const type = text(params, 'type') ?? null;
  const redisplay = oneOf(params, 'allow_redisplay', ['always', 'limited', 'unspecified']) ?? null;
  return () =>
    listPage(
      account.paymentMethods,
      page,
      `/v1/customers/${call.id}/payment_methods`,
      ({ value }) =>
        value.customer === row.value.id &&
        (type === null || value.type === type) &&
        (redisplay === null || value.allow_redisplay === redisplay),
      ({ value }) => value,
    );
}

function retrieveMethod(call: Call) {
  const method = call.account.paymentMethods.byId.get(call.innerId);
  if (method?.value.customer !== call.id) throw notFound('PaymentMethod', call.innerId, 'payment_method');
  return () => method.value;
}

function findLive(call: Call): CustomerRow {
  const row = call.account.customers.byId.get(call.id);
  if (row === undefined || row.deleted) throw notFound('customer', call.id);
  return row;
}

function readFields(params: Params) {
  const settings = object(params, 'invoice_settings');
  return {
    address: address(params),
    balance: integer(params, 'balance'),
    description: text(params, 'description'),
    email: text(params, 'email'),
    defaultMethod: settings ? text(settings, 'default_payment_method') : undefined,
    metadata: metadata(params),
    name: text(params, 'name'),
    phone: text(params, 'phone'),
    preferred_locales: texts(params, 'preferred_locales'),
    shipping: shipping(params),
  };
}

function invoiceSettings(default_payment_method: string | null) {
  return { custom_fields: null, default_payment_method, footer: null, rendering_options: null };
}

function deletedBody(id: string) {
  return { id, object: 'customer', deleted: true };
}
