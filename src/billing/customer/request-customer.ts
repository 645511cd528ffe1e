import {
  type CustomerRefusal,
  insertCustomer,
  type RequestedCustomer,
} from '../../store/customer/customer-intake.ts';
import type { CustomerRow } from '../../store/customer/customers.ts';
import type { KeyedRequest } from '../../store/door/idempotency-keys.ts';
import type { Intake } from '../../store/door/intake.ts';
import type { Dependencies } from '../dependencies.ts';

/** Accepts a customer; without an id at Stripe, the row owes one there. Answers after the commit. */
export async function requestCustomer(
  deps: Dependencies,
  customer: RequestedCustomer,
  request: KeyedRequest | null,
  caller: string,
): Promise<Intake<CustomerRow, CustomerRefusal>> {
  const taken = await insertCustomer(deps.sql, customer, request, caller);
  if (taken.outcome === 'created' && taken.row.state === 'queued')
    void deps.offer('customer', [taken.row.id]);
  return taken;
}
