import { revokeConsent } from '../../billing/customer/revoke-consent.ts';
import { listAlsoRunning, listInFlight } from '../../store/charge/in-flight.ts';
import { readConsent } from '../../store/customer/consents.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { found, knownId } from '../lookup.ts';
import { consentOperations } from '../operations/consents.ts';
import { actOnce } from '../replays.ts';
import { consent, revocation, revokedConsent } from '../schemas/consent.ts';
import { idParams, noQuery } from '../schemas/list.ts';
import { declare, reads } from '../schemas/route.ts';
import { consentView } from '../views/consent.ts';

/** The customer's permissions. */
export function consentRoutes(app: Api, deps: AppDependencies): void {
  getConsent(app, deps);
  postRevoke(app, deps);
}

function getConsent(app: Api, deps: AppDependencies): void {
  app.get('/v1/consents/:id', reads(consentOperations.retrieveConsent, consent), async (request) =>
    consentView(found(await readConsent(deps.tables, knownId('cns', request.params.id)))),
  );
}

function postRevoke(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/consents/:id/revoke',
    declare({ scope: 'write', idempotencyKey: 'required' }, consentOperations.revokeConsent, {
      params: idParams,
      querystring: noQuery,
      body: revocation,
      response: { 200: revokedConsent },
    }),
    async (request, reply) => {
      const id = knownId('cns', request.params.id);
      found(await readConsent(deps.tables, id));
      const act = () => revokeConsent(deps, id, callerOf(request), { move: request.body?.move ?? false });
      const show = async () => ({
        ...consentView(found(await readConsent(deps.tables, id))),
        in_flight: await listInFlight(deps.tables, 'consent', id),
        also_running: await listAlsoRunning(deps.tables, id),
      });
      return actOnce(deps, request, reply, { entity_id: id, status_code: 200 }, act, show);
    },
  );
}
