/**
 * The gathered statements that write on the charging path: `openCreates`, `openAttempts`, `permitResendings`,
 * `settleCharges`.
 */
import type { AttemptChange, CardChange, ChargePlan } from '../../../src/domain/charge/charge-facts.ts';
import { mayMove } from '../../../src/domain/machines.ts';
import type { AttemptOpened, AttemptOpening, Resending } from '../../../src/store/charge/open-attempt.ts';
import type { CreateOpening } from '../../../src/store/charge/open-create.ts';
import type { ChargeSettlement, SettleResult } from '../../../src/store/charge/settle-charges.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import { noteOfCard } from './card-verdicts.ts';
import { closeWithoutProof } from './charge-statements.ts';
import { changeRecovery } from './live-recovery.ts';
import { confirmsTold } from './loss-statements.ts';
import { later } from './obligation-statements.ts';
import { type Permit, permitSending } from './permission.ts';
import type { AttemptRow, State, Tables } from './tables.ts';

/** `openCreates` of one charge. */
export function openCreate(tables: Tables, { charge_id, lease_number, method_type }: CreateOpening): boolean {
  const charge = tables.rows.charge.get(charge_id);
  const now = tables.now();
  const held =
    charge !== undefined &&
    charge.lease_number === lease_number &&
    charge.lease_until !== null &&
    charge.lease_until > now;
  if (!held || charge.stripe_payment_intent_id !== null) return false;
  if (tables.without !== 'write_ahead' && charge.create_opened_at === null)
    tables.write('charge', charge.id, { create_opened_at: now, create_type: method_type });
  return true;
}

const BINDABLE: readonly string[] = ['queued', 'in_flight', 'unknown', 'retry_wait', 'action_required'];
const OPENABLE: readonly string[] = ['queued', 'retry_wait', 'action_required'];

/** `openAttempts` of one opening; `began` is what it saw before it waited for its locks. */
export function openAttempt(tables: Tables, opening: AttemptOpening, began: State | null): AttemptOpened {
  const charge = tables.rows.charge.get(opening.charge_id);
  if (charge === undefined)
    return { charge_id: opening.charge_id, held: false, bound: null, opened: false, revision: 0 };
  const held = isHeld(tables, charge, opening.lease_number) || tables.without === 'bind_guard';
  const bindable = held && isBindable(tables, charge, opening.payment_intent_id);
  const opens = bindable && opening.attempt !== null && isOpenable(tables, began, charge, opening.attempt);
  const answer = { charge_id: charge.id, held };
  if (opens && tables.without === 'write_ahead')
    return { ...answer, bound: opening.payment_intent_id, opened: true, revision: charge.revision };
  const moved =
    bindable && (charge.stripe_payment_intent_id === null || opens || tables.without === 'bind_guard')
      ? bindAndOpen(tables, charge, opening, opens)
      : charge;
  return {
    ...answer,
    bound: bindable ? opening.payment_intent_id : charge.stripe_payment_intent_id,
    opened: opens || (held && isOpenUnder(tables, opening)),
    revision: moved.revision,
  };
}

function isHeld(tables: Tables, charge: Rows['charge'], lease_number: number): boolean {
  return (
    charge.lease_number === lease_number && charge.lease_until !== null && charge.lease_until > tables.now()
  );
}

function isBindable(tables: Tables, charge: Rows['charge'], intent: string): boolean {
  const bound = charge.stripe_payment_intent_id;
  const free = bound === null || bound === intent || tables.without === 'bind_guard';
  if (tables.without === 'close_request') return free && [...BINDABLE, 'closing'].includes(charge.state);
  return free && charge.close_requested_at === null && BINDABLE.includes(charge.state);
}

type Wanted = NonNullable<AttemptOpening['attempt']>;

