import { revokeConsent } from '../../billing/customer/revoke-consent.ts';
import { readConsent } from '../../store/customer/consents.ts';
import { insertIdempotencyKey } from '../../store/door/idempotency-keys.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { idempotencyKeyOf } from '../idempotency.ts';
import { found, knownId } from '../lookup.ts';
import { priorOf } from '../replays.ts';
import { consent } from '../schemas/consent.ts';
import { acts, reads } from '../schemas/route.ts';
import { consentView } from '../views/consent.ts';

const TAG = 'Consents';

/** The customer's permissions. */
export function consentRoutes(app: Api, deps: AppDependencies): void {
  getConsent(app, deps);
  postRevoke(app, deps);
}

function getConsent(app: Api, deps: AppDependencies): void {
  app.get('/v1/consents/:id', reads(TAG, 'Read a consent', consent), async (request) =>
    consentView(found(await readConsent(deps.tables, knownId('cns', request.params.id)))),
  );
}

function postRevoke(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/consents/:id/revoke',
    acts(TAG, 'Revoke a consent and stop the charges that rest on it', { 200: consent }, 'optional'),
    async (request, reply) => {
      const id = knownId('cns', request.params.id);
      const keyed = idempotencyKeyOf(request);
      await priorOf(deps.sql, keyed, reply);
      const revoked = found(await revokeConsent(deps, id, callerOf(request)));
      if (keyed !== null) await insertIdempotencyKey(deps.sql, keyed, { entity_id: id, status_code: 200 });
      return consentView(revoked);
    },
  );
}
