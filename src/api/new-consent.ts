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
    limits: {
      until: sent.until === undefined ? null : new Date(sent.until),
      max_charges: sent.max_charges ?? null,
      max_amount:
        sent.max_amount === undefined
          ? null
          : {
              amount_minor: sent.max_amount.amount,
              currency: sent.max_amount.currency,
              per: sent.max_amount.per,
            },
    },
  };
}
