/** The belt on a Cluster of this file's own: while slots move, when its master dies or hangs, and when there is none. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../sandbox/child-process.ts';
import { redisServerPath } from '../../sandbox/redis.ts';
import { createLog } from '../../src/platform/log.ts';
import { openQueue, type Queue } from '../../src/queue/backend.ts';
import {
  ask,
  type ClusterOptions,
  type PrivateCluster,
  startRedisCluster,
} from '../harness/services/redis-cluster.ts';
import { comes, until } from '../harness/until.ts';

const timings = { offerTimeoutMs: 1_000 };
const PREFIX = '{duecourse}';
const NODE_TIMEOUT_MS = 1_000;
/** Taken for dead, elected, found by the clients. */
const FAILOVER_MS = 60_000;
/** Longer than any test: whoever is refused was not refused by this. */
const NEVER_MS = 2 ** 31 - 1;

const lines: string[] = [];
const log = createLog({ level: 'debug', role: 'test', destination: { write: (line) => lines.push(line) } });
let handled: string[];
let next: number;

beforeEach(() => {
  handled = [];
  next = 0;
});
afterEach(() => {
  lines.length = 0;
});

async function start(options: ClusterOptions = {}): Promise<PrivateCluster> {
  const cluster = await startRedisCluster({ nodeTimeout_ms: NODE_TIMEOUT_MS, ...options });
  onTestFinished(() => cluster.stop());
  return cluster;
}

/** A belt with a consumer on it. */
async function open(redisUrl: string): Promise<Queue> {
  const queue = await openQueue({ redisUrl, databaseUrl: 'postgres://nowhere', timings, log });
  onTestFinished(() => queue.close());
  queue.consume('charge', { concurrency: 2 }, async (ids) => void handled.push(...ids));
  return queue;
}

async function slotOf(cluster: PrivateCluster): Promise<number> {
  return Number(await ask(cluster.masters[0]?.port ?? 0, 'CLUSTER', 'KEYSLOT', PREFIX));
}

/** The master that holds the belt, at its place among the masters. */
async function holderOf(cluster: PrivateCluster): Promise<number> {
  return Math.floor((await slotOf(cluster)) / Math.ceil(16_384 / cluster.masters.length));
}

/** Offers as the dispatcher does, again and again, until one offer has been handled that was made after now. */
async function carries(queue: Queue, most_ms: number): Promise<void> {
  const before = new Set(handled);
  await until(
    'an offer is handled',
    async () => {
      next += 1;
      await queue.offer('charge', [{ id: `chg_${next}`, offer_number: 1 }]).catch(() => undefined);
      return handled.some((id) => !before.has(id));
    },
    { most_ms, tell: () => lines.slice(-5) },
  );
}

