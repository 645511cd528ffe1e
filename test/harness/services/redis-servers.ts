/** A test's own commands to the Redis of its run, whether that is one server or a Cluster. */
import { Cluster, Redis } from 'ioredis';
import { parseRedisUrl } from '../../../src/platform/redis-address.ts';

/** A client for commands on keys. Disconnect it after use. */
export function openRedis(url: string): Redis | Cluster {
  const address = parseRedisUrl(url);
  if (address?.kind !== 'cluster') return new Redis(url, { maxRetriesPerRequest: 1 });
  return new Cluster([...address.nodes], { redisOptions: { maxRetriesPerRequest: 1 } });
}

/** Runs the same on every server that holds keys, and returns each answer. */
export async function onEachServer<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T[]> {
  const address = parseRedisUrl(url);
  const places =
    address?.kind === 'cluster' ? address.nodes.map(({ host, port }) => `redis://${host}:${port}`) : [url];
  return Promise.all(
    places.map(async (place) => {
      const redis = new Redis(place, { maxRetriesPerRequest: 1 });
      try {
        return await work(redis);
      } finally {
        redis.disconnect();
      }
    }),
  );
}
