import { type ChargeState, isTerminal, machines } from '../../domain/machines.ts';
import { AppError } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { readChargeState, requestClose } from '../../store/charge/close-requests.ts';
import type { Dependencies } from '../dependencies.ts';

export type ChargeCancellation =
  | { readonly outcome: 'requested' }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'already'; readonly status: 'succeeded' | 'failed' | 'canceled' };

const ROUNDS_MAX = 5;

/**
 * Asks for a charge's end. Stripe's answer decides what it becomes: a success that wins the race stands. Asking again
 * while the charge closes changes nothing.
 */
export async function cancelCharge(
  deps: Dependencies,
  charge_id: string,
  caller: string,
): Promise<ChargeCancellation> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await failpoint('close.before');
    const requested = await requestClose(deps.sql, [charge_id], {
      as: 'canceled',
      detail: null,
      recovery: 'revoked',
      cause: 'api',
      cause_reference: caller,
    });
    await failpoint('close.after_effect');
    if (requested.length > 0) {
      void deps.offer('charge', requested);
      return { outcome: 'requested' };
    }
    const charge = await readChargeState(deps.sql, charge_id);
    if (charge === null) return { outcome: 'unknown' };
    const state = charge.state as ChargeState;
    if (isTerminal('charge', state))
      return {
        outcome: 'already',
        status: machines.charge.statuses[state] as 'succeeded' | 'failed' | 'canceled',
      };
    // Without a wish it was taken in only after we had looked for it.
    if (charge.close_requested_at !== null) return { outcome: 'requested' };
  }
  throw new AppError('settle_contended');
}
