/** The belt on a master that a Sentinel watches, when that master dies and its replica is promoted. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../sandbox/child-process.ts';
import { redisServerPath, startPrivateRedis } from '../../sandbox/redis.ts';
import { createLog } from '../../src/platform/log.ts';
import { openQueue } from '../../src/queue/backend.ts';
import { ask } from '../harness/services/redis-cluster.ts';
import { startSentinel } from '../harness/services/sentinel.ts';
import { until } from '../harness/until.ts';

const PASSWORD = 'a-password/with:signs@';
const FAILOVER_MS = 60_000;
const log = createLog({ level: 'silent', role: 'test' });

describe.skipIf(redisServerPath() === null)('the belt behind a Sentinel', () => {
  it('finds the master, and its successor when it dies', async () => {
    const settings = ['--requirepass', PASSWORD, '--masterauth', PASSWORD];
    const master = await startPrivateRedis({ settings });
    const masterPort = Number(new URL(master.url).port);
    const replica = await startPrivateRedis({
      settings: [...settings, '--replicaof', '127.0.0.1', String(masterPort)],
    });
    onTestFinished(async () => void (await Promise.all([master.stop(), replica.stop()])));
    const port = await startSentinel(`127.0.0.1 ${masterPort}`, {
      watch: [`sentinel auth-pass belt "${PASSWORD}"`],
    });
    await until('the Sentinel knows the replica', async () =>
      String(await ask(port, 'INFO', 'sentinel').catch(() => '')).includes('slaves=1'),
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
