import type { FutureUsage } from './payment-snapshot.ts';

/** When the merchant may charge the method: with the customer there, or away as well. */
export const CONSENT_SCOPES = ['off_session', 'on_session'] as const;
export type ConsentScope = (typeof CONSENT_SCOPES)[number];

export const CONSENT_FREQUENCIES = ['one_time', 'recurring'] as const;
export type ConsentFrequency = (typeof CONSENT_FREQUENCIES)[number];

/**
 * What a consent permits (protocol.md 12). `accepted_at` is null while it was only asked for
 * (`collect: true`) and the customer has not yet pressed; `used` says that a `one_time` consent already
 * covers another charge.
 */
export type Consent = {
  readonly scope: ConsentScope;
  readonly frequency: ConsentFrequency;
  readonly accepted_at: Date | null;
  readonly revoked_at: Date | null;
  readonly used: boolean;
};

export type ConsentCover = 'covered' | 'not_accepted' | 'revoked' | 'out_of_scope' | 'used';

/**
 * Whether a consent covers a new charge of this scope, else the first reason why not. A consent to be charged
 * while away covers a charge in the customer's presence too, never the other way round. A charge that already
 * rests on a one-time consent keeps it for its retries: ask with `used: false` for that charge's own consent.
 */
export function consentCovers(consent: Consent, wanted: { readonly scope: ConsentScope }): ConsentCover {
  if (consent.revoked_at !== null) return 'revoked';
  if (consent.accepted_at === null) return 'not_accepted';
  if (wanted.scope === 'off_session' && consent.scope !== 'off_session') return 'out_of_scope';
  if (consent.frequency === 'one_time' && consent.used) return 'used';
  return 'covered';
}

/**
 * Whether a charge under an off-session consent deserves a warning: the method was set up for use in the
 * customer's presence only, so its bank is likelier to ask for them (protocol.md 12).
 */
export function isSetUpForLess(usage: FutureUsage | null, consent: Pick<Consent, 'scope'>): boolean {
  return consent.scope === 'off_session' && usage === 'on_session';
}
