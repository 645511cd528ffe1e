import type { ChargePlan } from '../../../src/domain/charge/charge-facts.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import { recoveryRow } from './rows.ts';
import type { Tables } from './tables.ts';

export function liveRecovery(tables: Pick<Tables, 'rows'>, charge_id: string): Rows['recovery'] | null {
  for (const recovery of tables.rows.recovery.values())
    if (recovery.state === 'open' && recovery.charge_id === charge_id) return recovery;
  return null;
}

/** Ends a recovery, and releases its cards if nothing waits for its charge's end. */
export function endRecovery(tables: Tables, recovery: Rows['recovery'], as: string): void {
  const now = tables.now();
  tables.write('recovery', recovery.id, { state: as, closed_at: now, revision: recovery.revision + 1 });
  letCardsGo(tables, recovery.charge_id);
}

/** Whoever has a parked charge in hand ends its link, as `write-off` does. */
export function endLinkOf(tables: Tables, charge_id: string): void {
  const live = liveRecovery(tables, charge_id);
  if (live !== null && tables.rows.charge.get(charge_id)?.state === 'needs_review')
    endRecovery(tables, live, 'revoked');
}

/**
 * The trigger's `let_cards_go()`: detaches cards saved for a settled charge. In the model no customer ticks to keep
 * one.
 */
export function letCardsGo(tables: Tables, charge_id: string): void {
  if (tables.newCards.length === 0 || tables.charge(charge_id).settled_at === null) return;
  for (const card of tables.newCards)
    if (card.charge_id === charge_id) tables.setMethod(card.payment_method_id, { state: 'detaching' });
}

/** What a settlement makes of the charge's recovery: one opens, or the live one turns or ends. */
export function changeRecovery(tables: Tables, charge_id: string, plan: ChargePlan): void {
  const { recovery } = plan;
  if (recovery === null) return;
  const live = liveRecovery(tables, charge_id);
  if ('close' in recovery) {
    if (live !== null) endRecovery(tables, live, recovery.close);
    return;
  }
  if ('turn' in recovery) {
    const { turn: kind, payment_method_id, begins_for_ms } = recovery;
    if (live === null) return;
    const now = tables.now();
    const begun =
      begins_for_ms === null
        ? {}
        : {
            is_early: false,
            step: 0,
            opened_at: now,
            expires_at: new Date(now.getTime() + begins_for_ms),
            due_at: now,
          };
    tables.write('recovery', live.id, { kind, payment_method_id, revision: live.revision + 1, ...begun });
    return;
  }
  if (live !== null) return;
  const id = `rec_${tables.rows.recovery.size + 1}`;
  const expires_at = new Date(tables.now().getTime() + recovery.expires_in_ms);
  const { open: kind, payment_method_id, is_early } = recovery;
  tables.insert(
    'recovery',
    recoveryRow({ id, charge_id, kind, payment_method_id, is_early, expires_at }, tables.now()),
  );
}