describe.skipIf(redisServerPath() === null)('the belt on a Redis Cluster', () => {
  it('keeps all of its keys on one master', async () => {
    const cluster = await start();
    const queue = await open(cluster.url);
    await carries(queue, FAILOVER_MS);
    await queue.offer('setup', [{ id: 'set_a', offer_number: 1 }]);
    const sizes = await Promise.all(cluster.masters.map(({ port }) => ask(port, 'DBSIZE')));
    const holder = await holderOf(cluster);
    expect(sizes.map((size) => Number(size) > 0)).toEqual(
      cluster.masters.map((_, index) => index === holder),
    );
    expect(await queue.ready()).toBe(true);
  });

  it('is refused when any node evicts keys, a replica included', async () => {
    const cluster = await start({ replicated: true });
    const holder = await holderOf(cluster);
    const other = cluster.masters[(holder + 1) % cluster.masters.length];
    for (const node of [other, cluster.replicas[holder]]) {
      await ask(node?.port ?? 0, 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
      await expect(open(cluster.url)).rejects.toMatchObject({ code: 'redis_evicts' });
      await ask(node?.port ?? 0, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    }
    expect(await (await open(cluster.url)).ready()).toBe(true);
  });

  it('opens where nobody listens, refuses offers at once, and says so', async () => {
    const ports = await Promise.all([freePort(), freePort()]);
    const nowhere = `redis-cluster://${ports.map((port) => `127.0.0.1:${port}`).join(',')}`;
    const queue = await comes('a belt, for later', open(nowhere));
    const offers = [{ id: 'chg_a', offer_number: 1 }];
    const refused = queue.offer('charge', offers, { timeout_ms: NEVER_MS });
    await expect(comes('the refusal', refused)).rejects.toMatchObject({ code: 'queue_unavailable' });
    expect(await queue.ready()).toBe(false);
    expect(lines.some((line) => line.includes('queue.unreachable'))).toBe(true);
  });

  it('opens on a cluster that is down, and works when it is whole', async () => {
    const cluster = await start();
    const holder = cluster.masters[await holderOf(cluster)];
    const slot = String(await slotOf(cluster));
    await ask(holder?.port ?? 0, 'CLUSTER', 'DELSLOTS', slot);
    await until('the cluster is down', async () =>
      String(await ask(holder?.port ?? 0, 'CLUSTER', 'INFO')).includes('cluster_state:fail'),
    );
    const queue = await comes('a belt, while the cluster is down', open(cluster.url));
    expect(await queue.ready()).toBe(false);
    await ask(holder?.port ?? 0, 'CLUSTER', 'ADDSLOTS', slot);
    await carries(queue, FAILOVER_MS);
  });

  it('goes on when its slot moves to another master', async () => {
    const cluster = await start();
    const queue = await open(cluster.url);
    await carries(queue, FAILOVER_MS);
    const slot = String(await slotOf(cluster));
    const holder = await holderOf(cluster);
    const [from, to] = [cluster.masters[holder], cluster.masters[(holder + 1) % cluster.masters.length]];
    await ask(to?.port ?? 0, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', from?.id ?? '');
    await ask(from?.port ?? 0, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', to?.id ?? '');
    const moved = async (): Promise<boolean> => {
      const keys = (await ask(from?.port ?? 0, 'CLUSTER', 'GETKEYSINSLOT', slot, '100')) as string[];
      const target = ['127.0.0.1', String(to?.port), '', '0', '5000', 'KEYS'];
      if (keys.length > 0) await ask(from?.port ?? 0, 'MIGRATE', ...target, ...keys);
      return keys.length === 0;
    };
    await until('the keys have moved', moved);
    for (const { port } of [to, from].flatMap((node) => node ?? []))
      await ask(port, 'CLUSTER', 'SETSLOT', slot, 'NODE', to?.id ?? '');
    await carries(queue, FAILOVER_MS);
    expect(Number(await ask(to?.port ?? 0, 'CLUSTER', 'COUNTKEYSINSLOT', slot))).toBeGreaterThan(0);
  });

  it.each([
    ['is killed', 'SIGKILL'],
    ['hangs with every connection open', 'SIGSTOP'],
  ] as const)('goes on with the replica when its master %s', async (_what, signal) => {
    const cluster = await start({ replicated: true });
    const queue = await open(cluster.url);
    await carries(queue, FAILOVER_MS);
    const holder = await holderOf(cluster);
    const [master, replica] = [cluster.masters[holder], cluster.replicas[holder]];
    process.kill(master?.pid ?? 0, signal);
    try {
      await until(
        'the replica is master',
        async () => String(await ask(replica?.port ?? 0, 'INFO', 'replication')).includes('role:master'),
        { most_ms: FAILOVER_MS },
      );
      const began_ms = performance.now();
      await carries(queue, FAILOVER_MS);
      console.log(`${signal}: carried ${Math.round(performance.now() - began_ms)} ms after the election`);
      expect(await queue.ready()).toBe(true);
    } finally {
      if (signal === 'SIGSTOP') process.kill(master?.pid ?? 0, 'SIGCONT');
    }
  });
});
