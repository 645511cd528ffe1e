/** A private Redis Cluster: servers from PATH on loopback, their slots assigned and, if wanted, a replica each. */
import { Redis } from 'ioredis';
import { freePort } from '../../../sandbox/child-process.ts';
import { type PrivateRedis, startPrivateRedis } from '../../../sandbox/redis.ts';
import { until } from '../until.ts';

export type ClusterNode = PrivateRedis & {
  readonly port: number;
  /** The name that the nodes use for it. */
  readonly id: string;
};

export type PrivateCluster = {
  /** In the form of `REDIS_URL`, naming every master. */
  readonly url: string;
  readonly masters: readonly ClusterNode[];
  /** The replica of the master at the same index, if there are any. */
  readonly replicas: readonly ClusterNode[];
  stop(): Promise<void>;
};

export type ClusterOptions = {
  /** A replica for each master; none by default. */
  readonly replicated?: boolean;
  /** How soon the nodes declare one of them dead. */
  readonly nodeTimeout_ms?: number;
  /** More arguments of redis-server. */
  readonly settings?: readonly string[];
};

const MASTERS = 3;
const SLOTS = 16_384;
const NODE_TIMEOUT_MS = 5_000;
const NODE_TRIES = 3;
const FORMED_MS = 30_000;

/** Resolves when every node sees a whole cluster, and every replica has caught up. */
export async function startRedisCluster(options: ClusterOptions = {}): Promise<PrivateCluster> {
  const size = options.replicated === true ? 2 * MASTERS : MASTERS;
  const nodes = await Promise.all(Array.from({ length: size }, () => startNode(options)));
  const masters = nodes.slice(0, MASTERS);
  const replicas = nodes.slice(MASTERS);
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    await form(masters, replicas);
  } catch (error) {
    await stop();
    throw error;
  }
  const url = `redis-cluster://${masters.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  return { url, masters, replicas, stop };
}

async function startNode(options: ClusterOptions): Promise<ClusterNode & { readonly bus: number }> {
  for (let tries = 1; ; tries += 1) {
    // The default bus port is port + 10000, which may not exist above a free port.
    const bus = await freePort();
    const own = [
      '--cluster-enabled',
      'yes',
      '--cluster-port',
      String(bus),
      '--repl-ping-replica-period',
      '1',
    ];
    const timeout = ['--cluster-node-timeout', String(options.nodeTimeout_ms ?? NODE_TIMEOUT_MS)];
    const settings = [...own, ...timeout, ...(options.settings ?? [])];
    try {
      const server = await startPrivateRedis({ settings });
      const port = Number(new URL(server.url).port);
      return { ...server, port, bus, id: String(await ask(port, 'CLUSTER', 'MYID')) };
    } catch (error) {
      if (tries === NODE_TRIES) throw error;
    }
  }
}

type Node = ClusterNode & { readonly bus: number };

async function form(masters: readonly ClusterNode[], replicas: readonly ClusterNode[]): Promise<void> {
  const share = Math.ceil(SLOTS / masters.length);
  await Promise.all(
    masters.map(async ({ port }, index) => {
      const [from, to] = [index * share, Math.min((index + 1) * share, SLOTS) - 1];
      await ask(port, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      // Otherwise all begin with the same epoch, and the first failover has to sort that out.
      await ask(port, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    }),
  );
  const [first, ...others] = [...masters, ...replicas] as Node[];
  for (const { port, bus } of others)
    await ask(first?.port ?? 0, 'CLUSTER', 'MEET', '127.0.0.1', String(port), String(bus));
  const size = masters.length + replicas.length;
  const isWhole = (info: string) =>
    info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${size}\r`);
  const all = [...masters, ...replicas];
  await until('the nodes know each other', () => everyNode(all, ['CLUSTER', 'INFO'], isWhole), {
    most_ms: FORMED_MS,
  });
  for (const [index, { port }] of replicas.entries())
    await ask(port, 'CLUSTER', 'REPLICATE', masters[index]?.id ?? '');
  const isKnown = (slots: string) => replicas.every(({ id }) => slots.includes(id));
  const isLinked = (info: string) => info.includes('master_link_status:up');
  await until('the replicas follow', () => everyNode(replicas, ['INFO', 'replication'], isLinked), {
    most_ms: FORMED_MS,
  });
  // Clients do not hear of a replica that has replicated nothing yet, not even a ping.
  await until('clients are told of the replicas', () => everyNode(all, ['CLUSTER', 'SLOTS'], isKnown), {
    most_ms: FORMED_MS,
  });
}

async function everyNode(
  nodes: readonly ClusterNode[],
  command: readonly [string, ...string[]],
  holds: (answer: string) => boolean,
): Promise<boolean> {
  const answers = await Promise.all(nodes.map(({ port }) => ask(port, ...command)));
  return answers.every((answer) => holds(String(answer)));
}

/** One command to one node. */
export async function ask(port: number, command: string, ...rest: string[]): Promise<unknown> {
  const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 1 });
  redis.on('error', () => {});
  try {
    return await redis.call(command, ...rest);
  } finally {
    redis.disconnect();
  }
}
