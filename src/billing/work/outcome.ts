/**
 * What a handler says becomes of its row, and the one place that writes it.
 *
 * A handler decides from what it read, calls Stripe or the mail server, settles facts by their own statements, and
 * returns one of three outcomes. An outcome that changes the row names the revision that it rests on: a row that moved
 * meanwhile stays due as it is, and the next claim decides again.
 */
import { unreachable } from '../../platform/errors.ts';
import { type Kind, moveRow, type Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Claimed, Lease } from './lease.ts';

/** The row comes due again after this many milliseconds of business time; null: it owes nothing any more. */
type Wait<Change> = {
  readonly outcome: 'wait';
  readonly revision: number;
  readonly due_in_ms: number | null;
  /** What the timeline names. */
  readonly reference: string;
  readonly set: Change;
};

export type Outcome<K extends Kind> =
  /** A statement has written what follows, or another process was faster: nothing is left to write. */
  | { readonly outcome: 'done' }
  | Wait<Partial<Rows[K]>>
  /** The row can't go on by itself: a person looks. */
  | { readonly outcome: 'park'; readonly revision: number; readonly code: string };

type Read = { readonly revision: number };
type Nothing = Record<never, never>;

export const done = { outcome: 'done' } as const;

/** The row is due again in `due_in_ms`; `set` is what changes besides. */
export function wait<Change extends object = Nothing>(
  { revision }: Read,
  due_in_ms: number | null,
  reference: string,
  set: Change = {} as Change,
): Wait<Change> {
  return { outcome: 'wait', revision, due_in_ms, reference, set };
}

/** The row owes nothing: it has ended, or a person or another row has the next word. */
export function rest<Change extends object = Nothing>(
  read: Read,
  reference: string,
  set: Change = {} as Change,
): Wait<Change> {
  return wait(read, null, reference, set);
}

/** The row waits for a person, under this code. */
export function park({ revision }: Read, code: string): Extract<Outcome<Kind>, { outcome: 'park' }> {
  return { outcome: 'park', revision, code };
}

/** Acts on one claimed row of a kind. Stripe's answers are settled, never thrown. */
export type Handler<K extends Kind> = (deps: Dependencies, row: Rows[K], lease: Lease) => Promise<Outcome<K>>;

/** One step of a claimed row: the handler acts, and we write its outcome. The caller gives the lease back. */
export async function takeStep<K extends Kind>(
  deps: Dependencies,
  handler: Handler<K>,
  { row, lease }: Claimed<K>,
): Promise<void> {
  await writeOutcome(deps, lease, await handler(deps, row, lease));
}

/** Writes an outcome under the lease of its decision; with an older revision or lease it writes nothing. */
export async function writeOutcome<K extends Kind>(
  deps: Pick<Dependencies, 'sql' | 'log'>,
  lease: Lease,
  outcome: Outcome<K>,
): Promise<void> {
  const kind = lease.kind as K;
  const { id, lease_number } = lease;
  switch (outcome.outcome) {
    case 'done':
      return;
    case 'wait': {
      const { revision, due_in_ms, reference } = outcome;
      // A step without an exception ends the count of exceptions in a row.
      const set = { tries: 0, ...outcome.set };
      const by = { cause: 'worker', cause_reference: reference };
      await moveRow(deps.sql, kind, { id, revision, lease_number, set, due_in_ms, ...by });
      return;
    }
    case 'park': {
      const { revision, code } = outcome;
      const set = { state: 'needs_review', detail: code } as unknown as Partial<Rows[K]>;
      const by = { cause: 'worker', cause_reference: code };
      const parked = await moveRow(deps.sql, kind, {
        id,
        revision,
        lease_number,
        set,
        due_in_ms: null,
        ...by,
      });
      if (parked) deps.log.error({ event: 'row.parked', queue: kind, operation: id, code });
      return;
    }
    default:
      return unreachable(outcome);
  }
}
