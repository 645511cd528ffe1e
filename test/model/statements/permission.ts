/**
 * `permit_sendings()`: what must hold before a confirm leaves, be it for the first time or again. It takes its locks, and
 * reads in the statement after them; the statement that calls it sees everything else as it was when it began.
 */
import type { Rows } from '../../../src/store/work/obligations.ts';
import { liveRecovery } from './live-recovery.ts';
import type { AttemptRow, State, Tables } from './tables.ts';

export type Permit = {
  readonly is_permitted: boolean;
  readonly attempts_newest: number;
  readonly is_unresolved: boolean;
  readonly recovery_id: string | null;
};

/**
 * The permit of one charge for one method. `began` is the database as it was when the statement began, if it then had to
 * wait for a lock. The mutant reads there: in the statement itself, beside its locks.
 */
export function permitSending(
  tables: Tables,
  began: State | null,
  charge: Rows['charge'],
  method: string,
): Permit {
  const seen: State = tables.without === 'locked_reads' ? (began ?? tables) : tables;
  const attempts = seen.attempts.get(charge.id) ?? [];
  const recovery = liveRecovery(seen, charge.id);
  const closing = charge.close_requested_at !== null && tables.without !== 'close_request';
  return {
    is_permitted:
      seen.paused_at === null &&
      !closing &&
      !isConsentGone(seen) &&
      seen.methods.get(method)?.state === 'usable',
    attempts_newest: attempts.at(-1)?.number ?? 0,
    is_unresolved: attempts.some(isUnresolved),
    recovery_id: recovery !== null && recovery.expires_at > tables.now() ? recovery.id : null,
  };
}

/** Whether the consent that every charge rests on permits nothing any more. */
export function isConsentGone({ consent_revoked_at, stopped_at }: State): boolean {
  return consent_revoked_at !== null || stopped_at !== null;
}

function isUnresolved({ ended_at }: AttemptRow): boolean {
  return ended_at === null;
}
