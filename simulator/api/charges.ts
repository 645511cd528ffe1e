import { notFound } from '../http/errors.ts';
import { listPage, readCreated, readPage } from '../http/lists.ts';
import { text } from '../http/params.ts';
import type { Call, Route } from '../http/router.ts';

export const chargeRoutes: readonly Route[] = [
  { method: 'GET', template: '/v1/charges', kind: 'charge', list: true, read: list },
  { method: 'GET', template: '/v1/charges/:id', kind: 'charge', read: retrieve },
  { method: 'GET', template: '/v1/mandates/:id', kind: 'mandate', read: retrieveMandate },
  {
    method: 'GET',
    template: '/v1/balance_transactions',
    kind: 'balance_transaction',
    list: true,
    read: listBalance,
  },
  {
    method: 'GET',
    template: '/v1/balance_transactions/:id',
    kind: 'balance_transaction',
    read: retrieveBalance,
  },
];

function list(call: Call) {
  const { params, account } = call;
  const page = readPage(params);
  const within = readCreated(params);
  const customer = text(params, 'customer') ?? null;
  const intent = text(params, 'payment_intent') ?? null;
  return () =>
    listPage(
      account.charges,
      page,
      '/v1/charges',
      ({ value }) =>
        (customer === null || value.customer === customer) &&
        (intent === null || value.payment_intent === intent) &&
        within(value.created),
      ({ value }) => value,
    );
}

function retrieve(call: Call) {
  const row = call.account.charges.byId.get(call.id);
  if (row === undefined) throw notFound('charge', call.id);
  return () => row.value;
}

function retrieveMandate(call: Call) {
  const row = call.account.mandates.byId.get(call.id);
  if (row === undefined) throw notFound('mandate', call.id, 'mandate');
  return () => row.value;
}

function listBalance(call: Call) {
  const { params, account } = call;
  const page = readPage(params);
  const within = readCreated(params);
  const source = text(params, 'source') ?? null;
  const type = text(params, 'type') ?? null;
  const currency = text(params, 'currency') ?? null;
  return () =>
    listPage(
      account.balanceTransactions,
      page,
      '/v1/balance_transactions',
      ({ value }) =>
        (source === null || value.source === source) &&
        (type === null || value.type === type) &&
        (currency === null || value.currency === currency) &&
        within(value.created),
      ({ value }) => value,
    );
}

function retrieveBalance(call: Call) {
  const row = call.account.balanceTransactions.byId.get(call.id);
  if (row === undefined) throw notFound('balance_transaction', call.id);
  return () => row.value;
}
