import { cancelSetup } from '../../billing/setup/cancel-setup.ts';
import { readSetupAccess, readSetupPageAccess } from '../../billing/setup/read-setup-access.ts';
import { requestSetup } from '../../billing/setup/request-setup.ts';
import { machines } from '../../domain/machines.ts';
import type { SetupRefusal } from '../../store/setup/setup-intake.ts';
import { listSetups, readSetupWithConsent } from '../../store/setup/setup-list.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { entityIdOf, requireIdempotencyKey } from '../idempotency.ts';
import { found, knownId, referredId, unknownReference } from '../lookup.ts';
import { consentOf } from '../new-consent.ts';
import { setupOperations } from '../operations/setups.ts';
import { answerPage, cursorOf } from '../pages.ts';
import { fieldProblem, type ProblemCode, problem } from '../problem.ts';
import { actOnce } from '../replays.ts';
import { idParams, pageOf } from '../schemas/list.ts';
import { acts, declare } from '../schemas/route.ts';
import { newSetup, type SetupView, setup, setupListQuery, setupQuery } from '../schemas/setup.ts';
import { setupView } from '../views/setup.ts';
import { readSettled } from '../wait.ts';

const ENDED_OR_WAITING = ['awaiting_customer', 'succeeded', 'failed', 'canceled', 'expired'];

/** Saving a payment method while the customer is there. */
export function setupRoutes(app: Api, deps: AppDependencies): void {
  postSetup(app, deps);
  getSetup(app, deps);
  getSetups(app, deps);
  postSetupCancel(app, deps);
}

function postSetup(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/setups',
    declare({ scope: 'write', idempotencyKey: 'required' }, setupOperations.createSetup, {
      body: newSetup(deps.instance.livemode, deps.config.returnOrigins),
      response: { 202: setup },
    }),
    async (request, reply) => {
      const { body } = request;
      const keyed = requireIdempotencyKey(request);
      const { deriveKey } = deps.instance;
      const wanted = {
        id: entityIdOf('set', deriveKey, keyed),
        customer_id: referredId('cst', 'customer', body.customer),
        usage: body.usage,
        via: body.via,
        payment_method_types: body.payment_method_types,
        allow_redisplay: body.allow_redisplay ?? null,
        return_url: body.return_url,
        metadata: body.metadata ?? {},
      };
      const consent = consentOf(entityIdOf('cns', deriveKey, keyed), body.consent);
      const taken = await requestSetup(deps, wanted, consent, keyed, callerOf(request));
      switch (taken.outcome) {
        case 'created':
          return reply.code(202).send(await takenView(deps, taken.row.id));
        case 'replayed':
          reply.header('idempotent-replayed', 'true');
          return reply.code(202).send(await takenView(deps, taken.entity_id));
        case 'mismatch':
          throw problem('idempotency_mismatch');
        case 'refused':
          throw setupRefusal(taken.refusal);
      }
    },
  );
}

function setupRefusal(refusal: SetupRefusal) {
  switch (refusal) {
    case 'customer_unknown':
      return unknownReference('customer');
    case 'customer_deleted':
      return fieldProblem('customer', 'was deleted at Stripe', 'customer_deleted');
    case 'customer_erased':
      return fieldProblem('customer', 'is erased', 'customer_erased');
    case 'customer_stopped':
      return fieldProblem('customer', 'is stopped', 'customer_stopped');
    case 'consent_over':
      return fieldProblem('consent.until', 'has passed');
    case 'accepted_in_future':
      return fieldProblem('consent.accepted_at', 'must not be in the future');
  }
}

/** Answers with the address of our own page at once if the agreement is still missing: the page does not need Stripe. */
async function takenView(deps: AppDependencies, id: string): Promise<SetupView> {
  const row = found(await readSetupWithConsent(deps.tables, id));
  return setupView(row, await readSetupPageAccess(deps, row));
}

function getSetup(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/setups/:id',
    declare({ scope: 'read', room: 'stripe' }, setupOperations.retrieveSetup, {
      params: idParams,
      querystring: setupQuery,
      response: { 200: setup },
    }),
    async (request) => {
      const id = knownId('set', request.params.id);
      const row = await readSettled(
        deps.changes,
        { id, seconds: request.query.wait, request },
        async () => found(await readSetupWithConsent(deps.tables, id)),
        (read) => ENDED_OR_WAITING.includes(machines.setup.statuses[read.setup.state]),
      );
      // The secret lets its holder save a method: a key that may only read does not get it.
      if (request.apiKey?.scopes.includes('write') !== true) return setupView(row);
      return setupView(row, await readSetupAccess(deps, row));
    },
  );
}

function getSetups(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/setups',
    declare({ scope: 'read' }, setupOperations.listSetups, {
      querystring: setupListQuery,
      response: { 200: pageOf(setup) },
    }),
    async (request) => {
      const { customer, status, cursor, limit } = request.query;
      const states = Object.entries(machines.setup.statuses).filter(([, shown]) => shown === status);
      const rows = await listSetups(deps.tables, {
        customer_id: customer ?? null,
        states: status === undefined ? null : states.map(([state]) => state),
        after: cursorOf('set', cursor),
        limit,
      });
      return answerPage(
        rows.map((row) => setupView(row)),
        limit,
      );
    },
  );
}

function postSetupCancel(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/setups/:id/cancel',
    acts(setupOperations.cancelSetup, { 202: setup }),
    async (request, reply) => {
      const id = knownId('set', request.params.id);
      const act = async () => {
        const cancellation = await cancelSetup(deps, id, callerOf(request));
        if (cancellation === 'unknown') throw problem('not_found');
        if (cancellation !== 'requested') throw problem(`already_${cancellation.already}` as ProblemCode);
      };
      const show = async () => setupView(found(await readSetupWithConsent(deps.tables, id)));
      const answered = { entity_id: id, status_code: 202 } as const;
      return reply.code(202).send(await actOnce(deps, request, reply, answered, act, show));
    },
  );
}
