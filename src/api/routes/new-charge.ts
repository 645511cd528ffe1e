import {
  type AmountRefusal,
  type RequestedCharge,
  requestCharge,
} from '../../billing/charge/request-charge.ts';
import type { ChargeTerms } from '../../domain/charge/charge-terms.ts';
import { CURRENCIES } from '../../domain/currencies.ts';
import { readChargeRow } from '../../store/charge/charge-list.ts';
import { readCustomer } from '../../store/customer/customers.ts';
import { DELETED_AT_STRIPE } from '../../store/customer/deleted-customer.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { entityIdOf, requireIdempotencyKey } from '../idempotency.ts';
import { found, referredId } from '../lookup.ts';
import { chargeOperations } from '../operations/charges.ts';
import { type FieldRefusal, fieldProblem, problem } from '../problem.ts';
import { charge, type NewChargeBody, newCharge } from '../schemas/charge.ts';
import { declare } from '../schemas/route.ts';
import { chargeView, newChargeView } from '../views/charge.ts';

/** Taking in a charge. */
export function newChargeRoute(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/charges',
    declare({ scope: 'write', idempotencyKey: 'required' }, chargeOperations.createCharge, {
      body: newCharge,
      response: { 202: charge },
    }),
    async (request, reply) => {
      const keyed = requireIdempotencyKey(request);
      const id = entityIdOf('chg', deps.instance.deriveKey, keyed);
      const wanted = chargeOf(id, request.body, deps.config.usualTerms);
      const taken = await requestCharge(deps, wanted, keyed, callerOf(request));
      switch (taken.outcome) {
        case 'created':
          deps.newest.request(keyed);
          return reply.code(202).send(newChargeView(taken.row));
        case 'replayed':
          reply.header('idempotent-replayed', 'true');
          return reply.code(202).send(chargeView(found(await readChargeRow(deps.tables, taken.entity_id))));
        case 'mismatch':
          throw problem('idempotency_mismatch');
        case 'refused':
          if (await isOfDeleted(deps, taken.refusal, wanted.customer_id))
            throw fieldProblem('customer', 'was deleted at Stripe', 'customer_deleted');
          if (await isOfErased(deps, taken.refusal, wanted.customer_id))
            throw fieldProblem('customer', 'is erased', 'customer_erased');
          throw fieldProblem(...refusalOf(taken.refusal, wanted.currency), taken.existing);
      }
    },
  );
}

/** Nothing can be charged because the customer is gone at Stripe, and their methods with them. */
async function isOfDeleted(deps: AppDependencies, refusal: Refusal, customer_id: string): Promise<boolean> {
  if (refusal !== 'no_payment_method' && refusal !== 'payment_method_unusable') return false;
  return (await readCustomer(deps.tables, customer_id))?.detail === DELETED_AT_STRIPE;
}

/** Whoever is erased is stopped, too, and says which of the two. */
async function isOfErased(deps: AppDependencies, refusal: Refusal, customer_id: string): Promise<boolean> {
  if (refusal !== 'customer_stopped') return false;
  return (await readCustomer(deps.tables, customer_id))?.forgotten_at != null;
}

function chargeOf(id: string, body: NewChargeBody, usual: ChargeTerms) {
  const { payment_method, again_of, due_at } = body;
  return {
    id,
    customer_id: referredId('cst', 'customer', body.customer),
    payment_method_id:
      payment_method === undefined ? null : referredId('payment_method', 'payment_method', payment_method),
    amount_minor: body.amount,
    currency: body.currency,
    description: body.description,
    reference: body.reference ?? null,
    again_of: again_of === undefined ? null : referredId('chg', 'again_of', again_of),
    scheduled_for: due_at === undefined ? null : new Date(due_at),
    metadata: body.metadata ?? {},
    terms: termsAsked(body, usual),
    document: body.document ?? null,
  };
}

