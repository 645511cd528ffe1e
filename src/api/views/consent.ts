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
    mandate_text: row.mandate_text ?? null,
    mandate_text_version: row.mandate_text_version ?? null,
    collect: row.collect,
    accepted_at: row.accepted_at?.toISOString() ?? null,
    ip_address: row.ip_address,
    user_agent: row.user_agent,
    until: row.until?.toISOString() ?? null,
    max_charges: row.max_charges,
    max_amount: maxAmountOf(row),
    revoked_at: row.revoked_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}

function maxAmountOf(row: ConsentRow): ConsentView['max_amount'] {
  const { max_amount_minor: amount, max_amount_currency: currency, max_amount_per: per } = row;
  if (amount === null || currency === null || per === null) return null;
  return { amount, currency, per: per === 'month' ? 'month' : 'charge' };
}
