import type { FutureUsage } from './charge/payment-snapshot.ts';

/** When the merchant may charge the method: only while the customer is there, or also while they are away. */
export const CONSENT_SCOPES = ['off_session', 'on_session'] as const;
export type ConsentScope = (typeof CONSENT_SCOPES)[number];

export const CONSENT_FREQUENCIES = ['one_time', 'recurring'] as const;

/** Who pressed, as their browser told it: kept as the proof of what the press agrees to. */
export type Evidence = { readonly ip_address: string; readonly user_agent: string | null };

/**
 * Whether a charge under an off-session consent deserves a warning: the method was set up for use in
 * the customer's presence only, so the bank is likelier to ask for them (docs/protocol.md, 11.1).
 */
export function isSetUpForLess(
  usage: FutureUsage | null,
  consent: { readonly scope: ConsentScope },
): boolean {
  return consent.scope === 'off_session' && usage === 'on_session';
}
