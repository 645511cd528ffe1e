/**
 * How much of its allowance a run uses: a run of charges on the simulator with the limits of an account in live mode and a
 * bank's latency. The simulator's log says which calls came, and which were one too many.
 */
import { openWire } from '../load/wire.ts';
import type { Ground } from './ground.ts';
import { writeCharges } from './payers.ts';
import { settledAfterMs, steadyRate, until, untilSettled } from './pipeline.ts';
import { OURS, type PerCharge, read, usedPer } from './readings.ts';
import { makeRun, startRun, uploadLines } from './run-lines.ts';
import { openScene, type Scene } from './scene.ts';

export type Paced = PerCharge & {
  readonly charges: number;
  /** Settled charges between the first and the last tenth, a second. */
  readonly steady_per_s: number;
  /** From the run's start until its last charge is settled, of what an endpoint allows. */
  readonly share_used: number;
  /** The same between the first and the last confirm that was let in. */
  readonly share_of_confirms: number;
  /** Of all calls, those answered 429. */
  readonly share_429: number;
};

/** Calls a second and endpoint that the simulator allows in live mode. */
const ALLOWED_PER_S = 25;
const LATENCY_MS = [80, 400] as const;
const WARM = 50;

type Call = { readonly route: string | null; readonly status: number | null; readonly at: string };

const CONFIRM = 'POST /v1/payment_intents/:id/confirm';

/** A run that takes so many seconds at the allowed rate, with so many workers. */
export async function runPace(ground: Ground, workers: number, seconds: number): Promise<Paced> {
  const scene = await openScene(ground, {
    stripe: 'simulator',
    limits: 'live',
    latency_ms: LATENCY_MS,
    rate_per_s: ALLOWED_PER_S,
    api: true,
    workers,
  });
  try {
    await writeCharges(scene.sql, WARM);
    await untilSettled(scene);
    const charges = ALLOWED_PER_S * seconds;
    const run = await makeRun(scene, 'pace');
    await uploadLines(scene, run, 'pace', charges);
    await scene.sql.unsafe(`${OURS} analyze`);
    const before = await read(scene.sql, scene.clocks);
    await startRun(scene, run);
    await until(() => isOver(scene));
    const after = await read(scene.sql, scene.clocks);
    const used_per_s = (charges * 1_000) / (await settledAfterMs(scene, before));
    return {
      charges,
      steady_per_s: await steadyRate(scene, before),
      share_used: rounded(used_per_s / ALLOWED_PER_S),
      ...sharesOf(await callsSince(scene, before.now)),
      ...usedPer(charges, before, after),
    };
  } finally {
    await scene.close();
  }
}

/** Throws if a charge did not succeed. */
async function isOver(scene: Scene): Promise<boolean> {
  const [row] = await scene.sql.unsafe<{ open: boolean }[]>(
    `${OURS} select exists (select from charges where settled_at is null) as open`,
  );
  if (row?.open !== false) return false;
  await untilSettled(scene);
  return true;
}

async function callsSince({ stripe_url, secrets }: Scene, since: Date): Promise<Call[]> {
  const stripe = openWire(stripe_url, { authorization: `Bearer ${secrets.stripe_secret_key}` });
  try {
    const { text } = await stripe.send('GET', '/_sim/requests');
    const calls = JSON.parse(text) as Call[];
    return calls.filter(({ at }) => Date.parse(at) >= since.getTime());
  } finally {
    stripe.close();
  }
}

function sharesOf(calls: readonly Call[]): Pick<Paced, 'share_of_confirms' | 'share_429'> {
  const limited = calls.filter(({ status }) => status === 429).length;
  const confirms = calls.filter(({ route, status }) => route === CONFIRM && status === 200);
  const [first = Number.NaN, last = first] = [confirms[0], confirms.at(-1)].map((call) =>
    Date.parse(call?.at ?? ''),
  );
  const allowed = (ALLOWED_PER_S * (last - first)) / 1_000;
  return {
    share_of_confirms: rounded((confirms.length - 1) / allowed),
    share_429: rounded(limited / calls.length),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
