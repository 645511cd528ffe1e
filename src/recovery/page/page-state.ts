/** What the customer's page shows and offers, decided from one reading of the rows. Pure. */
import type { RecoveryPageRow } from '../../store/recovery/recovery-page.ts';
import type { PageState } from '../words/texts.ts';

export type PageView = {
  readonly state: PageState;
  /** Pay with the saved card that was declined, or go on at the bank if an attempt waits there. */
  readonly confirm: 'offer' | 'continue' | null;
  /** The replacement whose card is ready to pay with. */
  readonly pay_replacement: string | null;
  /** Their other card on file, which may pay as well. */
  readonly pay_saved: string | null;
  readonly replace: boolean;
  /** The unticked box for later bills. */
  readonly future_use_box: boolean;
  /** Work is under way elsewhere: looking again may show more. */
  readonly check_again: boolean;
};

const SHOWN_ONLY = {
  confirm: null,
  pay_replacement: null,
  pay_saved: null,
  replace: false,
  future_use_box: false,
  check_again: false,
} as const;

/** Decides state and buttons; a closed recovery has no form. */
export function pageView(
  row: RecoveryPageRow,
  policy: { readonly replacementSessionsMax: number },
): PageView {
  const final = finalState(row);
  if (final !== null) return { ...SHOWN_ONLY, state: final };
  const is_waiting = row.state === 'open' && row.charge_state === 'action_required' && !row.close_requested;
  if (!is_waiting || row.attempt_state === 'open' || row.attempt_state === 'processing')
    return { ...SHOWN_ONLY, state: 'processing', check_again: true };
  if (row.attempt_state === 'awaiting_customer')
    return { ...SHOWN_ONLY, state: 'at_bank', confirm: 'continue', check_again: true };
  return offers(row, policy.replacementSessionsMax);
}

/** Nothing is final before Stripe's answer: a closing charge may still turn out to be paid. */
function finalState(row: RecoveryPageRow): PageState | null {
  switch (row.charge_state) {
    case 'succeeded':
      return 'paid';
    case 'failed':
    case 'canceled':
      return row.close_detail === 'recovery_expired' || row.state === 'expired' ? 'expired' : 'canceled';
    default:
      return null;
  }
}

function offers(row: RecoveryPageRow, sessions_max: number): PageView {
  const new_card = isNewCardReady(row) ? row.replacement_id : null;
  const has_failed = row.attempt_is_later && (new_card === null || row.replacement_attempted);
  const own = new_card === null && row.kind === 'authenticate' && row.method_usable;
  const has_open_session =
    row.replacement_state === 'queued' || row.replacement_state === 'awaiting_customer';
  return {
    state: has_failed ? 'failed_try' : 'to_confirm',
    confirm: own ? 'offer' : null,
    pay_replacement: new_card,
    pay_saved: new_card === null ? row.saved_payment_method_id : null,
    replace: has_open_session || row.replacements_used < sessions_max,
    future_use_box: new_card !== null || (own && !row.future_use_covered),
    check_again: false,
  };
}

/** Saved, still on file, and not given up for another one. */
function isNewCardReady(row: RecoveryPageRow): boolean {
  return row.replacement_payment_method_id !== null && row.replacement_last4 !== null;
}
