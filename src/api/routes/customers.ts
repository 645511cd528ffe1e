import { isDeepStrictEqual } from 'node:util';
import { eraseCustomer } from '../../billing/customer/erase-customer.ts';
import { type Rebound, rebindCustomer } from '../../billing/customer/rebind-customer.ts';
import { requestCustomer } from '../../billing/customer/request-customer.ts';
import { stopCustomer } from '../../billing/customer/stop-customer.ts';
import { unreachable } from '../../platform/errors.ts';
import { listClosing, listInFlight } from '../../store/charge/in-flight.ts';
import { resumeCustomer } from '../../store/customer/consent-revocation.ts';
import { changeCustomer } from '../../store/customer/customer-changes.ts';
import { type CustomerRow, listCustomers, readCustomer } from '../../store/customer/customers.ts';
import { erasedOn } from '../../store/customer/erasure.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { entityIdOf, idempotencyKeyOf } from '../idempotency.ts';
import { found, knownId } from '../lookup.ts';
import { customerOperations } from '../operations/customers.ts';
import { answerPage, cursorOf } from '../pages.ts';
import { type FieldError, fieldProblem, problem } from '../problem.ts';
import { actOnce } from '../replays.ts';
import {
  type CustomerView,
  customer,
  customerChange,
  customerListQuery,
  customerRebinding,
  erasedCustomer,
  type NewCustomerBody,
  newCustomer,
  stoppedCustomer,
} from '../schemas/customer.ts';
import { idParams, noQuery, pageOf } from '../schemas/list.ts';
import { acts, declare, reads } from '../schemas/route.ts';
import { NO_TIME_ZONE } from '../schemas/text.ts';
import { customerView } from '../views/customer.ts';

/** Who is charged. */
export function customerRoutes(app: Api, deps: AppDependencies): void {
  postCustomer(app, deps);
  patchCustomer(app, deps);
  getCustomers(app, deps);
  getCustomer(app, deps);
  postRebind(app, deps);
  postStop(app, deps);
  postResume(app, deps);
  deleteCustomer(app, deps);
}

function postCustomer(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/customers',
    declare({ scope: 'write', idempotencyKey: 'optional' }, customerOperations.createCustomer, {
      body: newCustomer,
      response: { 200: customer, 201: customer },
    }),
    async (request, reply) => {
      const { body } = request;
      const keyed = idempotencyKeyOf(request);
      const wanted = {
        id: entityIdOf('cst', deps.instance.deriveKey, keyed, body.reference),
        reference: body.reference ?? null,
        email: body.email,
        name: body.name ?? null,
        locale: body.locale ?? null,
        time_zone: body.time_zone ?? null,
        metadata: body.metadata ?? null,
        stripe_customer_id: body.stripe_customer_id ?? null,
      };
      const taken = await requestCustomer(deps, wanted, keyed, callerOf(request));
      switch (taken.outcome) {
        case 'created':
          return reply.code(201).send(customerView(taken.row));
        case 'replayed': {
          const row = living(found(await readCustomer(deps.tables, taken.entity_id)));
          reply.header('idempotent-replayed', 'true');
          return reply.code(taken.status_code === 200 ? 200 : 201).send(customerView(row));
        }
        case 'mismatch':
          throw problem('idempotency_mismatch');
        case 'refused': {
          const { existing } = taken;
          if (taken.refusal === 'stripe_customer_held') {
            throw fieldProblem('stripe_customer_id', 'belongs to another customer', 'conflict', existing);
          }
          if (taken.refusal === 'time_zone_unknown') {
            throw fieldProblem('time_zone', NO_TIME_ZONE);
          }
          if (taken.refusal === 'customer_erased') throw erased(existing);
          const view = customerView(found(await readCustomer(deps.tables, existing ?? '')));
          if (taken.refusal === 'reference_taken') {
            throw problem('reference_taken', { errors: differences(body, view), existing: view.id });
          }
          return reply.code(200).send(view);
        }
      }
    },
  );
}

const erased = (existing: string | null) => problem('customer_erased', existing === null ? {} : { existing });

/** Throws `customer_erased`. */
function living(row: CustomerRow): CustomerRow {
  if (row.forgotten_at !== null) throw erased(row.id);
  return row;
}

/** The fields that were sent and say something else than the customer does. */
function differences(body: NewCustomerBody, view: CustomerView): FieldError[] {
  const isSame = (sent: unknown, held: unknown) =>
    isDeepStrictEqual(typeof sent === 'object' ? { ...Object(held), ...sent } : sent, held);
  return Object.entries(body)
    .filter(([field, sent]) => !isSame(sent, view[field as keyof CustomerView]))
    .map(([path]) => ({ path, message: 'differs from the customer of this reference' }));
}

