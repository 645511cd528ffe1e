/** One schedule from its plan to its verdict. */
import { setTimeout as wait } from 'node:timers/promises';
import { chanceOf } from './chance.ts';
import { comeToRest } from './come-to-rest.ts';
import { customersOf } from './customers.ts';
import { announceDebits } from './debits/announced-debits.ts';
import type { Hits } from './faults/fault.ts';
import { faults } from './faults/faults.ts';
import type { DeedName, FaultName } from './faults/names.ts';
import type { Breach } from './invariants/breach.ts';
import { judge } from './invariants/verdict.ts';
import { type Merchant, merchantOf } from './merchant.ts';
import { deeds } from './people/deeds.ts';
import type { Plan, PlannedDeed, PlannedFault } from './plan.ts';
import type { Rest } from './quiescence.ts';
import type { Stage } from './stage.ts';
import { openWorld, type World } from './world.ts';

export type Outcome = {
  readonly plan: Plan;
  readonly breaches: readonly Breach[];
  /** Accepted charges. */
  readonly charges: number;
  /** Those of them that are to be paid by debit. */
  readonly debits: number;
  /** Those of them that were not settled when some fault struck. */
  readonly unsettled_when_faulted: number;
  /** Each planned fault and deed, with how often it hit something. */
  readonly strikes: readonly { readonly kind: FaultName | DeedName; readonly hits: number }[];
  /** Processes of the earlier build, if one runs beside today's. */
  readonly earlier_starts: number;
  /** Charges by how they ended. */
  readonly ends: Readonly<Record<string, number>>;
  /** What the operator typed, as often as it had an effect. */
  readonly verbs: Readonly<Record<string, number>>;
  readonly rest: Rest;
  /** By phase, and in total. */
  readonly seconds: {
    readonly start: number;
    readonly act: number;
    readonly rest: number;
    readonly all: number;
  };
  /** Log lines of our processes; kept if something was broken. */
  readonly logFolder: string;
};

/** Plays it. Throws only when the stage itself does not work. */
export async function runSchedule(stage: Stage, plan: Plan): Promise<Outcome> {
  const clock = stopwatch();
  const world = await openWorld(stage, plan);
  const start = clock();
  let isBroken = true;
  try {
    const { struck, merchant, customers } = await act(world);
    const acted = clock();
    const { rest, evidence } = await comeToRest(world, merchant, customers);
    const rested = clock();
    const breaches = judge(evidence);
    isBroken = breaches.length > 0;
    return {
      plan,
      breaches,
      charges: chargesOf(merchant.asked).size,
      debits: chargesOf(
        merchant.asked.filter(({ order }) => world.buyers[order.payer]?.payer.scheme !== undefined),
      ).size,
      unsettled_when_faulted: struck.unsettled.size,
      strikes: struck.strikes.map(({ kind, hits }) => ({ kind, hits: hits(evidence) })),
      earlier_starts: world.crew.startsOfEarlier(),
      ends: tallyOf(evidence.charges.map(({ state }) => state)),
      verbs: tallyOf(
        evidence.typed.filter(({ answer }) => answer.startsWith('done')).map(({ verb }) => verb),
      ),
      rest,
      seconds: { start, act: acted - start, rest: rested - acted, all: clock() },
      logFolder: world.logFolder,
    };
  } finally {
    await world.close({ logs: isBroken });
  }
}

const chargesOf = (asked: Merchant['asked']) => new Set(asked.flatMap((one) => one.told));

function tallyOf(names: readonly string[]): Record<string, number> {
  const tally: Record<string, number> = {};
  for (const name of names) tally[name] = (tally[name] ?? 0) + 1;
  return tally;
}

/** Returns seconds, to a tenth. */
function stopwatch(): () => number {
  const began_ms = performance.now();
  return () => Math.round((performance.now() - began_ms) / 100) / 10;
}

type Struck = {
  readonly strikes: { readonly kind: FaultName | DeedName; readonly hits: Hits }[];
  /** Charges that were not settled at the moment of a fault. */
  readonly unsettled: Set<string>;
};

/** Merchant, customers and faults, each at their time; then fair weather. */
async function act(world: World) {
  let started_ms = Number.NEGATIVE_INFINITY;
  const merchant = merchantOf(world, () => started_ms);
  await announceDebits(world, merchant);
  started_ms = performance.now();
  const customers = customersOf(world);
  const struck: Struck = { strikes: [], unsettled: new Set() };
  const placed = Promise.all(world.plan.orders.map((order) => merchant.place(order)));
  const done = world.plan.deeds.map((deed) => doDeed(world, merchant, deed, started_ms, struck));
  await Promise.all([...world.plan.faults.map((fault) => strike(world, fault, started_ms, struck)), ...done]);
  await world.calm();
  await placed;
  return { struck, merchant, customers };
}

async function strike(world: World, fault: PlannedFault, started_ms: number, struck: Struck): Promise<void> {
  await wait(Math.max(0, started_ms + fault.at_ms - performance.now()));
  for (const id of await readUnsettled(world)) struck.unsettled.add(id);
  const hits = await faults[fault.kind](world, chanceOf('fault', fault.seed));
  struck.strikes.push({ kind: fault.kind, hits });
}

async function doDeed(
  world: World,
  merchant: Merchant,
  deed: PlannedDeed,
  started_ms: number,
  struck: Struck,
): Promise<void> {
  const { kind, payer, seed } = deed;
  const until = (at_ms: number) => wait(Math.max(0, started_ms + at_ms - performance.now()));
  const buyer = world.buyers[payer];
  if (buyer === undefined) throw new RangeError(`the plan has no payer ${payer}`);
  const hits = await deeds[kind]({ world, merchant, deed, buyer, random: chanceOf('deed', seed), until });
  struck.strikes.push({ kind, hits });
}

/** Empty while the database is away. */
async function readUnsettled({ sql }: World): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from charges where state not in ('succeeded', 'failed', 'canceled')`.catch(() => []);
  return rows.map((row) => row.id);
}
