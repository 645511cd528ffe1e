/** What is measured, in the order of a round, and how much of it. */
import { cpuPerCharge } from '../charges/measure.ts';
import { type Endpoint, notified } from './endpoints.ts';
import type { Figures } from './figures.ts';
import type { Ground } from './ground.ts';
import { ROOT } from './ground.ts';
import { importing } from './import.ts';
import { bareIntake, intake, type Seconds } from './intake.ts';
import { sdkLoop } from './loop.ts';
import { multiRow } from './multi-row.ts';
import { pipeline, type Work } from './pipeline.ts';
import { runPace } from './run-pace.ts';
import type { SceneOptions } from './scene.ts';
import { type LoneWork, single } from './single.ts';
import { tutorial } from './tutorial.ts';

export const PARTS = [
  'loop',
  'tutorial',
  'pipeline',
  'simulator',
  'intake',
  'rows',
  'import',
  'single',
  'workers',
  'endpoints',
  'pace',
  'charges',
] as const;
export type Part = (typeof PARTS)[number];

export type Size = {
  readonly loop: Work;
  readonly tutorial: Work;
  readonly pipeline: Work;
  readonly simulator: Work;
  readonly webhooks: Work;
  readonly workers: Work;
  readonly pace: Work;
  readonly intake: Seconds;
  /** Lines of a run, 500 in a statement. */
  readonly rows: number;
  /** Lines of a run in one upload. */
  readonly lines: number;
  readonly endpoints: Work;
  /** What a run takes at the rate that the simulator allows. */
  readonly run_s: number;
  readonly single: LoneWork;
  readonly charges: number;
};

export const FULL: Size = {
  loop: { warm: 1_000, charges: 6_000 },
  tutorial: { warm: 500, charges: 2_500 },
  pipeline: { warm: 500, charges: 3_000 },
  simulator: { warm: 200, charges: 1_200 },
  webhooks: { warm: 200, charges: 800 },
  workers: { warm: 200, charges: 1_500 },
  pace: { warm: 100, charges: 1_200 },
  intake: { warm_s: 2, seconds: 4 },
  rows: 20_000,
  lines: 20_000,
  endpoints: { warm: 500, charges: 10_000 },
  run_s: 120,
  single: { charges: 60, backlog: 4_000, idle_s: 3 },
  charges: 800,
};

/** Shows that every part runs. */
export const SMALL: Size = {
  loop: { warm: 100, charges: 500 },
  tutorial: { warm: 50, charges: 200 },
  pipeline: { warm: 50, charges: 200 },
  simulator: { warm: 20, charges: 100 },
  webhooks: { warm: 20, charges: 60 },
  workers: { warm: 20, charges: 150 },
  pace: { warm: 20, charges: 200 },
  intake: { warm_s: 1, seconds: 1 },
  rows: 2_000,
  lines: 2_000,
  endpoints: { warm: 50, charges: 200 },
  run_s: 10,
  single: { charges: 10, backlog: 400, idle_s: 1 },
  charges: 60,
};

export type Measurement = {
  readonly part: Part;
  readonly name: string;
  /** Left out on a machine without one. */
  readonly needsRedis?: true;
  run(ground: Ground): Promise<Figures>;
};

const LOOP_CONCURRENCY = 50;
const STRIPE_MS = 100;
/** Jobs that one worker of ours runs at a time. */
const WORKER_CONCURRENCY = 20;
/** Calls a second and endpoint that Stripe allows in live mode (docs.stripe.com/rate-limits). */
export const PACE_PER_S = 100;

/** Everything, in order. `against`: another checkout, measured in turns with this one. */
export function measurements(size: Size, against: string | null): Measurement[] {
  const ours = (part: Part, name: string, options: SceneOptions, work: Work): Measurement => ({
    part,
    name,
    ...(options.backend === 'redis' ? { needsRedis: true } : {}),
    run: (ground) => pipeline(ground, options, work),
  });
  const loop = (
    part: Part,
    name: string,
    work: Work,
    concurrency: number,
    latency_ms: number,
  ): Measurement => ({
    part,
    name,
    run: (ground) => sdkLoop(ground, work, { concurrency, latency_ms }),
  });
  const checkout = (name: string, root: string): Measurement => ({
    part: 'charges',
    name,
    run: async () => (await cpuPerCharge(root, size.charges)) ?? {},
  });
  return [
    loop('loop', 'loop', size.loop, LOOP_CONCURRENCY, 0),
    {
      part: 'tutorial',
      name: 'tutorial',
      needsRedis: true,
      run: (ground) => tutorial(ground, size.tutorial),
    },
    ours('pipeline', 'pipeline_postgres', { stripe: 'canned', backend: 'postgres' }, size.pipeline),
    ours('pipeline', 'pipeline_redis', { stripe: 'canned', backend: 'redis' }, size.pipeline),
    ours('simulator', 'simulator_webhooks_off', { stripe: 'simulator' }, size.simulator),
    ours(
      'simulator',
      'simulator_webhooks_on',
      { stripe: 'simulator with webhooks', api: true },
      size.webhooks,
    ),
    { part: 'intake', name: 'intake_bare', run: (ground) => bareIntake(ground, size.intake) },
    { part: 'intake', name: 'intake_api', run: (ground) => intake(ground, size.intake) },
    ...ofLines(size),
    { part: 'single', name: 'single', run: (ground) => single(ground, size.single) },
    loop('workers', 'loop_100ms', halved(size.workers), WORKER_CONCURRENCY, STRIPE_MS),
    ...[1, 2, 4].map((workers) =>
      ours(
        'workers',
        `workers_${workers}`,
        { stripe: 'canned', latency_ms: STRIPE_MS, workers },
        size.workers,
      ),
    ),
    ...ofEndpoints(size),
    ours('pace', 'pace', { stripe: 'canned', rate_per_s: PACE_PER_S }, size.pace),
    ...ofRunPace(size),
    ...(against === null ? [] : [checkout('charges_against', against)]),
    checkout('charges', ROOT),
  ];
}

/** The loop at 20 times two calls of 100 ms makes a hundred charges a second, whatever the machine. */
function halved({ warm, charges }: Work): Work {
  return { warm: Math.round(warm / 2), charges: Math.round(charges / 2) };
}

function ofLines(size: Size): Measurement[] {
  return [
    { part: 'rows', name: 'rows', run: (ground) => multiRow(ground, size.rows) },
    { part: 'import', name: 'import', run: (ground) => importing(ground, size.lines) },
  ];
}

function ofEndpoints(size: Size): Measurement[] {
  const worlds: Readonly<Record<string, readonly Endpoint[]>> = {
    endpoints_none: [],
    endpoints_quick: ['quick'],
    endpoints_beside_slow: ['quick', 'slow'],
  };
  return Object.entries(worlds).map(([name, endpoints]) => ({
    part: 'endpoints',
    name,
    run: (ground) => notified(ground, endpoints, size.endpoints),
  }));
}

function ofRunPace(size: Size): Measurement[] {
  return [1, 4].map((workers) => ({
    part: 'pace',
    name: `run_pace_${workers}`,
    run: (ground) => runPace(ground, workers, size.run_s),
  }));
}
