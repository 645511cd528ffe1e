/**
 * What a worker makes of charges that are due: the rows lie there, the worker is held meanwhile, so that all of them are
 * there when it begins. It is measured from then until the last is settled.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { openWire } from '../load/wire.ts';
import type { Ground } from './ground.ts';
import { writeCharges } from './payers.ts';
import { OURS, type PerCharge, type Reading, read, usedPer } from './readings.ts';
import { openScene, type Scene, type SceneOptions } from './scene.ts';

export type Work = {
  readonly warm: number;
  readonly charges: number;
  /** Subtracts what all use without work, measured for so long. */
  readonly idle_s?: number;
};

export type Pipelined = PerCharge & {
  /** Settled charges a second between the first and the last tenth. */
  readonly steady_per_s: number;
  /** From the moment at which they are due until the last is settled; with webhooks, until the last event is applied. */
  readonly whole_per_s: number;
  /** Calls that write; null on the simulator. */
  readonly stripe_writes: number | null;
};

const SETTLED_MS = 600_000;
const POLL_MS = 100;

/** Opens a scene, warms it up, and measures. */
export async function pipeline(ground: Ground, options: SceneOptions, work: Work): Promise<Pipelined> {
  const scene = await openScene(ground, options);
  const events = options.stripe === 'simulator with webhooks';
  try {
    const { before, after, ...told } = await charging(scene, options, work, (charged) =>
      events ? untilApplied(charged) : undefined,
    );
    const whole_ms = after.at_ms - before.at_ms;
    return events ? { ...told, whole_per_s: Math.round((work.charges * 1_000) / whole_ms) } : told;
  } finally {
    await scene.close();
  }
}

/** Warms an open scene up, and measures until every charge is settled and what `follows` is over. */
export async function charging(
  scene: Scene,
  options: Pick<SceneOptions, 'stripe'>,
  work: Work,
  follows: (scene: Scene) => Promise<void> | undefined,
): Promise<Pipelined & { readonly before: Reading; readonly after: Reading }> {
  const untilDone = async (): Promise<void> => {
    await untilSettled(scene);
    await follows(scene);
  };
  // Nobody is held before its connections are made: a process that is held meanwhile may fail to make them.
  await writeCharges(scene.sql, work.warm);
  await untilDone();
  // As in a database that has been in use for a day: the plans of an empty one are others.
  await scene.sql.unsafe(`${OURS} analyze`);
  const idle = work.idle_s === undefined ? undefined : await rest(scene, work.idle_s);
  const writes = await writesOf(scene, options);
  for (const { pid } of scene.workers) process.kill(pid, 'SIGSTOP');
  await writeCharges(scene.sql, work.charges);
  const before = await read(scene.sql, scene.clocks);
  for (const { pid } of scene.workers) process.kill(pid, 'SIGCONT');
  await untilDone();
  const after = await read(scene.sql, scene.clocks);
  const written = await writesOf(scene, options);
  return {
    before,
    after,
    steady_per_s: await steadyRate(scene, before),
    whole_per_s: Math.round((work.charges * 1_000) / (await settledAfterMs(scene, before))),
    stripe_writes: writes === null || written === null ? null : (written - writes) / work.charges,
    ...usedPer(work.charges, before, after, idle),
  };
}

/** Two readings, between which nobody has anything to do. */
export async function rest({ sql, clocks }: Scene, seconds: number): Promise<readonly [Reading, Reading]> {
  const before = await read(sql, clocks);
  await wait(seconds * 1_000);
  return [before, await read(sql, clocks)];
}

async function writesOf(
  { stripe_url }: Scene,
  { stripe }: Pick<SceneOptions, 'stripe'>,
): Promise<number | null> {
  if (stripe !== 'canned') return null;
  const response = await fetch(`${stripe_url}/bench`);
  return ((await response.json()) as { writes: number }).writes;
}

/** Resolves when nothing is due, and throws if a charge did not succeed. */
export async function untilSettled({ sql }: Scene): Promise<void> {
  const isDue = `${OURS} select exists (select from charges where due_at is not null) as open`;
  await until(async () => (await sql.unsafe<{ open: boolean }[]>(isDue))[0]?.open === false);
  const [bad] = await sql.unsafe(`${OURS} select id, state from charges where state <> 'succeeded' limit 1`);
  if (bad !== undefined) throw new Error(`${bad.id} is ${bad.state}`);
}

/** Resolves when Stripe has sent every event and none waits to be applied. */
async function untilApplied({ sql, stripe_url, secrets }: Scene): Promise<void> {
  const stripe = openWire(stripe_url, { authorization: `Bearer ${secrets.stripe_secret_key}` });
  const isOpen = `${OURS} select exists (select from inbox_events where due_at is not null) as open`;
  try {
    await until(async () => {
      const { undelivered, retrying } = JSON.parse((await stripe.send('GET', '/_sim/state')).text);
      const [row] = await sql.unsafe<{ open: boolean }[]>(isOpen);
      return undelivered + retrying === 0 && row?.open === false;
    });
  } finally {
    stripe.close();
  }
}

export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end_ms = performance.now() + SETTLED_MS;
  while (!(await isSo())) {
    if (performance.now() > end_ms) throw new Error('charges or events are still open');
    await wait(POLL_MS);
  }
}

/** From the reading until the last charge was settled, by the database's clock. */
export async function settledAfterMs({ sql }: Scene, { now }: Reading): Promise<number> {
  const [row] = await sql<{ ms: number }[]>`
    select extract(epoch from max(settled_at) - ${now}::timestamptz)::float8 * 1000 as ms from charges`;
  return row?.ms ?? Number.NaN;
}

/** Settled charges a second between the first and the last tenth of those since the reading. */
export async function steadyRate({ sql }: Scene, { now }: Reading): Promise<number> {
  const [row] = await sql<{ per_s: number | null }[]>`
    select 0.8 * count(*) / nullif(extract(epoch from percentile_disc(0.9) within group (order by settled_at)
                                   - percentile_disc(0.1) within group (order by settled_at)), 0)::float8 as per_s
    from charges where settled_at > ${now}`;
  return Math.round(row?.per_s ?? 0);
}
