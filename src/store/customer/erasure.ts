/** A person asks to be forgotten: what goes at once, and what on the day on which no payment can come back (docs/protocol.md, 12.8). */
import type { Timings } from '../../platform/timings.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';
import type { HeldLease } from '../work/obligations.ts';

/** How long which evidence is needed, and when what was still on its way has arrived. */
export type ErasureSpans = Pick<Timings, 'evidenceSpans' | 'unknownQuietMinutes'>;

/** A refusal names as many charges as a person can look at. */
const CHARGES_NAMED_MAX = 20;

/**
 * - `erased`: it is done, now or before; `setup_ids` and `payment_method_ids` are to be ended at Stripe from now on.
 * - `charges_open`: nothing was written; some of the charges that are open, and how many `more` there are.
 */
export type Erasure =
  | {
      readonly outcome: 'erased';
      readonly setup_ids: readonly string[];
      readonly payment_method_ids: readonly string[];
    }
  | { readonly outcome: 'charges_open'; readonly charge_ids: readonly string[]; readonly more: number }
  | { readonly outcome: 'unknown' };

type ErasureRow = {
  readonly outcome: 'erased' | 'charges_open';
  readonly charge_ids: readonly string[];
  readonly more: number;
  readonly setup_ids: readonly string[];
  readonly method_ids: readonly string[];
};

/** Forgets a customer, unless a charge of theirs is open; all of it in one statement, or nothing. */
export async function writeErasure(
  sql: Sql,
  id: string,
  spans: ErasureSpans,
  cause_reference: string,
): Promise<Erasure> {
  const [row] = await retryConflict(
    async () =>
      await sql<ErasureRow[]>`
        select * from erase_customer(${id}, ${sql.json(spans.evidenceSpans)}, ${spans.unknownQuietMinutes * 60},
                                     ${CHARGES_NAMED_MAX}, ${cause_reference})`,
  );
  if (row === undefined) return { outcome: 'unknown' };
  const { outcome, charge_ids, more, setup_ids, method_ids } = row;
  if (outcome === 'charges_open') return { outcome, charge_ids, more };
  return { outcome, setup_ids, payment_method_ids: method_ids };
}

/**
 * Takes the evidence if its day has come, else waits for that day; then waits for what is still being ended at Stripe. Gives
 * the lease back; without it nothing is written.
 */
export async function finishErasure(sql: Sql, lease: HeldLease, spans: ErasureSpans): Promise<void> {
  await retryConflict(
    async () =>
      await sql`select finish_erasure(${lease.id}, ${lease.lease_number}, ${sql.json(spans.evidenceSpans)},
                                      ${spans.unknownQuietMinutes * 60})`,
  );
}

/** The day on which nothing of a forgotten customer is left, as far as is known; null for one who is not. */
export function erasedOn(row: {
  readonly erased_at: Date | null;
  readonly evidence_until: Date | null;
}): string | null {
  return (row.erased_at ?? row.evidence_until)?.toISOString().slice(0, 10) ?? null;
}