function isOpenable(tables: Tables, began: State | null, charge: Rows['charge'], wanted: Wanted): boolean {
  const states = tables.without === 'close_request' ? [...OPENABLE, 'closing'] : OPENABLE;
  const permit = permitSending(tables, began, charge, { ...wanted, again: false });
  return (
    permit.is_permitted &&
    states.includes(charge.state) &&
    wanted.number <= wanted.number_max &&
    wanted.number === 1 + Math.max(permit.attempts_newest, confirmsTold(began ?? tables, charge.id)) &&
    !permit.is_unresolved &&
    (wanted.kind === 'on_session' || charge.future_use_at === null) &&
    isInvited(tables, permit, wanted)
  );
}

function isInvited({ without }: Tables, permit: Permit, { recovery_id, kind }: Wanted): boolean {
  if (recovery_id === null) return kind === 'off_session';
  return recovery_id === permit.recovery_id || without === 'close_request';
}

/** `permitResendings` of one attempt. */
export function permitResending(tables: Tables, resending: Resending, began: State | null): boolean {
  const charge = tables.rows.charge.get(resending.charge_id);
  if (charge === undefined) return false;
  const { number, lease_number } = resending;
  const attempts = tables.attemptsOf(charge.id);
  const permit = permitSending(tables, began, charge, {
    ...resending,
    ...{ chosen: false, moves: false, again: true },
  });
  const permitted =
    (permit.is_permitted || tables.without === 'asked_again') &&
    permit.attempts_newest === number &&
    attempts.at(-1)?.state === 'open' &&
    isHeld(tables, charge, lease_number) &&
    ['in_flight', 'unknown'].includes(charge.state) &&
    charge.due_at !== null &&
    charge.due_at <= tables.now();
  if (permitted)
    tables.writeAttempts(
      charge.id,
      attempts.map((attempt) =>
        attempt.number === number ? { ...attempt, lease_number, sent_at: tables.now() } : attempt,
      ),
    );
  return permitted;
}

function isOpenUnder(tables: Tables, { charge_id, attempt, lease_number }: AttemptOpening): boolean {
  return tables
    .attemptsOf(charge_id)
    .some(
      (known) =>
        known.number === attempt?.number &&
        known.idempotency_key === attempt.idempotency_key &&
        known.lease_number === lease_number &&
        known.state === 'open',
    );
}

function bindAndOpen(
  tables: Tables,
  charge: Rows['charge'],
  opening: AttemptOpening,
  opens: boolean,
): Rows['charge'] {
  const { attempt } = opening;
  const now = tables.now();
  if (opens && attempt !== null)
    tables.writeAttempts(charge.id, [...tables.attemptsOf(charge.id), freshAttempt(opening, attempt, now)]);
  const state = opens && charge.state !== 'closing' ? 'in_flight' : charge.state;
  const notes_use = opens && attempt?.future_use === true;
  return tables.write('charge', charge.id, {
    stripe_payment_intent_id: opening.payment_intent_id,
    state,
    future_use_at: notes_use ? (charge.future_use_at ?? now) : charge.future_use_at,
    detail: opens ? null : charge.detail,
    payment_method_id: opens && attempt?.chosen ? attempt.payment_method_id : charge.payment_method_id,
    consent_id: (opens ? attempt?.consent_id : null) ?? charge.consent_id,
    due_at: now,
    revision: charge.revision + 1,
  });
}

function freshAttempt(opening: AttemptOpening, attempt: Wanted, now: Date): AttemptRow {
  return {
    number: attempt.number,
    kind: attempt.kind,
    state: 'open',
    idempotency_key: attempt.idempotency_key,
    stripe_payment_intent_id: opening.payment_intent_id,
    payment_method_id: attempt.payment_method_id,
    consent_id: attempt.consent_id,
    method_usable: true,
    request_body: attempt.request_body,
    api_version: attempt.api_version,
    lease_number: opening.lease_number,
    opened_status: attempt.opened_status,
    opened_latest_charge: attempt.opened_latest_charge,
    send_count: 1,
    replayed_error_at: null,
    looked_at: null,
    stripe_charge_id: null,
    started_at: now,
    sent_at: now,
    ended_at: null,
  };
}

