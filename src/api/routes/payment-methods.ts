import { adoptPaymentMethod } from '../../billing/customer/adopt-payment-method.ts';
import {
  changePaymentMethod,
  METHOD_VERBS,
  type MethodVerb,
} from '../../billing/customer/change-payment-method.ts';
import { listInFlight } from '../../store/charge/in-flight.ts';
import { readCustomer } from '../../store/customer/customers.ts';
import type { MethodChange } from '../../store/customer/payment-method-changes.ts';
import { listMethods, readMethod } from '../../store/customer/payment-method-list.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { entityIdOf, requireIdempotencyKey } from '../idempotency.ts';
import { found, knownId, referredId } from '../lookup.ts';
import { consentOf } from '../new-consent.ts';
import type { Operation } from '../operations/operation.ts';
import { paymentMethodOperations } from '../operations/payment-methods.ts';
import { answerPage } from '../pages.ts';
import { type FieldRefusal, fieldProblem, type ProblemCode, problem } from '../problem.ts';
import { actOnce } from '../replays.ts';
import { idParams, pageOf } from '../schemas/list.ts';
import { adoption, changedMethod, paymentMethod, paymentMethodListQuery } from '../schemas/payment-method.ts';
import { acts, declare, reads } from '../schemas/route.ts';
import { paymentMethodView } from '../views/payment-method.ts';

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
    declare({ scope: 'read' }, paymentMethodOperations.listPaymentMethods, {
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
  app.get(
    '/v1/payment_methods/:id',
    reads(paymentMethodOperations.retrievePaymentMethod, paymentMethod),
    async (request) => {
      const id = knownId('payment_method', request.params.id);
      return paymentMethodView(found(await readMethod(deps.tables, id)));
    },
  );
}

function postPaymentMethod(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/payment_methods',
    declare(
      { scope: 'write', idempotencyKey: 'required', room: 'stripe' },
      paymentMethodOperations.adoptPaymentMethod,
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
          throw fieldProblem(...REFUSALS[adopted.refusal]);
      }
    },
  );
}

type AdoptionRefused = Extract<
  Awaited<ReturnType<typeof adoptPaymentMethod>>,
  { outcome: 'refused' }
>['refusal'];

const unusable = (message: string): FieldRefusal => [
  'stripe_payment_method_id',
  message,
  'payment_method_unusable',
];

const REFUSALS: Record<AdoptionRefused, FieldRefusal> = {
  customer_unknown: ['customer', 'does not exist', 'not_found'],
  consent_over: ['consent.until', 'has passed', 'invalid_request'],
  accepted_in_future: ['consent.accepted_at', 'must not be in the future', 'invalid_request'],
  customer_erased: ['customer', 'is erased', 'customer_erased'],
  customer_unbound: unusable('cannot belong to this customer, who has no id at Stripe yet'),
  not_attached: unusable('does not belong to this customer at Stripe'),
  held_by_another: unusable('does not belong to this customer at Stripe'),
  detached: unusable('is detached'),
  mandate_missing: unusable('is a debit without a mandate: its holder must agree to debits'),
  address_missing: unusable(
    'lacks billing_details.address with line1 and country, which its scheme asks for',
  ),
  mandate_ended: unusable('has a mandate that has ended: its holder must agree to debits anew'),
};

function postVerb(app: Api, deps: AppDependencies, verb: MethodVerb): void {
  app.post(
    `/v1/payment_methods/:id/${verb}`,
    acts(VERB_OPERATIONS[verb], { 200: changedMethod }),
    async (request, reply) => {
      const id = knownId('payment_method', request.params.id);
      const act = async () => {
        const change = await changePaymentMethod(deps, id, verb, callerOf(request));
        if (change === 'done') return;
        if (await isOfErased(deps, id)) throw problem('customer_erased');
        throw problem(CHANGE_REFUSALS[change]);
      };
      const show = async () => {
        const shown = paymentMethodView(found(await readMethod(deps.tables, id)));
        if (verb !== 'detach') return shown;
        return { ...shown, in_flight: await listInFlight(deps.tables, 'payment_method', id) };
      };
      return actOnce(deps, request, reply, { entity_id: id, status_code: 200 }, act, show);
    },
  );
}

/** Their methods are off file with them, and nothing else is to be said of these. */
async function isOfErased(deps: AppDependencies, id: string): Promise<boolean> {
  const of = await readMethod(deps.tables, id);
  const owner = of === null ? null : await readCustomer(deps.tables, of.method.customer_id);
  return owner !== null && owner.forgotten_at !== null;
}

const VERB_OPERATIONS: Record<MethodVerb, Operation> = {
  accept: paymentMethodOperations.acceptPaymentMethod,
  detach: paymentMethodOperations.detachPaymentMethod,
  default: paymentMethodOperations.setDefaultPaymentMethod,
};

const CHANGE_REFUSALS: Record<Exclude<MethodChange, 'done'>, ProblemCode> = {
  unknown: 'not_found',
  detached: 'already_detached',
  unusable: 'payment_method_unusable',
  consent_missing: 'consent_missing',
};
