/**
 * A customer owes one customer at Stripe. The create is written ahead and repeated under its key; the first writer
 * binds, and that wakes the setups and charges that waited.
 *
 * If the create's key is spent or older than Stripe remembers, or rows were lost, we first look for the customer by
 * address and mark. A second customer at Stripe is possible only if one appears there after such a look. Nothing ever uses it and it takes
 * no money, so no sweep deletes it: it keeps our mark, `dc_customer`, for a person to find.
 */

import type { CustomerSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { customerMetadata } from '../../domain/keys.ts';
import { EVENTS_WAIT_MS, isEventsRead, lookFirst, lookSince } from '../../domain/loss.ts';
import { resendInMs } from '../../domain/resend.ts';
import { failpoint } from '../../platform/failpoints.ts';
import {
  bindCustomer,
  type OpenedCustomer,
  openCustomerCreate,
} from '../../store/customer/customer-binding.ts';
import type { Rows } from '../../store/work/obligations.ts';
import { createCustomer, findCustomers } from '../../stripe/customers.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Look, writeKeyed } from '../work/keyed-write.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, park, wait } from '../work/outcome.ts';
import { forgetCustomer } from './forget-customer.ts';
import { tellStripe } from './tell-stripe.ts';
import { wakeCharges } from './wake-charges.ts';

/** Takes a customer one step towards its binding; a bound one owes its charges what `wakeCharges` does. If Stripe will never take it, it is parked and its setups expire. */
export async function advanceCustomer(
  deps: Dependencies,
  row: Rows['customer'],
  lease: Lease,
): Promise<Outcome<'customer'>> {
  if (row.state === 'erasing' || row.state === 'erased') return forgetCustomer(deps, row, lease);
  if (row.state === 'bound') return (await tellStripe(deps, row, lease)) ?? wakeCharges(deps, row, lease);
  if (row.state !== 'queued') return done;
  const customer = await openCustomerCreate(deps.sql, lease);
  if (customer === null) return done;
  const look_first = lookFirst(customer, customer, deps.timings);
  if (look_first === null && !isEventsRead(customer, deps.timings))
    return wait(customer, EVENTS_WAIT_MS, 'events_unread');
  const { email, name, locale } = customer.telling ?? customer;
  const metadata = customerMetadata(customer, deps.instance.id);
  const limits = { signal: lease.signal };
  const made = await writeKeyed<'customer', CustomerSnapshot>(deps, {
    row: customer,
    verb: 'create',
    n: customer.create_number,
    step: 'customer.create',
    pause_ms: resendInMs(customer.create_opened_at, customer.now),
    look_first,
    send: (key) => createCustomer(deps.stripe, { key, email, name, locale, metadata }, limits),
    look: () => findMade(deps, customer, lease),
    spent: { create_number: customer.create_number + 1, create_opened_at: null },
    looked: { listed_at: customer.now },
    refused: (code) => park(customer, code),
  });
  if (made.written === 'left') return made.outcome;
  await bind(deps, customer, made.value);
  return done;
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

async function findMade(
  deps: Dependencies,
  customer: OpenedCustomer,
  lease: Lease,
): Promise<Look<CustomerSnapshot>> {
  const because = lookFirst(customer, customer, deps.timings) ?? 'key_old';
  const created_gte_s = Math.floor(lookSince(because, customer, customer).getTime() / 1_000);
  const found = await findCustomers(
    deps.stripe,
    { dc_customer: customer.id, email: (customer.telling ?? customer).email, created_gte_s },
    { signal: lease.signal },
  );
  if (found.kind !== 'ok') return { found: 'unanswered', reason: 'list_unanswered' };
  const oldest = found.value.find((made) => !made.deleted && made.metadata.dc_instance === deps.instance.id);
  return oldest === undefined ? { found: 'missing' } : { found: 'there', value: oldest };
}
