/** What can happen to a queue: wiped, forged, cut off. On the backend that the project runs on. */
import { Queue as BullQueue, createPostgresBackend, withBackend } from 'bullmq';
import { Pool } from 'pg';
import postgres from 'postgres';
import { onEachServer, openRedis } from './services/redis-servers.ts';
import { until } from './until.ts';

/** Empties the queue: FLUSHALL, or every table of `bullmq` but its migrations. */
export async function wipeQueue(databaseUrl: string, redisUrl: string | null): Promise<void> {
  if (redisUrl !== null) {
    await onEachServer(redisUrl, (redis) => redis.flushdb());
    return;
  }
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const tables = await sql<{ name: string }[]>`
      select format('bullmq.%I', tablename) as name from pg_tables
      where schemaname = 'bullmq' and tablename <> 'migration'`;
    // A worker in the middle of a move may hold one table and want another.
    await until('the queue can be emptied', () =>
      sql.unsafe(`truncate ${tables.map((table) => table.name).join(', ')}`).then(
        () => true,
        () => false,
      ),
    );
  } finally {
    await sql.end();
  }
}

/** Puts a forged job on a queue. */
export async function forgeJob(
  databaseUrl: string,
  redisUrl: string | null,
  name: string,
  data: unknown,
): Promise<void> {
  if (redisUrl !== null) {
    const connection = openRedis(redisUrl);
    const queue = new BullQueue(name, { connection, prefix: '{duecourse}' });
    await queue.add('forged', data);
    await queue.close();
    connection.disconnect();
    return;
  }
  const pool = new Pool({ connectionString: databaseUrl, options: '-c search_path=bullmq' });
  const queue = new (withBackend(createPostgresBackend).Queue)(name, { connection: pool as never });
  await queue.add('forged', data);
  await queue.close();
  await pool.end();
}

/** Ends every connection to the queue's server except its own; returns how many. */
export async function terminateConnections(databaseUrl: string, redisUrl: string | null): Promise<number> {
  if (redisUrl !== null) {
    const ended = await onEachServer(redisUrl, async (redis) => {
      const clients = String(await redis.call('CLIENT', 'LIST')).split('\n');
      const db = `db=${redis.options.db ?? 0} `;
      const own = String(await redis.call('CLIENT', 'ID'));
      const ids = clients
        .filter((line) => line.includes(db))
        .map((line) => /^id=(\d+)/.exec(line)?.[1] ?? own);
      const others = ids.filter((id) => id !== own);
      for (const id of others) await redis.call('CLIENT', 'KILL', 'ID', id);
      return others.length;
    });
    return sum(ended);
  }
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const ended = await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
    return ended.length;
  } finally {
    await sql.end();
  }
}

/** Jobs of a queue that are still stored, in any state. */
export async function storedJobs(
  databaseUrl: string,
  redisUrl: string | null,
  name: string,
): Promise<number> {
  if (redisUrl !== null) {
    const pattern = `{duecourse}:${name}:${name}-*`;
    return sum(await onEachServer(redisUrl, async (redis) => (await redis.keys(pattern)).length));
  }
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const rows = await sql`select count(*)::int as jobs from bullmq.job where queue = ${name}`;
    return Number(rows[0]?.jobs);
  } finally {
    await sql.end();
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((before, each) => before + each, 0);
}
