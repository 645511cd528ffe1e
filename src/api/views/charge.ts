import { termsOf } from '../../domain/charge/charge-terms.ts';
import { type ChargeState, machines } from '../../domain/machines.ts';
import { unreachable } from '../../platform/errors.ts';
import { productionTimings } from '../../platform/timings.ts';
import type { TakenCharge } from '../../store/charge/charge-intake.ts';
import type { AttemptJson, ChargeRow, RecoveryJson } from '../../store/charge/charge-list.ts';
import type { AttemptView, ChargeStatus, ChargeView, RecoveryView } from '../schemas/charge.ts';
import { expectedAt, noticeView } from './notice.ts';
import { amountRefunded, disputeViews, refundView, warningView } from './refund.ts';

/** A charge as the API shows it. */
export function chargeView(row: ChargeRow): ChargeView {
  const { retry_days, receipt = false, ...recovery_terms } = termsOf(row.terms, productionTimings);
  return {
    id: row.id,
    object: 'charge',
    customer: row.customer_id,
    payment_method: row.payment_method_id,
    follows_customer: row.follows_customer,
    amount: row.amount_minor,
    currency: row.currency,
    description: row.description,
    reference: row.reference,
    again_of: row.again_of,
    // A later release of what an earlier one told has no such columns.
    run: row.run_id ?? null,
    usage: row.usage == null ? null : row.usage.map((line) => ({ ...line })),
    due_at: row.scheduled_for?.toISOString() ?? null,
    status: chargeStatus(row),
    detail: chargeDetail(row),
    next_attempt_at: nextAttemptAt(row),
    stripe_payment_intent_id: row.stripe_payment_intent_id,
    attempts: row.attempts.map(attemptView),
    recovery: row.recovery && recoveryView(row.recovery),
    paid_with: paidWith(row),
    last_error: isKeyRefused(row) ? KEY_REFUSED : row.last_error,
    retry: { days: [...retry_days] },
    recovery_terms,
    receipt,
    amount_received: row.amount_received_minor ?? 0,
    amount_refunded: amountRefunded(row.refunds ?? []),
    refunds: (row.refunds ?? []).map(refundView),
    disputes: disputeViews(row),
    early_fraud_warning: warningView(row),
    notice: row.notice ? noticeView(row.notice) : null,
    expected_at: isAnnouncedUnderWay(row) && row.notice ? expectedAt(row.notice) : null,
    document: row.document,
    warnings: row.warnings,
    version: row.version,
    metadata: row.metadata,
    created_at: row.created_at.toISOString(),
    settled_at: row.settled_at?.toISOString() ?? null,
  };
}

/** A debit that is with the bank by the notice that was sent; what its customer pressed for themselves, no notice tells of. */
function isAnnouncedUnderWay({ state, attempts }: ChargeRow): boolean {
  return state === 'pending' && attempts.at(-1)?.kind === 'off_session';
}

/** A charge that was just taken in, before anything has happened to it. */
export function newChargeView(row: TakenCharge): ChargeView {
  return chargeView({ ...row, attempts: [], recovery: null });
}

/** Whether a caller who waits need not wait longer: final, or it is the customer's turn. */
export function isChargeSettled(view: Pick<ChargeView, 'status'>): boolean {
  return !['scheduled', 'processing'].includes(view.status);
}

function chargeStatus(row: TakenCharge): ChargeStatus {
  return row.is_scheduled || isHeld(row) ? 'scheduled' : machines.charge.statuses[row.state as ChargeState];
}

/** A line of a run that does not let it go yet. */
function isHeld({ state, run_gate }: TakenCharge): boolean {
  return state === 'queued' && run_gate != null;
}

/** Told while it lasts, and not kept: the charge goes on once a person has mended the key. */
const KEY_REFUSED = { code: 'stripe_key_refused', decline_code: null, advice: 'stop' };

/** Stripe refuses the deployment's API key. That an operator has paused charging stands in no charge. */
function isKeyRefused({ detail }: TakenCharge): boolean {
  return detail === 'charging_paused';
}

/** Why it is where it is. */
function chargeDetail(row: TakenCharge): string | null {
  const state = row.state as ChargeState;
  switch (state) {
    case 'succeeded':
      // A later release of what an earlier one told has no such column.
      return row.returned_at ? 'returned' : row.detail;
    case 'failed':
    case 'canceled':
      return row.detail;
    case 'needs_review':
      return 'under_review';
    case 'pending':
      return row.close_requested_at === null ? 'debit_pending' : 'cannot_cancel_debit';
    case 'closing':
      return 'closing';
    case 'unknown':
      return row.close_requested_at === null ? 'outcome_unknown' : 'closing';
    case 'queued':
    case 'in_flight':
    case 'retry_wait':
    case 'action_required':
      if (row.close_requested_at !== null) return 'closing';
      if (isHeld(row)) return row.run_gate ?? null;
      if (isKeyRefused(row)) return 'charging_paused';
      if (state === 'retry_wait' || isTriedAgain(row)) return 'retry_scheduled';
      if (!row.charging_enabled) return 'charging_paused';
      return row.detail === 'awaiting_notice' ? row.detail : null;
    default:
      return unreachable(state);
  }
}

/** Its customer was told early; the automatic try comes all the same. */
function isTriedAgain({ state, detail, due_at }: TakenCharge): boolean {
  return state === 'action_required' && detail === 'retry_scheduled' && due_at !== null;
}

function nextAttemptAt(row: TakenCharge): string | null {
  const awaitsItsTime = row.state === 'queued' || row.state === 'retry_wait' || isTriedAgain(row);
  if (!awaitsItsTime || row.close_requested_at !== null) return null;
  return row.due_at?.toISOString() ?? null;
}

/** Charges that an earlier release settled name their method in the attempt that succeeded only. */
function paidWith({ paid_with, attempts }: ChargeRow): ChargeView['paid_with'] {
  const payment_method =
    paid_with ?? attempts.find((attempt) => attempt.state === 'succeeded')?.payment_method_id ?? null;
  return payment_method === null ? null : { payment_method };
}

function attemptView(attempt: AttemptJson): AttemptView {
  return {
    number: attempt.number,
    kind: attempt.kind as AttemptView['kind'],
    status: attempt.state as AttemptView['status'],
    payment_method: attempt.payment_method_id,
    consent: attempt.consent_id,
    code: attempt.code,
    decline_code: attempt.decline_code,
    advice_code: attempt.advice_code,
    started_at: new Date(attempt.started_at).toISOString(),
    ended_at: attempt.ended_at === null ? null : new Date(attempt.ended_at).toISOString(),
  };
}

export function recoveryView(
  recovery: Omit<RecoveryJson, 'expires_at'> & { readonly expires_at: string | Date },
): RecoveryView {
  return {
    id: recovery.id,
    kind: recovery.kind as RecoveryView['kind'],
    status: recovery.state as RecoveryView['status'],
    expires_at: new Date(recovery.expires_at).toISOString(),
    messages_sent: recovery.messages_sent,
    undeliverable: recovery.undeliverable,
  };
}
