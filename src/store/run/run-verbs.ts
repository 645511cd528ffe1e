/** The verbs of a run and its step, each one function of the database: two at once have one outcome. */
import { retryConflict, type Sql } from '../postgres/database.ts';

/** What stands against a verb, in the database's words; null: it was done. */
export type VerbRefusal =
  | 'unknown'
  | 'draft'
  | 'running'
  | 'paused'
  | 'closing'
  | 'completed'
  | 'canceled'
  | 'count_differs'
  | 'sums_differ'
  | 'goal_missed'
  | 'not_held'
  | 'no_goal'
  | 'ends_at_past'
  | 'goal_not_reached'
  | 'decided_release'
  | 'decided_cancel';

/** What was seen before the start, such as in the preview; either part may be left out. */
export type Expected = {
  readonly count?: number | undefined;
  readonly sums?: readonly { readonly currency: string; readonly total: number }[] | undefined;
};

export async function startRun(
  sql: Sql,
  run_id: string,
  expect: Expected | null,
  cause_reference: string,
): Promise<VerbRefusal | null> {
  const asked = expect === null ? null : sql.json(expect as never);
  return verb(() => sql`select start_run(${run_id}, ${asked}::jsonb, ${cause_reference}) as refusal`);
}

export async function pauseRun(
  sql: Sql,
  run_id: string,
  cause_reference: string,
): Promise<VerbRefusal | null> {
  return verb(() => sql`select pause_run(${run_id}, ${cause_reference}) as refusal`);
}

export async function resumeRun(
  sql: Sql,
  run_id: string,
  cause_reference: string,
): Promise<VerbRefusal | null> {
  return verb(() => sql`select resume_run(${run_id}, ${cause_reference}) as refusal`);
}

export async function cancelRun(
  sql: Sql,
  run_id: string,
  cause_reference: string,
): Promise<VerbRefusal | null> {
  return verb(() => sql`select cancel_run(${run_id}, ${cause_reference}) as refusal`);
}

/** @param ends_at the goal's new day, of `extend` */
export async function decideRun(
  sql: Sql,
  run_id: string,
  decision: 'release' | 'extend' | 'cancel',
  ends_at: Date | null,
  cause_reference: string,
): Promise<VerbRefusal | null> {
  return verb(
    () =>
      sql`select decide_run(${run_id}, ${decision}, ${ends_at}::timestamptz, ${cause_reference}) as refusal`,
  );
}

async function verb(statement: () => PromiseLike<readonly unknown[]>): Promise<VerbRefusal | null> {
  const [row] = await retryConflict(async () => await statement());
  return (row as { refusal: VerbRefusal | null }).refusal;
}

export type RunStep = {
  /** Charges that were asked to end. */
  readonly closing: readonly string[];
  /** How many came due. */
  readonly fed: number;
};

/** One step under its lease; null when the lease is no longer ours, or nothing is due. It gives the lease back. */
export async function advanceRunRow(
  sql: Sql,
  run_id: string,
  lease_number: number,
  bounds: { readonly charges_a_step: number; readonly charges_in_line: number },
): Promise<RunStep | null> {
  const [step] = await retryConflict(
    async () =>
      await sql<RunStep[]>`
        select closing, fed from advance_run(${run_id}, ${lease_number}, ${bounds.charges_a_step}, ${bounds.charges_in_line})`,
  );
  return step ?? null;
}
