/** What our set-up page offers its customer to press. Pure; page, press and API ask the same question. */
import type { SetupState, StateOf } from '../machines.ts';

/** The setup, its consent and its method, as far as the offer rests on them. */
export type SetupPageView = {
  readonly state: SetupState;
  /** Its time is over, by the database's clock. */
  readonly is_over: boolean;
  readonly accepted_at: Date | null;
  readonly revoked_at: Date | null;
  readonly method_state: StateOf<'payment_method'> | null;
  readonly method_detail: string | null;
};

/**
 * - `accept_and_save`: agree, then enter the card on Stripe's page.
 * - `save`: agreed already; on to Stripe's page.
 * - `accept`: the card was saved on the merchant's page, and only the agreement is missing.
 */
export type SetupOffer = 'accept_and_save' | 'save' | 'accept';

/** Null where nothing can be pressed: over, revoked, ended, or in the bank's hands. */
export function setupOffer(view: SetupPageView): SetupOffer | null {
  if (view.is_over || view.revoked_at !== null) return null;
  if (view.state === 'queued' || view.state === 'awaiting_customer')
    return view.accepted_at === null ? 'accept_and_save' : 'save';
  return view.accepted_at === null && isWaitingForEvidence(view) ? 'accept' : null;
}

/** Saved, and unusable only because the agreement is missing. */
function isWaitingForEvidence(view: SetupPageView): boolean {
  const is_saved = view.state === 'succeeded' && view.method_state === 'unusable';
  return is_saved && view.method_detail === 'evidence_missing';
}
