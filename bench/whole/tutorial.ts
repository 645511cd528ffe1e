/** A careless pipeline, as a tutorial teaches it (`bench/tutorial-worker.ts`), at the same work. */
import { setTimeout as wait } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { startPrivateRedis } from '../../sandbox/redis.ts';
import { shellEnvironment } from '../../sandbox/sandbox-environment.ts';
import type { Sql } from '../../src/store/postgres/database.ts';
import { cpuOf } from '../charges/cpu.ts';
import { startChild } from './child.ts';
import type { Ground } from './ground.ts';
import type { Work } from './pipeline.ts';
import { OURS, type PerCharge, read, usedPer } from './readings.ts';
import { openScene } from './scene.ts';

export type Taught = PerCharge & { readonly per_s: number };

const CONCURRENCY = 50;
const JOBS_AT_ONCE = 500;
const POLL_MS = 50;
const DONE_MS = 300_000;

export async function tutorial(ground: Ground, work: Work): Promise<Taught> {
  const scene = await openScene(ground, { stripe: 'canned', workers: 0 });
  const redis = await startPrivateRedis();
  const queue = new Queue<{ id: string }>('tutorial', { connection: { url: redis.url } });
  await scene.sql.unsafe(`${OURS}
    create table tutorial_charges (id text primary key, state text not null, amount int not null, payer int not null, intent text)`);
  const worker = startChild({
    name: 'tutorial-worker',
    script: 'bench/tutorial-worker.ts',
    args: [
      '--given',
      JSON.stringify({
        stripe_url: scene.stripe_url,
        key: scene.secrets.stripe_secret_key,
        concurrency: CONCURRENCY,
        redis_url: redis.url,
        database_url: scene.database_url,
        payers: scene.payers,
      }),
    ],
    env: shellEnvironment(),
    logFolder: ground.folder,
  });
  try {
    await worker.line();
    const clocks = { ...scene.clocks, worker: () => cpuOf(worker.pid), redis: () => cpuOf(redis.pid) };
    await writeOrders(scene.sql, 'warm', work.warm);
    await run(scene.sql, queue, 'warm', work.warm);
    await writeOrders(scene.sql, 'bench', work.charges);
    const before = await read(scene.sql, clocks);
    await run(scene.sql, queue, 'bench', work.charges);
    const after = await read(scene.sql, clocks);
    const per_s = Math.round((work.charges * 1_000) / (after.at_ms - before.at_ms));
    return { per_s, ...usedPer(work.charges, before, after) };
  } finally {
    await worker.stop();
    await queue.close();
    await redis.stop();
    await scene.close();
  }
}

async function writeOrders(sql: Sql, name: string, count: number): Promise<void> {
  await sql.unsafe(`${OURS}
    insert into tutorial_charges (id, state, amount, payer)
    select '${name}-' || g, 'queued', 1250, g from generate_series(0, ${count - 1}) g`);
}

async function run(sql: Sql, queue: Queue<{ id: string }>, name: string, count: number): Promise<void> {
  for (let first = 0; first < count; first += JOBS_AT_ONCE) {
    const jobs = Array.from({ length: Math.min(JOBS_AT_ONCE, count - first) }, (_, index) => ({
      name: 'charge',
      data: { id: `${name}-${first + index}` },
      opts: { removeOnComplete: true },
    }));
    await queue.addBulk(jobs);
  }
  const end_ms = performance.now() + DONE_MS;
  const isOpen = `${OURS} select exists (select from tutorial_charges where state <> 'succeeded') as open`;
  while ((await sql.unsafe<{ open: boolean }[]>(isOpen))[0]?.open !== false) {
    if (performance.now() > end_ms) throw new Error('the tutorial does not end');
    await wait(POLL_MS);
  }
}
