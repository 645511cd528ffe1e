import type { NewConsent } from '../store/customer/consent-intake.ts';
import type { ConsentInput } from './schemas/consent.ts';

/** A consent as it was sent, as a row. */
export function consentOf(id: string, sent: ConsentInput): NewConsent {
  return {
    id,
    scope: sent.scope,
    frequency: sent.frequency,
    amount_basis: sent.amount_basis,
    text: sent.text,
    text_version: sent.version,
    collect: sent.collect ?? false,
    accepted_at: sent.accepted_at === undefined ? null : new Date(sent.accepted_at),
    ip_address: sent.ip_address ?? null,
    user_agent: sent.user_agent ?? null,
  };
}
