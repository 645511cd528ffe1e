/**
 * An operator's word on a parked row: let it go on, or end it. Nothing is called here; the row becomes due, and the
 * worker that claims it asks Stripe before it opens anything.
 */
import {
  decideRelease,
  type ReleaseWay,
  type ReviewedRow,
  type ReviewKind,
  reviewStates,
} from '../../domain/releases.ts';
import { requestClose } from '../../store/charge/close-requests.ts';
import { closeBreaks, findReview } from '../../store/janitor/parked-rows.ts';
import type { Sql } from '../../store/postgres/database.ts';
import { readNow } from '../../store/postgres/instance.ts';
import { moveRow, type Rows, readRow } from '../../store/work/obligations.ts';

export type ReleaseRequest = {
  readonly id: string;
  /** Goes into the timeline: one line, written by a person. */
  readonly reason: string;
  /** Null: the way the row was going. */
  readonly way: ReleaseWay | null;
};

export type Released =
  | { readonly outcome: 'released'; readonly kind: ReviewKind; readonly state: string }
  /** No row with this id waits, but breaks about it did: they are closed. */
  | { readonly outcome: 'breaks_closed'; readonly count: number }
  | { readonly outcome: 'refused'; readonly because: string }
  | { readonly outcome: 'not_in_review' };

/** A row that moves in every one of these rounds is no race. */
const ROUNDS_MAX = 3;

/** Releases the row, with its reason, and closes the breaks about it. */
export async function releaseReview(sql: Sql, request: ReleaseRequest): Promise<Released> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const kind = await findReview(sql, request.id);
    if (kind === null) break;
    const row = (await readRow(sql, kind, request.id)) as Rows[ReviewKind] | null;
    if (row?.state !== reviewStates[kind]) continue;
    const decision = decideRelease(kind, row as ReviewedRow, request.way);
    if (decision.do === 'refuse') return { outcome: 'refused', because: decision.because };
    const released =
      decision.do === 'request_close'
        ? await close(sql, kind, row, request.reason)
        : await release(sql, kind, row, { state: decision.state, ...decision.next }, request.reason);
    if (!released) continue;
    await closeBreaks(sql, request.id, request.reason);
    const state = decision.do === 'request_close' ? 'closing' : decision.state;
    return { outcome: 'released', kind, state };
  }
  const count = await closeBreaks(sql, request.id, request.reason);
  return count === 0 ? { outcome: 'not_in_review' } : { outcome: 'breaks_closed', count };
}

async function close(sql: Sql, kind: ReviewKind, row: Rows[ReviewKind], reason: string): Promise<boolean> {
  if (kind === 'charge') {
    const wish = { as: 'canceled', detail: null, recovery: 'revoked' } as const;
    const closing = await requestClose(sql, [row.id], {
      ...wish,
      cause: 'operator',
      cause_reference: reason,
    });
    return closing.length === 1;
  }
  const wish = { state: 'closing', close_as: 'canceled', close_requested_at: await readNow(sql) };
  return release(sql, 'setup', row, wish, reason);
}

/**
 * Gives the row back to the workers, due at once and with a clean count of tries. False when it moved meanwhile: proof
 * may have arrived, and then nothing is left to release.
 */
function release<K extends ReviewKind>(
  sql: Sql,
  kind: K,
  { id, revision }: Rows[ReviewKind],
  next: Partial<Rows[K]>,
  reason: string,
): Promise<boolean> {
  const set = { ...next, detail: null, tries: 0 };
  return moveRow(sql, kind, { id, revision, set, due_in_ms: 0, cause: 'operator', cause_reference: reason });
}
