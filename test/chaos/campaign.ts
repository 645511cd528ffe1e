/** Runs many schedules on one backend: first those that once found a defect, then those of the run's seed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EarlierBuild } from './earlier-build.ts';
import {
  AT_ENDPOINT,
  DEBIT_DEEDS,
  DEEDS,
  type DeedName,
  type FaultName,
  faultNames,
} from './faults/names.ts';
import type { Harm } from './invariants/breach.ts';
import { type Backend, type Plan, planOf } from './plan.ts';
import { type Outcome, runSchedule } from './run-schedule.ts';
import { openStage } from './stage.ts';

export type Campaign = {
  readonly backend: Backend;
  readonly seed: number;
  readonly schedules: number;
  /** The number of the first schedule. */
  readonly from: number;
  readonly regressions: boolean;
  /** Runs beside today's build. What it finds is not kept: such a plan needs that build. */
  readonly earlier: EarlierBuild | null;
};

export type Report = Readonly<Record<Harm, number>> & {
  readonly seed: number;
  readonly backend: Backend;
  readonly schedules: number;
  readonly charges: number;
  /** Those of them that are to be paid by debit. */
  readonly debits: number;
  /** Strikes that hit something, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often they hit: requests, connections, processes. */
  readonly hits: Readonly<Record<string, number>>;
  /** What operators typed with effect. */
  readonly verbs: Readonly<Record<string, number>>;
  readonly never_fired: readonly (FaultName | DeedName)[];
  readonly unsettled_when_faulted: number;
  /** Processes of the earlier build that were started. */
  readonly earlier_starts: number;
  readonly ends: Readonly<Record<string, number>>;
  /** For replaying with `--only`. */
  readonly failing_seeds: readonly string[];
  readonly seconds: number;
};

const FOLDER = fileURLToPath(new URL('./regressions', import.meta.url));

/** Plays the schedules one after another and reports each as it ends. */
export async function runCampaign(campaign: Campaign, tell: (outcome: Outcome) => void): Promise<Report> {
  const began_ms = performance.now();
  const stage = await openStage(campaign.backend, campaign.earlier);
  const outcomes: Outcome[] = [];
  try {
    for (const plan of plansOf(campaign)) {
      const outcome = await runSchedule(stage, plan);
      outcomes.push(outcome);
      if (outcome.breaches.length > 0 && campaign.earlier === null) keep(outcome);
      tell(outcome);
    }
  } finally {
    await stage.close();
  }
  return reportOf(campaign, outcomes, Math.round((performance.now() - began_ms) / 1_000));
}

function plansOf({ backend, seed, schedules, from, regressions, earlier }: Campaign): Plan[] {
  const drawn = Array.from({ length: schedules }, (_, index) => planOf(seed, from + index, backend, earlier));
  return [...(regressions ? readRegressions(backend) : []), ...drawn];
}

function readRegressions(backend: Backend): Plan[] {
  if (!existsSync(FOLDER)) return [];
  return (
    readdirSync(FOLDER)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => (JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as { plan: Plan }).plan)
      // Those of before there were deeds have none, and none of before there was `moves` moves.
      .map((plan) => ({
        ...plan,
        deeds: (plan.deeds ?? []).map((deed) => ({ ...deed, moves: deed.moves ?? false })),
      }))
      .filter((plan) => plan.backend === backend)
  );
}

/** We keep the plan itself, so that it stays the same even if plans are drawn differently later. */
function keep({ plan, breaches }: Outcome): void {
  const found = breaches.map(({ invariant, harm, text }) => ({ invariant, harm, text }));
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(
    `${FOLDER}/${plan.backend}-${plan.name}.json`,
    `${JSON.stringify({ found, plan }, null, 1)}\n`,
  );
}

function reportOf({ seed, backend }: Campaign, outcomes: readonly Outcome[], seconds: number): Report {
  const sum = (count: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0);
  // A charge that is wrong in several ways is one wrong charge.
  const harmed = (harm: Harm) =>
    sum(({ breaches }) => {
      const found = breaches.filter((breach) => breach.harm === harm);
      return new Set(found.map((breach) => breach.subject)).size;
    });
  const strikes = outcomes.flatMap((outcome) => outcome.strikes);
  const fired = strikes.filter((strike) => strike.hits > 0);
  const planned = new Set(outcomes.filter((outcome) => !losesCommits(outcome)).flatMap(kindsIn));
  const firedKinds = new Set(fired.map((strike) => strike.kind));
  return {
    seed,
    backend,
    schedules: outcomes.length,
    charges: sum((outcome) => outcome.charges),
    debits: sum((outcome) => outcome.debits),
    double: harmed('double'),
    lost: harmed('lost'),
    wrong_told: harmed('wrong_told'),
    unsettled: harmed('unsettled'),
    broken: harmed('broken'),
    faults: countBy(backend, fired, () => 1),
    hits: countBy(backend, fired, (strike) => strike.hits),
    never_fired: kindsOn(backend).filter((kind) => planned.has(kind) && !firedKinds.has(kind)),
    unsettled_when_faulted: sum((outcome) => outcome.unsettled_when_faulted),
    earlier_starts: sum((outcome) => outcome.earlier_starts),
    ends: sumUp(outcomes.map((outcome) => outcome.ends)),
    verbs: sumUp(outcomes.map((outcome) => outcome.verbs)),
    failing_seeds: outcomes.filter((outcome) => outcome.breaches.length > 0).map(({ plan }) => plan.name),
    seconds,
  };
}

/** Charging is off from the loss on: a fault that was due just then may find nothing to meet. */
const losesCommits = (outcome: Outcome): boolean =>
  outcome.strikes.some(({ kind, hits }) => kind === 'commits_lost' && hits > 0);

const kindsIn = ({ strikes }: Outcome): (FaultName | DeedName)[] => strikes.map(({ kind }) => kind);

function sumUp(each: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of each)
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

/** Deeds count as faults do: each must have met something. */
const kindsOn = (backend: Backend): readonly (FaultName | DeedName)[] => [
  ...faultNames(backend),
  ...AT_ENDPOINT,
  ...DEEDS,
  ...DEBIT_DEEDS,
];

function countBy(
  backend: Backend,
  fired: Outcome['strikes'],
  weight: (strike: Outcome['strikes'][number]) => number,
): Record<string, number> {
  return Object.fromEntries(
    kindsOn(backend).map((kind) => [
      kind,
      fired.filter((strike) => strike.kind === kind).reduce((total, strike) => total + weight(strike), 0),
    ]),
  );
}
