import { resendRecovery } from '../../billing/recovery/resend-recovery.ts';
import { readChargeRow } from '../../store/charge/charge-list.ts';
import type { Api } from '../api.ts';
import type { AppDependencies } from '../dependencies.ts';
import { requireIdempotencyKey } from '../idempotency.ts';
import { found, knownId } from '../lookup.ts';
import { problem } from '../problem.ts';
import { resentRecovery } from '../schemas/charge.ts';
import { acts } from '../schemas/route.ts';
import { chargeView, recoveryView } from '../views/charge.ts';

/** A new link for the customer, shown to the operator as well. */
export function recoveryRoute(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/charges/:id/recovery/resend',
    acts('Charges', 'Mail a new link; earlier ones die at once', { 200: resentRecovery }),
    async (request, reply) => {
      const keyed = requireIdempotencyKey(request);
      const id = knownId('chg', request.params.id);
      const row = found(await readChargeRow(deps.tables, id));
      const resent = await resendRecovery(deps, id, keyed);
      switch (resent.outcome) {
        case 'mismatch':
          throw problem('idempotency_mismatch');
        case 'no_live_recovery': {
          const { status } = chargeView(row);
          if (status === 'succeeded' || status === 'failed' || status === 'canceled') {
            throw problem(`already_${status}`);
          }
          throw problem('conflict', { detail: 'The charge does not wait for its customer' });
        }
        case 'replayed':
          reply.header('idempotent-replayed', 'true');
          break;
        case 'resent':
          break;
      }
      const { recovery } = resent;
      return { recovery: { ...recoveryView(recovery), url: recovery.url } };
    },
  );
}
