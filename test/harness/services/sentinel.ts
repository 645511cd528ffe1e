import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { endWithParent, freePort, letGo, stopChild } from '../../../sandbox/child-process.ts';
import { redisServerPath } from '../../../sandbox/redis.ts';

/**
 * Has a Sentinel watch the server at `master` (`host port`) under the name `belt` until the test is over, and returns
 * its port. A single one suffices when it decides alone.
 */
export async function startSentinel(
  master: string,
  settings: {
    /** Arguments for how it listens. */
    readonly listen?: (port: number) => readonly string[];
    /** What it learns about the server. */
    readonly watch?: readonly string[];
  } = {},
): Promise<number> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  const { listen = () => [`port ${port}`], watch = [] } = settings;
  const lines = [
    ...listen(port),
    'bind 127.0.0.1',
    `dir ${folder}`,
    'sentinel resolve-hostnames yes',
    `sentinel monitor belt ${master} 1`,
    'sentinel down-after-milliseconds belt 1000',
    'sentinel failover-timeout belt 5000',
    ...watch,
  ];
  writeFileSync(file, lines.join('\n'));
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
  return port;
}
