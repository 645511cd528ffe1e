/**
 * An operator's word on a parked row: let it go on, or end it. Nothing is called here; the row becomes due, and the
 * worker that claims it asks Stripe before it opens anything.
 */
import { verbsOf } from '../../domain/break-kinds.ts';
import {
  decideRelease,
  type ReleaseWay,
  type ReviewedRow,
  type ReviewKind,
  reviewStates,
} from '../../domain/releases.ts';
import {
  closeBreaks,
  findReview,
  type NamedBreak,
  readOpenBreaks,
  releaseRow,
} from '../../store/janitor/parked-rows.ts';
import type { Sql } from '../../store/postgres/database.ts';
import { readNow } from '../../store/postgres/instance.ts';
import { type Rows, readRow } from '../../store/work/obligations.ts';
import type { OperatorWord } from '../../store/work/operator-actions.ts';

export type ReleaseRequest = OperatorWord & {
  readonly id: string;
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

/** Releases the row and closes the breaks about it, or closes those that a word alone can close. */
export async function releaseReview(sql: Sql, request: ReleaseRequest): Promise<Released> {
  const { reason, by } = request;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const kind = await findReview(sql, request.id);
    if (kind === null) break;
    const row = (await readRow(sql, kind, request.id)) as Rows[ReviewKind] | null;
    if (row?.state !== reviewStates[kind]) continue;
    const stays = kind === 'charge' ? await unboundMoney(sql, row as Rows['charge']) : null;
    if (stays !== null) return stays;
    const decision = decideRelease(kind, row as ReviewedRow, request.way);
    if (decision.do === 'refuse') return { outcome: 'refused', because: decision.because };
    const set =
      decision.do === 'move' ? { state: decision.state, ...decision.next } : await closing(sql, kind);
    const { id, revision } = row;
    if (await releaseRow(sql, kind, { id, revision, set }, { reason, by }))
      return { outcome: 'released', kind, state: set.state };
  }
  return releaseBreaks(sql, request.id, { reason, by });
}

/** What a row becomes whose end an operator asks for. */
async function closing(sql: Sql, kind: ReviewKind) {
  const wish = { state: 'closing', close_as: 'canceled', close_requested_at: await readNow(sql) };
  return kind === 'charge' ? { ...wish, detail: 'closing' } : wish;
}

/** A charge that is bound to nothing would begin anew, beside the money that a break of it is about. */
async function unboundMoney(sql: Sql, row: Rows['charge']): Promise<Released | null> {
  if (row.stripe_payment_intent_id !== null) return null;
  return refusedFor(await readOpenBreaks(sql, row.id));
}

/** Money at Stripe is never closed by a word: its kind names the verbs that end it. */
async function releaseBreaks(sql: Sql, id: string, word: OperatorWord): Promise<Released> {
  const open = await readOpenBreaks(sql, id);
  if (open.length === 0) return { outcome: 'not_in_review' };
  const stays = refusedFor(open);
  if (stays !== null) return stays;
  const kinds = open.map(({ kind }) => kind);
  return { outcome: 'breaks_closed', count: await closeBreaks(sql, id, kinds, word) };
}

function refusedFor(open: readonly NamedBreak[]): Released | null {
  const stays = open.find(({ kind, mark }) => !verbsOf(kind, mark).includes('release'));
  if (stays === undefined) return null;
  const verbs = verbsOf(stays.kind, stays.mark).join(', ').replaceAll('_', '-');
  return { outcome: 'refused', because: `${stays.kind} ends by ${verbs}` };
}
