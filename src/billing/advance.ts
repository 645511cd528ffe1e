/**
 * What a worker does with the ids of a job, whatever kind of row they name: claim, act, give back.
 *
 * A job is only a hint. Rows that are not due, held by another worker or gone are passed over; their own due time
 * brings them back. When a handler throws, its row is tried again later, after growing pauses; a row that keeps
 * failing is handed to a person instead of spinning for ever.
 */
import { isAppError } from '../platform/errors.ts';
import { errorCode, failureKind } from '../store/postgres/database.ts';
import { backOffRow, forgetOffers, type Kind } from '../store/work/obligations.ts';
import type { Dependencies } from './dependencies.ts';
import { handlers } from './handlers.ts';
import { takeStep } from './work/outcome.ts';

export type Advanced = { readonly advanced: number; readonly passed: number; readonly failed: number };

/** SQLSTATE classes: insufficient resources, cancelled by a timeout or an operator, system error. */
const OVERLOADED = /^(53|57|58)/;

/** After so many failed tries in a row a person has to look. */
const TRIES_MAX = 8;

/** Advances every row that is due and free. Never throws because of one row. */
export async function advance(deps: Dependencies, kind: Kind, ids: readonly string[]): Promise<Advanced> {
  const outcomes = await Promise.all(ids.map((id) => advanceOne(deps, kind, id)));
  const passed = ids.filter((_id, index) => outcomes[index] === 'passed');
  if (passed.length > 0) await forgetOffers(deps.sql, kind, passed);
  for (const outcome of outcomes) deps.metrics.rowsTotal.inc({ kind, outcome });
  const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
  return { advanced: count('advanced'), passed: count('passed'), failed: count('failed') };
}

async function advanceOne<K extends Kind>(
  deps: Dependencies,
  kind: K,
  id: string,
): Promise<'advanced' | 'passed' | 'failed'> {
  const claimed = await deps.leases.claimDue(kind, id);
  if (claimed === null) return 'passed';
  const { lease } = claimed;
  try {
    await takeStep(deps, handlers[kind].handler, claimed);
    return 'advanced';
  } catch (err) {
    const tries_max = triesMax(err);
    deps.log[tries_max === 1 ? 'error' : 'warn']({ event: 'row.failed', queue: kind, operation: id, err });
    if (await backOffRow(deps.sql, kind, lease, tries_max))
      deps.log.error({ event: 'row.parked', queue: kind, operation: id });
    return 'failed';
  } finally {
    await deps.leases.release(lease);
  }
}

/**
 * A failed assertion will fail again, so a person looks at once. An outage of the database or of Stripe, or an expired
 * lease, says nothing about this row, so no number of them hands it to a person.
 */
function triesMax(err: unknown): number | null {
  if (isAppError(err) && err.code.startsWith('invariant_')) return 1;
  const isOutage =
    isAppError(err, 'stripe_unreadable') ||
    failureKind(err) !== 'other' ||
    OVERLOADED.test(errorCode(err) ?? '');
  const isAborted = err instanceof Error && err.name === 'AbortError';
  return isOutage || isAborted ? null : TRIES_MAX;
}