function patchCustomer(app: Api, deps: AppDependencies): void {
  app.patch(
    '/v1/customers/:id',
    declare({ scope: 'write' }, customerOperations.updateCustomer, {
      params: idParams,
      body: customerChange,
      response: { 200: customer },
    }),
    async (request) => {
      const id = knownId('cst', request.params.id);
      const changed = await changeCustomer(deps.sql, id, request.body, callerOf(request));
      if (changed.outcome === 'changed') {
        if (changed.row.state === 'bound' && changed.row.due_at !== null) void deps.offer('customer', [id]);
        return customerView(changed.row);
      }
      switch (changed.refusal) {
        case 'unknown':
          throw problem('not_found');
        case 'erased':
          throw erased(id);
        case 'time_zone_unknown':
          throw fieldProblem('time_zone', NO_TIME_ZONE);
        case 'metadata_full':
          throw fieldProblem('metadata', 'would be more than 50 keys with those that are there');
        default:
          return unreachable(changed.refusal);
      }
    },
  );
}

function getCustomers(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/customers',
    declare({ scope: 'read' }, customerOperations.listCustomers, {
      querystring: customerListQuery,
      response: { 200: pageOf(customer) },
    }),
    async (request) => {
      const { email, reference, stripe_customer_id, query, cursor, limit } = request.query;
      const rows = await listCustomers(deps.tables, {
        email: email ?? null,
        reference: reference ?? null,
        stripe_customer_id: stripe_customer_id ?? null,
        query: query ?? null,
        after: cursorOf('cst', cursor),
        limit,
      });
      return answerPage(rows.map(customerView), limit);
    },
  );
}

function getCustomer(app: Api, deps: AppDependencies): void {
  app.get('/v1/customers/:id', reads(customerOperations.retrieveCustomer, customer), async (request) => {
    const id = knownId('cst', request.params.id);
    return customerView(found(await readCustomer(deps.tables, id)));
  });
}

function postRebind(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/customers/:id/rebind',
    declare({ scope: 'write', idempotencyKey: 'required' }, customerOperations.rebindCustomer, {
      params: idParams,
      querystring: noQuery,
      body: customerRebinding,
      response: { 200: customer },
    }),
    async (request, reply) => {
      const id = knownId('cst', request.params.id);
      found(await readCustomer(deps.tables, id));
      const act = async () => {
        const { stripe_customer_id } = request.body;
        const rebound = await rebindCustomer(deps, id, stripe_customer_id, callerOf(request));
        if (rebound !== 'rebound') throw rebindProblem(rebound);
      };
      const show = async () => customerView(found(await readCustomer(deps.tables, id)));
      return actOnce(deps, request, reply, { entity_id: id, status_code: 200 }, act, show);
    },
  );
}

function rebindProblem(refusal: Exclude<Rebound, 'rebound'>) {
  switch (refusal) {
    case 'erased':
      return problem('customer_erased');
    case 'not_deleted':
      return problem('conflict', { detail: 'Its customer at Stripe is still there' });
    case 'held':
      return fieldProblem('stripe_customer_id', 'belongs to another customer', 'conflict');
    case 'not_at_stripe':
      return fieldProblem('stripe_customer_id', 'is no customer at Stripe', 'not_found');
    case 'unavailable':
      return problem('unavailable', { detail: 'Stripe does not answer; please ask again' });
    default:
      return unreachable(refusal);
  }
}

function postStop(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/customers/:id/stop',
    acts(customerOperations.stopCustomer, { 200: stoppedCustomer }),
    async (request, reply) => {
      const id = knownId('cst', request.params.id);
      found(await readCustomer(deps.tables, id));
      const act = () => stopCustomer(deps, id, callerOf(request));
      const show = async () => ({
        stopped_at: customerView(found(await readCustomer(deps.tables, id))).stopped_at,
        closing: await listClosing(deps.tables, id),
        in_flight: await listInFlight(deps.tables, 'customer', id),
      });
      return actOnce(deps, request, reply, { entity_id: id, status_code: 200 }, act, show);
    },
  );
}

function postResume(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/customers/:id/resume',
    acts(customerOperations.resumeCustomer, { 200: customer }),
    async (request, reply) => {
      const id = knownId('cst', request.params.id);
      found(await readCustomer(deps.tables, id));
      const show = async () => customerView(found(await readCustomer(deps.tables, id)));
      const act = async () => {
        if (!(await resumeCustomer(deps.sql, id))) throw erased(id);
      };
      return actOnce(deps, request, reply, { entity_id: id, status_code: 200 }, act, show);
    },
  );
}

function deleteCustomer(app: Api, deps: AppDependencies): void {
  app.delete(
    '/v1/customers/:id',
    declare({ scope: 'write' }, customerOperations.eraseCustomer, {
      params: idParams,
      querystring: noQuery,
      response: { 200: erasedCustomer },
    }),
    async (request) => {
      const id = knownId('cst', request.params.id);
      const erasure = await eraseCustomer(deps, id, callerOf(request));
      switch (erasure.outcome) {
        case 'unknown':
          throw problem('not_found');
        case 'charges_open': {
          const { charge_ids: charges, more } = erasure;
          const detail = 'Cancel what is open, or wait for its end';
          throw problem('charges_open', {
            charges,
            detail: more === 0 ? detail : `${detail}; these are some`,
          });
        }
        case 'erased': {
          const row = found(await readCustomer(deps.tables, id));
          return { erased_at: row.erased_at?.toISOString() ?? null, erased_on: erasedOn(row) };
        }
        default:
          return unreachable(erasure);
      }
    },
  );
}
