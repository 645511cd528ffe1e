import { writeStop } from '../../store/customer/consent-revocation.ts';
import type { Dependencies } from '../dependencies.ts';

/** Ends everything that a customer agreed to: consents, charges and setups. */
export async function stopCustomer(deps: Dependencies, customer_id: string, caller: string): Promise<void> {
  const { charge_ids, setup_ids } = await writeStop(deps.sql, customer_id, caller);
  if (charge_ids.length > 0) void deps.offer('charge', charge_ids);
  if (setup_ids.length > 0) void deps.offer('setup', setup_ids);
}
