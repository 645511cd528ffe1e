import { setTimeout as wait } from 'node:timers/promises';
import type { Sql } from '../../../src/store/postgres/database.ts';
import { between } from '../chance.ts';
import type { Line } from '../proxy.ts';
import type { World } from '../world.ts';
import { type Fault, holdUntilMet, inWeather, untilHit } from './fault.ts';

const HOLD_MS = 800;
/** A line on which nothing has passed for this long only waits for work. */
const IDLE_MS = 60;
const UNREACHABLE_MS = 1_500;

/** Counts the jobs that were in the queue when it was wiped; wiping an empty queue proves nothing. */
async function wipe({ redis, sql }: World): Promise<number> {
  return redis === null ? wipePostgres(sql) : redis.wipe();
}

async function wipePostgres(sql: Sql): Promise<number> {
  const [before] = await sql<{ jobs: number }[]>`select count(*)::int as jobs from bullmq.job`;
  if (!before?.jobs) return 0;
  const tables = await sql<{ name: string }[]>`
    select format('bullmq.%I', tablename) as name from pg_tables
    where schemaname = 'bullmq' and tablename <> 'migration'`;
  await sql.unsafe(`truncate ${tables.map((table) => table.name).join(', ')}`);
  return before.jobs;
}

/** A consumer that waits for work: by LISTEN on Postgres, by a blocking read on Redis. */
const waitsIdle = (line: Line): boolean => {
  const isWaiting = line.label === 'duecourse-queue-consumer' ? line.listens : line.blocks;
  return isWaiting && performance.now() - line.busy_ms >= IDLE_MS;
};

export const queueFaults = {
  queue_wiped: (world) => untilHit(() => wipe(world)),
  queue_listener_cut: ({ proxies }) =>
    untilHit(() => (proxies.redis ?? proxies.postgres).cut((line) => waitsIdle(line))),
  redis_restarted_empty: ({ redis }) => untilHit(async () => ((await redis?.crash()) === true ? 1 : 0)),
  redis_cut: ({ proxies }, random) => untilHit(() => proxies.redis?.cut(() => random.chance(0.6)) ?? 0),
  redis_replies_dropped: async ({ proxies: { redis } }, random) => {
    if (redis === null) return () => 0;
    return inWeather(redis, { kind: 'drop_replies' }, 'swallowed_bytes', (met) =>
      holdUntilMet(met, between(random, HOLD_MS / 2, HOLD_MS)),
    );
  },
  redis_unreachable: async ({ proxies: { redis } }, random) => {
    if (redis === null) return () => 0;
    return inWeather(redis, { kind: 'refuse' }, 'refused', async () => {
      redis.cut();
      await wait(between(random, UNREACHABLE_MS / 2, UNREACHABLE_MS));
    });
  },
} as const satisfies Record<string, Fault>;
