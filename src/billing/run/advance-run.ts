import { advanceRunRow } from '../../store/run/run-verbs.ts';
import type { Handler } from '../work/outcome.ts';
import { done } from '../work/outcome.ts';

/** One statement lets at most so many go, or closes them: its locks are held for milliseconds. */
const CHARGES_A_STEP = 500;
/**
 * A few seconds' worth at Stripe's pace: the line never runs dry between two steps, and a pause finds no more than these that
 * were let go already.
 */
const CHARGES_IN_LINE = 2_000;

/** Takes a run one step on: the next charges come due, or are closed, or it ends with the last of them. */
export const advanceRun: Handler<'run'> = async (deps, { id }, { lease_number }) => {
  const bounds = { charges_a_step: CHARGES_A_STEP, charges_in_line: CHARGES_IN_LINE };
  await advanceRunRow(deps.sql, id, lease_number, bounds);
  return done;
};
