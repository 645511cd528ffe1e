/** What is done with a run, as acts that may meet others at a lock; none of them may be refused. */
import { expect } from 'vitest';
import type { Sql } from '../../../src/store/postgres/database.ts';
import { advanceRunRow, cancelRun, pauseRun } from '../../../src/store/run/run-verbs.ts';

type OfRun = { readonly run: string; readonly run_lease: number };

const BOUNDS = { charges_a_step: 100, charges_in_line: 100 };

export function runVerbs(sql: () => Sql) {
  return {
    'pause a run': async ({ run }: OfRun): Promise<void> => {
      expect(await pauseRun(sql(), run, 'test')).toBeNull();
    },
    /** Canceled, with the step that closes its charges. */
    'end a run': async ({ run, run_lease }: OfRun): Promise<void> => {
      expect(await cancelRun(sql(), run, 'test')).toBeNull();
      expect(await advanceRunRow(sql(), run, run_lease, BOUNDS)).not.toBeNull();
    },
  };
}
