/**
 * `permit_sendings()`: what must hold before a confirm leaves, be it for the first time or again. It takes its locks, and
 * reads in the statement after them; the statement that calls it sees everything else as it was when it began.
 */
import type { AttemptKind } from '../../../src/domain/charge/charge.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import { heeded, limitedUntil, methodOfDay } from './card-verdicts.ts';
import { debitMayOpen } from './debit-statements.ts';
import { liveRecovery } from './live-recovery.ts';
import { CUSTOMER_ID } from './rows.ts';
import type { AttemptRow, Consent, State, Tables } from './tables.ts';

export type Permit = {
  readonly is_permitted: boolean;
  readonly attempts_newest: number;
  readonly is_unresolved: boolean;
  readonly recovery_id: string | null;
};

/** What the confirm names and rests on; `chosen`: both are the choice for a next attempt. */
export type Named = {
  readonly payment_method_id: string;
  readonly consent_id: string;
  readonly chosen: boolean;
  readonly moves: boolean;
  readonly kind: AttemptKind;
  /** Sent again: it was counted when it opened. */
  readonly again: boolean;
};

/**
 * The permit of one charge for one method. `began` is the database as it was when the statement began, if it then had to
 * wait for a lock. The mutant reads there: in the statement itself, beside its locks.
 */
export function permitSending(
  tables: Tables,
  began: State | null,
  charge: Rows['charge'],
  named: Named,
): Permit {
  const seen: State = tables.without === 'locked_reads' ? (began ?? tables) : tables;
  const attempts = seen.attempts.get(charge.id) ?? [];
  const recovery = liveRecovery(seen, charge.id);
  const closing = charge.close_requested_at !== null && tables.without !== 'close_request';
  const allowed =
    seen.paused_at === null &&
    !closing &&
    !isConsentGone(seen, named.consent_id) &&
    seen.methods.get(named.payment_method_id)?.state === 'usable' &&
    isOpenCard(tables, seen, charge.id, named) &&
    (named.kind === 'on_session' ||
      named.again ||
      debitMayOpen(tables, seen, charge, named.payment_method_id));
  const still = tables.without === 'method_of_day' || isStillChosen(seen, charge, named);
  if (allowed && !still) tables.count('choice_changed');
  return {
    is_permitted: allowed && still,
    attempts_newest: attempts.at(-1)?.number ?? 0,
    is_unresolved: attempts.some(isUnresolved),
    recovery_id: recovery !== null && recovery.expires_at > tables.now() ? recovery.id : null,
  };
}

/** Of what nobody pressed: no verdict closes its card, and its network permits another decline. */
function isOpenCard(
  tables: Tables,
  seen: State,
  charge_id: string,
  { payment_method_id, kind, again }: Named,
): boolean {
  if (kind === 'on_session') return true;
  if (heeded(tables, payment_method_id, seen) !== null) return false;
  return again || limitedUntil(tables, seen, payment_method_id, charge_id) === null;
}

/** The charge's own method and consent, or those of the default of this moment of the customer that it follows. */
function isStillChosen(seen: State, charge: Rows['charge'], named: Named): boolean {
  const { payment_method_id, consent_id, chosen, moves } = named;
  if (!chosen) return true;
  if (!charge.follows_customer)
    return payment_method_id === charge.payment_method_id && consent_id === charge.consent_id;
  const isDefault = payment_method_id === methodOfDay(seen, customerOf(seen).default_payment_method_id);
  if (!isDefault || consent_id !== seen.methods.get(payment_method_id)?.consent_id) return false;
  if (seen.consents.get(consent_id)?.frequency !== 'recurring') return false;
  return consent_id === charge.consent_id || (moves && !isExceeded(seen, consent_id));
}

/** The customer of the world. */
export function customerOf({ rows }: Pick<State, 'rows'>): Rows['customer'] {
  const customer = rows.customer.get(CUSTOMER_ID);
  if (customer === undefined) throw new Error('there is no customer');
  return customer;
}

/** Whether a consent permits nothing any more: it was revoked, or its customer stopped. */
export function isConsentGone(state: State, consent_id: string): boolean {
  const consent = state.consents.get(consent_id);
  return consent === undefined || consent.revoked_at !== null || customerOf(state).stopped_at !== null;
}

/** `exceeds_consent()`: another charge would be one too many. */
export function isExceeded({ consents, rows }: State, consent_id: string): boolean {
  const max = consents.get(consent_id)?.max_charges ?? null;
  return max !== null && restingOn(rows, consent_id).length >= max;
}

/** The charges that count for the limits of a consent. */
export function restingOn(rows: State['rows'], consent_id: string): Rows['charge'][] {
  return [...rows.charge.values()].filter(
    (charge) => charge.consent_id === consent_id && charge.state !== 'failed' && charge.state !== 'canceled',
  );
}

/** The consent of a method, if a charge may follow its customer to it. */
export function recurringOf({ methods, consents }: State, payment_method_id: string | null): Consent | null {
  const method = methods.get(payment_method_id ?? '');
  const consent = consents.get(method?.consent_id ?? '');
  if (method?.state !== 'usable' || consent === undefined) return null;
  return consent.frequency === 'recurring' && consent.revoked_at === null ? consent : null;
}

function isUnresolved({ ended_at }: AttemptRow): boolean {
  return ended_at === null;
}
