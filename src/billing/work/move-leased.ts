import { type Kind, moveRow, type Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from './lease.ts';

export type Step<K extends Kind> = {
  /** What changes; by default only when the row is due again. */
  readonly set?: Partial<Rows[K]>;
  /** Milliseconds of business time from now, null for never. */
  readonly due_in_ms: number | null;
  /** What the timeline names. */
  readonly reference: string;
};

/**
 * A worker's step: moves the row from the revision that was read and gives its lease back. False when the row moved
 * meanwhile or the lease is no longer ours: whatever was waited for may have happened, so the row stays due.
 */
export function moveLeased<K extends Kind>(
  deps: Pick<Dependencies, 'sql'>,
  kind: K,
  read: { readonly id: string; readonly revision: number },
  lease: Lease,
  step: Step<K>,
): Promise<boolean> {
  return moveRow(deps.sql, kind, {
    id: read.id,
    revision: read.revision,
    lease_number: lease.lease_number,
    set: step.set ?? {},
    due_in_ms: step.due_in_ms,
    cause: 'worker',
    cause_reference: step.reference,
  });
}
