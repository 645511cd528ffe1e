/** A private Redis (or Valkey) from PATH, in memory only, on a loopback port: for `--redis` and for tests. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../src/platform/errors.ts';
import { endWithParent, freePort, letGo, stopChild } from './child-process.ts';
import { onPath } from './on-path.ts';

export interface PrivateRedis {
  readonly url: string;
  readonly pid: number;
  /** Idempotent. */
  stop(): Promise<void>;
}

export interface RedisOptions {
  readonly port?: number;
  /** More arguments of redis-server, which override ours. */
  readonly settings?: readonly string[];
}

const PORT_TRIES = 3;

/** The server's executable, or `null` when this machine has none. */
export function redisServerPath(): string | null {
  return onPath('redis-server', 'valkey-server');
}

/**
 * Starts a Redis that persists nothing and evicts nothing: memory pressure must never make a queue lose jobs
 * unnoticed.
 *
 * @throws AppError `redis_missing` without an executable, `redis_start_failed`
 */
export async function startPrivateRedis(options: RedisOptions = {}): Promise<PrivateRedis> {
  const executable = redisServerPath();
  if (!executable) {
    throw new AppError('redis_missing', { message: 'Neither redis-server nor valkey-server is on PATH' });
  }
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(executable, options.port || (await freePort()), options.settings ?? []);
    } catch (error) {
      if (options.port || tries === PORT_TRIES) throw error;
    }
  }
}

async function start(executable: string, port: number, settings: readonly string[]): Promise<PrivateRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-redis-'));
  const persistence = [
    '--save',
    '',
    '--appendonly',
    'no',
    '--maxmemory-policy',
    'noeviction',
    '--dir',
    folder,
    ...settings,
  ];
  const child = spawn(executable, ['--bind', '127.0.0.1', '--port', String(port), ...persistence], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', (cause) => reject(new AppError('redis_start_failed', { cause })));
    child.once('exit', () => reject(new AppError('redis_start_failed')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (/ready to accept connections/i.test(line)) resolve();
    });
  }).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const pid = child.pid ?? 0;
  const dismiss = endWithParent(pid, folder);
  letGo(child);
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await stopChild(child);
    dismiss();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    pid,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}
