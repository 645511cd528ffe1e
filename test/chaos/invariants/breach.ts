import type { Evidence } from '../evidence.ts';

/** What a breach means to people: charged twice, a charge lost, a wrong report, no end, or badly kept books. */
export type Harm = 'double' | 'lost' | 'wrong_told' | 'unsettled' | 'broken';

export type Breach = {
  /** Its number in the list of verdict.ts. */
  readonly invariant: string;
  readonly harm: Harm;
  /** The row or person that it concerns. */
  readonly subject: string;
  readonly text: string;
};

/** Each returns what it found wrong. */
export type Invariant = (evidence: Evidence) => Omit<Breach, 'invariant'>[];

export const ENDS: ReadonlySet<string> = new Set(['succeeded', 'failed', 'canceled']);

/** Rows by one of their columns. */
export function byKey<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return groups;
}
