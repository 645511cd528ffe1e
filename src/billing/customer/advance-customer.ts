/**
 * A customer owes one customer at Stripe. The create is written ahead and repeated under its key; the first
 * writer binds, and that wakes whatever waited.
 *
 * A create whose key is spent or older than Stripe remembers is looked for first, by address and mark. A second
 * customer at Stripe is possible only if one appears there after such a look; nothing ever uses it and it takes
 * no money, so no sweep deletes it: it keeps our mark, `dc_customer`, for a person to find.
 */

import type { CustomerSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { buildKey, customerMetadata } from '../../domain/keys.ts';
import { retryInMs } from '../../domain/setup/setup-decisions.ts';
import { unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import {
  abandonCustomerCreate,
  bindCustomer,
  type OpenedCustomer,
  openCustomerCreate,
} from '../../store/customer/customer-binding.ts';
import type { Rows } from '../../store/work/obligations.ts';
import { createCustomer, findCustomers } from '../../stripe/customers.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeWrite } from '../work/judge-write.ts';
import type { Lease } from '../work/lease.ts';
import { moveLeased } from '../work/move-leased.ts';

/** Stripe stamps `created` by its own clock: look a day further back than ours says. */
const CLOCK_MARGIN_S = 86_400;

/** Takes a customer one step towards being bound at Stripe. */
export async function advanceCustomer(
  deps: Dependencies,
  row: Rows['customer'],
  lease: Lease,
): Promise<void> {
  if (row.state !== 'queued') return;
  const customer = await openCustomerCreate(deps.sql, lease, deps.timings.resendWindowHours);
  if (customer === null) return;
  if (customer.stale) return lookBeforeNext(deps, customer, lease);
  const key = buildKey({ row: customer.id, verb: 'create', n: customer.create_number });
  await failpoint('customer.create.before');
  const answer = await createCustomer(
    deps.stripe,
    {
      key,
      email: customer.email,
      name: customer.name,
      locale: customer.locale,
      metadata: customerMetadata(customer.id, deps.instance.id),
    },
    { signal: lease.signal },
  );
  await failpoint('customer.create.after_effect');
  const verdict = judgeWrite(answer);
  switch (verdict.kind) {
    case 'done':
      return bind(deps, customer, verdict.value);
    case 'again':
      if (verdict.needs_person) deps.log.error({ event: 'stripe.key_refused', code: verdict.code });
      return waitAndRepeat(deps, customer, lease, verdict.code);
    case 'spent':
      return lookBeforeNext(deps, customer, lease);
    case 'refused':
      return park(deps, customer, lease, verdict.code);
    default:
      return unreachable(verdict);
  }
}

async function bind(deps: Dependencies, row: Rows['customer'], made: CustomerSnapshot): Promise<void> {
  await failpoint('customer.bind.before');
  const binding = { id: row.id, stripe_customer_id: made.id, cause: 'worker' };
  const bound = await bindCustomer(deps.sql, binding);
  await failpoint('customer.bind.after_effect');
  if (bound === null) return;
  deps.log.info({ event: 'customer.bound', customerId: row.id, stripeCustomerId: made.id });
  await deps.offer('setup', bound.setup_ids);
  await deps.offer('charge', bound.charge_ids);
}

/** Binds what an earlier create made, or gives that create up so that the next one has a new number. */
async function lookBeforeNext(deps: Dependencies, customer: OpenedCustomer, lease: Lease): Promise<void> {
  const created_gte_s = Math.floor(customer.create_opened_at.getTime() / 1_000) - CLOCK_MARGIN_S;
  const found = await findCustomers(
    deps.stripe,
    { dc_customer: customer.id, email: customer.email, created_gte_s },
    { signal: lease.signal },
  );
  if (found.kind !== 'ok') return waitAndRepeat(deps, customer, lease, 'list_unanswered');
  const oldest = found.value.find((made) => !made.deleted && made.metadata.dc_instance === deps.instance.id);
  if (oldest !== undefined) return bind(deps, customer, oldest);
  await abandonCustomerCreate(deps.sql, lease, customer.create_number);
}

async function waitAndRepeat(
  deps: Dependencies,
  customer: OpenedCustomer,
  lease: Lease,
  reason: string,
): Promise<void> {
  await moveLeased(deps, 'customer', customer, lease, {
    due_in_ms: retryInMs(customer.create_opened_at, customer.now),
    reference: reason,
  });
}

/** Stripe will never take it as it is, for example for its address: a person looks. Its setups expire. */
async function park(deps: Dependencies, customer: OpenedCustomer, lease: Lease, code: string): Promise<void> {
  deps.log.error({ event: 'customer.parked', customerId: customer.id, code });
  await moveLeased(deps, 'customer', customer, lease, {
    set: { state: 'needs_review', detail: code },
    due_in_ms: null,
    reference: code,
  });
}
