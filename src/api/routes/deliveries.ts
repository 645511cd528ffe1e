import { testEndpoint } from '../../billing/notify/test-endpoint.ts';
import {
  type EndpointRow,
  listDeliveries,
  readDelivery,
  readEndpoint,
} from '../../store/notify/endpoints.ts';
import { redeliver, replayEvent, startReplay } from '../../store/notify/kept-deliveries.ts';
import { readNow } from '../../store/postgres/instance.ts';
import type { Api } from '../api.ts';
import type { AppDependencies } from '../dependencies.ts';
import { found, knownId, referredId, unknownReference } from '../lookup.ts';
import { webhookEndpointOperations } from '../operations/webhook-endpoints.ts';
import { answerPage, cursorOf } from '../pages.ts';
import { problem } from '../problem.ts';
import { actOnce } from '../replays.ts';
import { idParams, noBody, noQuery, pageOf } from '../schemas/list.ts';
import { declare } from '../schemas/route.ts';
import {
  delivery,
  deliveryListQuery,
  replayRequest,
  testResult,
  webhookEndpoint,
} from '../schemas/webhook-endpoint.ts';
import { deliveryView, endpointView } from '../views/webhook-endpoint.ts';

/** What was, is and is again sent to merchants' addresses. */
export function deliveryRoutes(app: Api, deps: AppDependencies): void {
  postTest(app, deps);
  postReplay(app, deps);
  getDeliveries(app, deps);
  postRedeliver(app, deps);
}

async function endpointOf({ tables }: AppDependencies, id: string): Promise<EndpointRow> {
  return found(await readEndpoint(tables, knownId('whe', id)));
}

function postTest(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/webhook_endpoints/:id/test',
    declare({ scope: 'admin', room: 'stripe' }, webhookEndpointOperations.testWebhookEndpoint, {
      params: idParams,
      querystring: noQuery,
      body: noBody,
      response: { 200: testResult },
    }),
    async (request) => {
      const endpoint = await endpointOf(deps, request.params.id);
      const tested = await testEndpoint(deps, endpoint, endpointView(endpoint), await readNow(deps.sql));
      if (tested === 'busy')
        throw problem('unavailable', { detail: 'Too much is under way to this endpoint' });
      return tested;
    },
  );
}

function postReplay(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/webhook_endpoints/:id/replay',
    declare({ scope: 'admin', idempotencyKey: 'required' }, webhookEndpointOperations.replayWebhookEndpoint, {
      params: idParams,
      querystring: noQuery,
      body: replayRequest,
      response: { 202: webhookEndpoint },
    }),
    async (request, reply) => {
      const { id } = await endpointOf(deps, request.params.id);
      const { from, event, newest_only } = request.body;
      const event_id = event === undefined ? null : referredId('dce', 'event', event);
      const act = async () => {
        if (event_id !== null) {
          if (!(await replayEvent(deps.sql, id, event_id))) throw unknownReference('event');
        } else if (
          from !== undefined &&
          !(await startReplay(deps.sql, { endpoint_id: id, from: new Date(from), newest_only }))
        ) {
          throw problem('conflict', { detail: 'A replay is under way' });
        }
        void deps.offer('webhook_endpoint', [id]);
      };
      const show = async () => endpointView(await endpointOf(deps, id));
      const shown = await actOnce(deps, request, reply, { entity_id: id, status_code: 202 }, act, show);
      return reply.code(202).send(shown);
    },
  );
}

function getDeliveries(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/webhook_endpoints/:id/deliveries',
    declare({ scope: 'read' }, webhookEndpointOperations.listDeliveries, {
      params: idParams,
      querystring: deliveryListQuery,
      response: { 200: pageOf(delivery) },
    }),
    async (request) => {
      const { limit, cursor, status } = request.query;
      const { id } = await endpointOf(deps, request.params.id);
      const page = { after: cursorOf('dlv', cursor), limit };
      const rows = await listDeliveries(deps.tables, { ...page, endpoint_id: id, status: status ?? null });
      return answerPage(rows.map(deliveryView), limit);
    },
  );
}

function postRedeliver(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/deliveries/:id/redeliver',
    declare({ scope: 'admin' }, webhookEndpointOperations.redeliverDelivery, {
      params: idParams,
      querystring: noQuery,
      body: noBody,
      response: { 202: delivery },
    }),
    async (request, reply) => {
      const id = knownId('dlv', request.params.id);
      found(await readDelivery(deps.tables, id));
      if (!(await redeliver(deps.sql, id)))
        throw problem('conflict', { detail: 'Its endpoint takes nothing: enable it first' });
      void deps.offer('delivery', [id]);
      return reply.code(202).send(deliveryView(found(await readDelivery(deps.tables, id))));
    },
  );
}
