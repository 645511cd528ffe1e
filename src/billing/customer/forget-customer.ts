/**
 * What a customer who asked to be forgotten still owes (docs/protocol.md, 12.8): that Stripe forgets what we told it, and on
 * the day on which their payments cannot come back any more, the evidence of these.
 *
 *   erasing ─▶ (a create may be on its way: look what it made) ─▶ tell Stripe ─▶ wait for the day ─▶ erased
 */
import { HOUR_MS } from '../../domain/durations.ts';
import { bindCustomer } from '../../store/customer/customer-binding.ts';
import { finishErasure } from '../../store/customer/erasure.ts';
import type { Rows } from '../../store/work/obligations.ts';
import { findCustomers } from '../../stripe/customers.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, rest, wait } from '../work/outcome.ts';
import { tellStripe } from './tell-stripe.ts';

const RETRY_MS = 5_000;

/** Takes a forgotten customer one step further. */
export async function forgetCustomer(
  deps: Dependencies,
  row: Rows['customer'],
  lease: Lease,
): Promise<Outcome<'customer'>> {
  if (row.stripe_customer_id === null && row.create_opened_at !== null)
    return findMade(deps, row, row.create_opened_at, lease);
  const told = await tellStripe(deps, row, lease);
  if (told !== null) return told;
  if (row.state === 'erased') return rest(row, 'nothing_owed');
  await finishErasure(deps.sql, lease, deps.timings);
  return done;
}

/**
 * The create went out with their address, and its answer never came. It is not sent again, because what it said is not known
 * any more; by now it has arrived or never will, and Stripe shows what it made. An address to look by there is none.
 */
async function findMade(
  deps: Dependencies,
  row: Rows['customer'],
  create_opened_at: Date,
  lease: Lease,
): Promise<Outcome<'customer'>> {
  const created_gte_s = Math.floor((create_opened_at.getTime() - HOUR_MS) / 1_000);
  const found = await findCustomers(
    deps.stripe,
    { dc_customer: row.id, email: row.email, created_gte_s },
    { signal: lease.signal },
  );
  if (found.kind !== 'ok') return wait(row, RETRY_MS, 'list_unanswered');
  const made = found.value.find(
    ({ deleted, metadata }) => !deleted && metadata.dc_instance === deps.instance.id,
  );
  if (made === undefined) return wait(row, 0, 'nothing_made', { create_opened_at: null, told: null });
  await bindCustomer(deps.sql, { id: row.id, stripe_customer_id: made.id, cause: 'worker' });
  return done;
}
