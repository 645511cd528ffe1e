import type { ChargeContext } from '../../../src/domain/charge/charge.ts';
import { liveRecovery } from './live-recovery.ts';
import { confirmsTold } from './loss-statements.ts';
import { isConsentGone } from './permission.ts';
import type { Tables } from './tables.ts';

const STRIPE_CUSTOMER = 'cus_model';

/** `readCharges` of one charge. */
export function readCharge(tables: Tables, id: string): ChargeContext | null {
  const charge = tables.rows.charge.get(id);
  if (charge === undefined) return null;
  const method = tables.methods.get(charge.payment_method_id);
  const recovery = liveRecovery(tables, id);
  const attempts = tables.attemptsOf(id);
  // Without asking again, what has begun goes on, whatever was withdrawn.
  const isAsked = tables.without !== 'asked_again' || attempts.at(-1)?.state !== 'open';
  return {
    now: tables.now(),
    charge: charge as unknown as ChargeContext['charge'],
    attempts: attempts.map((attempt) => ({
      ...attempt,
      method_usable: !isAsked || tables.methods.get(attempt.payment_method_id)?.state === 'usable',
    })),
    recovery:
      recovery === null
        ? null
        : {
            id: recovery.id,
            kind: recovery.kind as 'replace',
            payment_method_id: recovery.payment_method_id,
            expires_at: recovery.expires_at,
          },
    method: {
      id: charge.payment_method_id,
      type: method?.type ?? 'card',
      consent_id: charge.consent_id,
      usable: method?.state === 'usable',
      renewed_at: null,
    },
    consent_gone: isAsked && isConsentGone(tables) ? 'consent_revoked' : null,
    stripe_customer_id: STRIPE_CUSTOMER,
    numbers_used: Math.max(attempts.at(-1)?.number ?? 0, confirmsTold(tables, id)),
    charging_enabled: !isAsked || tables.paused_at === null,
    loss: lossOf(tables),
    events_read_at: tables.events_read_at ?? tables.now(),
  };
}

function lossOf({ lost_at, without }: Tables): ChargeContext['loss'] {
  return lost_at === null || without === 'list_first' ? null : { noted_at: lost_at, from: lost_at };
}
