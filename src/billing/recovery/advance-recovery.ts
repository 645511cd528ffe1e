import { termsOf } from '../../domain/charge/charge-terms.ts';
import { decideRecovery } from '../../domain/recovery/recovery-steps.ts';
import { unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { randomId } from '../../platform/ids.ts';
import {
  beginRecovery,
  closeRecovery,
  expireRecovery,
  readRecoverySituation,
  writeCadenceStep,
} from '../../store/recovery/recoveries.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, wait } from '../work/outcome.ts';
import { attemptWithMethod } from './press.ts';

/** A press beat the expiry: how long it gets before we look at the end again. */
const BEATEN_MS = 60_000;
/** How long to wait after an attempt with the new card, or after finding that it cannot be made yet. */
const RETRY_MS = 60_000;

/**
 * Takes one step of a recovery: owes the next mail, charges a new card, waits, or ends it together with its charge. A
 * writer that moved the row meanwhile left it due, so a lost race needs nothing here.
 */
export async function advanceRecovery(
  deps: Dependencies,
  row: Rows['recovery'],
  lease: Lease,
): Promise<Outcome<'recovery'>> {
  const situation = await readRecoverySituation(deps.sql, row.id);
  if (situation === null || row.state !== 'open') return done;
  const { now, charge_state, close_requested, close_detail, has_due_time, terms, ...seen } = situation;
  const action = decideRecovery(
    {
      now,
      opened_at: row.opened_at,
      expires_at: row.expires_at,
      is_early: row.is_early,
      step: row.step,
      bounced: row.bounced_at !== null,
      charge: {
        state: charge_state,
        close_requested,
        close_detail,
        has_due_time,
        terms: termsOf(terms, deps.timings),
      },
      ...seen,
    },
    deps.timings,
  );
  switch (action.do) {
    case 'mail':
      return mail(deps, row, lease, action);
    case 'attempt':
      return attempt(deps, row, { ...action, now });
    case 'wait':
      return wait(row, action.until.getTime() - now.getTime(), 'cadence');
    case 'begin':
      await beginRecovery(deps.sql, {
        recovery_id: row.id,
        revision: row.revision,
        lease_number: lease.lease_number,
        expires_at: action.expires_at,
      });
      return done;
    case 'expire':
      return expire(deps, row, lease);
    case 'close':
      await closeRecovery(deps.sql, { id: row.id, lease_number: lease.lease_number }, action.as);
      return done;
    default:
      return unreachable(action);
  }
}

async function mail(
  deps: Dependencies,
  row: Rows['recovery'],
  lease: Lease,
  next: { readonly message: string; readonly step: number; readonly due_at: Date; readonly expires_at: Date },
): Promise<Outcome<'recovery'>> {
  const message_id = randomId('msg');
  await failpoint('recovery.step.before');
  const written = await writeCadenceStep(deps.sql, {
    recovery_id: row.id,
    revision: row.revision,
    lease_number: lease.lease_number,
    message_id,
    message_step: next.message,
    step: next.step,
    due_at: next.due_at,
    expires_at: next.expires_at,
    mails_max: deps.timings.mailsPerRecoveryMax,
  });
  await failpoint('recovery.step.after_effect');
  if (written !== 'written') return done;
  deps.log.info({
    event: 'recovery.mail_owed',
    recoveryId: row.id,
    messageId: message_id,
    outcome: next.message,
  });
  await deps.offer('message', [message_id]);
  return done;
}

/** The one attempt with the customer's new card, unless the charge is held, or the attempt is not allowed now. */
async function attempt(
  deps: Dependencies,
  row: Rows['recovery'],
  wanted: { readonly payment_method_id: string; readonly next_at: Date; readonly now: Date },
): Promise<Outcome<'recovery'>> {
  const { payment_method_id, next_at, now } = wanted;
  const charge = { charge_id: row.charge_id, recovery_id: row.id, payment_method_id };
  const made = await attemptWithMethod(deps, charge);
  deps.log.info({ event: 'replacement.attempted', chargeId: row.charge_id, outcome: made.outcome });
  const left_ms = next_at.getTime() - now.getTime();
  // Attempts are over, but the customer may still act: only the cadence goes on.
  const due_in_ms = made.outcome === 'closed' ? left_ms : Math.min(left_ms, RETRY_MS);
  return wait(row, due_in_ms, `new_card_${made.outcome}`);
}

async function expire(deps: Dependencies, row: Rows['recovery'], lease: Lease): Promise<Outcome<'recovery'>> {
  const over = await expireRecovery(deps.sql, { id: row.id, lease_number: lease.lease_number });
  if (over === null) return wait(row, BEATEN_MS, 'press_was_faster');
  deps.log.info({ event: 'recovery.expired', recoveryId: row.id, chargeId: over.charge_id });
  if (over.closes) await deps.offer('charge', [over.charge_id]);
  return done;
}
