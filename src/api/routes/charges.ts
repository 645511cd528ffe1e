import { cancelCharge } from '../../billing/charge/cancel-charge.ts';
import { machines } from '../../domain/machines.ts';
import { type ChargeFilter, listCharges, readChargeRow } from '../../store/charge/charge-list.ts';
import { listInFlight } from '../../store/charge/in-flight.ts';
import { listEventsOf } from '../../store/events/event-list.ts';
import { readTimeline } from '../../store/work/timeline.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { found, knownId } from '../lookup.ts';
import { chargeOperations } from '../operations/charges.ts';
import { answerPage, cursorOf } from '../pages.ts';
import { problem } from '../problem.ts';
import { actOnce } from '../replays.ts';
import {
  type ChargeStatus,
  canceledCharge,
  charge,
  chargeListQuery,
  chargeQuery,
  timeline,
} from '../schemas/charge.ts';
import { idParams, pageOf } from '../schemas/list.ts';
import { acts, declare, reads } from '../schemas/route.ts';
import { chargeView, isChargeSettled } from '../views/charge.ts';
import { timelineView } from '../views/timeline.ts';
import { readSettled } from '../wait.ts';

/** Reading and cancelling charges. `new-charge.ts` takes them in, `recovery.ts` resends links. */
export function chargeRoutes(app: Api, deps: AppDependencies): void {
  getCharge(app, deps);
  getCharges(app, deps);
  getTimeline(app, deps);
  postCancel(app, deps);
}

function getCharge(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/charges/:id',
    declare({ scope: 'read' }, chargeOperations.retrieveCharge, {
      params: idParams,
      querystring: chargeQuery,
      response: { 200: charge },
    }),
    async (request) => {
      const id = knownId('chg', request.params.id);
      return readSettled(
        deps.changes,
        { id, seconds: request.query.wait, request },
        async () => chargeView(found(await readChargeRow(deps.tables, id))),
        isChargeSettled,
      );
    },
  );
}

function getCharges(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/charges',
    declare({ scope: 'read' }, chargeOperations.listCharges, {
      querystring: chargeListQuery,
      response: { 200: pageOf(charge) },
    }),
    async (request) => {
      const { customer, reference, status, run, cursor, limit } = request.query;
      const { created_after, created_before, changed_after } = request.query;
      const { stripe_payment_intent_id, metadata, disputed } = request.query;
      const after = cursorOf('chg', cursor);
      const rows = await listCharges(deps.tables, {
        customer_id: customer ?? null,
        reference: reference ?? null,
        run_id: run ?? null,
        created_after: momentOf(created_after),
        created_before: momentOf(created_before),
        changed_after: momentOf(changed_after),
        metadata: metadata ?? null,
        stripe_payment_intent_id: stripe_payment_intent_id ?? null,
        disputed: disputed === undefined ? null : disputed === 'true',
        after,
        limit,
        ...statesOf(status),
      });
      return answerPage(rows.map(chargeView), limit);
    },
  );
}

function momentOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}

/** The states behind a status. `scheduled` is no state: it is a queued charge whose time has not come. */
function statesOf(status: ChargeStatus | undefined): Pick<ChargeFilter, 'states' | 'scheduled'> {
  if (status === undefined) return { states: null, scheduled: null };
  if (status === 'scheduled') return { states: ['queued'], scheduled: true };
  const states = Object.entries(machines.charge.statuses).filter(([, shown]) => shown === status);
  return { states: states.map(([state]) => state), scheduled: false };
}

function getTimeline(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/charges/:id/timeline',
    reads(chargeOperations.retrieveChargeTimeline, timeline),
    async (request) => {
      const id = knownId('chg', request.params.id);
      found(await readChargeRow(deps.tables, id));
      const [moves, events] = await Promise.all([readTimeline(deps.tables, id), listEventsOf(deps.sql, id)]);
      return { data: timelineView(moves, events) };
    },
  );
}

function postCancel(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/charges/:id/cancel',
    acts(chargeOperations.cancelCharge, { 202: canceledCharge }),
    async (request, reply) => {
      const id = knownId('chg', request.params.id);
      const act = async () => {
        const canceled = await cancelCharge(deps, id, callerOf(request));
        if (canceled.outcome === 'unknown') throw problem('not_found');
        if (canceled.outcome === 'already') throw problem(`already_${canceled.status}`);
      };
      const show = async () => {
        const in_flight = await listInFlight(deps.tables, 'charge', id);
        return { ...chargeView(found(await readChargeRow(deps.tables, id))), in_flight };
      };
      const answered = { entity_id: id, status_code: 202 } as const;
      return reply.code(202).send(await actOnce(deps, request, reply, answered, act, show));
    },
  );
}