/** What the request rules itself, and the usual for the rest. */
export function termsAsked(
  {
    retry,
    recovery,
    receipt,
  }: Pick<NewChargeBody, 'retry' | 'recovery'> & Partial<Pick<NewChargeBody, 'receipt'>>,
  usual: ChargeTerms,
): ChargeTerms {
  return {
    retry_days: retry?.days ?? usual.retry_days,
    deadline_days: recovery?.deadline_days ?? usual.deadline_days,
    on_expiry: recovery?.on_expiry ?? usual.on_expiry,
    mails: recovery?.mails ?? usual.mails,
    early_mail: recovery?.early_mail ?? usual.early_mail,
    receipt: receipt ?? usual.receipt ?? false,
  };
}

type Refusal = Extract<RequestedCharge, { outcome: 'refused' }>['refusal'];

/** Why a charge is not taken in, as a refusal of a field; `code` is its currency. */
export function refusalOf(refusal: Refusal, code: string): FieldRefusal {
  return isOfAmount(refusal) ? amountRefusal(refusal, code) : REFUSALS[refusal];
}

function isOfAmount(refusal: Refusal): refusal is AmountRefusal {
  return !(refusal in REFUSALS);
}

/** Which bound of its currency an amount breaks. */
export function amountRefusal(refusal: AmountRefusal, code: string): FieldRefusal {
  const currency = CURRENCIES.get(code);
  switch (refusal) {
    case 'currency_unknown':
      return ['currency', 'is not a currency that can be charged', refusal];
    case 'amount_too_small':
      return ['amount', `is below ${currency?.minimum_minor}, the minimum of ${code}`, refusal];
    case 'amount_too_large':
      return ['amount', `is above ${currency?.maximum_minor}, the maximum of ${code}`, refusal];
    case 'amount_not_a_multiple':
      return ['amount', `must be a multiple of ${currency?.step_minor} in ${code}`, 'invalid_request'];
    case 'amount_not_integer':
      return ['amount', 'must be an integer', 'invalid_request'];
  }
}

const REFUSALS: Record<Exclude<Refusal, AmountRefusal>, FieldRefusal> = {
  run_closed: ['run', 'takes no more lines', 'conflict'],
  customer_unknown: ['customer', 'does not exist', 'not_found'],
  customer_stopped: ['customer', 'is stopped', 'customer_stopped'],
  payment_method_unknown: ['payment_method', 'does not exist', 'not_found'],
  again_of_unknown: ['again_of', 'does not exist', 'not_found'],
  again_of_other_customer: ['again_of', 'is a charge of another customer', 'conflict'],
  again_of_not_closed: ['again_of', 'is neither failed nor canceled', 'conflict'],
  again_of_used: ['again_of', 'was made again already', 'conflict'],
  again_of_other_reference: ['reference', 'is inherited from again_of and must not differ', 'conflict'],
  reference_taken: ['reference', 'belongs to another charge', 'reference_taken'],
  no_payment_method: ['payment_method', 'names nothing that can be charged', 'no_payment_method'],
  payment_method_unusable: ['payment_method', 'names nothing that can be charged', 'payment_method_unusable'],
  consent_missing: ['payment_method', 'rests on no live off-session consent', 'consent_missing'],
  consent_used: ['payment_method', 'rests on a one-time consent that is used', 'consent_used'],
  consent_exceeded: ['amount', 'is outside of what the consent allows', 'consent_exceeded'],
  currency_unfit: [
    'currency',
    'is not one that this payment method can be charged in',
    'payment_method_unusable',
  ],
  mandate_missing: ['payment_method', 'is a debit without a mandate', 'payment_method_unusable'],
  amount_unfit: ['amount', "is above what the card's network takes", 'amount_too_large'],
  country_unfit: [
    'payment_method',
    'is of a country whose accounts this debit does not reach',
    'payment_method_unusable',
  ],
  debit_too_large: ['amount', "is above what the debit's scheme takes", 'amount_too_large'],
  due_at_too_far: ['due_at', 'is later than the bank days that are known', 'due_at_too_far'],
};
