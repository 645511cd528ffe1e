import type { Rows } from '../../../src/store/work/obligations.ts';
import type { Tables } from './tables.ts';

export function liveRecovery(tables: Tables): Rows['recovery'] | null {
  for (const recovery of tables.rows.recovery.values()) if (recovery.state === 'open') return recovery;
  return null;
}

/** Ends a recovery, and releases its cards if nothing waits for its charge's end. */
export function endRecovery(tables: Tables, recovery: Rows['recovery'], as: string): void {
  const now = tables.now();
  tables.write('recovery', recovery.id, { state: as, closed_at: now, revision: recovery.revision + 1 });
  letCardsGo(tables);
}

/**
 * The trigger's `let_cards_go()`: detaches cards saved for a settled charge. In the model no customer ticks to keep
 * one.
 */
export function letCardsGo(tables: Tables): void {
  if (tables.newCards.length === 0 || tables.charge().settled_at === null) return;
  for (const { payment_method_id } of tables.newCards) {
    const method = tables.methods.get(payment_method_id);
    if (method !== undefined) method.state = 'detaching';
  }
}
