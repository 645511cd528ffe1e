import { revokeAndMove, revokeConsents } from '../../store/customer/consent-revocation.ts';
import type { Dependencies } from '../dependencies.ts';

/**
 * Ends a consent and every charge under it that was not confirmed yet; with `move` only those that cannot go to another
 * method of their customer.
 */
export async function revokeConsent(
  deps: Dependencies,
  consent_id: string,
  caller: string,
  { move }: { readonly move: boolean } = { move: false },
): Promise<void> {
  const charge_ids = move
    ? await revokeAndMove(deps.sql, consent_id, caller)
    : await revokeConsents(deps.sql, [consent_id], caller);
  if (charge_ids.length > 0) void deps.offer('charge', charge_ids);
}
