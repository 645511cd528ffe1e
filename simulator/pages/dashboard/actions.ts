import { routes } from '../../api/routes.ts';
import { decideDispute, disputeCharge, renewCard, reportFraud } from '../../control/issuer.ts';
import { invalid } from '../../http/errors.ts';
import { parseForm, type Tree } from '../../http/form.ts';
import { lockTimeout, tryLock, unlock } from '../../http/locks.ts';
import { paramsOf, refuseLeftovers } from '../../http/params.ts';
import { matchRoute, routerOf } from '../../http/router.ts';
import type { Account, ChargeRow, CustomerRow, PaymentIntentRow, World } from '../../world/world.ts';
import { minorOf } from '../html.ts';
import { chargeOf } from './payments.ts';

/** What was done, in a sentence, by the name of the action. */
export const DONE: Readonly<Record<string, string>> = {
  refund: 'The refund was made.',
  dispute: 'The dispute was opened.',
  close_dispute: 'The dispute was closed.',
  fraud_warning: 'The warning was made.',
  cancel: 'The payment was cancelled.',
  change_amount: 'The amount was changed.',
  detach: 'The method was detached.',
  renew: 'The card was renewed.',
  delete: 'The customer was deleted.',
};

/**
 * Does to a payment what was pressed, and returns the object that came of it. It throws what the API, or the control
 * API, refuses.
 */
export function actOnPayment(world: World, account: Account, row: PaymentIntentRow, form: Tree): unknown {
  const { id, currency } = row.value;
  switch (form.action) {
    case 'refund': {
      const amount = amountIn(form, currency);
      return callApi(world, account, 'POST', '/v1/refunds', {
        payment_intent: id,
        amount,
        reason: sent(form, 'reason'),
      });
    }
    case 'change_amount':
      return callApi(world, account, 'POST', `/v1/payment_intents/${id}`, {
        amount: amountIn(form, currency),
      });
    case 'cancel': {
      const cancellation_reason = sent(form, 'cancellation_reason');
      return callApi(world, account, 'POST', `/v1/payment_intents/${id}/cancel`, { cancellation_reason });
    }
    case 'dispute':
      return disputeCharge(world, paid(account, row).value.id, sent(form, 'reason'), form.kind === 'inquiry');
    case 'close_dispute': {
      const { dispute } = paid(account, row);
      if (dispute === null) throw invalid('This payment has no dispute.');
      return decideDispute(world, dispute.value.id, form.outcome === 'lost' ? 'lost' : 'won');
    }
    case 'fraud_warning':
      return reportFraud(world, paid(account, row).value.id, sent(form, 'fraud_type'));
    default:
      throw invalid('There is no such action.');
  }
}

/** Does to a customer, or to one of their methods, what was pressed, likewise. */
export function actOnCustomer(world: World, account: Account, row: CustomerRow, form: Tree): unknown {
  if (form.action === 'delete') return callApi(world, account, 'DELETE', `/v1/customers/${row.value.id}`, {});
  const method = sent(form, 'payment_method');
  if (account.paymentMethods.byId.get(method)?.value.customer !== row.value.id) {
    throw invalid('The customer has no such method.');
  }
  switch (form.action) {
    case 'detach':
      return callApi(world, account, 'POST', `/v1/payment_methods/${method}/detach`, {});
    case 'renew': {
      const number = sent(form, 'number').trim();
      const exp_month = Number(sent(form, 'exp_month'));
      const exp_year = Number(sent(form, 'exp_year'));
      return renewCard(world, method, { exp_month, exp_year, ...(number === '' ? {} : { number }) });
    }
    default:
      throw invalid('There is no such action.');
  }
}

const router = routerOf(routes);

/** Runs an operation of the API as its route has it, without a request: what follows from it names none. */
function callApi(
  world: World,
  account: Account,
  method: 'POST' | 'DELETE',
  path: string,
  fields: Readonly<Record<string, string>>,
): unknown {
  const matched = matchRoute(router, method, path);
  if (matched === undefined) throw new Error(`no such operation: ${method} ${path}`);
  const { route, id, innerId } = matched;
  const params = paramsOf(parseForm(new URLSearchParams(fields).toString()));
  const run = route.read({ world, account, request: null, params, id, innerId, publishable: false });
  refuseLeftovers(params);
  if (!route.locks) return run();
  if (!tryLock(account.locks, id)) throw lockTimeout();
  try {
    return run();
  } finally {
    unlock(account.locks, id);
  }
}

function paid(account: Account, row: PaymentIntentRow): ChargeRow {
  const charge = chargeOf(account, row);
  if (charge === undefined) throw invalid('This payment has no charge.');
  return charge;
}

function amountIn(form: Tree, currency: string): string {
  const amount = minorOf(sent(form, 'amount'), currency);
  if (amount === null) throw invalid(`This is no amount in ${currency.toUpperCase()}.`, 'amount');
  return String(amount);
}

function sent(form: Tree, name: string): string {
  const value = form[name];
  return typeof value === 'string' ? value : '';
}
