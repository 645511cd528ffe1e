/** One schedule: who does what and what goes wrong depend on the seed alone. */

import { termsOf } from '../../src/domain/charge/charge-terms.ts';
import { productionTimings } from '../../src/platform/timings.ts';
import { findViolations } from './invariants.ts';
import type { Without } from './mutants.ts';
import { planActors } from './people/actors.ts';
import { type Profile, profiles } from './people/faults.ts';
import { type Random, randomOf } from './people/random.ts';
import type { Setting } from './stage.ts';
import type { Temper } from './stripe/stripe-intents.ts';
import { createWorld, type World } from './world.ts';

export type Schedule = {
  readonly seed: number;
  /** By name: a violation is a broken promise. */
  readonly violations: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  readonly steps: number;
  readonly world: World;
};

export type RunOptions = {
  readonly without?: Without;
  /** One kind of weather instead of any. */
  readonly profile?: Profile;
  readonly trace?: (line: string) => void;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Heavy weather comes most often. */
const WEATHERS: readonly Profile[] = ['mild', 'mild', 'heavy', 'heavy', 'heavy', 'frozen', 'frozen'];
/** Less than the look for an event allows for. */
const SKEW_MAX_S = 120;
const STEPS_MAX = 20_000;

/** Runs the schedule of a seed to its quiet end and judges it. */
export async function runSchedule(seed: number, options: RunOptions = {}): Promise<Schedule> {
  const world = createWorld(settingOf(seed, options), options.without ?? null);
  planActors(world);
  const how = await world.scheduler.run(STEPS_MAX);
  if (how === 'exhausted') world.violate('never_quiet', `${STEPS_MAX} steps`);
  findViolations(world);
  return { seed, violations: world.violations, counts: world.counts, steps: world.scheduler.steps(), world };
}

/** The circumstances of a seed, drawn apart from the schedule's own chance. */
export function settingOf(seed: number, { profile, trace }: RunOptions): Setting {
  const random = randomOf(seed ^ 0x5eed);
  const drawn = WEATHERS[random.below(WEATHERS.length)] ?? 'mild';
  return {
    seed,
    faults: profiles[profile ?? drawn],
    calm_at_ms: random.chance(0.3) ? random.between(0, DAY_MS) : random.between(DAY_MS, 16 * DAY_MS),
    temper: temperOf(random.fraction()),
    skew_s: random.chance(0.2) ? Math.round(random.between(-SKEW_MAX_S, SKEW_MAX_S)) : 0,
    dark: random.chance(0.05) ? darkness(random) : null,
    debit: random.chance(0.12),
    confirms_max: random.chance(0.06) ? 1 + random.below(6) : 1_000,
    ...followed(random),
    terms: termsFor(random),
    announced: random.chance(0.6),
    trace: trace ?? null,
  };
}

/** Whose methods the charges are paid with. */
function followed(random: Random): Pick<Setting, 'follows' | 'bills' | 'other_max_charges'> {
  const bills = random.chance(0.15);
  const follows = random.chance(0.5) || bills;
  return { bills, follows, other_max_charges: random.chance(0.1) ? 1 + random.below(2) : null };
}

/** One charge in four is ruled otherwise: its customer is told early, or nothing is owed at the end. */
function termsFor(random: Random): Setting['terms'] {
  if (!random.chance(0.25)) return null;
  const early_mail = random.chance(0.7);
  const on_expiry = random.chance(0.5) ? 'release' : 'close';
  return { ...termsOf(null, productionTimings), early_mail, on_expiry };
}

function darkness(random: Random): Setting['dark'] {
  const from_ms = random.chance(0.6) ? 0 : random.between(0, 3 * DAY_MS);
  return { from_ms, to_ms: from_ms + random.between(22 * HOUR_MS, 36 * HOUR_MS) };
}

function temperOf(share: number): Temper {
  if (share < 0.3)
    return { ok: 0.85, authenticate: 0.05, issuer: 0.05, technical: 0.03, replace: 0.01, stop: 0.01 };
  if (share < 0.7)
    return { ok: 0.3, authenticate: 0.5, issuer: 0.08, technical: 0.06, replace: 0.05, stop: 0.01 };
  return { ok: 0.12, authenticate: 0.3, issuer: 0.25, technical: 0.15, replace: 0.16, stop: 0.02 };
}