/** Without the write-ahead, an attempt comes into being with its answer: the mutant's order of things. */
export function writeBehind(tables: Tables, opening: AttemptOpening): number {
  const charge = tables.charge(opening.charge_id);
  const attempts = tables.attemptsOf(charge.id);
  const isNext = opening.attempt?.number === attempts.length + 1;
  const isFree = attempts.every(({ ended_at }) => ended_at !== null);
  if (!isNext || !isFree || !OPENABLE.includes(charge.state)) return charge.revision;
  return bindAndOpen(tables, charge, opening, true).revision;
}

const UNRESOLVED: readonly string[] = ['open', 'awaiting_customer', 'processing'];
const TERMINAL: readonly string[] = ['succeeded', 'failed', 'canceled'];

/** `settleCharges` of one settlement. */
export function settleCharge(tables: Tables, wanted: ChargeSettlement): SettleResult {
  const { plan } = wanted;
  const charge = tables.rows.charge.get(wanted.charge_id);
  const current =
    charge?.revision === wanted.revision &&
    charge.lease_number === (wanted.lease_number ?? charge.lease_number);
  if (charge === undefined || !current) return 'moved';
  if (!mayMove('charge', charge.state as ChargePlan['state'], plan.state)) return 'refused';
  if (plan.attempt !== null) resolveAttempt(tables, charge.id, plan.attempt);
  changeRecovery(tables, charge.id, plan);
  if (plan.card !== undefined) noteOfCard(tables, triedOf(tables, wanted, plan.card));
  const now = tables.now();
  tables.write('charge', charge.id, {
    state: plan.state,
    due_at: later(tables, plan.due_in_ms),
    detail: plan.detail,
    stripe_payment_intent_id: charge.stripe_payment_intent_id ?? plan.bind ?? null,
    future_use_at: plan.future_use ? (charge.future_use_at ?? now) : charge.future_use_at,
    amount_received_minor: plan.amount_received_minor ?? charge.amount_received_minor,
    paid_with: plan.paid_with ?? charge.paid_with,
    payment_intent_canceled_at: plan.payment_intent_canceled ? now : charge.payment_intent_canceled_at,
    close_requested_at:
      plan.close === undefined ? charge.close_requested_at : (charge.close_requested_at ?? now),
    close_as: charge.close_as ?? plan.close?.as ?? null,
    close_detail: charge.close_as === null ? (plan.close?.detail ?? null) : charge.close_detail,
    settled_at: TERMINAL.includes(plan.state) ? now : null,
    tries: 0,
    claim_token: null,
    lease_until: null,
    offered_at: null,
    revision: charge.revision + 1,
  });
  closeWithoutProof(tables, charge.id);
  return 'settled';
}

/** The row knows best when the try began. */
function triedOf(tables: Tables, { charge_id, plan }: ChargeSettlement, card: CardChange): CardChange {
  const attempt = tables.attemptsOf(charge_id).find(({ number }) => number === plan.attempt?.number);
  return attempt === undefined ? card : { ...card, tried_at: attempt.started_at };
}

function resolveAttempt(tables: Tables, charge_id: string, change: AttemptChange): void {
  const now = tables.now();
  tables.writeAttempts(
    charge_id,
    tables.attemptsOf(charge_id).map((attempt) => {
      if (attempt.number !== change.number || attempt.ended_at !== null) return attempt;
      return {
        ...attempt,
        state: change.state,
        stripe_charge_id: change.stripe_charge_id ?? attempt.stripe_charge_id,
        send_count: attempt.send_count + (change.note === 'sent' ? 1 : 0),
        replayed_error_at: change.note === 'replayed_error' ? now : attempt.replayed_error_at,
        looked_at: change.note === 'looked' ? now : attempt.looked_at,
        ended_at: UNRESOLVED.includes(change.state) ? null : now,
      };
    }),
  );
}
