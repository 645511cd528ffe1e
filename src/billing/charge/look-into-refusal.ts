/**
 * Why Stripe has refused a confirm without saying so. A 400 that names neither code nor parameter is recorded of a method
 * that was detached, and printed by Stripe's documentation of a debit without a mandate
 * (docs.stripe.com/payments/ach-direct-debit). Nothing branches on its message; the objects are read instead.
 */
import { unreachable } from '../../platform/errors.ts';
import { readRow } from '../../store/work/obligations.ts';
import { retrieveMandate } from '../../stripe/mandates.ts';
import { checkAttached } from '../../stripe/payment-methods.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead } from '../work/judge-answer.ts';

/**
 * - `method_gone`: it is not the customer's any more, or the mandate of its debits has ended: another one can pay.
 * - `mandate_missing`: a debit for which we know of no mandate at all. Its owner was never asked for one, so they are not
 *   asked to mend it.
 * - `nothing`: method and mandate are in order. `unreadable`: ask again later.
 */
export type SeenOfRefusal =
  | { readonly seen: 'method_gone'; readonly code: string }
  | { readonly seen: 'mandate_missing' | 'nothing' | 'unreadable' };

/** Reads the method and, of a debit, its mandate. */
export async function lookIntoRefusal(
  deps: Pick<Dependencies, 'sql' | 'stripe'>,
  { payment_method_id, customer }: { readonly payment_method_id: string; readonly customer: string },
): Promise<SeenOfRefusal> {
  const check = await checkAttached(deps.stripe, { payment_method: payment_method_id, customer });
  switch (check.kind) {
    case 'unknown':
      return { seen: 'unreadable' };
    case 'not_attached':
      return { seen: 'method_gone', code: 'payment_method_not_attached' };
    case 'attached':
      return check.payment_method.type === 'card'
        ? { seen: 'nothing' }
        : lookAtMandate(deps, payment_method_id);
    default:
      return unreachable(check);
  }
}

async function lookAtMandate(
  deps: Pick<Dependencies, 'sql' | 'stripe'>,
  payment_method_id: string,
): Promise<SeenOfRefusal> {
  const mandate_id = (await readRow(deps.sql, 'payment_method', payment_method_id))?.mandate_id ?? null;
  if (mandate_id === null) return { seen: 'mandate_missing' };
  const read = judgeRead(await retrieveMandate(deps.stripe, mandate_id));
  if (read.kind === 'unanswered') return { seen: 'unreadable' };
  const has_ended = read.kind === 'refused' || read.value.status === 'inactive';
  return has_ended ? { seen: 'method_gone', code: 'mandate_inactive' } : { seen: 'nothing' };
}
