import { type Erasure, writeErasure } from '../../store/customer/erasure.ts';
import type { Dependencies } from '../dependencies.ts';

/**
 * Forgets a person, as far as their money permits; what Stripe has of them, and their cards there, is owed from then on. We
 * never delete the customer at Stripe: that would cancel subscriptions that are none of ours
 * (https://docs.stripe.com/api/customers/delete).
 */
export async function eraseCustomer(
  deps: Dependencies,
  customer_id: string,
  caller: string,
): Promise<Erasure> {
  const erased = await writeErasure(deps.sql, customer_id, deps.timings, caller);
  if (erased.outcome !== 'erased') return erased;
  void deps.offer('customer', [customer_id]);
  if (erased.payment_method_ids.length > 0) void deps.offer('payment_method', erased.payment_method_ids);
  if (erased.setup_ids.length > 0) void deps.offer('setup', erased.setup_ids);
  return erased;
}
