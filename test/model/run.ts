/** One schedule: who does what and what goes wrong hang on the seed alone. */
import { planActors } from './actors.ts';
import { noFaults, profiles } from './faults.ts';
import { findViolations } from './invariants.ts';
import type { Without } from './mutants.ts';
import { randomOf } from './random.ts';
import type { Temper } from './stripe-intents.ts';
import { createWorld, type Setting, type World } from './world.ts';

export type Schedule = {
  readonly seed: number;
  /** By name: a violation is a promise broken. */
  readonly violations: readonly string[];
  readonly double: boolean;
  readonly world: World;
};

export type RunOptions = {
  readonly without?: Without;
  readonly trace?: (line: string) => void;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEPS_MAX = 20_000;

/** Runs the schedule of a seed to its quiet end and judges it. */
export async function runSchedule(seed: number, options: RunOptions = {}): Promise<Schedule> {
  const world = createWorld(settingOf(seed, options));
  planActors(world);
  const how = await world.scheduler.run(STEPS_MAX);
  if (how === 'exhausted') world.violate('never_quiet', `${STEPS_MAX} steps`);
  findViolations(world);
  const succeeded = [...world.bank.intents.values()].reduce((sum, intent) => sum + intent.succeeded, 0);
  return { seed, violations: world.violations, double: succeeded > 1, world };
}

/** The circumstances of a seed, drawn apart from the schedule's own chance. */
export function settingOf(seed: number, { without = null, trace }: RunOptions): Setting {
  const random = randomOf(seed ^ 0x5eed);
  return {
    seed,
    faults: profiles[random.below(profiles.length)] ?? noFaults,
    calm_at_ms: random.chance(0.3) ? random.between(0, DAY_MS) : random.between(DAY_MS, 16 * DAY_MS),
    temper: temperOf(random.fraction()),
    debit: random.chance(0.12),
    confirms_max: random.chance(0.06) ? 1 + random.below(6) : 1_000,
    without,
    trace: trace ?? null,
  };
}

function temperOf(share: number): Temper {
  if (share < 0.3) return { ok: 0.85, authenticate: 0.05, issuer: 0.05, technical: 0.03, replace: 0.01, stop: 0.01 };
  if (share < 0.7) return { ok: 0.3, authenticate: 0.5, issuer: 0.08, technical: 0.06, replace: 0.05, stop: 0.01 };
  return { ok: 0.12, authenticate: 0.3, issuer: 0.25, technical: 0.15, replace: 0.16, stop: 0.02 };
}
