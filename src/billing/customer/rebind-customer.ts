/** Gives a customer who was deleted at Stripe another customer there: one that the merchant names, or a new one. */
import { customerMetadata } from '../../domain/keys.ts';
import { unreachable } from '../../platform/errors.ts';
import { DELETED_AT_STRIPE, openRebinding, rebind } from '../../store/customer/deleted-customer.ts';
import { readRow } from '../../store/work/obligations.ts';
import { createCustomer, retrieveCustomer } from '../../stripe/customers.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead } from '../work/judge-answer.ts';
import { sendKeyed } from '../work/keyed-write.ts';
import { seeIfDeleted } from '../work/see-deleted.ts';

/**
 * - `erased`: nothing is bound anew. `not_deleted`: the one that is bound is still there. `held`: the named one is another customer's.
 * - `not_at_stripe`: the named one is unknown there, deleted too, or of the other mode.
 * - `unavailable`: Stripe does not say; ask again.
 */
export type Rebound = 'rebound' | 'erased' | 'not_deleted' | 'held' | 'not_at_stripe' | 'unavailable';

/** Methods and consents stay behind: the methods ended with the deleted customer, so a new one has to be saved. */
export async function rebindCustomer(
  deps: Dependencies,
  id: string,
  named: string | null,
  caller: string,
): Promise<Rebound> {
  const row = await readRow(deps.sql, 'customer', id);
  if (row === null) return 'not_deleted';
  if (row.forgotten_at !== null) return 'erased';
  if (row.stripe_customer_id === null) return 'not_deleted';
  if (row.detail !== DELETED_AT_STRIPE) {
    const seen = await seeIfDeleted(deps, row.stripe_customer_id, caller);
    if (seen !== 'deleted') return seen === 'there' ? 'not_deleted' : 'unavailable';
  }
  const other = named === null ? await makeAnother(deps, id) : await checkNamed(deps, named);
  switch (other.found) {
    case 'yes':
      return rebind(deps.sql, { id, stripe_customer_id: other.id, cause_reference: caller });
    case 'no':
      return other.because;
    default:
      return unreachable(other);
  }
}

type Other =
  | { readonly found: 'yes'; readonly id: string }
  | { readonly found: 'no'; readonly because: Exclude<Rebound, 'rebound' | 'held'> };

async function checkNamed({ stripe, instance }: Dependencies, named: string): Promise<Other> {
  const read = judgeRead(await retrieveCustomer(stripe, named));
  if (read.kind === 'unanswered') return { found: 'no', because: 'unavailable' };
  if (read.kind === 'refused' || read.value.deleted || read.value.livemode !== instance.livemode)
    return { found: 'no', because: 'not_at_stripe' };
  return { found: 'yes', id: named };
}

async function makeAnother(deps: Dependencies, id: string): Promise<Other> {
  const opened = await openRebinding(deps.sql, id);
  if (opened === null) return { found: 'no', because: 'not_deleted' };
  const { email, name, locale } = opened;
  const metadata = customerMetadata(opened, deps.instance.id);
  const made = await sendKeyed(deps, {
    key: { row: id, verb: 'create', n: opened.create_number },
    send: (key) => createCustomer(deps.stripe, { key, email, name, locale, metadata }),
  });
  return made.sent === 'done' ? { found: 'yes', id: made.value.id } : { found: 'no', because: 'unavailable' };
}
