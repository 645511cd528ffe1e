/**
 * A Postgres left behind on our data folder: its watcher was killed together with its parent, or the machine
 * lost power. Postgres removes a stale postmaster.pid by itself; we end a live orphan here, unless its owner is
 * alive.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../src/platform/errors.ts';

const OWNER_FILE = 'duecourse-owner';
const GRACE_MS = 5_000;
const POLL_MS = 50;

/** Records that this process runs the Postgres of this folder. */
export function noteOwner(dataDir: string): void {
  writeFileSync(join(dataDir, OWNER_FILE), `${process.pid}\n`);
}

export function removeOwner(dataDir: string): void {
  rmSync(join(dataDir, OWNER_FILE), { force: true });
}

/**
 * Ends the Postgres that still runs on this folder, if any.
 *
 * @throws AppError `postgres_in_use` if the process that started it is alive
 */
export async function endOrphan(dataDir: string): Promise<void> {
  const pid = firstLineAsPid(join(dataDir, 'postmaster.pid'));
  if (pid === null || !isPostgresOn(pid, dataDir)) return;
  const owner = firstLineAsPid(join(dataDir, OWNER_FILE));
  if (owner !== null && owner !== process.pid && isAlive(owner)) {
    throw new AppError('postgres_in_use', {
      message: `A sandbox is already running on this data folder (process ${owner})`,
    });
  }
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    // We look at its command line: a zombie process has none, and holds nothing either.
    if (isPostgresOn(pid, dataDir)) process.kill(pid, signal);
    for (let waited = 0; waited < GRACE_MS && isPostgresOn(pid, dataDir); waited += POLL_MS)
      await wait(POLL_MS);
  }
}

function firstLineAsPid(path: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8').split('\n', 1)[0] ?? '', 10);
    return pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

/** The pid may have been given to another program since: the command line must name our folder. */
function isPostgresOn(pid: number, dataDir: string): boolean {
  const command = commandLine(pid);
  return command.includes('postgres') && command.includes(dataDir);
}

/** From `/proc` if there is one: slim containers have no `ps`. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is alive but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
