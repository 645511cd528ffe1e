/**
 * Why Stripe has refused a confirm without saying so. A 400 that names neither code nor parameter is recorded of a method
 * that was detached, and printed by Stripe's documentation of a debit without a mandate
 * (docs.stripe.com/payments/ach-direct-debit). Nothing branches on its message; the objects are read instead.
 */
import { needsMandate } from '../../domain/charge/method-fit.ts';
import { unreachable } from '../../platform/errors.ts';
import { noteMandateStatus } from '../../store/customer/mandates.ts';
import { readRow } from '../../store/work/obligations.ts';
import { findMandate } from '../../stripe/find-mandate.ts';
import { retrieveMandate } from '../../stripe/mandates.ts';
import { checkAttached } from '../../stripe/payment-methods.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead } from '../work/judge-answer.ts';

/**
 * - `method_gone`: it is not the customer's any more, or the mandate of its debits has ended: another one can pay.
 * - `mandate_missing`: a debit for which neither we nor Stripe know of a mandate. Its owner was never asked for one, so
 *   they are not asked to mend it.
 * - `mandate_pending`: the bank has not confirmed the mandate yet, and the row knows it now.
 * - `nothing`: method and mandate are in order. `unreadable`: ask again later.
 */
export type SeenOfRefusal =
  | { readonly seen: 'method_gone'; readonly code: string }
  | { readonly seen: 'mandate_missing' | 'mandate_pending' | 'nothing' | 'unreadable' };

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
      return needsMandate(check.payment_method.type)
        ? lookAtMandate(deps, { payment_method_id, customer })
        : { seen: 'nothing' };
    default:
      return unreachable(check);
  }
}

/** Of a debit that an earlier release has adopted the row knows no mandate, which is not that there was none. */
async function lookAtMandate(
  deps: Pick<Dependencies, 'sql' | 'stripe'>,
  { payment_method_id, customer }: { readonly payment_method_id: string; readonly customer: string },
): Promise<SeenOfRefusal> {
  const known = (await readRow(deps.sql, 'payment_method', payment_method_id))?.mandate_id ?? null;
  const found =
    known === null ? await findMandate(deps.stripe, { payment_method: payment_method_id, customer }) : null;
  if (found !== null && found.kind !== 'ok') return { seen: 'unreadable' };
  const mandate_id = known ?? found?.value ?? null;
  if (mandate_id === null) return { seen: 'mandate_missing' };
  const read = judgeRead(await retrieveMandate(deps.stripe, mandate_id));
  if (read.kind === 'unanswered') return { seen: 'unreadable' };
  const status = read.kind === 'refused' ? 'inactive' : read.value.status;
  switch (status) {
    case 'inactive':
      return { seen: 'method_gone', code: 'mandate_inactive' };
    case 'pending':
      await noteMandateStatus(deps.sql, { id: mandate_id, status }, payment_method_id);
      return { seen: 'mandate_pending' };
    case 'active':
      return { seen: 'nothing' };
    default:
      return unreachable(status);
  }
}
