/** A customer who is gone at Stripe for good, whoever brings the news: an event, or an object that cannot be made. */
import { requestClose } from '../../store/charge/close-requests.ts';
import { noteDeleted } from '../../store/customer/deleted-customer.ts';
import { retrieveCustomer } from '../../stripe/customers.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead } from './judge-answer.ts';

/**
 * Reads the customer at Stripe and, if they were deleted, notes it: their methods are detached and their bound charges
 * closed with proof. `unanswered`: ask again later.
 */
export async function seeIfDeleted(
  deps: Pick<Dependencies, 'sql' | 'stripe' | 'log' | 'offer'>,
  stripe_customer_id: string,
  cause_reference: string,
): Promise<'deleted' | 'there' | 'unanswered'> {
  const read = judgeRead(await retrieveCustomer(deps.stripe, stripe_customer_id));
  if (read.kind === 'unanswered') return 'unanswered';
  // One that Stripe does not know at all is another account's, or was never there: as gone for us.
  if (read.kind === 'ok' && !read.value.deleted) return 'there';
  const noted = await noteDeleted(deps.sql, stripe_customer_id, cause_reference);
  if (noted !== null) {
    deps.log.warn({ event: 'customer.deleted_at_stripe', customerId: noted.id });
    const ended = { as: 'failed', detail: 'customer_deleted', recovery: 'revoked' } as const;
    const closing = await requestClose(deps.sql, noted.charge_ids, {
      ...ended,
      cause: 'stripe',
      cause_reference,
    });
    await deps.offer('charge', closing);
  }
  return 'deleted';
}
