import { notFound } from '../http/errors.ts';
import { listWhere } from '../http/lists.ts';
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

function list({ params, account }: Call) {
  return listWhere(params, account.charges, '/v1/charges', ['customer', 'payment_intent']);
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

function listBalance({ params, account }: Call) {
  return listWhere(params, account.balanceTransactions, '/v1/balance_transactions', [
    'source',
    'type',
    'currency',
  ]);
}

function retrieveBalance(call: Call) {
  const row = call.account.balanceTransactions.byId.get(call.id);
  if (row === undefined) throw notFound('balance_transaction', call.id);
  return () => row.value;
}
