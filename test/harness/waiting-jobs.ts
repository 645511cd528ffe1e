import { createPostgresBackend, Queue, withBackend } from 'bullmq';
import { Pool } from 'pg';
import { openRedis } from './services/redis-servers.ts';

/** Jobs of a queue that wait to be handled, as BullMQ itself counts them. */
export async function waitingJobs(
  databaseUrl: string,
  redisUrl: string | null,
  name: string,
): Promise<number> {
  if (redisUrl !== null) {
    const connection = openRedis(redisUrl);
    const queue = new Queue(name, { connection, prefix: '{duecourse}' });
    try {
      return await queue.getWaitingCount();
    } finally {
      await queue.close();
      connection.disconnect();
    }
  }
  const pool = new Pool({ connectionString: databaseUrl, options: '-c search_path=bullmq', max: 1 });
  const queue = new (withBackend(createPostgresBackend).Queue)(name, { connection: pool as never });
  try {
    return await queue.getWaitingCount();
  } finally {
    await queue.close();
    await pool.end();
  }
}
