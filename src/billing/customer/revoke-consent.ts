import { revokeConsents } from '../../store/customer/consent-revocation.ts';
import type { Dependencies } from '../dependencies.ts';

/** Ends a consent and every charge under it that was not confirmed yet. */
export async function revokeConsent(deps: Dependencies, consent_id: string, caller: string): Promise<void> {
  const charge_ids = await revokeConsents(deps.sql, [consent_id], caller);
  if (charge_ids.length > 0) void deps.offer('charge', charge_ids);
}
