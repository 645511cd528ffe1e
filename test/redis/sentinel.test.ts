/** The belt on a master that a Sentinel watches, when that master dies and its replica is promoted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endWithParent, freePort, letGo, stopChild } from '../../sandbox/child-process.ts';
import { redisServerPath, startPrivateRedis } from '../../sandbox/redis.ts';
import { createLog } from '../../src/platform/log.ts';
import { openQueue } from '../../src/queue/backend.ts';
import { ask } from '../harness/redis-cluster.ts';
import { until } from '../harness/until.ts';

const PASSWORD = 'a-password/with:signs@';
const FAILOVER_MS = 25_000;
const log = createLog({ level: 'silent', role: 'test' });

/** One Sentinel suffices where it is alone to decide. */
async function startSentinel(masterPort: number): Promise<number> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  const settings = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor belt 127.0.0.1 ${masterPort} 1`,
    `sentinel auth-pass belt "${PASSWORD}"`,
    'sentinel down-after-milliseconds belt 1000',
    'sentinel failover-timeout belt 5000',
  ];
  writeFileSync(file, settings.join('\n'));
  const child: ChildProcess = spawn(redisServerPath() ?? '', [file, '--sentinel'], {
    detached: true,
    stdio: 'ignore',
  });
  const dismiss = endWithParent(child.pid ?? 0, folder);
  letGo(child);
  onTestFinished(async () => {
    await stopChild(child);
    dismiss();
    rmSync(folder, { recursive: true, force: true });
  });
  await until('the Sentinel answers', () =>
    ask(port, 'PING').then(
      () => true,
      () => false,
    ),
  );
  return port;
}

describe.skipIf(redisServerPath() === null)('the belt behind a Sentinel', () => {
  it('finds the master, and its successor when it dies', { timeout: 60_000 }, async () => {
    const settings = ['--requirepass', PASSWORD, '--masterauth', PASSWORD];
    const master = await startPrivateRedis({ settings });
    const masterPort = Number(new URL(master.url).port);
    const replica = await startPrivateRedis({
      settings: [...settings, '--replicaof', '127.0.0.1', String(masterPort)],
    });
    onTestFinished(async () => void (await Promise.all([master.stop(), replica.stop()])));
    const port = await startSentinel(masterPort);
    await until('the Sentinel knows the replica', async () =>
      String(await ask(port, 'INFO', 'sentinel')).includes('slaves=1'),
    );
    const [nobody, user] = [await freePort(), encodeURIComponent(PASSWORD)];
    const redisUrl = `redis-sentinel://:${user}@127.0.0.1:${nobody},127.0.0.1:${port}/belt`;
    const timings = { offerTimeoutMs: 1_000 };
    const queue = await openQueue({ redisUrl, databaseUrl: 'postgres://nowhere', timings, log });
    onTestFinished(() => queue.close());
    const handled: string[] = [];
    queue.consume('charge', { concurrency: 1 }, async (ids) => void handled.push(...ids));
    await queue.offer('charge', [{ id: 'chg_before', offer_number: 1 }]);
    await expect.poll(() => handled).toEqual(['chg_before']);

    process.kill(master.pid, 'SIGKILL');
    let offer_number = 1;
    await until(
      'the successor carries',
      async () => {
        offer_number += 1;
        await queue.offer('charge', [{ id: 'chg_after', offer_number }]).catch(() => undefined);
        return handled.includes('chg_after');
      },
      { most_ms: FAILOVER_MS },
    );
    expect(await queue.ready()).toBe(true);
  });
});
