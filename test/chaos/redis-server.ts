import { Redis } from 'ioredis';
import { startPrivateRedis } from '../../sandbox/redis.ts';

export type RedisServer = {
  readonly port: number;
  /** Its address through a proxy. */
  url(port: number): string;
  /** Kills it and starts it again, empty. Returns whether this call ended it. */
  crash(): Promise<boolean>;
  /** Empties it; returns how many keys it had. */
  wipe(): Promise<number>;
  stop(): Promise<void>;
};

/** Starts a Redis that can be crashed. */
export async function startRedisServer(): Promise<RedisServer> {
  let running = await startPrivateRedis();
  const port = Number(new URL(running.url).port);
  return {
    port,
    url: (through) => `redis://127.0.0.1:${through}`,
    crash: async () => {
      const wasKilled = process.kill(running.pid, 'SIGKILL');
      await running.stop();
      running = await startPrivateRedis({ port });
      return wasKilled;
    },
    wipe: async () => {
      const redis = new Redis(running.url, { maxRetriesPerRequest: 1, retryStrategy: () => null });
      redis.on('error', () => {});
      try {
        const answers = await redis.multi().dbsize().flushall().exec();
        return Number(answers?.[0]?.[1] ?? 0);
      } finally {
        redis.disconnect();
      }
    },
    stop: async () => running.stop(),
  };
}
