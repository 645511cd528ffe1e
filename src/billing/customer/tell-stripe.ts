import type { CustomerSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { openCustomerUpdate } from '../../store/customer/customer-changes.ts';
import type { Rows } from '../../store/work/obligations.ts';
import { updateCustomer } from '../../stripe/customers.ts';
import type { Dependencies } from '../dependencies.ts';
import { writeKeyed } from '../work/keyed-write.ts';
import type { Lease } from '../work/lease.ts';
import { type Outcome, park, wait } from '../work/outcome.ts';

const RETRY_MS = 5_000;
/** Stripe does not know the customer, or has deleted it (https://docs.stripe.com/error-codes). */
const UNKNOWN_THERE = 'resource_missing';
const FIELDS = ['email', 'name', 'locale'] as const;

/**
 * Tells Stripe what has changed of a bound customer; null: nothing. Nobody is charged by it, so what Stripe refuses is
 * logged and let go: our own mails go by our own row. What is told of a customer who was forgotten is that nothing is left, the
 * merchant's reference in Stripe's metadata included; where Stripe refuses that of one it knows, a person has to see to it.
 */
export async function tellStripe(
  deps: Dependencies,
  row: Rows['customer'],
  lease: Lease,
): Promise<Outcome<'customer'> | null> {
  if (row.told === null) return null;
  const customer = await openCustomerUpdate(deps.sql, lease);
  if (customer?.stripe_customer_id == null) return null;
  const { told, telling, stripe_customer_id: id, update_number } = customer;
  const changed = FIELDS.filter((field) => told[field] !== telling[field]);
  const change = Object.fromEntries(changed.map((field) => [field, telling[field]]));
  const forgotten = customer.forgotten_at === null ? {} : { reference: null };
  const closed = { told: telling, telling: null, update_number: update_number + 1 };
  const written = await writeKeyed<'customer', CustomerSnapshot>(deps, {
    row: customer,
    verb: 'update',
    n: update_number,
    step: 'customer.update',
    pause_ms: RETRY_MS,
    send: (key) =>
      updateCustomer(deps.stripe, { id, key, ...change, ...forgotten }, { signal: lease.signal }),
    spent: { update_number: update_number + 1 },
    refused: (code) => {
      deps.log.warn({ event: 'customer.update_refused', customerId: row.id, code });
      if (customer.forgotten_at !== null && code !== UNKNOWN_THERE) return park(customer, code);
      return wait(customer, 0, code, closed);
    },
  });
  return written.written === 'left' ? written.outcome : wait(customer, 0, written.key, closed);
}
