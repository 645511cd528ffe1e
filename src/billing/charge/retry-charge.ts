import { type NoRetry, whyNoRetry } from '../../domain/charge/waking.ts';
import { type ChargeState, isTerminal, machines } from '../../domain/machines.ts';
import { AppError } from '../../platform/errors.ts';
import { moveRow } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';

export type RetryAsked =
  | { readonly outcome: 'due' | 'unknown' }
  | { readonly outcome: 'already'; readonly status: 'succeeded' | 'failed' | 'canceled' }
  /** No automatic try may follow, and why. */
  | { readonly outcome: 'refused'; readonly because: NoRetry };

const ROUNDS_MAX = 5;

/** Makes a charge that waits due now: the try that was to come later, counted like it (docs/protocol.md, 8.2). */
export async function retryCharge(deps: Dependencies, id: string, caller: string): Promise<RetryAsked> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const context = await deps.chargesNow.read(id);
    if (context === null) return { outcome: 'unknown' };
    const { state, revision } = context.charge;
    if (isTerminal('charge', state)) return { outcome: 'already', status: statusOf(state) };
    const because = whyNoRetry(context, deps.timings);
    if (because !== null) return { outcome: 'refused', because };
    const by = { cause: 'api', cause_reference: caller };
    const due = { id, revision, set: {}, due_in_ms: 0, keep_lease: true, ...by };
    if (await moveRow(deps.sql, 'charge', due)) {
      void deps.offer('charge', [id]);
      return { outcome: 'due' };
    }
  }
  throw new AppError('settle_contended');
}

function statusOf(state: ChargeState) {
  return machines.charge.statuses[state] as 'succeeded' | 'failed' | 'canceled';
}
