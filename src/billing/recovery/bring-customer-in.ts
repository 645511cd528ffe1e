/** Bringing a customer in before their turn comes by itself, or again after their time was over. */
import { type ChargeContext, openAttemptOf } from '../../domain/charge/charge.ts';
import type { ChargePlan } from '../../domain/charge/charge-facts.ts';
import { earlyRecoveryMs, termsOf } from '../../domain/charge/charge-terms.ts';
import { askCustomer } from '../../domain/decline/decline-outcome.ts';
import { type ChargeState, isTerminal } from '../../domain/machines.ts';
import { AppError } from '../../platform/errors.ts';
import { readNewestRecovery } from '../../store/recovery/newest-recovery.ts';
import { applyChargePlan } from '../charge/settle-charge.ts';
import type { Dependencies } from '../dependencies.ts';

export type BroughtIn =
  | { readonly outcome: 'opened' | 'unknown' }
  | { readonly outcome: 'ended'; readonly state: ChargeState }
  /** Nothing waits: it was not tried yet, an attempt is under way, its end was asked for, or a person has it. */
  | { readonly outcome: 'refused' | 'live' };

const ROUNDS_MAX = 5;

/**
 * Opens a recovery for a charge that waits for its next automatic try, which goes on beside it, or that is kept open after a
 * recovery which has ended (docs/protocol.md, 9.12). Its cadence mails at once.
 */
export async function bringCustomerIn(
  deps: Dependencies,
  charge_id: string,
  by: { readonly carrier: 'operator' | 'customer'; readonly reference: string | null },
): Promise<BroughtIn> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const context = await deps.chargesNow.read(charge_id);
    if (context === null) return { outcome: 'unknown' };
    const { state } = context.charge;
    if (isTerminal('charge', state)) return { outcome: 'ended', state };
    if (context.recovery !== null) return { outcome: 'live' };
    const plan = await planFor(deps, context);
    if (plan === null) return { outcome: 'refused' };
    if ((await applyChargePlan(deps, context, plan, by)) === 'settled') return { outcome: 'opened' };
  }
  throw new AppError('settle_contended');
}

async function planFor(deps: Dependencies, context: ChargeContext): Promise<ChargePlan | null> {
  const { charge } = context;
  if (charge.close_requested_at !== null || openAttemptOf(context) !== null) return null;
  switch (charge.state) {
    case 'retry_wait':
      return planEarly(deps, context);
    case 'action_required': {
      const last = await readNewestRecovery(deps.sql, charge.id);
      const kind = last?.kind === 'authenticate' ? 'authenticate' : 'replace';
      return { ...askCustomer(context, charge, kind, deps.timings), attempt: null };
    }
    default:
      return null;
  }
}

/** Beside its next automatic try, which stays due when it was. */
function planEarly({ timings }: Dependencies, { charge, now }: ChargeContext): ChargePlan {
  const expires_in_ms = earlyRecoveryMs(termsOf(charge.terms, timings));
  return {
    state: 'action_required',
    due_in_ms: charge.due_at === null ? null : Math.max(0, charge.due_at.getTime() - now.getTime()),
    detail: 'retry_scheduled',
    attempt: null,
    recovery: {
      open: 'replace',
      payment_method_id: charge.payment_method_id,
      is_early: true,
      expires_in_ms,
    },
  };
}
