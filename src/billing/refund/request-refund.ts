/** The beginning of a refund: a row that a worker makes at Stripe. Nothing here waits for Stripe or the queue. */
import { failpoint } from '../../platform/failpoints.ts';
import { insertRefund, type NewRefund, type RefundRefusal } from '../../store/charge/refund-intake.ts';
import type { KeyedRequest } from '../../store/door/idempotency-keys.ts';
import type { Intake } from '../../store/door/intake.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';

/** Accepts a refund, unless more would go back than its charge received. */
export async function requestRefund(
  deps: Dependencies,
  refund: NewRefund,
  request: KeyedRequest,
  caller: string,
): Promise<Intake<Rows['refund'], RefundRefusal>> {
  await failpoint('intake.before');
  const taken = await insertRefund(deps.sql, refund, request, caller);
  await failpoint('intake.after_effect');
  if (taken.outcome === 'created') void deps.offer('refund', [taken.row.id]);
  return taken;
}
