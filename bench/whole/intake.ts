/** How many charges the API accepts, alone, beside a bare Fastify server that does one insert for each. */
import { shellEnvironment } from '../../sandbox/sandbox-environment.ts';
import { cpuOf } from '../charges/cpu.ts';
import { startChild } from './child.ts';
import type { Ground } from './ground.ts';
import { bodiesOf } from './payers.ts';
import { OURS, type PerCharge, read, usedPer } from './readings.ts';
import { openScene, type Scene } from './scene.ts';

export type Accepted = PerCharge & {
  readonly per_s: number;
  /** Turned away. */
  readonly refused: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
};

export type Seconds = { readonly warm_s: number; readonly seconds: number };

type Target = { readonly url: string; readonly pid: number | null };

const CONNECTIONS = 64;

/** `POST /v1/charges`, and nobody works on what was accepted. */
export async function intake(ground: Ground, seconds: Seconds): Promise<Accepted> {
  const scene = await openScene(ground, { stripe: 'canned', workers: 0, api: true });
  try {
    return await load(ground, scene, { url: scene.api_url, pid: null }, seconds);
  } finally {
    await scene.close();
  }
}

/** The same requests to the least that a server could do. */
export async function bareIntake(ground: Ground, seconds: Seconds): Promise<Accepted> {
  const scene = await openScene(ground, { stripe: 'canned', workers: 0 });
  const bare = startChild({
    name: 'bare-server',
    script: 'bench/bare-server.ts',
    args: ['--database-url', scene.database_url],
    env: shellEnvironment(),
    logFolder: ground.folder,
  });
  try {
    const { url } = await bare.line<{ url: string }>();
    return await load(ground, scene, { url, pid: bare.pid }, seconds);
  } finally {
    await bare.stop();
    await scene.close();
  }
}

async function load(
  ground: Ground,
  scene: Scene,
  { url, pid }: Target,
  { warm_s, seconds }: Seconds,
): Promise<Accepted> {
  const bodies = bodiesOf(scene.payers);
  const given = { url, key: scene.api_key, connections: CONNECTIONS, warm_s, seconds, bodies };
  const caller = startChild({
    name: 'load',
    script: 'bench/load-process.ts',
    args: ['--given', JSON.stringify(given)],
    env: shellEnvironment(),
    logFolder: ground.folder,
  });
  try {
    await caller.line();
    await scene.sql.unsafe(`${OURS} analyze`);
    const own = { ...scene.clocks, caller: () => cpuOf(caller.pid) };
    const clocks = pid === null ? own : { ...own, api: () => cpuOf(pid) };
    const before = await read(scene.sql, clocks);
    caller.go();
    const { ms, accepted, ...told } = await caller.line<{
      ms: number;
      accepted: number;
      refused: number;
      p50_ms: number;
      p99_ms: number;
    }>();
    const after = await read(scene.sql, clocks);
    if (accepted === 0) throw new Error('no request was accepted');
    return { per_s: Math.round((accepted * 1_000) / ms), ...told, ...usedPer(accepted, before, after) };
  } finally {
    await caller.stop();
  }
}
