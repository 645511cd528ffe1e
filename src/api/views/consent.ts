import type { ConsentRow } from '../../store/customer/consents.ts';
import type { ConsentView } from '../schemas/consent.ts';

/** A consent as the API shows it. */
export function consentView(row: ConsentRow): ConsentView {
  return {
    id: row.id,
    object: 'consent',
    customer: row.customer_id,
    scope: row.scope as ConsentView['scope'],
    frequency: row.frequency as ConsentView['frequency'],
    amount_basis: row.amount_basis,
    text: row.text,
    version: row.text_version,
    collect: row.collect,
    accepted_at: row.accepted_at?.toISOString() ?? null,
    ip_address: row.ip_address,
    user_agent: row.user_agent,
    revoked_at: row.revoked_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}
