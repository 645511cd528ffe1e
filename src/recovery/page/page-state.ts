/** What the customer's page shows and offers, decided from one reading of the rows. Pure. */
import { isOfExpiry } from '../../domain/recovery/recovery-steps.ts';
import type { Timings } from '../../platform/timings.ts';
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
  /** Stripe has just refused to take another card here, so none is offered. */
  readonly replace_refused: boolean;
  /** The unticked box for later bills. */
  readonly future_use_box: boolean;
  /** Its time is over, and the amount still open: a fresh link can be asked for. */
  readonly fresh_mail: boolean;
  /** Work is under way elsewhere: looking again may show more. */
  readonly check_again: boolean;
};

const SHOWN_ONLY = {
  confirm: null,
  pay_replacement: null,
  pay_saved: null,
  replace: false,
  replace_refused: false,
  future_use_box: false,
  fresh_mail: false,
  check_again: false,
} as const;

export type PagePolicy = Pick<Timings, 'replacementSessionsMax' | 'confirmsMax'>;

/** Decides state and buttons; a closed recovery has no form. */
export function pageView(row: RecoveryPageRow, policy: PagePolicy): PageView {
  const final = finalState(row);
  if (final !== null) return { ...SHOWN_ONLY, state: final };
  if (isKeptOpen(row)) return { ...SHOWN_ONLY, state: 'expired', fresh_mail: true };
  const is_waiting = row.state === 'open' && row.charge_state === 'action_required' && !row.close_requested;
  if (!is_waiting || row.attempt_state === 'open' || row.attempt_state === 'processing')
    return { ...SHOWN_ONLY, state: 'processing', check_again: true };
  if (row.attempt_state === 'awaiting_customer')
    return { ...SHOWN_ONLY, state: 'at_bank', confirm: 'continue', check_again: true };
  return offers(row, policy);
}

/**
 * Nothing is final before Stripe's answer: a closing charge may still turn out to be paid. Nor is an end that Stripe
 * contradicts, until a person has found out.
 */
function finalState(row: RecoveryPageRow): PageState | null {
  if (row.contradiction === 'open') return null;
  switch (row.charge_state) {
    case 'succeeded':
      return 'paid';
    case 'failed':
    case 'canceled':
      return isOfExpiry(row.close_detail) || row.state === 'expired' ? 'expired' : 'canceled';
    default:
      return null;
  }
}

/** Its recovery has ended, and it still waits. */
function isKeptOpen({ state, charge_state, close_requested }: RecoveryPageRow): boolean {
  const waits = charge_state === 'action_required' || charge_state === 'retry_wait';
  return state === 'expired' && waits && !close_requested;
}

function offers(row: RecoveryPageRow, policy: PagePolicy): PageView {
  // Stripe takes no more confirms of this PaymentIntent: no button may lead to one.
  if (row.attempt_number >= policy.confirmsMax) return { ...SHOWN_ONLY, state: 'ask_merchant' };
  const new_card = isNewCardReady(row) ? row.replacement_id : null;
  // Beside automatic tries nobody has pressed yet: what failed since was none of the customer's own.
  const has_failed =
    row.attempt_is_later && !row.is_early && (new_card === null || row.replacement_attempted);
  // Beside automatic tries the card itself is not given up.
  const own = new_card === null && (row.kind === 'authenticate' || row.is_early) && row.method_usable;
  const has_open_session =
    row.replacement_state === 'queued' || row.replacement_state === 'awaiting_customer';
  const may_add = row.replacements_used < policy.replacementSessionsMax && !row.replacement_refused;
  const view: PageView = {
    state: has_failed ? failedState(row) : 'to_confirm',
    confirm: own ? 'offer' : null,
    pay_replacement: new_card,
    pay_saved: new_card === null ? row.saved_payment_method_id : null,
    replace: has_open_session || may_add,
    replace_refused: row.replacement_refused && !has_open_session,
    future_use_box: new_card !== null || (own && !row.future_use_covered),
    fresh_mail: false,
    check_again: false,
  };
  const is_stuck = !own && new_card === null && view.pay_saved === null && !view.replace;
  return is_stuck ? { ...SHOWN_ONLY, state: 'ask_merchant' } : view;
}

/** Only Stripe's own no is one: who left the bank's page may still be let through there in another window. */
function failedState({ attempt_state }: RecoveryPageRow): PageState {
  const is_refused = attempt_state === 'declined' || attempt_state === 'authentication_required';
  return is_refused ? 'failed_try' : 'unfinished';
}

/** Saved, still on file, and not given up for another one. */
function isNewCardReady(row: RecoveryPageRow): boolean {
  return row.replacement_payment_method_id !== null && row.replacement_type !== null;
}
