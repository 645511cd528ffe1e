/** Runs many schedules, one after another, and tallies their results. */

import type { Without } from './mutants.ts';
import { acts } from './people/actors.ts';
import { type Fault, noFaults } from './people/faults.ts';
import { type Rival, runRival } from './rivals.ts';
import { runSchedule, settingOf } from './run.ts';

export type Batch = {
  readonly first_seed: number;
  readonly schedules: number;
  readonly without: Without;
  /** Null: Duecourse itself. */
  readonly rival: Rival | null;
};

export type Tally = {
  schedules: number;
  double: number;
  /** Final state and Stripe disagree. */
  contradicts: number;
  /** The merchant was notified of two ends. */
  told: number;
  unsettled: number;
  steps: number;
  readonly counts: Record<string, number>;
  /** Schedules with a violation; the first hundred of each batch are kept. */
  violating: number;
  readonly violations: { readonly seed: number; readonly what: readonly string[] }[];
};

const KEPT_MAX = 100;

export const emptyTally = (): Tally => ({
  schedules: 0,
  double: 0,
  contradicts: 0,
  told: 0,
  unsettled: 0,
  steps: 0,
  counts: {},
  violating: 0,
  violations: [],
});

/** Everything that must have happened often enough for a run to mean something. */
export const occasions: readonly string[] = [
  ...(Object.keys(noFaults) as Fault[]),
  'asleep',
  'stopped',
  'dark',
  'skewed',
  'debit',
  'bills',
  'charge_follows',
  'told_early',
  'released',
  'choice_changed',
  'woken',
  'woken_next',
  'woken_attempt',
  'moved_to_other_consent',
  'key_forgotten',
  ...acts,
];

/** Runs a batch of consecutive seeds. */
export async function runBatch(batch: Batch): Promise<Tally> {
  const tally = emptyTally();
  for (let seed = batch.first_seed; seed < batch.first_seed + batch.schedules; seed += 1) {
    if (batch.rival === null) await runOurs(tally, seed, batch.without);
    else await runTheirs(tally, seed, batch.rival);
    tally.schedules += 1;
  }
  return tally;
}

async function runOurs(tally: Tally, seed: number, without: Without): Promise<void> {
  const { violations, counts, steps } = await runSchedule(seed, { without });
  const has = (name: string) => (violations.some((violation) => violation.startsWith(`${name}:`)) ? 1 : 0);
  tally.double += has('double_charge');
  tally.contradicts += has('contradicts_stripe');
  tally.told += has('told_contradiction');
  tally.unsettled += has('unsettled');
  tally.steps += steps;
  for (const [name, count] of counts) tally.counts[name] = (tally.counts[name] ?? 0) + count;
  if (violations.length === 0) return;
  tally.violating += 1;
  if (tally.violations.length < KEPT_MAX) tally.violations.push({ seed, what: violations });
}

async function runTheirs(tally: Tally, seed: number, rival: Rival): Promise<void> {
  // Rivals know no debits, no dark days and no limit of confirms; these would only make them look worse.
  const setting = { ...settingOf(seed, {}), debit: false, bills: false, dark: null, confirms_max: 1_000 };
  const result = await runRival(rival, setting);
  if (result.double) tally.double += 1;
  if (result.contradicts) tally.contradicts += 1;
  if (result.told_contradiction) tally.told += 1;
  if (result.unsettled) tally.unsettled += 1;
}

/** Adds `more` to `tally`. */
export function addTally(tally: Tally, more: Tally): void {
  tally.schedules += more.schedules;
  tally.double += more.double;
  tally.contradicts += more.contradicts;
  tally.told += more.told;
  tally.unsettled += more.unsettled;
  tally.steps += more.steps;
  for (const [name, count] of Object.entries(more.counts))
    tally.counts[name] = (tally.counts[name] ?? 0) + count;
  tally.violating += more.violating;
  tally.violations.push(...more.violations);
}
