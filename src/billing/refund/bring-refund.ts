/**
 * Brings what Stripe says of a refund to its charge, whoever carries it: the worker that made it, a webhook, the janitor's
 * lists. One statement finds the row or writes it down; neither order nor repetition of the news matters.
 */
import type { RefundSnapshot } from '../../domain/charge/refund-snapshot.ts';
import { derivedId, idPattern } from '../../platform/ids.ts';
import type { Bringer } from '../../store/charge/disputes.ts';
import { bringRefund, type RefundBrought } from '../../store/charge/refunds.ts';
import type { Dependencies } from '../dependencies.ts';
import { seeLoss } from '../work/see-loss.ts';

export type RefundDependencies = Pick<Dependencies, 'sql' | 'stripe' | 'instance' | 'timings' | 'log'>;

/** `unreadable`: Stripe shows a status that is not known; the row stays as it is. */
export async function bringRefundOf(
  deps: RefundDependencies,
  charge_id: string,
  snapshot: RefundSnapshot,
  by: Bringer,
): Promise<RefundBrought | 'unreadable'> {
  const { status } = snapshot;
  if (status === null) return 'unreadable';
  const { id, result } = await bringRefund(deps.sql, {
    charge_id,
    mark: ownMark(deps, snapshot),
    new_id: derivedId('rfd', deps.instance.deriveKey, 'stripe_refund', snapshot.id),
    snapshot: { ...snapshot, status },
    look_ms: deps.timings.refundLookMs,
    ...by,
  });
  if (result === 'recovered')
    await seeLoss(deps, 'key_without_row', new Date((snapshot.created_s ?? 0) * 1_000));
  if (result === 'brought' || result === 'recovered')
    deps.log.info({ event: 'refund.settled', chargeId: charge_id, operation: id ?? '', outcome: status });
  return result;
}

/** The row that we made it for. An operator's refund of money that no charge binds carries its key instead. */
function ownMark({ instance }: RefundDependencies, { metadata }: RefundSnapshot): string | null {
  const { dc_refund, dc_instance } = metadata;
  if (dc_refund === undefined || dc_instance !== instance.id) return null;
  return idPattern('rfd').test(dc_refund) ? dc_refund : null;
}
