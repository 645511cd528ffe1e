/** What the set-up page shows, decided from one reading of the rows. Pure. */
import { type SetupOffer, setupOffer } from '../../domain/setup/setup-offer.ts';
import { unreachable } from '../../platform/errors.ts';
import type { SetupPageRow } from '../../store/setup/setup-page.ts';
import type { SetupPageState } from '../words/texts.ts';

export type SetupPageContent = {
  readonly state: SetupPageState;
  readonly offer: SetupOffer | null;
  /** Work is under way elsewhere: looking again may show more. */
  readonly check_again: boolean;
};

/** Decides state and button; a finished setup has no form. */
export function setupPageContent(row: SetupPageRow): SetupPageContent {
  const offer = setupOffer(row);
  if (offer !== null) return { state: offer === 'save' ? 'to_save' : 'to_accept', offer, check_again: false };
  const state = stateOf(row);
  return { state, offer, check_again: state === 'processing' };
}

function stateOf(row: SetupPageRow): SetupPageState {
  switch (row.state) {
    case 'queued':
    case 'awaiting_customer':
      return row.revoked_at === null ? 'expired' : 'canceled';
    case 'processing':
    case 'closing':
    case 'needs_review':
      return 'processing';
    case 'succeeded':
      return row.method_state === 'usable' ? 'saved' : 'not_in_use';
    case 'failed':
    case 'canceled':
    case 'expired':
      return row.state;
    default:
      return unreachable(row.state);
  }
}
