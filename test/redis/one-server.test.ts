/** A Redis of this file's own, down, up and misconfigured; where a machine has one. */
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../sandbox/child-process.ts';
import { type PrivateRedis, redisServerPath, startPrivateRedis } from '../../sandbox/redis.ts';
import { createLog } from '../../src/platform/log.ts';
import { openQueue, type Queue } from '../../src/queue/backend.ts';
import { comes } from '../harness/until.ts';

const timings = { offerTimeoutMs: 1_000 };
/** Longer than any test: whoever is refused was not refused by this. */
const NEVER_MS = 2 ** 31 - 1;
const charge = [{ id: 'chg_a', offer_number: 1 }];
const lines: string[] = [];
const log = createLog({ level: 'debug', role: 'test', destination: { write: (line) => lines.push(line) } });

let server: PrivateRedis | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
  lines.length = 0;
});

async function open(redisUrl: string): Promise<Queue> {
  const queue = await openQueue({ redisUrl, databaseUrl: 'postgres://nowhere', timings, log });
  onTestFinished(() => queue.close());
  return queue;
}

async function configure(url: string, ...settings: [string, string][]): Promise<void> {
  const redis = new Redis(url);
  for (const [name, value] of settings) await redis.config('SET', name, value);
  redis.disconnect();
}

describe.skipIf(redisServerPath() === null)('the belt on Redis', () => {
  it('is refused when that Redis evicts keys, or would once it had a limit', async () => {
    server = await startPrivateRedis();
    for (const policy of ['allkeys-lru', 'volatile-ttl']) {
      for (const limit of ['100mb', '0']) {
        await configure(server.url, ['maxmemory', limit], ['maxmemory-policy', policy]);
        await expect(open(server.url)).rejects.toMatchObject({ code: 'redis_evicts' });
      }
    }
  });

  it('is accepted when that Redis evicts nothing', async () => {
    server = await startPrivateRedis();
    await configure(server.url, ['maxmemory', '100mb'], ['maxmemory-policy', 'noeviction']);
    await expect.poll(async () => (await open(server?.url ?? '')).ready()).toBe(true);
  });

  it('opens without Redis, refuses offers at once, and carries them when Redis has come', async () => {
    const port = await freePort();
    const queue = await open(`redis://127.0.0.1:${port}`);
    const handled: string[] = [];
    queue.consume('charge', { concurrency: 1 }, async (ids) => void handled.push(...ids));
    const refused = queue.offer('charge', charge, { timeout_ms: NEVER_MS });
    await expect(comes('the refusal', refused)).rejects.toMatchObject({ code: 'queue_unavailable' });
    expect(await queue.ready()).toBe(false);

    server = await startPrivateRedis({ port });
    await expect.poll(() => queue.ready()).toBe(true);
    await queue.offer('charge', charge);
    await expect.poll(() => handled).toEqual(['chg_a']);
  });

  it('survives a Redis that is killed and comes back empty', async () => {
    server = await startPrivateRedis();
    const port = Number(new URL(server.url).port);
    const queue = await open(server.url);
    const handled: string[] = [];
    queue.consume('charge', { concurrency: 1 }, async (ids) => void handled.push(...ids));
    await expect.poll(() => queue.ready()).toBe(true);
    await queue.offer('charge', charge);
    await expect.poll(() => handled.length).toBe(1);
    process.kill(server.pid, 'SIGKILL');
    await expect.poll(() => queue.ready()).toBe(false);
    await server.stop();

    server = await startPrivateRedis({ port });
    await expect.poll(() => queue.ready()).toBe(true);
    await queue.offer('charge', [{ id: 'chg_b', offer_number: 1 }]);
    await expect.poll(() => handled).toEqual(['chg_a', 'chg_b']);
  });
});
