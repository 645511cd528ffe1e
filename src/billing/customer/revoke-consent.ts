import { writeRevocation } from '../../store/customer/consent-revocation.ts';
import type { ConsentRow } from '../../store/customer/consents.ts';
import type { Dependencies } from '../dependencies.ts';

/** Ends a consent and every charge under it that was not confirmed yet; null if there is no such consent. */
export async function revokeConsent(
  deps: Dependencies,
  consent_id: string,
  caller: string,
): Promise<ConsentRow | null> {
  const revocation = await writeRevocation(deps.sql, consent_id, caller);
  if (revocation === null) return null;
  if (revocation.charge_ids.length > 0) void deps.offer('charge', revocation.charge_ids);
  return revocation.consent;
}
