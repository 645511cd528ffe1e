/**
 * What merchants' endpoints cost: the same charges with no endpoint, with one that answers at once, and with that one beside
 * one that takes ten seconds a call. Each is told that a charge was paid, and nothing else.
 */
import { shellEnvironment } from '../../sandbox/sandbox-environment.ts';
import { spreadOf } from '../load/open-loop.ts';
import { type Child, startChild } from './child.ts';
import type { Ground } from './ground.ts';
import { charging, type Pipelined, until, type Work } from './pipeline.ts';
import { post } from './run-lines.ts';
import { openScene, type Scene } from './scene.ts';

export type Endpoint = 'quick' | 'slow';

export type Notified = Pipelined & {
  /** From the time at which an event was written until the quick endpoint had it; nothing without one. */
  readonly lag?: Lag;
};

type Lag = { readonly p50_ms: number; readonly p99_ms: number };

type Told = { readonly told: number; readonly lags_ms: readonly number[] };

const SLOW_MS = 10_000;

/** Measured until every charge is settled and the quick endpoint knows of each; the slow one is left to its fate. */
export async function notified(
  ground: Ground,
  endpoints: readonly Endpoint[],
  work: Work,
): Promise<Notified> {
  const receiver = startReceiver(ground);
  try {
    const { url } = await receiver.line<{ url: string }>();
    const scene = await openScene(ground, { stripe: 'canned', api: true });
    try {
      return await measured(scene, url, endpoints, work);
    } finally {
      await scene.close();
    }
  } finally {
    await receiver.stop();
  }
}

async function measured(
  scene: Scene,
  url: string,
  endpoints: readonly Endpoint[],
  work: Work,
): Promise<Notified> {
  for (const name of endpoints)
    await post(scene, '/v1/webhook_endpoints', { url: `${url}/${name}`, events: ['charge.succeeded'] }, name);
  const isTold = endpoints.includes('quick');
  let charged = 0;
  const { before, after, ...told } = await charging(scene, { stripe: 'canned' }, work, () => {
    charged += charged === 0 ? work.warm : work.charges;
    return isTold ? until(async () => (await toldBy(url)).told === charged) : undefined;
  });
  return isTold ? { ...told, lag: await lagOf(url, before.now, work.charges) } : told;
}

async function lagOf(url: string, since: Date, charges: number): Promise<Lag> {
  const { lags_ms } = await toldBy(url, since);
  if (lags_ms.length !== charges) throw new Error(`${lags_ms.length} of ${charges} charges were told`);
  const { p50_ms, p99_ms } = spreadOf(lags_ms.map((ms) => ({ answered: 'told', ms })));
  return { p50_ms, p99_ms };
}

async function toldBy(url: string, since?: Date): Promise<Told> {
  const query = since === undefined ? '' : `?since=${since.getTime()}`;
  return (await (await fetch(`${url}/bench${query}`)).json()) as Told;
}

function startReceiver({ folder }: Ground): Child {
  return startChild({
    name: 'receiver',
    script: 'bench/receiver.ts',
    args: ['--slow', String(SLOW_MS)],
    env: shellEnvironment(),
    logFolder: folder,
  });
}
