import { requestRefund } from '../../billing/refund/request-refund.ts';
import type { RefundRefusal } from '../../store/charge/refund-intake.ts';
import { listRefundRows, readRefund } from '../../store/charge/refund-list.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { entityIdOf, requireIdempotencyKey } from '../idempotency.ts';
import { found, knownId } from '../lookup.ts';
import { refundOperations } from '../operations/refunds.ts';
import { answerPage, cursorOf } from '../pages.ts';
import { fieldProblem, type ProblemError, problem } from '../problem.ts';
import { idParams, noQuery, pageOf } from '../schemas/list.ts';
import { newRefund, refund, refundListQuery } from '../schemas/refund.ts';
import { declare, reads } from '../schemas/route.ts';
import { refundView } from '../views/refund.ts';

/** Money that goes back. */
export function refundRoutes(app: Api, deps: AppDependencies): void {
  postRefund(app, deps);
  getRefunds(app, deps);
  app.get('/v1/refunds/:id', reads(refundOperations.retrieveRefund, refund), async (request) =>
    refundView(found(await readRefund(deps.tables, knownId('rfd', request.params.id)))),
  );
}

function postRefund(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/charges/:id/refunds',
    declare({ scope: 'write', idempotencyKey: 'required' }, refundOperations.createRefund, {
      params: idParams,
      querystring: noQuery,
      body: newRefund,
      response: { 202: refund },
    }),
    async (request, reply) => {
      const keyed = requireIdempotencyKey(request);
      const { amount, reason, metadata } = request.body ?? {};
      const wanted = {
        id: entityIdOf('rfd', deps.instance.deriveKey, keyed),
        charge_id: knownId('chg', request.params.id),
        amount_minor: amount ?? null,
        reason: reason ?? null,
        metadata: metadata ?? {},
      };
      const taken = await requestRefund(deps, wanted, keyed, callerOf(request));
      switch (taken.outcome) {
        case 'created':
          return reply.code(202).send(refundView(taken.row));
        case 'replayed':
          reply.header('idempotent-replayed', 'true');
          return reply.code(202).send(refundView(found(await readRefund(deps.tables, taken.entity_id))));
        case 'mismatch':
          throw problem('idempotency_mismatch');
        case 'refused':
          throw REFUSALS[taken.refusal]();
      }
    },
  );
}

const REFUSALS: Record<RefundRefusal, () => ProblemError> = {
  charge_unknown: () => problem('not_found'),
  not_succeeded: () => problem('charge_not_succeeded'),
  charge_disputed: () => problem('charge_disputed'),
  already_refunded: () => problem('already_refunded'),
  refund_exceeds: () => fieldProblem('amount', 'is more than is left', 'refund_exceeds_charge'),
  request_differs: () => problem('idempotency_mismatch'),
};

function getRefunds(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/refunds',
    declare({ scope: 'read' }, refundOperations.listRefunds, {
      querystring: refundListQuery,
      response: { 200: pageOf(refund) },
    }),
    async (request) => {
      const { charge, cursor, limit } = request.query;
      const after = cursorOf('rfd', cursor);
      const rows = await listRefundRows(deps.tables, { charge_id: charge ?? null, after, limit });
      return answerPage(rows.map(refundView), limit);
    },
  );
}
