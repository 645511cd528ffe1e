import { notFound } from '../http/errors.ts';
import { listWhere } from '../http/lists.ts';
import type { Call, Route } from '../http/router.ts';

const URL = '/v1/radar/early_fraud_warnings';

export const fraudWarningRoutes: readonly Route[] = [
  { method: 'GET', template: URL, kind: 'radar.early_fraud_warning', list: true, read: list },
  { method: 'GET', template: `${URL}/:id`, kind: 'radar.early_fraud_warning', read: retrieve },
];

function list({ params, account }: Call) {
  return listWhere(params, account.fraudWarnings, URL, ['charge', 'payment_intent']);
}

function retrieve(call: Call) {
  const row = call.account.fraudWarnings.byId.get(call.id);
  if (row === undefined) throw notFound('early fraud warning', call.id, 'early_fraud_warning');
  return () => row.value;
}
