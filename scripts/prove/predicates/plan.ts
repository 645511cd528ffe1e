/** What the runner of the tests is asked to play (`test/predicates-runner.ts`). */

/**
 * One copy of a test file. `mutant` is its index in `Found.mutants`, null for none; `tests` are their full names, null for
 * all; `sql` breaks each database before its first use.
 */
export type Play = {
  readonly mutant: number | null;
  readonly tests: readonly string[] | null;
  readonly sql: string | null;
};

/** A whole run; `counting` is the SQL that makes functions count their calls. */
export type Plan = { readonly plays: readonly Play[]; readonly counting: string | null };

/** Names the file that holds the plan, as JSON. */
export const PLAN = 'DUECOURSE_PREDICATES_PLAN';
