import { type BroughtIn, bringCustomerIn } from '../../billing/recovery/bring-customer-in.ts';
import { resendRecovery, type ShownRecovery, showRecovery } from '../../billing/recovery/resend-recovery.ts';
import { readChargeRow } from '../../store/charge/charge-list.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { requireIdempotencyKey } from '../idempotency.ts';
import { found, knownId } from '../lookup.ts';
import { chargeOperations } from '../operations/charges.ts';
import { problem } from '../problem.ts';
import { actOnce } from '../replays.ts';
import { linkedRecovery, resending } from '../schemas/charge.ts';
import { idParams, noQuery } from '../schemas/list.ts';
import { acts, declare } from '../schemas/route.ts';
import { chargeView, recoveryView } from '../views/charge.ts';

/** A charge's way back for its customer: its link shown, mailed again, or opened before its time. */
export function recoveryRoutes(app: Api, deps: AppDependencies): void {
  getRecovery(app, deps);
  postRecovery(app, deps);
  postResend(app, deps);
}

function getRecovery(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/charges/:id/recovery',
    declare({ scope: 'write' }, chargeOperations.retrieveRecovery, {
      params: idParams,
      querystring: noQuery,
      response: { 200: linkedRecovery },
    }),
    async (request) => shown(found(await showRecovery(deps, knownId('chg', request.params.id)))),
  );
}

function postRecovery(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/charges/:id/recovery',
    acts(chargeOperations.openRecovery, {
      200: linkedRecovery,
    }),
    async (request, reply) => {
      const id = knownId('chg', request.params.id);
      const by = { carrier: 'operator', reference: callerOf(request) } as const;
      const act = async () => refuse(await bringCustomerIn(deps, id, by), deps, id);
      const show = async () => shown(found(await showRecovery(deps, id)));
      return actOnce(deps, request, reply, { entity_id: id, status_code: 200 }, act, show);
    },
  );
}

async function refuse({ outcome }: BroughtIn, deps: AppDependencies, id: string): Promise<void> {
  switch (outcome) {
    case 'opened':
      return;
    case 'unknown':
      throw problem('not_found');
    case 'live':
      throw problem('conflict', {
        detail: 'Its customer has been asked already; resend mails the link again',
      });
    case 'ended':
    case 'refused':
      throw await standingProblem(deps, id, 'It waits neither for a retry nor for its customer');
  }
}

function postResend(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/charges/:id/recovery/resend',
    declare({ scope: 'write', idempotencyKey: 'required' }, chargeOperations.resendRecovery, {
      params: idParams,
      body: resending,
      response: { 200: linkedRecovery },
    }),
    async (request, reply) => {
      const keyed = requireIdempotencyKey(request);
      const id = knownId('chg', request.params.id);
      found(await readChargeRow(deps.tables, id));
      const resent = await resendRecovery(deps, id, keyed, request.body?.revoke_earlier === true);
      switch (resent.outcome) {
        case 'mismatch':
          throw problem('idempotency_mismatch');
        case 'no_live_recovery':
          throw await standingProblem(deps, id, 'The charge does not wait for its customer');
        case 'mail_limit_reached':
          throw problem('mail_limit_reached', {
            detail:
              'Nothing was mailed, and the earlier links still work; the link can be read and passed on otherwise',
          });
        case 'replayed':
          reply.header('idempotent-replayed', 'true');
          break;
        case 'resent':
          break;
      }
      return shown(resent.recovery);
    },
  );
}

/** Why its customer cannot be asked. */
async function standingProblem(deps: AppDependencies, id: string, detail: string) {
  const { status } = chargeView(found(await readChargeRow(deps.tables, id)));
  return status === 'succeeded' || status === 'failed' || status === 'canceled'
    ? problem(`already_${status}`)
    : problem('conflict', { detail });
}

function shown(recovery: ShownRecovery) {
  return { recovery: { ...recoveryView(recovery), url: recovery.url } };
}
