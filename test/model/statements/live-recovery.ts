import type { Rows } from '../../../src/store/work/obligations.ts';
import type { Tables } from './tables.ts';

export function liveRecovery(tables: Tables): Rows['recovery'] | null {
  for (const recovery of tables.rows.recovery.values()) if (recovery.state === 'open') return recovery;
  return null;
}

/** Ends a recovery and makes what it opened due. */
export function endRecovery(tables: Tables, recovery: Rows['recovery'], as: string): void {
  const now = tables.now();
  tables.write('recovery', recovery.id, { state: as, closed_at: now, revision: recovery.revision + 1 });
  for (const replacement of tables.rows.replacement.values()) {
    if (replacement.recovery_id !== recovery.id || replacement.state === 'closed') continue;
    if (replacement.state === 'needs_review') continue;
    tables.write('replacement', replacement.id, { due_at: now, revision: replacement.revision + 1 });
  }
}
