import type { ChargeContext } from '../../../src/domain/charge/charge.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import { heeded, methodOfDay, standingOf } from './card-verdicts.ts';
import { debitOf } from './debit-statements.ts';
import { liveRecovery } from './live-recovery.ts';
import { confirmsTold } from './loss-statements.ts';
import { customerOf, isConsentGone, isExceeded, recurringOf } from './permission.ts';
import type { AttemptRow, Tables } from './tables.ts';

const STRIPE_CUSTOMER = 'cus_model';

/** `readCharges` of one charge. */
export function readCharge(tables: Tables, id: string): ChargeContext | null {
  const charge = tables.rows.charge.get(id);
  if (charge === undefined) return null;
  const recovery = liveRecovery(tables, id);
  const method = choiceFor(tables, charge);
  const attempts = tables.attemptsOf(id);
  // Without asking again, what has begun goes on, whatever was withdrawn.
  const isAsked = tables.without !== 'asked_again' || attempts.at(-1)?.state !== 'open';
  return {
    now: tables.now(),
    charge: charge as unknown as ChargeContext['charge'],
    attempts: attempts.map((attempt) => ({
      ...attempt,
      method_usable: !isAsked || isUsable(tables, attempt),
    })),
    recovery:
      recovery === null
        ? null
        : {
            id: recovery.id,
            kind: recovery.kind as 'replace',
            payment_method_id: recovery.payment_method_id,
            expires_at: recovery.expires_at,
            is_early: recovery.is_early,
          },
    debit: debitOf(tables, charge, method.id),
    method,
    consent_gone: isAsked && isConsentGone(tables, charge.consent_id) ? 'consent_revoked' : null,
    stripe_customer_id: STRIPE_CUSTOMER,
    numbers_used: Math.max(attempts.at(-1)?.number ?? 0, confirmsTold(tables, id)),
    charging_enabled: !isAsked || tables.paused_at === null,
    run_gate: null,
    loss: lossOf(tables),
    events_read_at: tables.events_read_at ?? tables.now(),
  };
}

/** The choice for the next automatic attempt: the charge's own, or the default of this moment. */
function choiceFor(tables: Tables, charge: Rows['charge']): ChargeContext['method'] {
  const { follows_customer } = charge;
  const preferred = follows_customer ? customerOf(tables).default_payment_method_id : null;
  const id = methodOfDay(tables, preferred) ?? charge.payment_method_id;
  const method = tables.methods.get(id);
  // Nobody in the model has a mandate that its bank has not confirmed.
  const known = {
    id,
    type: method?.type ?? 'card',
    mandate_status: null,
    renewed_at: method?.renewed_at ?? null,
  };
  const chosen = { ...known, ...standingOf(tables, id, charge.id) };
  if (!follows_customer)
    return { ...chosen, consent_id: charge.consent_id, usable: method?.state === 'usable' };
  const consent = preferred === null ? null : recurringOf(tables, id);
  const reaches = consent?.id === charge.consent_id || (consent !== null && !isExceeded(tables, consent.id));
  return { ...chosen, consent_id: method?.consent_id ?? charge.consent_id, usable: reaches };
}

/** Whether an attempt that has begun may be sent again, by its method and the consent that it rests on. */
function isUsable(tables: Tables, attempt: AttemptRow): boolean {
  const { methods, consents } = tables;
  const { ended_at, payment_method_id, consent_id } = attempt;
  if (ended_at !== null || methods.get(payment_method_id)?.state !== 'usable') return false;
  if (attempt.kind === 'off_session' && heeded(tables, payment_method_id) !== null) return false;
  return (consents.get(consent_id ?? '')?.revoked_at ?? null) === null;
}

function lossOf({ lost_at, without }: Tables): ChargeContext['loss'] {
  return lost_at === null || without === 'list_first' ? null : { noted_at: lost_at, from: lost_at };
}
