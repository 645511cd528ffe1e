/** The single statements about charges: creating, closing, parking, finding. */
import { isTerminal } from '../../../src/domain/machines.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import { endRecovery, liveRecovery } from './live-recovery.ts';
import type { Modelled } from './statement.ts';
import type { Tables } from './tables.ts';

const isOver = (charge: Rows['charge']): boolean => isTerminal('charge', charge.state as 'queued');

export const chargeStatements: readonly Modelled[] = [
  {
    name: 'findCharge',
    marker: 'select id from charges where stripe_payment_intent_id = ?',
    arity: 6,
    run: (tables, [intent, marked, , , , key]) => {
      const charge = tables.charge();
      const bound = charge.stripe_payment_intent_id;
      const is_ours = bound === intent || (bound === null && charge.id === marked);
      const is_written = key === null || tables.attempts.some((one) => one.idempotency_key === key);
      return [
        { id: is_ours ? charge.id : null, is_there: marked === null || charge.id === marked, is_written },
      ];
    },
  },
  {
    name: 'parkCharge',
    marker: "detail = 'under_review', due_at = null",
    arity: 8,
    run: (tables, [kind, , , , , , , move]) => {
      const charge = tables.charge();
      tables.breaks.set(kind as string, charge.state);
      if (move !== true || charge.state === 'needs_review' || isOver(charge)) return [];
      tables.write('charge', charge.id, {
        state: 'needs_review',
        detail: 'under_review',
        due_at: null,
        claim_token: null,
        lease_until: null,
        offered_at: null,
        revision: charge.revision + 1,
      });
      return [];
    },
  },
  {
    name: 'requestClose',
    marker: 'select id from close_charges',
    arity: 6,
    run: (tables, [, as, detail, recovery]) => {
      const charge = tables.charge();
      if (charge.close_requested_at !== null || isOver(charge)) return [];
      const state = charge.state === 'pending' ? 'pending' : 'closing';
      close(tables, charge, { state, as: as as string, detail: detail as string | null });
      endLiveRecovery(tables, recovery as string);
      return [{ id: charge.id }];
    },
  },
  {
    name: 'revokeConsents',
    marker: 'select id from revoke_consents',
    arity: 2,
    run: (tables) => {
      const charge = tables.charge();
      tables.consent_revoked_at ??= tables.now();
      const wished = charge.close_requested_at === null && charge.state !== 'pending' && !isOver(charge);
      if (wished) {
        close(tables, charge, { state: 'closing', as: 'canceled', detail: 'consent_revoked' });
        endLiveRecovery(tables, 'revoked');
      }
      return wished ? [{ id: charge.id }] : [];
    },
  },
  {
    name: 'readChargeState',
    marker: 'select id, state from charges where id = ?',
    arity: 1,
    run: (tables) => [{ id: tables.charge().id, state: tables.charge().state }],
  },
];

function endLiveRecovery(tables: Tables, as: string): void {
  const live = liveRecovery(tables);
  if (live !== null) endRecovery(tables, live, as);
}

function close(
  tables: Tables,
  charge: Rows['charge'],
  wish: { readonly state: string; readonly as: string; readonly detail: string | null },
): void {
  const now = tables.now();
  tables.write('charge', charge.id, {
    close_requested_at: now,
    close_as: wish.as,
    close_detail: wish.detail,
    state: wish.state,
    detail: wish.state === 'pending' ? 'cannot_cancel_debit' : 'closing',
    due_at: now,
    revision: charge.revision + 1,
  });
  closeWithoutProof(tables);
}

/** The mutant reports the end before Stripe has confirmed it; without the mutant this does nothing. */
export function closeWithoutProof(tables: Tables): void {
  const charge = tables.charge();
  if (tables.without !== 'cancel_proof' || charge.state !== 'closing') return;
  tables.write('charge', charge.id, {
    state: charge.close_as ?? 'failed',
    settled_at: tables.now(),
    revision: charge.revision + 1,
  });
}
