import { adoptPaymentMethod } from '../../billing/customer/adopt-payment-method.ts';
import {
  changePaymentMethod,
  METHOD_VERBS,
  type MethodVerb,
} from '../../billing/customer/change-payment-method.ts';
import { readCustomer } from '../../store/customer/customers.ts';
import type { MethodChange } from '../../store/customer/payment-method-changes.ts';
import { listMethods, readMethod } from '../../store/customer/payment-method-list.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { entityIdOf, requireIdempotencyKey } from '../idempotency.ts';
import { found, knownId, referredId, unknownReference } from '../lookup.ts';
import { consentOf } from '../new-consent.ts';
import { answerPage } from '../pages.ts';
import { fieldProblem, problem } from '../problem.ts';
import { actOnce } from '../replays.ts';
import { idParams, pageOf } from '../schemas/list.ts';
import { adoption, paymentMethod, paymentMethodListQuery } from '../schemas/payment-method.ts';
import { acts, declare, reads } from '../schemas/route.ts';
import { paymentMethodView } from '../views/payment-method.ts';

const TAG = 'Payment methods';

/** What customers have on file. */
export function paymentMethodRoutes(app: Api, deps: AppDependencies): void {
  getPaymentMethods(app, deps);
  getPaymentMethod(app, deps);
  postPaymentMethod(app, deps);
  for (const verb of METHOD_VERBS) postVerb(app, deps, verb);
}

function getPaymentMethods(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/customers/:id/payment_methods',
    declare({ scope: 'read' }, TAG, "List a customer's payment methods, newest first", {
      params: idParams,
      querystring: paymentMethodListQuery,
      response: { 200: pageOf(paymentMethod) },
    }),
    async (request) => {
      const { limit, cursor } = request.query;
      const customer_id = knownId('cst', request.params.id);
      found(await readCustomer(deps.tables, customer_id));
      const after = cursor === undefined ? null : referredId('payment_method', 'cursor', cursor);
      const rows = await listMethods(deps.tables, { customer_id, after, limit });
      return answerPage(rows.map(paymentMethodView), limit);
    },
  );
}

function getPaymentMethod(app: Api, deps: AppDependencies): void {
  app.get('/v1/payment_methods/:id', reads(TAG, 'Read a payment method', paymentMethod), async (request) => {
    const id = knownId('payment_method', request.params.id);
    return paymentMethodView(found(await readMethod(deps.tables, id)));
  });
}

function postPaymentMethod(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/payment_methods',
    declare(
      { scope: 'write', idempotencyKey: 'required', room: 'stripe' },
      TAG,
      'Adopt a payment method that is saved at Stripe',
      {
        body: adoption,
        response: { 201: paymentMethod },
      },
    ),
    async (request, reply) => {
      const keyed = requireIdempotencyKey(request);
      const { body } = request;
      const adopted = await adoptPaymentMethod(deps, {
        customer_id: referredId('cst', 'customer', body.customer),
        stripe_payment_method_id: referredId(
          'payment_method',
          'stripe_payment_method_id',
          body.stripe_payment_method_id,
        ),
        consent: consentOf(entityIdOf('cns', deps.instance.deriveKey, keyed), body.consent),
        keyed,
        cause_reference: callerOf(request),
      });
      const answer = async (id: string) =>
        reply.code(201).send(paymentMethodView(found(await readMethod(deps.tables, id))));
      switch (adopted.outcome) {
        case 'adopted':
          return answer(adopted.payment_method.id);
        case 'replayed':
          reply.header('idempotent-replayed', 'true');
          return answer(adopted.entity_id);
        case 'mismatch':
          throw problem('idempotency_mismatch');
        case 'unavailable':
          throw problem('unavailable', { detail: 'Stripe did not answer' });
        case 'refused':
          throw adoptionRefusal(adopted.refusal);
      }
    },
  );
}

type AdoptionRefused = Extract<
  Awaited<ReturnType<typeof adoptPaymentMethod>>,
  { outcome: 'refused' }
>['refusal'];

function adoptionRefusal(refusal: AdoptionRefused) {
  const method = (message: string) =>
    fieldProblem('stripe_payment_method_id', message, 'payment_method_unusable');
  switch (refusal) {
    case 'customer_unknown':
      return unknownReference('customer');
    case 'accepted_in_future':
      return fieldProblem('consent.accepted_at', 'must not be in the future');
    case 'customer_unbound':
      return method('cannot belong to this customer, who has no id at Stripe yet');
    case 'not_attached':
    case 'held_by_another':
      return method('does not belong to this customer at Stripe');
    case 'detached':
      return method('is detached');
  }
}

function postVerb(app: Api, deps: AppDependencies, verb: MethodVerb): void {
  app.post(
    `/v1/payment_methods/:id/${verb}`,
    acts(TAG, SUMMARIES[verb], { 200: paymentMethod }),
    async (request, reply) => {
      const id = knownId('payment_method', request.params.id);
      await actOnce(deps.sql, request, reply, { entity_id: id, status_code: 200 }, async () =>
        refuseChange(await changePaymentMethod(deps, id, verb, callerOf(request))),
      );
      return paymentMethodView(found(await readMethod(deps.tables, id)));
    },
  );
}

const SUMMARIES: Record<MethodVerb, string> = {
  accept: 'Accept a method whose setup had ended before it was saved',
  detach: 'Take a method off file, here and at Stripe',
  default: "Make a method its customer's default",
};

function refuseChange(change: MethodChange): void {
  switch (change) {
    case 'done':
      return;
    case 'unknown':
      throw problem('not_found');
    case 'detached':
      throw problem('already_detached');
    case 'unusable':
      throw problem('payment_method_unusable');
    case 'consent_missing':
      throw problem('consent_missing');
  }
}
