import { type RequestedCharge, requestCharge } from '../../billing/charge/request-charge.ts';
import { AMOUNT_MAXIMUM_MINOR } from '../../domain/money.ts';
import { readChargeRow } from '../../store/charge/charge-list.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { entityIdOf, requireIdempotencyKey } from '../idempotency.ts';
import { found, referredId, referredMethodId, unknownReference } from '../lookup.ts';
import { fieldProblem, type ProblemError, problem } from '../problem.ts';
import { charge, type NewChargeBody, newCharge } from '../schemas/charge.ts';
import { declare } from '../schemas/route.ts';
import { chargeView, newChargeView } from '../views/charge.ts';

/** Taking in a charge. */
export function newChargeRoute(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/charges',
    declare(
      { scope: 'write', idempotencyKey: 'required' },
      'Charges',
      'Charge a saved payment method, now or at a time',
      {
        body: newCharge,
        response: { 202: charge },
      },
    ),
    async (request, reply) => {
      const keyed = requireIdempotencyKey(request);
      const wanted = chargeOf(entityIdOf('chg', deps.instance.deriveKey, keyed), request.body);
      const taken = await requestCharge(deps, wanted, keyed, callerOf(request));
      switch (taken.outcome) {
        case 'created':
          return reply.code(202).send(newChargeView(taken.row));
        case 'replayed':
          reply.header('idempotent-replayed', 'true');
          return reply.code(202).send(chargeView(found(await readChargeRow(deps.tables, taken.entity_id))));
        case 'mismatch':
          throw problem('idempotency_mismatch');
        case 'refused':
          throw refusalOf(taken);
      }
    },
  );
}

function chargeOf(id: string, body: NewChargeBody) {
  const { payment_method, again_of, due_at } = body;
  return {
    id,
    customer_id: referredId('cst', 'customer', body.customer),
    payment_method_id:
      payment_method === undefined ? null : referredMethodId('payment_method', payment_method),
    amount_minor: body.amount,
    currency: body.currency,
    description: body.description,
    reference: body.reference ?? null,
    again_of: again_of === undefined ? null : referredId('chg', 'again_of', again_of),
    scheduled_for: due_at === undefined ? null : new Date(due_at),
    metadata: body.metadata ?? {},
  };
}

function refusalOf(taken: Extract<RequestedCharge, { outcome: 'refused' }>): ProblemError {
  const existing = taken.existing === null ? {} : { existing: taken.existing };
  const conflict = (path: string, message: string) =>
    problem('conflict', { errors: [{ path, message }], ...existing });
  switch (taken.refusal) {
    case 'customer_unknown':
      return unknownReference('customer');
    case 'payment_method_unknown':
      return unknownReference('payment_method');
    case 'again_of_unknown':
      return unknownReference('again_of');
    case 'again_of_other_customer':
      return conflict('again_of', 'is a charge of another customer');
    case 'again_of_not_closed':
      return conflict('again_of', 'is neither failed nor canceled');
    case 'again_of_used':
      return conflict('again_of', 'was made again already');
    case 'again_of_other_reference':
      return conflict('reference', 'is inherited from again_of and must not differ');
    case 'reference_taken':
      return problem('reference_taken', {
        errors: [{ path: 'reference', message: 'belongs to another charge' }],
        ...existing,
      });
    case 'no_payment_method':
    case 'payment_method_unusable':
      return fieldProblem('payment_method', 'names nothing that can be charged', taken.refusal);
    case 'consent_missing':
      return fieldProblem('payment_method', 'rests on no live off-session consent', taken.refusal);
    case 'consent_used':
      return problem('consent_used', {
        errors: [{ path: 'payment_method', message: 'rests on a one-time consent that is used' }],
        ...existing,
      });
    case 'currency_unknown':
      return fieldProblem('currency', 'is not a currency that can be charged', taken.refusal);
    case 'amount_too_small':
      return fieldProblem('amount', 'is below the minimum of its currency', taken.refusal);
    case 'amount_too_large':
      return fieldProblem('amount', `is above ${AMOUNT_MAXIMUM_MINOR}`, taken.refusal);
    case 'amount_not_integer':
      return fieldProblem('amount', 'must be an integer');
    case 'amount_not_a_multiple':
      return fieldProblem('amount', 'must be in whole units of this currency');
  }
}
