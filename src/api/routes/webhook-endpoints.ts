import {
  changeEndpoint,
  deleteEndpoint,
  insertEndpoint,
  listEndpoints,
  readEndpoint,
  rotateSecret,
} from '../../store/notify/endpoints.ts';
import type { Api } from '../api.ts';
import type { AppDependencies } from '../dependencies.ts';
import { entityIdOf, requireIdempotencyKey } from '../idempotency.ts';
import { found, knownId } from '../lookup.ts';
import { webhookEndpointOperations } from '../operations/webhook-endpoints.ts';
import { answerPage, cursorOf } from '../pages.ts';
import { fieldProblem, problem } from '../problem.ts';
import { actOnce } from '../replays.ts';
import { idParams, noQuery, pageOf } from '../schemas/list.ts';
import { declare, reads } from '../schemas/route.ts';
import {
  deletedEndpoint,
  endpointChange,
  endpointListQuery,
  newEndpoint,
  OVERLAP_HOURS_DEFAULT,
  rotation,
  webhookEndpoint,
  webhookEndpointWithSecret,
} from '../schemas/webhook-endpoint.ts';
import { endpointView } from '../views/webhook-endpoint.ts';

/** Where merchants are told. What is sent there is in `deliveries.ts`. */
export function webhookEndpointRoutes(app: Api, deps: AppDependencies): void {
  postEndpoint(app, deps);
  getEndpoints(app, deps);
  getEndpoint(app, deps);
  patchEndpoint(app, deps);
  removeEndpoint(app, deps);
  postRotation(app, deps);
}

/** Throws `invalid_request`, naming the field, for an address that nothing may be sent to. */
async function requireReachable({ notify }: AppDependencies, url: string): Promise<void> {
  const refusal = await notify.refusalOf(url);
  if (refusal !== null) throw fieldProblem('url', refusal);
}

function postEndpoint(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/webhook_endpoints',
    declare({ scope: 'admin', idempotencyKey: 'required' }, webhookEndpointOperations.createWebhookEndpoint, {
      querystring: noQuery,
      body: newEndpoint,
      response: { 201: webhookEndpointWithSecret },
    }),
    async (request, reply) => {
      const { url, events, description = null } = request.body;
      const id = entityIdOf('whe', deps.instance.deriveKey, requireIdempotencyKey(request));
      let secret: string | null = null;
      const act = async () => {
        await requireReachable(deps, url);
        const made = deps.notify.newSecret(id);
        const secrets = [{ ...made.kept, until: null }];
        const max = deps.timings.notifyEndpointsMax;
        const outcome = await insertEndpoint(deps.tables, { id, url, events, description, secrets }, max);
        if (outcome === 'full') throw problem('conflict', { detail: `There are ${max} endpoints already` });
        secret = outcome === 'made' ? made.shown : null;
      };
      const show = async () => ({ ...endpointView(found(await readEndpoint(deps.tables, id))), secret });
      const shown = await actOnce(deps, request, reply, { entity_id: id, status_code: 201 }, act, show);
      return reply.code(201).send(shown);
    },
  );
}

function getEndpoints(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/webhook_endpoints',
    declare({ scope: 'read' }, webhookEndpointOperations.listWebhookEndpoints, {
      querystring: endpointListQuery,
      response: { 200: pageOf(webhookEndpoint) },
    }),
    async (request) => {
      const { limit, cursor } = request.query;
      const rows = await listEndpoints(deps.tables, { after: cursorOf('whe', cursor), limit });
      return answerPage(rows.map(endpointView), limit);
    },
  );
}

function getEndpoint(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/webhook_endpoints/:id',
    reads(webhookEndpointOperations.retrieveWebhookEndpoint, webhookEndpoint),
    async (request) => {
      const id = knownId('whe', request.params.id);
      return endpointView(found(await readEndpoint(deps.tables, id)));
    },
  );
}

function patchEndpoint(app: Api, deps: AppDependencies): void {
  app.patch(
    '/v1/webhook_endpoints/:id',
    declare({ scope: 'admin' }, webhookEndpointOperations.updateWebhookEndpoint, {
      params: idParams,
      body: endpointChange,
      response: { 200: webhookEndpoint },
    }),
    async (request) => {
      const id = knownId('whe', request.params.id);
      found(await readEndpoint(deps.tables, id));
      const change = request.body;
      if (change.url !== undefined) await requireReachable(deps, change.url);
      const changed = found(await changeEndpoint(deps.tables, id, change));
      if (changed.due_at !== null) void deps.offer('webhook_endpoint', [id]);
      return endpointView(changed);
    },
  );
}

function removeEndpoint(app: Api, deps: AppDependencies): void {
  app.delete(
    '/v1/webhook_endpoints/:id',
    declare({ scope: 'admin' }, webhookEndpointOperations.deleteWebhookEndpoint, {
      params: idParams,
      querystring: noQuery,
      response: { 200: deletedEndpoint },
    }),
    async (request) => {
      const id = knownId('whe', request.params.id);
      if (!(await deleteEndpoint(deps.tables, id))) throw problem('not_found');
      void deps.offer('webhook_endpoint', [id]);
      return { id, object: 'webhook_endpoint' as const, deleted: true as const };
    },
  );
}

function postRotation(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/webhook_endpoints/:id/rotate_secret',
    declare(
      { scope: 'admin', idempotencyKey: 'required' },
      webhookEndpointOperations.rotateWebhookEndpointSecret,
      {
        params: idParams,
        querystring: noQuery,
        body: rotation,
        response: { 200: webhookEndpointWithSecret },
      },
    ),
    async (request, reply) => {
      const id = knownId('whe', request.params.id);
      found(await readEndpoint(deps.tables, id));
      let secret: string | null = null;
      const act = async () => {
        const made = deps.notify.newSecret(id);
        const overlap_hours = request.body?.overlap_hours ?? OVERLAP_HOURS_DEFAULT;
        if (!(await rotateSecret(deps.tables, id, made.kept, overlap_hours))) throw problem('not_found');
        secret = made.shown;
      };
      const show = async () => ({ ...endpointView(found(await readEndpoint(deps.tables, id))), secret });
      return actOnce(deps, request, reply, { entity_id: id, status_code: 200 }, act, show);
    },
  );
}
